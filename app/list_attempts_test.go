package app_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// listAttempts is the use case with a lister that expects no call.
type listAttempts struct {
	app.ListAttempts
	sessions *mocks.MockAttemptLister
}

func newListAttempts(t *testing.T) listAttempts {
	sessions := mocks.NewMockAttemptLister(gomock.NewController(t))
	return listAttempts{app.ListAttempts{Sessions: sessions}, sessions}
}

func (f listAttempts) lists(attempts []domain.Attempt, err error) {
	f.sessions.EXPECT().ListAttempts(gomock.Any(), owner, sessionID).Return(attempts, err)
}

func TestListAttempts(t *testing.T) {
	t.Run("returns the chain as it comes", func(t *testing.T) {
		f := newListAttempts(t)
		want := []domain.Attempt{
			{Session: judgedSession(), Feedback: new(domain.NewFeedback(messageID, judgedSession(), assessment(), created))}, {Session: ownSession()}}
		f.lists(want, nil)
		got, err := f.Execute(t.Context(), owner, sessionID)
		equal(t, "error", err, nil)
		equal(t, "attempts", got, want)
	})

	t.Run("says that the session is absent or not the owner's", func(t *testing.T) {
		f := newListAttempts(t)
		f.lists(nil, domain.ErrSessionNotFound)
		got, err := f.Execute(t.Context(), owner, sessionID)
		refused(t, got, err, domain.ErrSessionNotFound)
	})

	for _, test := range failures {
		t.Run("passes on that the lister "+test.name, func(t *testing.T) {
			f := newListAttempts(t)
			f.lists(nil, test.err)
			got, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newListAttempts(t)
		f.sessions.EXPECT().ListAttempts(gomock.Any(), owner, sessionID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) ([]domain.Attempt, error) { return nil, ctx.Err() })
		got, err := f.Execute(cancelled(t), owner, sessionID)
		refused(t, got, err, context.Canceled)
	})
}
