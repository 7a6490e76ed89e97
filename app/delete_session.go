package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/ports"
)

// DeleteSession removes a session.
type DeleteSession struct {
	Sessions ports.SessionDeleter
}

// Execute removes the owner's session with its messages, feedback and operations. Its
// retakes stay, each a chain of its own. It returns [domain.ErrSessionNotFound].
func (u DeleteSession) Execute(ctx context.Context, owner, id uuid.UUID) error {
	return u.Sessions.DeleteSession(ctx, owner, id)
}
