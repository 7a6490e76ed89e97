package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ListSessionScores lists what a person achieved.
type ListSessionScores struct {
	Sessions ports.SessionScoreLister
}

// Execute returns the owner's completed sessions that have feedback and still have
// their posting, oldest first.
func (u ListSessionScores) Execute(ctx context.Context, owner uuid.UUID) ([]domain.SessionScore, error) {
	return u.Sessions.ListSessionScores(ctx, owner)
}
