package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// CompleteSession ends a session for good.
type CompleteSession struct {
	Sessions ports.SessionReader
	Statuses ports.SessionStatusWriter
	Clock    Clock
}

// Execute completes the owner's session and returns it. It returns
// [domain.ErrSessionNotFound], or [domain.ErrSessionAlreadyCompleted].
func (u CompleteSession) Execute(ctx context.Context, owner, id uuid.UUID) (domain.SessionSummary, error) {
	return move(ctx, u.Sessions, u.Statuses, owner, id, func(session *domain.InterviewSession) error {
		return session.Complete(u.Clock.now())
	})
}
