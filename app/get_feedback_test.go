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

// getFeedback is the use case with a reader that expects no call.
type getFeedback struct {
	app.GetFeedback
	feedbacks *mocks.MockFeedbackReader
}

func newGetFeedback(t *testing.T) getFeedback {
	feedbacks := mocks.NewMockFeedbackReader(gomock.NewController(t))
	return getFeedback{app.GetFeedback{Feedbacks: feedbacks}, feedbacks}
}

func (f getFeedback) finds(feedback domain.Feedback, err error) {
	f.feedbacks.EXPECT().FindFeedback(gomock.Any(), owner, sessionID).Return(feedback, err)
}

func TestGetFeedback(t *testing.T) {
	t.Run("returns the feedback of the owner's session", func(t *testing.T) {
		f := newGetFeedback(t)
		want := domain.NewFeedback(messageID, judgedSession(), assessment(), created)
		f.finds(want, nil)
		got, err := f.Execute(t.Context(), owner, sessionID)
		equal(t, "error", err, nil)
		equal(t, "feedback", got, want)
	})

	t.Run("says that the session is absent or not the owner's", func(t *testing.T) {
		f := newGetFeedback(t)
		f.finds(domain.Feedback{}, domain.ErrSessionNotFound)
		got, err := f.Execute(t.Context(), owner, sessionID)
		refused(t, got, err, domain.ErrSessionNotFound)
	})

	t.Run("says that the session has no feedback", func(t *testing.T) {
		f := newGetFeedback(t)
		f.finds(domain.Feedback{}, domain.ErrFeedbackNotFound)
		got, err := f.Execute(t.Context(), owner, sessionID)
		refused(t, got, err, domain.ErrFeedbackNotFound)
	})

	for _, test := range failures {
		t.Run("passes on that the reader "+test.name, func(t *testing.T) {
			f := newGetFeedback(t)
			f.finds(domain.Feedback{}, test.err)
			got, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newGetFeedback(t)
		f.feedbacks.EXPECT().FindFeedback(gomock.Any(), owner, sessionID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.Feedback, error) {
				return domain.Feedback{}, ctx.Err()
			})
		got, err := f.Execute(cancelled(t), owner, sessionID)
		refused(t, got, err, context.Canceled)
	})
}
