package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// CreateJobPosting saves a posting.
type CreateJobPosting struct {
	Postings ports.JobPostingWriter
	Clock    Clock
}

// Execute stores and returns a new posting of the owner's. It returns a
// VALIDATION_ERROR that names each bad field of the draft, or
// [domain.ErrUserNotFound] if the owner's account is gone.
func (u CreateJobPosting) Execute(ctx context.Context, owner uuid.UUID, draft domain.JobPostingDraft) (domain.JobPosting, error) {
	posting, err := domain.NewJobPosting(uuid.New(), owner, draft, u.Clock.now())
	if err != nil {
		return domain.JobPosting{}, err
	}
	if err := u.Postings.CreateJobPosting(ctx, posting); err != nil {
		return domain.JobPosting{}, err
	}
	return posting, nil
}
