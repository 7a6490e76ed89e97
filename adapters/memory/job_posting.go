package memory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

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
			return errDuplicate
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
		for k, row := range s.sessions {
			if k.owner == owner && row.JobPostingID == some(id) {
				row.JobPostingID = uuid.NullUUID{}
				s.sessions[k] = row
			}
		}
		delete(s.postings, key{owner, id})
		return nil
	})
}
