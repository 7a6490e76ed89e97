package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// RetakeSession starts another attempt at a session's posting.
type RetakeSession struct {
	Sessions ports.SessionReader
	Retakes  ports.RetakeWriter
	Clock    Clock
}

// Execute stores and returns a new session of the chain that the owner's
// session is part of. It returns [domain.ErrSessionNotFound],
// [domain.ErrSessionNotCompleted] or [domain.ErrMissingJobPosting].
func (u RetakeSession) Execute(ctx context.Context, owner, sessionID uuid.UUID) (domain.SessionSummary, error) {
	var started domain.SessionSummary
	err := decide(ctx, u.Sessions, owner, sessionID, func(loaded domain.SessionSummary) error {
		retake, err := loaded.Session.Retake(uuid.New(), u.Clock.now())
		if err != nil {
			return err
		}
		stored, err := u.Retakes.CreateRetake(ctx, retake)
		if err == nil {
			started = domain.SessionSummary{Session: stored, Posting: loaded.Posting}
		}
		return err
	})
	return started, err
}
