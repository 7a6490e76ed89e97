package app

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// GiveFeedback runs an operation that generates feedback.
type GiveFeedback struct {
	Sessions    ports.SessionDetailReader
	Messages    ports.MessageLister
	Interviewer ports.FeedbackGiver
	Feedbacks   ports.FeedbackWriter
	Clock       Clock
}

// Execute lets the interviewer judge the operation's session and stores the
// feedback with the operation, completed. It returns a
// [domain.OperationFailure] that ends the operation, or [ports.ErrLeaseLost],
// or another error, after which the same may succeed.
func (u GiveFeedback) Execute(ctx context.Context, operation domain.Operation) error {
	interview, err := readInterview(ctx, u.Sessions, u.Messages, operation)
	switch {
	case err != nil:
		return err
	case interview.Resume == "":
		return domain.FailureResumeRequired
	case len(domain.Transcript(interview.Messages)) == 0:
		return domain.FailureNoAnswers
	}
	assessment, err := u.Interviewer.GiveFeedback(ctx, interview)
	if err != nil {
		return err
	}
	now := u.Clock.now()
	feedback := domain.NewFeedback(uuid.New(), interview.Session, assessment, now)
	operation.CompleteFeedback(feedback, now)
	switch err := u.Feedbacks.SaveFeedback(ctx, operation, feedback); {
	case errors.Is(err, domain.ErrFeedbackAlreadyExists):
		return domain.FailureFeedbackExists
	case errors.Is(err, domain.ErrSessionNotFound):
		return domain.FailureSessionNotFound
	default:
		return err
	}
}
