package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// CreateResume saves a person's first résumé.
type CreateResume struct {
	Resumes ports.ResumeWriter
	Clock   Clock
}

// Execute stores the content, as it is, as the owner's résumé. It returns a
// VALIDATION_ERROR of the field content, [domain.ErrResumeAlreadyExists], or
// [domain.ErrUserNotFound].
func (u CreateResume) Execute(ctx context.Context, owner uuid.UUID, content string) (domain.Resume, error) {
	resume, err := domain.NewResume(uuid.New(), owner, content, u.Clock.now())
	if err != nil {
		return domain.Resume{}, err
	}
	if err := u.Resumes.CreateResume(ctx, resume); err != nil {
		return domain.Resume{}, err
	}
	return resume, nil
}
