package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// GetSession opens one session.
type GetSession struct {
	Sessions ports.SessionReader
}

// Execute returns the owner's session with its posting, or
// [domain.ErrSessionNotFound].
func (u GetSession) Execute(ctx context.Context, owner, id uuid.UUID) (domain.SessionDetail, error) {
	return u.Sessions.FindSession(ctx, owner, id)
}
