package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/ports"
)

// DeleteResume removes a person's résumé.
type DeleteResume struct {
	Resumes ports.ResumeDeleter
}

// Execute removes the owner's résumé, or returns [domain.ErrResumeNotFound].
func (u DeleteResume) Execute(ctx context.Context, owner uuid.UUID) error {
	return u.Resumes.DeleteResume(ctx, owner)
}
