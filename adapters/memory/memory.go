// Package memory stores everything in the process and forgets it at the end.
// It is for development and fast tests.
package memory

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// What a unique key and a foreign key are to a database.
var (
	errDuplicate     = errors.New("memory: a row with this key is there already")
	errMissingParent = errors.New("memory: a row that is referred to is not there")
)

// key is the primary key of every row that a user owns.
type key struct{ owner, id uuid.UUID }

// compare orders keys by owner, then id.
func (k key) compare(other key) int {
	return cmp.Or(compareIDs(k.owner, other.owner), compareIDs(k.id, other.id))
}

// Store implements every storage port. One lock guards it all, so that each
// call is one transaction: it checks everything before it changes anything.
type Store struct {
	mu sync.RWMutex
	tables
}

// tables are replaced by a copy when a transaction of several calls fails; so
// rows are replaced too, never changed in place.
type tables struct {
	users      map[uuid.UUID]domain.User
	emails     map[string]uuid.UUID
	apiKeys    map[uuid.UUID]string // encrypted
	postings   map[key]domain.JobPosting
	resumes    map[uuid.UUID]domain.Resume // by owner
	sessions   map[key]sessionRow
	messages   map[key]domain.Message
	operations map[key]domain.Operation
	feedbacks  map[key]domain.Feedback // by session
	replies    map[replyKey]storedReply
}

var _ ports.Storage = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{tables: tables{
		users:      map[uuid.UUID]domain.User{},
		emails:     map[string]uuid.UUID{},
		apiKeys:    map[uuid.UUID]string{},
		postings:   map[key]domain.JobPosting{},
		resumes:    map[uuid.UUID]domain.Resume{},
		sessions:   map[key]sessionRow{},
		messages:   map[key]domain.Message{},
		operations: map[key]domain.Operation{},
		feedbacks:  map[key]domain.Feedback{},
		replies:    map[replyKey]storedReply{},
	}}
}

// Ping returns nil: the store is always there.
func (s *Store) Ping(ctx context.Context) error { return done(ctx) }

// done returns nil while the caller still waits for an answer.
func done(ctx context.Context) error {
	switch err := ctx.Err(); {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	default:
		return err
	}
}

// read and write run f under the lock, which a context that [Store.RunOnce]
// made has already, unless the caller is gone.
func (s *Store) read(ctx context.Context, f func() error) error {
	if ctx.Value(joined{s}) == nil {
		s.mu.RLock()
		defer s.mu.RUnlock()
	}
	if err := done(ctx); err != nil {
		return err
	}
	return f()
}

func (s *Store) write(ctx context.Context, f func() error) error {
	if ctx.Value(joined{s}) == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	if err := done(ctx); err != nil {
		return err
	}
	return f()
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// newestFirst orders rows by creation time, then id, descending.
func newestFirst(aTime time.Time, aID uuid.UUID, bTime time.Time, bID uuid.UUID) int {
	return cmp.Or(bTime.Compare(aTime), compareIDs(bID, aID))
}
