package memory

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// replyKey is what makes two requests with an idempotency key the same.
type replyKey struct {
	owner             uuid.UUID
	method, path, key string
}

type storedReply struct {
	domain.Reply
	fingerprint [32]byte
	createdAt   time.Time
}

// joined is the key of a context within [Store.RunOnce], which holds the lock.
type joined struct{ *Store }

// RunOnce implements [ports.OnceRunner]. It holds the lock all the while, and
// puts everything back if the work fails.
func (s *Store) RunOnce(ctx context.Context, key domain.IdempotencyKey, now, expired time.Time,
	work func(ctx context.Context) (domain.Reply, error)) (reply domain.Reply, replayed bool, err error) {
	err = s.write(ctx, func() (err error) {
		k := replyKey{key.UserID, key.Method, key.Path, key.Key}
		if stored, ok := s.replies[k]; ok && !stored.createdAt.Before(expired) {
			if stored.fingerprint != key.Fingerprint {
				return domain.ErrIdempotencyKeyReused
			}
			reply, replayed = cloneReply(stored.Reply), true
			return nil
		}
		if _, ok := s.users[key.UserID]; !ok {
			return domain.ErrUserNotFound
		}
		before, stored := s.tables.clone(), false
		defer func() {
			if !stored { // also after a panic
				s.tables = before
			}
		}()
		if reply, err = work(context.WithValue(ctx, joined{s}, true)); err != nil {
			return err
		}
		if err := done(ctx); err != nil {
			return err
		}
		s.replies[k] = storedReply{cloneReply(reply), key.Fingerprint, now}
		stored = true
		return nil
	})
	if err != nil {
		return domain.Reply{}, false, err
	}
	return reply, replayed, nil
}

func cloneReply(reply domain.Reply) domain.Reply {
	reply.Body = slices.Clone(reply.Body)
	return reply
}

func (t tables) clone() tables {
	return tables{
		users: maps.Clone(t.users), emails: maps.Clone(t.emails), apiKeys: maps.Clone(t.apiKeys),
		postings: maps.Clone(t.postings), resumes: maps.Clone(t.resumes), sessions: maps.Clone(t.sessions),
		messages: maps.Clone(t.messages), operations: maps.Clone(t.operations), feedbacks: maps.Clone(t.feedbacks),
		replies: maps.Clone(t.replies),
	}
}

// PruneIdempotencyKeys implements [ports.IdempotencyKeyPruner].
func (s *Store) PruneIdempotencyKeys(ctx context.Context, before time.Time) (removed int, err error) {
	err = s.write(ctx, func() error {
		for k, stored := range s.replies {
			if stored.createdAt.Before(before) {
				delete(s.replies, k)
				removed++
			}
		}
		return nil
	})
	return removed, err
}
