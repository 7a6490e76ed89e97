package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ListJobPostings lists a person's postings.
type ListJobPostings struct {
	Postings ports.JobPostingLister
}

// Execute returns at most limit of the owner's postings, newest first, after
// skipping offset of them. Both are 0 or more.
func (u ListJobPostings) Execute(ctx context.Context, owner uuid.UUID, limit, offset int) ([]domain.JobPostingItem, error) {
	return u.Postings.ListJobPostings(ctx, owner, limit, offset)
}
