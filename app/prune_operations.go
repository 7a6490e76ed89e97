package app

import (
	"context"
	"time"

	"github.com/ai-interviewer/ai-interviewer/ports"
)

// PruneOperations forgets old operations. What they made stays.
type PruneOperations struct {
	Operations ports.OperationPruner
	Clock      Clock
	// Retention is how long finished operations are kept.
	Retention time.Duration
}

// Execute removes the operations that finished longer ago than the retention,
// and returns how many those were.
func (u PruneOperations) Execute(ctx context.Context) (int, error) {
	return u.Operations.PruneOperations(ctx, u.Clock.now().Add(-u.Retention))
}
