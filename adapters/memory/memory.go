// Package memory stores everything in the process and forgets it at the end.
// It is for development and fast tests.
package memory

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// errDuplicateID is what a unique key is to a database.
var errDuplicateID = errors.New("memory: a row with this id is there already")

// key is the primary key of every row that a user owns.
type key struct{ owner, id uuid.UUID }

// Store implements every storage port. One lock guards it all, so that each
// call is one transaction.
type Store struct {
	mu       sync.RWMutex
	users    map[uuid.UUID]domain.User
	emails   map[string]uuid.UUID
	postings map[key]domain.JobPosting
	sessions map[key]domain.InterviewSession
}

var _ ports.Storage = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{
		users:    map[uuid.UUID]domain.User{},
		emails:   map[string]uuid.UUID{},
		postings: map[key]domain.JobPosting{},
		sessions: map[key]domain.InterviewSession{},
	}
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

// read and write run f under the lock unless the caller is gone.
func (s *Store) read(ctx context.Context, f func() error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := done(ctx); err != nil {
		return err
	}
	return f()
}

func (s *Store) write(ctx context.Context, f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := done(ctx); err != nil {
		return err
	}
	return f()
}

// newestFirst orders rows by creation time, then id, descending.
func newestFirst(aTime time.Time, aID uuid.UUID, bTime time.Time, bID uuid.UUID) int {
	return cmp.Or(bTime.Compare(aTime), bytes.Compare(bID[:], aID[:]))
}

// FindUser implements [ports.UserReader].
func (s *Store) FindUser(ctx context.Context, id uuid.UUID) (user domain.User, err error) {
	err = s.read(ctx, func() error {
		var ok bool
		if user, ok = s.users[id]; !ok {
			return domain.ErrUserNotFound
		}
		return nil
	})
	return user, err
}

// FindUserByEmail implements [ports.UserByEmailReader].
func (s *Store) FindUserByEmail(ctx context.Context, email string) (user domain.User, err error) {
	err = s.read(ctx, func() error {
		id, ok := s.emails[email]
		if !ok {
			return domain.ErrUserNotFound
		}
		user = s.users[id]
		return nil
	})
	return user, err
}

// CreateUser implements [ports.UserWriter].
func (s *Store) CreateUser(ctx context.Context, user domain.User) error {
	return s.write(ctx, func() error {
		if _, ok := s.emails[user.Email]; ok {
			return domain.ErrEmailAlreadyRegistered
		}
		if _, ok := s.users[user.ID]; ok {
			return errDuplicateID
		}
		s.users[user.ID] = user
		s.emails[user.Email] = user.ID
		return nil
	})
}

// FindJobPosting implements [ports.JobPostingReader].
func (s *Store) FindJobPosting(ctx context.Context, owner, id uuid.UUID) (posting domain.JobPosting, err error) {
	err = s.read(ctx, func() error {
		found, ok := s.postings[key{owner, id}]
		if !ok {
			return domain.ErrJobPostingNotFound
		}
		posting = found.Clone()
		return nil
	})
	return posting, err
}

// ListJobPostings implements [ports.JobPostingLister].
func (s *Store) ListJobPostings(ctx context.Context, owner uuid.UUID, limit, offset int) (postings []domain.JobPostingItem, err error) {
	err = s.read(ctx, func() error {
		all := []domain.JobPostingItem{}
		for k, p := range s.postings {
			if k.owner == owner {
				all = append(all, p.Clone().Item())
			}
		}
		slices.SortFunc(all, func(a, b domain.JobPostingItem) int {
			return newestFirst(a.CreatedAt, a.ID, b.CreatedAt, b.ID)
		})
		all = all[min(offset, len(all)):]
		postings = all[:min(limit, len(all))]
		return nil
	})
	return postings, err
}

// CreateJobPosting implements [ports.JobPostingWriter].
func (s *Store) CreateJobPosting(ctx context.Context, posting domain.JobPosting) error {
	return s.write(ctx, func() error {
		k := key{posting.UserID, posting.ID}
		if _, ok := s.postings[k]; ok {
			return errDuplicateID
		}
		if _, ok := s.users[posting.UserID]; !ok {
			return domain.ErrUserNotFound
		}
		s.postings[k] = posting.Clone()
		return nil
	})
}

