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

// moveSession is one of the use cases that change a session's status, with
// ports that expect no call: a writer that is told nothing more proves that a
// refused change stores nothing.
type moveSession struct {
	Execute  func(ctx context.Context, owner, id uuid.UUID) (domain.SessionSummary, error)
	sessions *mocks.MockSessionReader
	statuses *mocks.MockSessionStatusWriter
}

// moves are those use cases: from which status they lead to which, and what
// they say of the others.
var moves = []struct {
	name     string
	new      func(t *testing.T) moveSession
	from     []domain.SessionStatus
	to       domain.SessionStatus
	refusals map[domain.SessionStatus]error
}{
	{"pause", newPauseSession, []domain.SessionStatus{domain.SessionActive}, domain.SessionPaused,
		map[domain.SessionStatus]error{
			domain.SessionPaused: domain.ErrInvalidSessionState, domain.SessionCompleted: domain.ErrInvalidSessionState}},
	{"resume", newResumeSession, []domain.SessionStatus{domain.SessionPaused}, domain.SessionActive,
		map[domain.SessionStatus]error{
			domain.SessionActive: domain.ErrInvalidSessionState, domain.SessionCompleted: domain.ErrInvalidSessionState}},
	{"complete", newCompleteSession, []domain.SessionStatus{domain.SessionActive, domain.SessionPaused}, domain.SessionCompleted,
		map[domain.SessionStatus]error{domain.SessionCompleted: domain.ErrSessionAlreadyCompleted}},
}

func newMoveSession(t *testing.T) moveSession {
	ctrl := gomock.NewController(t)
	return moveSession{sessions: mocks.NewMockSessionReader(ctrl), statuses: mocks.NewMockSessionStatusWriter(ctrl)}
}

func newPauseSession(t *testing.T) moveSession {
	f := newMoveSession(t)
	f.Execute = app.PauseSession{Sessions: f.sessions, Statuses: f.statuses, Clock: clock}.Execute
	return f
}

func newResumeSession(t *testing.T) moveSession {
	f := newMoveSession(t)
	f.Execute = app.ResumeSession{Sessions: f.sessions, Statuses: f.statuses, Clock: clock}.Execute
	return f
}

func newCompleteSession(t *testing.T) moveSession {
	f := newMoveSession(t)
	f.Execute = app.CompleteSession{Sessions: f.sessions, Statuses: f.statuses, Clock: clock}.Execute
	return f
}

func (f moveSession) finds(session domain.SessionSummary, err error) {
	f.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).Return(session, err)
}

// stores expects a session as it is found in a status, moved now to another.
func (f moveSession) stores(from, to domain.SessionStatus) *gomock.Call {
	moved := sessionWith(func(s *domain.SessionState) { s.Status, s.UpdatedAt = to, now })
	return f.statuses.EXPECT().SaveSessionStatus(gomock.Any(), moved, from)
}

func TestMoveSession(t *testing.T) {
	for _, move := range moves {
		for _, from := range move.from {
			t.Run(fmt.Sprintf("%s stores the %s session as %s now and returns it as it is stored", move.name, from, move.to), func(t *testing.T) {
				f := move.new(t)
				// A question came in between.
				stored := sessionWith(func(s *domain.SessionState) {
					s.Status, s.UpdatedAt, s.CurrentQuestionNumber = move.to, now, 7
				})
				f.finds(summaryOf(sessionIn(from)), nil)
				f.stores(from, move.to).Return(stored, nil)
				got, err := f.Execute(t.Context(), owner, sessionID)
				equal(t, "error", err, nil)
				equal(t, "session", got, summaryOf(stored))
			})

			t.Run(fmt.Sprintf("%s changes a %s session whose posting is gone", move.name, from), func(t *testing.T) {
				f := move.new(t)
				f.finds(domain.SessionSummary{Session: sessionIn(from)}, nil)
				f.stores(from, move.to).Return(sessionIn(move.to), nil)
				got, err := f.Execute(t.Context(), owner, sessionID)
				equal(t, "error", err, nil)
				equal(t, "session", got, domain.SessionSummary{Session: sessionIn(move.to)})
			})
		}
	}
}

