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

// listSessionScores is the use case with a lister that expects no call.
type listSessionScores struct {
	app.ListSessionScores
	sessions *mocks.MockSessionScoreLister
}

func newListSessionScores(t *testing.T) listSessionScores {
	sessions := mocks.NewMockSessionScoreLister(gomock.NewController(t))
	return listSessionScores{app.ListSessionScores{Sessions: sessions}, sessions}
}

func (f listSessionScores) lists(scores []domain.SessionScore, err error) {
	f.sessions.EXPECT().ListSessionScores(gomock.Any(), owner).Return(scores, err)
}

func TestListSessionScores(t *testing.T) {
	t.Run("returns the owner's scores as they come", func(t *testing.T) {
		f := newListSessionScores(t)
		want := []domain.SessionScore{
			{Session: judgedSession(), Posting: ownPosting().Headline(), OverallScore: 70}, {Session: judgedSession()}}
		f.lists(want, nil)
		got, err := f.Execute(t.Context(), owner)
		equal(t, "error", err, nil)
		equal(t, "scores", got, want)
	})

	t.Run("returns an empty list when there are none", func(t *testing.T) {
		f := newListSessionScores(t)
		want := []domain.SessionScore{}
		f.lists(want, nil)
		got, err := f.Execute(t.Context(), owner)
		equal(t, "error", err, nil)
		equal(t, "scores", got, want)
	})

	for _, test := range failures {
		t.Run("passes on that the lister "+test.name, func(t *testing.T) {
			f := newListSessionScores(t)
			f.lists(nil, test.err)
			got, err := f.Execute(t.Context(), owner)
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newListSessionScores(t)
		f.sessions.EXPECT().ListSessionScores(gomock.Any(), owner).
			DoAndReturn(func(ctx context.Context, _ uuid.UUID) ([]domain.SessionScore, error) { return nil, ctx.Err() })
		got, err := f.Execute(cancelled(t), owner)
		refused(t, got, err, context.Canceled)
	})
}
