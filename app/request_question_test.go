package app_test

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// requestQuestion is the use case with ports that expect no call: a writer and
// a dispatcher that are told nothing more prove that a refused request stores
// and starts nothing.
type requestQuestion struct {
	app.RequestQuestion
	sessions   *mocks.MockSessionReader
	operations *mocks.MockOperationWriter
	dispatcher *mocks.MockOperationDispatcher
}

func newRequestQuestion(t *testing.T) requestQuestion {
	ctrl := gomock.NewController(t)
	f := requestQuestion{
		sessions:   mocks.NewMockSessionReader(ctrl),
		operations: mocks.NewMockOperationWriter(ctrl),
		dispatcher: mocks.NewMockOperationDispatcher(ctrl),
	}
	f.RequestQuestion = app.RequestQuestion{Sessions: f.sessions, Operations: f.operations, Dispatcher: f.dispatcher, Clock: clock}
	return f
}

func (f requestQuestion) finds(session domain.SessionSummary, err error) {
	f.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).Return(session, err)
}

func (f requestQuestion) stores() *gomock.Call {
	return f.operations.EXPECT().CreateOperation(gomock.Any(), gomock.AssignableToTypeOf(domain.Operation{}), domain.SessionActive)
}

// saves makes a writer's call keep what it is to store.
func saves(call *gomock.Call) *domain.Operation {
	saved := new(domain.Operation)
	call.DoAndReturn(func(_ context.Context, operation domain.Operation, _ domain.SessionStatus) error {
		*saved = operation
		return nil
	})
	return saved
}

// dispatches expects one operation, and returns where it will be.
func dispatches(dispatcher *mocks.MockOperationDispatcher) *domain.Operation {
	dispatched := new(domain.Operation)
	dispatcher.EXPECT().Dispatch(gomock.Any()).Do(func(operation domain.Operation) { *dispatched = operation })
	return dispatched
}

// newOperation checks an operation that a use case made: stored, handed over
// and returned all the same.
func newOperation(t *testing.T, typ domain.OperationType, saved, dispatched, got domain.Operation) {
	t.Helper()
	newID(t, saved.ID)
	equal(t, "saved operation", saved, domain.Operation{
		ID: saved.ID, UserID: owner, SessionID: sessionID, Type: typ, Status: domain.OperationPending,
		Attempt: 1, LeaseUntil: now.Add(domain.OperationLease), CreatedAt: now, UpdatedAt: now,
	})
	equal(t, "dispatched operation", dispatched, saved)
	equal(t, "returned operation", got, saved)
}

func TestRequestQuestion(t *testing.T) {
	t.Run("stores a pending operation, hands it over and returns it", func(t *testing.T) {
		f := newRequestQuestion(t)
		f.finds(summaryOf(ownSession()), nil)
		saved := saves(f.stores())
		dispatched := dispatches(f.dispatcher)
		got, err := f.Execute(t.Context(), owner, sessionID)
		equal(t, "error", err, nil)
		newOperation(t, domain.QuestionGeneration, *saved, *dispatched, got)
	})

	t.Run("leaves it to the operation that the posting is gone", func(t *testing.T) {
		f := newRequestQuestion(t)
		f.finds(domain.SessionSummary{Session: ownSession()}, nil)
		saved := saves(f.stores())
		dispatched := dispatches(f.dispatcher)
		got, err := f.Execute(t.Context(), owner, sessionID)
		equal(t, "error", err, nil)
		newOperation(t, domain.QuestionGeneration, *saved, *dispatched, got)
	})

	t.Run("makes as many operations as it is asked for", func(t *testing.T) {
		f := newRequestQuestion(t)
		f.finds(summaryOf(ownSession()), nil)
		f.finds(summaryOf(ownSession()), nil)
		f.stores().Return(nil).Times(2)
		f.dispatcher.EXPECT().Dispatch(gomock.Any()).Times(2)
		first, err := f.Execute(t.Context(), owner, sessionID)
		equal(t, "error", err, nil)
		second, err := f.Execute(t.Context(), owner, sessionID)
		equal(t, "error", err, nil)
		if first.ID == second.ID {
			t.Error("two operations share an id")
		}
	})
}

func TestRequestQuestionStartsNothingWhen(t *testing.T) {
	for _, test := range []struct {
		name  string
		found domain.SessionSummary
		err   error
		want  error
	}{
		{"the session is absent or not the owner's", domain.SessionSummary{}, domain.ErrSessionNotFound, domain.ErrSessionNotFound},
		{"the session is paused", summaryOf(sessionIn(domain.SessionPaused)), nil, domain.ErrSessionNotActive},
		{"the session is completed", summaryOf(sessionIn(domain.SessionCompleted)), nil, domain.ErrSessionNotActive},
		{"the reader is unavailable", domain.SessionSummary{}, fmt.Errorf("dial: %w", domain.ErrUnavailable), domain.ErrUnavailable},
		{"the reader fails", domain.SessionSummary{}, errStorage, errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newRequestQuestion(t)
			f.finds(test.found, test.err)
			got, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, test.want)
		})
	}

	for _, test := range failures {
		t.Run("the writer "+test.name, func(t *testing.T) {
			f := newRequestQuestion(t)
			f.finds(summaryOf(ownSession()), nil)
			f.stores().Return(test.err)
			got, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away before the operation was stored", func(t *testing.T) {
		f := newRequestQuestion(t)
		f.finds(summaryOf(ownSession()), nil)
		f.stores().DoAndReturn(func(ctx context.Context, _ domain.Operation, _ domain.SessionStatus) error { return ctx.Err() })
		got, err := f.Execute(cancelled(t), owner, sessionID)
		refused(t, got, err, context.Canceled)
	})
}

func TestRequestQuestionOfASessionThatChangedInBetween(t *testing.T) {
	t.Run("loads it, decides again, and hands over what was stored alone", func(t *testing.T) {
		f := newRequestQuestion(t)
		f.finds(summaryOf(ownSession()), nil)
		f.stores().Return(ports.ErrChanged)
		f.finds(summaryOf(ownSession()), nil)
		saved := saves(f.stores())
		dispatched := dispatches(f.dispatcher)
		got, err := f.Execute(t.Context(), owner, sessionID)
		equal(t, "error", err, nil)
		newOperation(t, domain.QuestionGeneration, *saved, *dispatched, got)
	})

	t.Run("is refused if it is paused by now", func(t *testing.T) {
		f := newRequestQuestion(t)
		f.finds(summaryOf(ownSession()), nil)
		f.stores().Return(ports.ErrChanged)
		f.finds(summaryOf(sessionIn(domain.SessionPaused)), nil)
		got, err := f.Execute(t.Context(), owner, sessionID)
		refused(t, got, err, domain.ErrSessionNotActive)
	})

	t.Run("gives up after three times", func(t *testing.T) {
		f := newRequestQuestion(t)
		for range 3 {
			f.finds(summaryOf(ownSession()), nil)
			f.stores().Return(ports.ErrChanged)
		}
		got, err := f.Execute(t.Context(), owner, sessionID)
		refused(t, got, err, domain.ErrUnavailable)
	})
}
