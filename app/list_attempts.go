package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ListAttempts lists the attempts of a chain.
type ListAttempts struct {
	Sessions ports.AttemptLister
}

// Execute returns the chain that the owner's session is part of, by retake number, or
// [domain.ErrSessionNotFound].
func (u ListAttempts) Execute(ctx context.Context, owner, id uuid.UUID) ([]domain.Attempt, error) {
	return u.Sessions.ListAttempts(ctx, owner, id)
}
