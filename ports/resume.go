package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// ResumeReader reads a person's résumé.
type ResumeReader interface {
	// FindResume returns the owner's résumé, or [domain.ErrResumeNotFound].
	FindResume(ctx context.Context, owner uuid.UUID) (domain.Resume, error)
}

// ResumeWriter stores new résumés.
type ResumeWriter interface {
	// CreateResume stores the résumé. It returns
	// [domain.ErrResumeAlreadyExists] if its owner has one, also to all but one
	// of several simultaneous calls, and [domain.ErrUserNotFound] if the owner
	// has no account.
	CreateResume(ctx context.Context, resume domain.Resume) error
}

// ResumeReplacer overwrites résumés.
type ResumeReplacer interface {
	// ReplaceResume overwrites the stored résumé of the same owner and id, all
	// but its creation time, or returns [domain.ErrResumeNotFound].
	ReplaceResume(ctx context.Context, resume domain.Resume) error
}

// ResumeDeleter deletes résumés.
type ResumeDeleter interface {
	// DeleteResume removes the owner's résumé, or returns
	// [domain.ErrResumeNotFound] if there is none.
	DeleteResume(ctx context.Context, owner uuid.UUID) error
}
