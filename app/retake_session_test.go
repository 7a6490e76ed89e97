package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// retakeSession is the use case with ports that expect no call: a writer that
// is told nothing more proves that a refused retake stores nothing.
type retakeSession struct {
	app.RetakeSession
	sessions *mocks.MockSessionReader
	retakes  *mocks.MockRetakeWriter
}

func newRetakeSession(t *testing.T) retakeSession {
	ctrl := gomock.NewController(t)
	sessions, retakes := mocks.NewMockSessionReader(ctrl), mocks.NewMockRetakeWriter(ctrl)
	return retakeSession{app.RetakeSession{Sessions: sessions, Retakes: retakes, Clock: clock}, sessions, retakes}
}

func (f retakeSession) finds(session domain.SessionSummary, err error) {
	f.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).Return(session, err)
}

func (f retakeSession) stores() *gomock.Call {
	return f.retakes.EXPECT().CreateRetake(gomock.Any(), gomock.AssignableToTypeOf(domain.InterviewSession{}))
}

func TestRetakeSession(t *testing.T) {
	first := uuid.NullUUID{UUID: stranger, Valid: true}
	for _, test := range []struct {
		name     string
		retaken  domain.InterviewSession
		number   int
		original uuid.NullUUID
	}{
		{"starts the second attempt of a chain that the first one began", sessionIn(domain.SessionCompleted), 2, theOriginal},
		{"starts another attempt of the chain that a retake is part of", sessionWith(func(s *domain.SessionState) {
			s.Status, s.RetakeNumber, s.OriginalSessionID, s.CurrentQuestionNumber = domain.SessionCompleted, 4, first, 9
		}), 5, first},
		{"starts a chain with a retake whose first attempt is gone", sessionWith(func(s *domain.SessionState) {
			s.Status, s.RetakeNumber = domain.SessionCompleted, 3
		}), 4, theOriginal},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newRetakeSession(t)
			f.finds(summaryOf(test.retaken), nil)
			var saved, stored domain.InterviewSession
			f.stores().DoAndReturn(func(_ context.Context, retake domain.InterviewSession) (domain.InterviewSession, error) {
				saved = retake
				state := retake.State() // another retake was stored in between
				state.RetakeNumber += 3
				stored = domain.RestoreInterviewSession(state)
				return stored, nil
			})
			got, err := f.Execute(t.Context(), owner, sessionID)
			equal(t, "error", err, nil)
			newID(t, saved.ID())
			equal(t, "saved session", saved.State(), domain.SessionState{
				ID: saved.ID(), UserID: owner, JobPostingID: thePosting, Status: domain.SessionActive,
				RetakeNumber: test.number, OriginalSessionID: test.original, CreatedAt: now, UpdatedAt: now,
			})
			equal(t, "returned session", got, summaryOf(stored))
		})
	}
}

func TestRetakeSessionStoresNothingWhen(t *testing.T) {
	withoutPosting := func(status domain.SessionStatus) domain.SessionSummary {
		return domain.SessionSummary{Session: sessionWith(func(s *domain.SessionState) {
			s.Status, s.JobPostingID = status, uuid.NullUUID{}
		})}
	}
	for _, test := range []struct {
		name  string
		found domain.SessionSummary
		err   error
		want  error
	}{
		{"the session is absent or not the owner's", domain.SessionSummary{}, domain.ErrSessionNotFound, domain.ErrSessionNotFound},
		{"the session is active", summaryOf(ownSession()), nil, domain.ErrSessionNotCompleted},
		{"the session is paused, which it says before that the posting is gone",
			withoutPosting(domain.SessionPaused), nil, domain.ErrSessionNotCompleted},
		{"the posting is gone", withoutPosting(domain.SessionCompleted), nil, domain.ErrMissingJobPosting},
		{"the reader is unavailable", domain.SessionSummary{}, fmt.Errorf("dial: %w", domain.ErrUnavailable), domain.ErrUnavailable},
		{"the reader fails", domain.SessionSummary{}, errStorage, errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newRetakeSession(t)
			f.finds(test.found, test.err)
			got, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, test.want)
		})
	}
}

func TestRetakeSessionThatChangedInBetween(t *testing.T) {
	t.Run("loads it and decides again, as when its first attempt was deleted", func(t *testing.T) {
		f := newRetakeSession(t)
		f.finds(summaryOf(sessionWith(func(s *domain.SessionState) {
			s.Status, s.RetakeNumber, s.OriginalSessionID = domain.SessionCompleted, 2, uuid.NullUUID{UUID: stranger, Valid: true}
		})), nil)
		f.stores().Return(domain.InterviewSession{}, ports.ErrChanged)
		f.finds(summaryOf(sessionWith(func(s *domain.SessionState) { s.Status, s.RetakeNumber = domain.SessionCompleted, 2 })), nil)
		f.stores().DoAndReturn(func(_ context.Context, retake domain.InterviewSession) (domain.InterviewSession, error) {
			equal(t, "original", retake.State().OriginalSessionID, theOriginal)
			return retake, nil
		})
		got, err := f.Execute(t.Context(), owner, sessionID)
		equal(t, "error", err, nil)
		equal(t, "number", got.Session.State().RetakeNumber, 3)
	})

	t.Run("says that it is gone by now", func(t *testing.T) {
		f := newRetakeSession(t)
		f.finds(summaryOf(sessionIn(domain.SessionCompleted)), nil)
		f.stores().Return(domain.InterviewSession{}, ports.ErrChanged)
		f.finds(domain.SessionSummary{}, domain.ErrSessionNotFound)
		got, err := f.Execute(t.Context(), owner, sessionID)
		refused(t, got, err, domain.ErrSessionNotFound)
	})

	t.Run("gives up after three times", func(t *testing.T) {
		f := newRetakeSession(t)
		for range 3 {
			f.finds(summaryOf(sessionIn(domain.SessionCompleted)), nil)
			f.stores().Return(domain.InterviewSession{}, ports.ErrChanged)
		}
		got, err := f.Execute(t.Context(), owner, sessionID)
		refused(t, got, err, domain.ErrUnavailable)
	})
}

func TestRetakeSessionPassesOnThat(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"the posting was deleted meanwhile", domain.ErrMissingJobPosting},
		{"the writer is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"the writer fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newRetakeSession(t)
			f.finds(summaryOf(sessionIn(domain.SessionCompleted)), nil)
			f.stores().Return(domain.InterviewSession{}, test.err)
			got, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away before the session was stored", func(t *testing.T) {
		f := newRetakeSession(t)
		f.finds(summaryOf(sessionIn(domain.SessionCompleted)), nil)
		f.stores().DoAndReturn(func(ctx context.Context, _ domain.InterviewSession) (domain.InterviewSession, error) {
			return domain.InterviewSession{}, ctx.Err()
		})
		got, err := f.Execute(cancelled(t), owner, sessionID)
		refused(t, got, err, context.Canceled)
	})
}
