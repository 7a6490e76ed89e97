package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// FeedbackReader reads the feedback of a session.
type FeedbackReader interface {
	// FindFeedback returns the feedback of the owner's session, or
	// [domain.ErrSessionNotFound], or [domain.ErrFeedbackNotFound] if the
	// session has none.
	FindFeedback(ctx context.Context, owner, sessionID uuid.UUID) (domain.Feedback, error)
}

// FeedbackWriter stores feedback.
type FeedbackWriter interface {
	// SaveFeedback stores, all or nothing, the feedback and the operation that
	// made it, completed. It returns [domain.ErrSessionNotFound] if its session
	// is gone, else [domain.ErrFeedbackAlreadyExists] if it has feedback, else
	// [ErrLeaseLost] as [OperationUpdater] does.
	SaveFeedback(ctx context.Context, operation domain.Operation, feedback domain.Feedback) error
}
