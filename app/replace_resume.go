package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ReplaceResume rewrites a person's résumé.
type ReplaceResume struct {
	Resumes  ports.ResumeReader
	Replacer ports.ResumeReplacer
	Clock    Clock
}

// Execute puts the content, as it is, in the place of the owner's résumé's. It
// returns a VALIDATION_ERROR of the field content, or
// [domain.ErrResumeNotFound].
func (u ReplaceResume) Execute(ctx context.Context, owner uuid.UUID, content string) (domain.Resume, error) {
	if err := domain.CheckResume(content); err != nil {
		return domain.Resume{}, err
	}
	resume, err := u.Resumes.FindResume(ctx, owner)
	if err != nil {
		return domain.Resume{}, err
	}
	if err := resume.Replace(content, u.Clock.now()); err != nil {
		return domain.Resume{}, err
	}
	if err := u.Replacer.ReplaceResume(ctx, resume); err != nil {
		return domain.Resume{}, err
	}
	return resume, nil
}
