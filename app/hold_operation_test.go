package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// holdOperation is the use case with an updater that expects no call.
type holdOperation struct {
	app.HoldOperation
	operations *mocks.MockOperationUpdater
}

func newHoldOperation(t *testing.T) holdOperation {
	operations := mocks.NewMockOperationUpdater(gomock.NewController(t))
	return holdOperation{app.HoldOperation{Operations: operations, Clock: clock}, operations}
}

func TestHoldOperation(t *testing.T) {
	for _, test := range []struct {
		name   string
		status domain.OperationStatus
		begun  bool
		want   func(*domain.Operation)
	}{
		{"renews the lease of one that waits for its turn", domain.OperationPending, false, func(*domain.Operation) {}},
		{"shows that the work has begun now", domain.OperationPending, true, func(o *domain.Operation) {
			o.Status, o.UpdatedAt = domain.OperationProcessing, now
		}},
		{"renews the lease of one at work and changes nothing else", domain.OperationProcessing, true, func(*domain.Operation) {}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newHoldOperation(t)
			operation := ownOperation(domain.QuestionGeneration)
			operation.Status = test.status
			before, want := operation, operation
			want.LeaseUntil = now.Add(domain.OperationLease)
			test.want(&want)
			f.operations.EXPECT().UpdateOperation(gomock.Any(), want).Return(nil)
			equal(t, "error", f.Execute(t.Context(), operation, test.begun), nil)
			equal(t, "operation of the caller", operation, before)
		})
	}

	for _, test := range []struct {
		name string
		err  error
	}{
		{"the lease is lost", fmt.Errorf("update: %w", ports.ErrLeaseLost)},
		{"the updater is unavailable", domain.ErrUnavailable},
		{"the updater fails", errStorage},
	} {
		t.Run("passes on that "+test.name, func(t *testing.T) {
			f := newHoldOperation(t)
			f.operations.EXPECT().UpdateOperation(gomock.Any(), gomock.AssignableToTypeOf(domain.Operation{})).Return(test.err)
			if err := f.Execute(t.Context(), ownOperation(domain.QuestionGeneration), true); !errors.Is(err, test.err) {
				t.Errorf("error is %v, want %v", err, test.err)
			}
		})
	}

	t.Run("stops when the context is over", func(t *testing.T) {
		f := newHoldOperation(t)
		f.operations.EXPECT().UpdateOperation(gomock.Any(), gomock.AssignableToTypeOf(domain.Operation{})).
			DoAndReturn(func(ctx context.Context, _ domain.Operation) error { return ctx.Err() })
		if err := f.Execute(cancelled(t), ownOperation(domain.QuestionGeneration), true); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	})
}
