package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// RunOperation makes one attempt at an operation.
type RunOperation struct {
	AskQuestion  AskQuestion
	GiveFeedback GiveFeedback
	Operations   ports.OperationUpdater
	Clock        Clock
	// TimeLimit is how long an attempt may take.
	TimeLimit time.Duration
	// Attempts is how many there are before an operation fails.
	Attempts int
	// Backoff is the pause before the second attempt. It doubles with each,
	// and up to a tenth is added at random.
	Backoff time.Duration
}

// recordLimit is how long it may take to store how an attempt ended.
const recordLimit = 5 * time.Second

// Execute runs an operation that this process holds, and stores how that
// ended: completed, failed, or postponed to another attempt. If the context
// ends first, the operation is given back for anybody to take up at once. The
// error, for the log, is why the operation is not completed; it is
// [ports.ErrLeaseLost] if the operation was somebody else's by then.
func (u RunOperation) Execute(ctx context.Context, operation domain.Operation) error {
	err := u.attempt(ctx, operation)
	if err == nil || errors.Is(err, ports.ErrLeaseLost) {
		return err
	}
	now := u.Clock.now()
	failure := failureOf(err)
	switch {
	case ctx.Err() != nil:
		operation.Postpone(now, now)
	case failure.Temporary() && operation.Attempt < u.Attempts:
		operation.Postpone(now.Add(u.pause(operation.Attempt)), now)
	default:
		operation.Fail(failure, now)
	}
	record, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordLimit)
	defer cancel()
	return errors.Join(err, u.Operations.UpdateOperation(record, operation))
}

// attempt ends by the time limit, and turns a panic into an error: the fault of
// one operation must not end the others.
func (u RunOperation) attempt(ctx context.Context, operation domain.Operation) (err error) {
	ctx, cancel := context.WithTimeout(ctx, u.TimeLimit)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if operation.Type == domain.FeedbackAnalysis {
		return u.GiveFeedback.Execute(ctx, operation)
	}
	return u.AskQuestion.Execute(ctx, operation)
}

// failureOf says in the user's words what went wrong.
func failureOf(err error) domain.OperationFailure {
	var failure domain.OperationFailure
	switch {
	case errors.As(err, &failure):
		return failure
	case errors.Is(err, domain.ErrUnavailable):
		return domain.FailureStorage
	}
	return domain.FailureUnexpected
}

// pause returns how long to wait after so many attempts.
func (u RunOperation) pause(attempts int) time.Duration {
	pause := u.Backoff << min(attempts-1, 10)
	return pause + rand.N(pause/10+1)
}
