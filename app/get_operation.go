package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// GetOperation reads an operation.
type GetOperation struct {
	Operations ports.OperationReader
}

// Execute returns the owner's operation, or [domain.ErrOperationNotFound]. It changes
// nothing.
func (u GetOperation) Execute(ctx context.Context, owner, id uuid.UUID) (domain.Operation, error) {
	return u.Operations.FindOperation(ctx, owner, id)
}
