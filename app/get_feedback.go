package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// GetFeedback reads the feedback of a session.
type GetFeedback struct {
	Feedbacks ports.FeedbackReader
}

// Execute returns the feedback of the owner's session, or
// [domain.ErrSessionNotFound], or [domain.ErrFeedbackNotFound].
func (u GetFeedback) Execute(ctx context.Context, owner, sessionID uuid.UUID) (domain.Feedback, error) {
	return u.Feedbacks.FindFeedback(ctx, owner, sessionID)
}
