package app

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// RequestFeedback asks for the feedback of a session.
type RequestFeedback struct {
	Sessions   ports.SessionReader
	Feedbacks  ports.FeedbackReader
	Resumes    ports.ResumeReader
	Operations ports.OperationWriter
	Dispatcher ports.OperationDispatcher
	Clock      Clock
}

// Execute stores and returns an operation, which goes on by itself. It
// refuses, in this order, with [domain.ErrSessionNotFound],
// [domain.ErrSessionNotCompleted], [domain.ErrFeedbackAlreadyExists],
// [domain.ErrJobPostingRequired] and [domain.ErrResumeRequired].
func (u RequestFeedback) Execute(ctx context.Context, owner, sessionID uuid.UUID) (domain.Operation, error) {
	var operation domain.Operation
	err := decide(ctx, u.Sessions, owner, sessionID, func(loaded domain.SessionSummary) error {
		if err := loaded.Session.AllowFeedback(); err != nil {
			return err
		}
		switch _, err := u.Feedbacks.FindFeedback(ctx, owner, sessionID); {
		case err == nil:
			return domain.ErrFeedbackAlreadyExists
		case !errors.Is(err, domain.ErrFeedbackNotFound):
			return err
		}
		if loaded.Posting == nil {
			return domain.ErrJobPostingRequired
		}
		switch _, err := u.Resumes.FindResume(ctx, owner); {
		case errors.Is(err, domain.ErrResumeNotFound):
			return domain.ErrResumeRequired
		case err != nil:
			return err
		}
		operation = domain.NewOperation(uuid.New(), domain.FeedbackAnalysis, loaded.Session, u.Clock.now())
		return u.Operations.CreateOperation(ctx, operation, loaded.Session.State().Status)
	})
	if err != nil {
		return domain.Operation{}, err
	}
	afterCommit(ctx, func() { u.Dispatcher.Dispatch(operation) })
	return operation, nil
}
