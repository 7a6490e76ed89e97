package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/ports"
)

// DeleteJobPosting deletes a posting.
type DeleteJobPosting struct {
	Postings ports.JobPostingDeleter
}

// Execute deletes the owner's posting; its sessions stay, without one. It
// returns [domain.ErrJobPostingNotFound] if there is none.
func (u DeleteJobPosting) Execute(ctx context.Context, owner, id uuid.UUID) error {
	return u.Postings.DeleteJobPosting(ctx, owner, id)
}
