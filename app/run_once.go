package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// RunOnce lets what a request with an idempotency key asks for happen once. It
// goes around another use case. Make one for the process, and share it.
type RunOnce struct {
	Keys  ports.OnceRunner
	Clock Clock
	// Retention is for how long a key is known.
	Retention time.Duration

	mu      sync.Mutex
	running map[domain.IdempotencyKey]chan struct{} // closed at the end; without fingerprints
}

// Execute does the work, or finds the reply of the first time: then replayed
// is true. Everything that the work stores through its context is stored
// together with the reply, or nothing is, if the work returns an error; then
// the key is free again. The work may be done more than once until that
// succeeds. A twin that is in work is waited for. Execute returns the error of
// the work, [domain.ErrIdempotencyKeyReused], [domain.ErrIdempotencyKeyInUse]
// or [domain.ErrUserNotFound].
func (u *RunOnce) Execute(ctx context.Context, key domain.IdempotencyKey,
	work func(ctx context.Context) (domain.Reply, error)) (reply domain.Reply, replayed bool, err error) {
	leave, err := u.enter(ctx, key)
	if err != nil {
		return domain.Reply{}, false, err
	}
	defer leave()
	now := u.Clock.now()
	var after []func()
	reply, replayed, err = u.Keys.RunOnce(ctx, key, now, now.Add(-u.Retention), func(ctx context.Context) (domain.Reply, error) {
		after = nil
		return work(context.WithValue(ctx, afterCommitKey{}, &after))
	})
	if err == nil {
		for _, f := range after {
			f()
		}
	}
	return reply, replayed, err
}

// enter waits until no other request of this process has the key, so that
// twins do not take up the storage meanwhile.
func (u *RunOnce) enter(ctx context.Context, key domain.IdempotencyKey) (leave func(), err error) {
	key.Fingerprint = [len(key.Fingerprint)]byte{}
	timeout := time.NewTimer(domain.IdempotencyWait)
	defer timeout.Stop()
	for {
		u.mu.Lock()
		ended, taken := u.running[key]
		if !taken {
			if u.running == nil {
				u.running = map[domain.IdempotencyKey]chan struct{}{}
			}
			ended = make(chan struct{})
			u.running[key] = ended
			u.mu.Unlock()
			return func() {
				u.mu.Lock()
				delete(u.running, key)
				u.mu.Unlock()
				close(ended)
			}, nil
		}
		u.mu.Unlock()
		select {
		case <-ended:
		case <-timeout.C:
			return nil, domain.ErrIdempotencyKeyInUse
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil, fmt.Errorf("%w: %w", domain.ErrUnavailable, ctx.Err())
			}
			return nil, ctx.Err()
		}
	}
}

type afterCommitKey struct{}

// afterCommit does f once that is stored which the use case stored: at once,
// unless [RunOnce] is around it.
func afterCommit(ctx context.Context, f func()) {
	if after, ok := ctx.Value(afterCommitKey{}).(*[]func()); ok {
		*after = append(*after, f)
		return
	}
	f()
}
