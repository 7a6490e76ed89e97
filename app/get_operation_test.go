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

// getOperation is the use case with a reader that expects no call.
type getOperation struct {
	app.GetOperation
	operations *mocks.MockOperationReader
}

func newGetOperation(t *testing.T) getOperation {
	operations := mocks.NewMockOperationReader(gomock.NewController(t))
	return getOperation{app.GetOperation{Operations: operations}, operations}
}

func (f getOperation) finds(operation domain.Operation, err error) {
	f.operations.EXPECT().FindOperation(gomock.Any(), owner, operationID).Return(operation, err)
}

func TestGetOperation(t *testing.T) {
	t.Run("returns the owner's operation as it is", func(t *testing.T) {
		f := newGetOperation(t)
		want := ownOperation(domain.QuestionGeneration)
		f.finds(want, nil)
		got, err := f.Execute(t.Context(), owner, operationID)
		equal(t, "error", err, nil)
		equal(t, "operation", got, want)
	})

	t.Run("returns one whose lease ended long ago as it is", func(t *testing.T) {
		f := newGetOperation(t)
		want := failedOperation(domain.FeedbackAnalysis)
		f.finds(want, nil)
		got, err := f.Execute(t.Context(), owner, operationID)
		equal(t, "error", err, nil)
		equal(t, "operation", got, want)
	})

	t.Run("says that the operation is absent or not the owner's", func(t *testing.T) {
		f := newGetOperation(t)
		f.finds(domain.Operation{}, domain.ErrOperationNotFound)
		got, err := f.Execute(t.Context(), owner, operationID)
		refused(t, got, err, domain.ErrOperationNotFound)
	})

	for _, test := range failures {
		t.Run("passes on that the reader "+test.name, func(t *testing.T) {
			f := newGetOperation(t)
			f.finds(domain.Operation{}, test.err)
			got, err := f.Execute(t.Context(), owner, operationID)
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newGetOperation(t)
		f.operations.EXPECT().FindOperation(gomock.Any(), owner, operationID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.Operation, error) {
				return domain.Operation{}, ctx.Err()
			})
		got, err := f.Execute(cancelled(t), owner, operationID)
		refused(t, got, err, context.Canceled)
	})
}
