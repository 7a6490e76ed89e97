package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// RequestQuestion asks for the next question of a session.
type RequestQuestion struct {
	Sessions   ports.SessionReader
	Operations ports.OperationWriter
	Dispatcher ports.OperationDispatcher
	Clock      Clock
}

// Execute stores and returns an operation, which goes on by itself. It returns
// [domain.ErrSessionNotFound] or [domain.ErrSessionNotActive].
func (u RequestQuestion) Execute(ctx context.Context, owner, sessionID uuid.UUID) (domain.Operation, error) {
	var operation domain.Operation
	err := decide(ctx, u.Sessions, owner, sessionID, func(loaded domain.SessionSummary) error {
		if err := loaded.Session.AllowQuestion(); err != nil {
			return err
		}
		operation = domain.NewOperation(uuid.New(), domain.QuestionGeneration, loaded.Session, u.Clock.now())
		return u.Operations.CreateOperation(ctx, operation, loaded.Session.State().Status)
	})
	if err != nil {
		return domain.Operation{}, err
	}
	afterCommit(ctx, func() { u.Dispatcher.Dispatch(operation) })
	return operation, nil
}
