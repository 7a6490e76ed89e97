package ports

import (
	"context"
	"time"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// OnceRunner makes what a request with an idempotency key does happen once.
type OnceRunner interface {
	// RunOnce does the work in one transaction with the key and the reply, all
	// or nothing: whatever the work stores, given its context, is stored if it
	// returns no error, and else nothing is, and the key is free. The work may
	// be done more than once, each time after nothing of the time before was
	// stored; it must not go on after it returned.
	//
	// If the key is there already, and was stored at expired or later, nothing
	// is done: RunOnce returns the reply of then, and true, or
	// [domain.ErrIdempotencyKeyReused] if the fingerprint is another. If the
	// key is being stored by another process, it waits for the end of that, at
	// most [domain.IdempotencyWait], and then returns
	// [domain.ErrIdempotencyKeyInUse]; a storage in which one writes at a time
	// may wait for longer, and knows the outcome then. It returns
	// [domain.ErrUserNotFound] if the account is gone.
	RunOnce(ctx context.Context, key domain.IdempotencyKey, now, expired time.Time,
		work func(ctx context.Context) (domain.Reply, error)) (reply domain.Reply, replayed bool, err error)
}

// IdempotencyKeyPruner forgets old idempotency keys.
type IdempotencyKeyPruner interface {
	// PruneIdempotencyKeys removes the keys of any owner that were stored
	// before a time, and returns how many.
	PruneIdempotencyKeys(ctx context.Context, before time.Time) (int, error)
}