// ReplaceJobPosting implements [ports.JobPostingReplacer].
func (s *Store) ReplaceJobPosting(ctx context.Context, posting domain.JobPosting) error {
	return s.write(ctx, func() error {
		k := key{posting.UserID, posting.ID}
		old, ok := s.postings[k]
		if !ok {
			return domain.ErrJobPostingNotFound
		}
		replaced := posting.Clone()
		replaced.CreatedAt = old.CreatedAt
		s.postings[k] = replaced
		return nil
	})
}

// DeleteJobPosting implements [ports.JobPostingDeleter].
func (s *Store) DeleteJobPosting(ctx context.Context, owner, id uuid.UUID) error {
	return s.write(ctx, func() error {
		if _, ok := s.postings[key{owner, id}]; !ok {
			return domain.ErrJobPostingNotFound
		}
		for k, session := range s.sessions {
			state := session.State()
			if k.owner == owner && state.JobPostingID.Valid && state.JobPostingID.UUID == id {
				state.JobPostingID = uuid.NullUUID{}
				s.sessions[k] = domain.RestoreInterviewSession(state)
			}
		}
		delete(s.postings, key{owner, id})
		return nil
	})
}

// FindSession implements [ports.SessionReader].
func (s *Store) FindSession(ctx context.Context, owner, id uuid.UUID) (detail domain.SessionDetail, err error) {
	err = s.read(ctx, func() error {
		session, ok := s.sessions[key{owner, id}]
		if !ok {
			return domain.ErrSessionNotFound
		}
		detail.Session = session
		if postingID := session.State().JobPostingID; postingID.Valid {
			posting := s.postings[key{owner, postingID.UUID}].Clone()
			detail.Posting = &posting
		}
		return nil
	})
	return detail, err
}

// ListSessions implements [ports.SessionLister].
func (s *Store) ListSessions(ctx context.Context, owner uuid.UUID, filter domain.SessionFilter) (sessions []domain.SessionSummary, err error) {
	err = s.read(ctx, func() error {
		sessions = []domain.SessionSummary{}
		for k, session := range s.sessions {
			state := session.State()
			if k.owner != owner || !passes(state, filter) {
				continue
			}
			summary := domain.SessionSummary{Session: session}
			if state.JobPostingID.Valid {
				headline := s.postings[key{owner, state.JobPostingID.UUID}].Headline()
				summary.Posting = &headline
			}
			sessions = append(sessions, summary)
		}
		slices.SortFunc(sessions, func(a, b domain.SessionSummary) int {
			return newestFirst(a.Session.State().CreatedAt, a.Session.ID(), b.Session.State().CreatedAt, b.Session.ID())
		})
		return nil
	})
	return sessions, err
}

func passes(state domain.SessionState, filter domain.SessionFilter) bool {
	switch original := filter.OriginalSessionID; {
	case filter.Status != "" && state.Status != filter.Status,
		!filter.CreatedFrom.IsZero() && state.CreatedAt.Before(filter.CreatedFrom),
		!filter.CreatedUntil.IsZero() && !state.CreatedAt.Before(filter.CreatedUntil),
		filter.JobPostingID.Valid && state.JobPostingID != filter.JobPostingID,
		original.Valid && state.ID != original.UUID && state.OriginalSessionID != original:
		return false
	}
	return true
}

// CreateSession implements [ports.SessionWriter].
func (s *Store) CreateSession(ctx context.Context, session domain.InterviewSession) error {
	return s.write(ctx, func() error {
		state := session.State()
		k := key{state.UserID, state.ID}
		if _, ok := s.sessions[k]; ok {
			return errDuplicateID
		}
		_, userFound := s.users[state.UserID]
		_, postingFound := s.postings[key{state.UserID, state.JobPostingID.UUID}]
		if !userFound || state.JobPostingID.Valid && !postingFound {
			return domain.ErrJobPostingNotFound
		}
		s.sessions[k] = session
		return nil
	})
}
