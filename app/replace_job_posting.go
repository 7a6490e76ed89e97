package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ReplaceJobPosting rewrites a posting.
type ReplaceJobPosting struct {
	Postings ports.JobPostingReader
	Replacer ports.JobPostingReplacer
	Clock    Clock
}

// Execute puts the draft in the place of all that the owner's posting says
// and returns the posting. It returns a VALIDATION_ERROR that names each bad
// field of the draft, or [domain.ErrJobPostingNotFound] if there is no such
// posting.
func (u ReplaceJobPosting) Execute(ctx context.Context, owner, id uuid.UUID, draft domain.JobPostingDraft) (domain.JobPosting, error) {
	draft, err := draft.Normalize()
	if err != nil {
		return domain.JobPosting{}, err
	}
	posting, err := u.Postings.FindJobPosting(ctx, owner, id)
	if err != nil {
		return domain.JobPosting{}, err
	}
	if err := posting.Replace(draft, u.Clock.now()); err != nil {
		return domain.JobPosting{}, err
	}
	if err := u.Replacer.ReplaceJobPosting(ctx, posting); err != nil {
		return domain.JobPosting{}, err
	}
	return posting, nil
}