func TestMoveSessionStoresNothingWhen(t *testing.T) {
	for _, move := range moves {
		for status, refusal := range move.refusals {
			t.Run(fmt.Sprintf("asked to %s while the session is %s", move.name, status), func(t *testing.T) {
				f := move.new(t)
				f.finds(summaryOf(sessionIn(status)), nil)
				got, err := f.Execute(t.Context(), owner, sessionID)
				refused(t, got, err, refusal)
			})
		}

		for _, test := range []struct {
			name string
			err  error
		}{
			{"the session is absent or not the owner's", domain.ErrSessionNotFound},
			{"the reader is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
			{"the reader fails", errStorage},
		} {
			t.Run(fmt.Sprintf("asked to %s and %s", move.name, test.name), func(t *testing.T) {
				f := move.new(t)
				f.finds(domain.SessionSummary{}, test.err)
				got, err := f.Execute(t.Context(), owner, sessionID)
				refused(t, got, err, test.err)
			})
		}

		t.Run(fmt.Sprintf("asked to %s and the caller went away", move.name), func(t *testing.T) {
			f := move.new(t)
			f.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).
				DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.SessionSummary, error) {
					return domain.SessionSummary{}, ctx.Err()
				})
			got, err := f.Execute(cancelled(t), owner, sessionID)
			refused(t, got, err, context.Canceled)
		})
	}
}

func TestMoveSessionThatChangedInBetween(t *testing.T) {
	for _, move := range moves {
		first, last := move.from[0], move.from[len(move.from)-1]

		t.Run(fmt.Sprintf("%s loads it and decides again", move.name), func(t *testing.T) {
			f := move.new(t)
			f.finds(summaryOf(sessionIn(first)), nil)
			f.stores(first, move.to).Return(domain.InterviewSession{}, ports.ErrChanged)
			f.finds(summaryOf(sessionIn(last)), nil)
			f.stores(last, move.to).Return(sessionIn(move.to), nil)
			got, err := f.Execute(t.Context(), owner, sessionID)
			equal(t, "error", err, nil)
			equal(t, "session", got, summaryOf(sessionIn(move.to)))
		})

		for status, refusal := range move.refusals {
			t.Run(fmt.Sprintf("%s is refused if it is %s by now", move.name, status), func(t *testing.T) {
				f := move.new(t)
				f.finds(summaryOf(sessionIn(first)), nil)
				f.stores(first, move.to).Return(domain.InterviewSession{}, ports.ErrChanged)
				f.finds(summaryOf(sessionIn(status)), nil)
				got, err := f.Execute(t.Context(), owner, sessionID)
				refused(t, got, err, refusal)
			})
		}

		t.Run(fmt.Sprintf("%s says that it is gone by now", move.name), func(t *testing.T) {
			f := move.new(t)
			f.finds(summaryOf(sessionIn(first)), nil)
			f.stores(first, move.to).Return(domain.InterviewSession{}, ports.ErrChanged)
			f.finds(domain.SessionSummary{}, domain.ErrSessionNotFound)
			got, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, domain.ErrSessionNotFound)
		})

		t.Run(fmt.Sprintf("%s gives up after three times", move.name), func(t *testing.T) {
			f := move.new(t)
			for range 3 {
				f.finds(summaryOf(sessionIn(first)), nil)
				f.stores(first, move.to).Return(domain.InterviewSession{}, ports.ErrChanged)
			}
			got, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, domain.ErrUnavailable)
		})
	}
}

func TestMoveSessionPassesOnThat(t *testing.T) {
	for _, move := range moves {
		from := move.from[0]
		for _, test := range failures {
			t.Run(fmt.Sprintf("the writer %s when asked to %s", test.name, move.name), func(t *testing.T) {
				f := move.new(t)
				f.finds(summaryOf(sessionIn(from)), nil)
				f.stores(from, move.to).Return(domain.InterviewSession{}, test.err)
				got, err := f.Execute(t.Context(), owner, sessionID)
				refused(t, got, err, test.err)
			})
		}

		t.Run(fmt.Sprintf("the caller went away before it was stored when asked to %s", move.name), func(t *testing.T) {
			f := move.new(t)
			f.finds(summaryOf(sessionIn(from)), nil)
			f.stores(from, move.to).
				DoAndReturn(func(ctx context.Context, _ domain.InterviewSession, _ domain.SessionStatus) (domain.InterviewSession, error) {
					return domain.InterviewSession{}, ctx.Err()
				})
			got, err := f.Execute(cancelled(t), owner, sessionID)
			refused(t, got, err, context.Canceled)
		})
	}
}
