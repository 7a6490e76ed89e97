package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// GetResume reads a person's résumé.
type GetResume struct {
	Resumes ports.ResumeReader
}

// Execute returns the owner's résumé, or [domain.ErrResumeNotFound].
func (u GetResume) Execute(ctx context.Context, owner uuid.UUID) (domain.Resume, error) {
	return u.Resumes.FindResume(ctx, owner)
}
