package app

import (
	"context"
	"time"

	"github.com/ai-interviewer/ai-interviewer/ports"
)

// PruneIdempotencyKeys forgets old idempotency keys.
type PruneIdempotencyKeys struct {
	Keys  ports.IdempotencyKeyPruner
	Clock Clock
	// Retention is for how long a key is known.
	Retention time.Duration
}

// Execute removes the keys that are older than the retention, and returns how
// many those were.
func (u PruneIdempotencyKeys) Execute(ctx context.Context) (int, error) {
	return u.Keys.PruneIdempotencyKeys(ctx, u.Clock.now().Add(-u.Retention))
}
