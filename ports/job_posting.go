package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// JobPostingReader reads one posting.
type JobPostingReader interface {
	// FindJobPosting returns the owner's posting, or
	// [domain.ErrJobPostingNotFound].
	FindJobPosting(ctx context.Context, owner, id uuid.UUID) (domain.JobPosting, error)
}

// JobPostingLister lists postings.
type JobPostingLister interface {
	// ListJobPostings returns at most limit of the owner's postings, newest
	// first (by creation time, then id), after skipping offset of them. Both
	// are 0 or more.
	ListJobPostings(ctx context.Context, owner uuid.UUID, limit, offset int) ([]domain.JobPostingItem, error)
}

// JobPostingWriter stores new postings.
type JobPostingWriter interface {
	// CreateJobPosting stores the posting, or returns
	// [domain.ErrUserNotFound] if its owner has no account.
	CreateJobPosting(ctx context.Context, posting domain.JobPosting) error
}

// JobPostingReplacer overwrites postings.
type JobPostingReplacer interface {
	// ReplaceJobPosting overwrites the stored posting of the same owner and
	// id, all but its creation time, or returns
	// [domain.ErrJobPostingNotFound]. Of two at once the later wins whole.
	ReplaceJobPosting(ctx context.Context, posting domain.JobPosting) error
}

// JobPostingDeleter deletes postings.
type JobPostingDeleter interface {
	// DeleteJobPosting removes the owner's posting, and the reference to it
	// from the owner's sessions, which stay; nothing else of them changes. It
	// returns [domain.ErrJobPostingNotFound] if there is none. A session that
	// is being created for the posting at the same time either is among those
	// that stay or is refused.
	DeleteJobPosting(ctx context.Context, owner, id uuid.UUID) error
}
