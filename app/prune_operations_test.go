package app_test

import (
	"context"
	"testing"
	"time"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// pruneOperations is the use case with a pruner that expects no call.
type pruneOperations struct {
	app.PruneOperations
	operations *mocks.MockOperationPruner
}

const retention = 30 * 24 * time.Hour

func newPruneOperations(t *testing.T) pruneOperations {
	operations := mocks.NewMockOperationPruner(gomock.NewController(t))
	return pruneOperations{app.PruneOperations{Operations: operations, Clock: clock, Retention: retention}, operations}
}

func TestPruneOperations(t *testing.T) {
	t.Run("removes what is older than the retention and says how many those were", func(t *testing.T) {
		f := newPruneOperations(t)
		f.operations.EXPECT().PruneOperations(gomock.Any(), now.Add(-retention)).Return(7, nil)
		got, err := f.Execute(t.Context())
		equal(t, "error", err, nil)
		equal(t, "number", got, 7)
	})

	for _, test := range failures {
		t.Run("passes on that the pruner "+test.name, func(t *testing.T) {
			f := newPruneOperations(t)
			f.operations.EXPECT().PruneOperations(gomock.Any(), now.Add(-retention)).Return(0, test.err)
			got, err := f.Execute(t.Context())
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the context is over", func(t *testing.T) {
		f := newPruneOperations(t)
		f.operations.EXPECT().PruneOperations(gomock.Any(), now.Add(-retention)).
			DoAndReturn(func(ctx context.Context, _ time.Time) (int, error) { return 0, ctx.Err() })
		got, err := f.Execute(cancelled(t))
		refused(t, got, err, context.Canceled)
	})
}
