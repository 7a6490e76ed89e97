package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// RetryOperation tries again what an operation failed to do.
type RetryOperation struct {
	Operations ports.OperationReader
	Retries    ports.RetryWriter
	Dispatcher ports.OperationDispatcher
	Clock      Clock
}

// Execute stores and returns a new operation, which goes on by itself. It
// returns [domain.ErrOperationNotFound] or [domain.ErrOperationNotFailed].
func (u RetryOperation) Execute(ctx context.Context, owner, id uuid.UUID) (domain.Operation, error) {
	failed, err := u.Operations.FindOperation(ctx, owner, id)
	if err != nil {
		return domain.Operation{}, err
	}
	retry, err := failed.Retry(uuid.New(), u.Clock.now())
	if err != nil {
		return domain.Operation{}, err
	}
	if err := u.Retries.CreateRetry(ctx, retry); err != nil {
		return domain.Operation{}, err
	}
	afterCommit(ctx, func() { u.Dispatcher.Dispatch(retry) })
	return retry, nil
}
