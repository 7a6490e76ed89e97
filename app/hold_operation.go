package app

import (
	"context"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// HoldOperation keeps the lease of an operation.
type HoldOperation struct {
	Operations ports.OperationUpdater
	Clock      Clock
}

// Execute renews the lease for [domain.OperationLease], and shows the operation
// as processing once its work has begun. It returns [ports.ErrLeaseLost] if the
// operation is finished, or somebody else's.
func (u HoldOperation) Execute(ctx context.Context, operation domain.Operation, begun bool) error {
	operation.Renew(begun, u.Clock.now())
	return u.Operations.UpdateOperation(ctx, operation)
}
