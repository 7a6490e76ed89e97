package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// GetJobPosting opens one posting.
type GetJobPosting struct {
	Postings ports.JobPostingReader
}

// Execute returns the owner's posting, or [domain.ErrJobPostingNotFound].
func (u GetJobPosting) Execute(ctx context.Context, owner, id uuid.UUID) (domain.JobPosting, error) {
	return u.Postings.FindJobPosting(ctx, owner, id)
}
