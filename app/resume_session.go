package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ResumeSession takes a paused session up again.
type ResumeSession struct {
	Sessions ports.SessionReader
	Statuses ports.SessionStatusWriter
	Clock    Clock
}

// Execute resumes the owner's session and returns it. It returns
// [domain.ErrSessionNotFound], or [domain.ErrInvalidSessionState] if it is not paused.
func (u ResumeSession) Execute(ctx context.Context, owner, id uuid.UUID) (domain.SessionSummary, error) {
	return move(ctx, u.Sessions, u.Statuses, owner, id, func(session *domain.InterviewSession) error {
		return session.Resume(u.Clock.now())
	})
}
