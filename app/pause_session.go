package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// PauseSession puts an active session aside.
type PauseSession struct {
	Sessions ports.SessionReader
	Statuses ports.SessionStatusWriter
	Clock    Clock
}

// Execute pauses the owner's session and returns it. It returns
// [domain.ErrSessionNotFound], or [domain.ErrInvalidSessionState] if it is not active.
func (u PauseSession) Execute(ctx context.Context, owner, id uuid.UUID) (domain.SessionSummary, error) {
	return move(ctx, u.Sessions, u.Statuses, owner, id, func(session *domain.InterviewSession) error {
		return session.Pause(u.Clock.now())
	})
}
