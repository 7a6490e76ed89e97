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

// getMetrics is the use case with a reader that expects no call.
type getMetrics struct {
	app.GetMetrics
	metrics *mocks.MockMetricsReader
}

func newGetMetrics(t *testing.T) getMetrics {
	metrics := mocks.NewMockMetricsReader(gomock.NewController(t))
	return getMetrics{app.GetMetrics{Metrics: metrics}, metrics}
}

func (f getMetrics) reads(metrics domain.Metrics, err error) {
	f.metrics.EXPECT().ReadMetrics(gomock.Any(), owner).Return(metrics, err)
}

func TestGetMetrics(t *testing.T) {
	t.Run("returns the owner's metrics", func(t *testing.T) {
		f := newGetMetrics(t)
		want := domain.Metrics{CompletedInterviews: 2, QuestionsAsked: 5, Feedbacks: 1, ScoreSum: 70,
			MostPracticed: []domain.PracticedRole{{Posting: ownPosting().Headline(), Count: 2}}}
		f.reads(want, nil)
		got, err := f.Execute(t.Context(), owner)
		equal(t, "error", err, nil)
		equal(t, "metrics", got, want)
	})

	t.Run("returns the metrics of somebody who has done nothing", func(t *testing.T) {
		f := newGetMetrics(t)
		want := domain.Metrics{}
		f.reads(want, nil)
		got, err := f.Execute(t.Context(), owner)
		equal(t, "error", err, nil)
		equal(t, "metrics", got, want)
	})

	for _, test := range failures {
		t.Run("passes on that the reader "+test.name, func(t *testing.T) {
			f := newGetMetrics(t)
			f.reads(domain.Metrics{}, test.err)
			got, err := f.Execute(t.Context(), owner)
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newGetMetrics(t)
		f.metrics.EXPECT().ReadMetrics(gomock.Any(), owner).
			DoAndReturn(func(ctx context.Context, _ uuid.UUID) (domain.Metrics, error) { return domain.Metrics{}, ctx.Err() })
		got, err := f.Execute(cancelled(t), owner)
		refused(t, got, err, context.Canceled)
	})
}
