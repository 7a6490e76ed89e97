package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// retryOperation is the use case with ports that expect no call: a writer and
// a dispatcher that are told nothing more prove that a refused retry stores and
// starts nothing.
type retryOperation struct {
	app.RetryOperation
	operations *mocks.MockOperationReader
	retries    *mocks.MockRetryWriter
	dispatcher *mocks.MockOperationDispatcher
}

func newRetryOperation(t *testing.T) retryOperation {
	ctrl := gomock.NewController(t)
	f := retryOperation{
		operations: mocks.NewMockOperationReader(ctrl),
		retries:    mocks.NewMockRetryWriter(ctrl),
		dispatcher: mocks.NewMockOperationDispatcher(ctrl),
	}
	f.RetryOperation = app.RetryOperation{Operations: f.operations, Retries: f.retries, Dispatcher: f.dispatcher, Clock: clock}
	return f
}

func (f retryOperation) finds(operation domain.Operation, err error) {
	f.operations.EXPECT().FindOperation(gomock.Any(), owner, operationID).Return(operation, err)
}

func (f retryOperation) stores() *gomock.Call {
	return f.retries.EXPECT().CreateRetry(gomock.Any(), gomock.AssignableToTypeOf(domain.Operation{}))
}

// failedOperation is one that was retried once already.
func failedOperation(typ domain.OperationType) domain.Operation {
	operation := ownOperation(typ)
	operation.Attempt, operation.RetryCount = 3, 1
	operation.ParentID = uuid.NullUUID{UUID: stranger, Valid: true}
	operation.Fail(domain.FailureStorage, created)
	return operation
}

func TestRetryOperation(t *testing.T) {
	for _, typ := range []domain.OperationType{domain.QuestionGeneration, domain.FeedbackAnalysis} {
		t.Run(fmt.Sprintf("stores a new operation of type %s, hands it over and returns it", typ), func(t *testing.T) {
			f := newRetryOperation(t)
			f.finds(failedOperation(typ), nil)
			var saved domain.Operation
			f.stores().DoAndReturn(func(_ context.Context, operation domain.Operation) error {
				saved = operation
				return nil
			})
			dispatched := dispatches(f.dispatcher)
			got, err := f.Execute(t.Context(), owner, operationID)
			equal(t, "error", err, nil)
			newID(t, saved.ID)
			if saved.ID == operationID {
				t.Error("the retry has the id of the failed operation")
			}
			equal(t, "saved operation", saved, domain.Operation{
				ID: saved.ID, UserID: owner, SessionID: sessionID, Type: typ, Status: domain.OperationPending,
				ParentID: uuid.NullUUID{UUID: operationID, Valid: true}, RetryCount: 2,
				Attempt: 1, LeaseUntil: now.Add(domain.OperationLease), CreatedAt: now, UpdatedAt: now,
			})
			equal(t, "dispatched operation", *dispatched, saved)
			equal(t, "returned operation", got, saved)
		})
	}
}

func TestRetryOperationStartsNothingWhen(t *testing.T) {
	for _, status := range []domain.OperationStatus{domain.OperationPending, domain.OperationProcessing, domain.OperationCompleted} {
		t.Run(fmt.Sprintf("the operation is %s", status), func(t *testing.T) {
			f := newRetryOperation(t)
			operation := ownOperation(domain.QuestionGeneration)
			operation.Status = status
			f.finds(operation, nil)
			got, err := f.Execute(t.Context(), owner, operationID)
			refused(t, got, err, domain.ErrOperationNotFailed)
		})
	}

	for _, test := range []struct {
		name string
		err  error
	}{
		{"the operation is absent or not the owner's", domain.ErrOperationNotFound},
		{"the reader is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"the reader fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newRetryOperation(t)
			f.finds(domain.Operation{}, test.err)
			got, err := f.Execute(t.Context(), owner, operationID)
			refused(t, got, err, test.err)
		})
	}

	for _, test := range []struct {
		name string
		err  error
	}{
		{"the session is gone by the time it is stored", domain.ErrOperationNotFound},
		{"the writer is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"the writer fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newRetryOperation(t)
			f.finds(failedOperation(domain.QuestionGeneration), nil)
			f.stores().Return(test.err)
			got, err := f.Execute(t.Context(), owner, operationID)
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away before it was stored", func(t *testing.T) {
		f := newRetryOperation(t)
		f.finds(failedOperation(domain.QuestionGeneration), nil)
		f.stores().DoAndReturn(func(ctx context.Context, _ domain.Operation) error { return ctx.Err() })
		got, err := f.Execute(cancelled(t), owner, operationID)
		refused(t, got, err, context.Canceled)
	})
}
