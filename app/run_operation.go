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
	// Backoff is the pause after the first failure. It doubles with each, and
	// up to a tenth is added at random.
	Backoff time.Duration
}

// AttemptOutcome is how an attempt at an operation ended.
type AttemptOutcome string

// The outcomes of attempts.
const (
	AttemptCompleted AttemptOutcome = "completed"
	AttemptPostponed AttemptOutcome = "postponed" // it failed, and there will be another
	AttemptFailed    AttemptOutcome = "failed"    // it failed, and the operation with it
	AttemptGivenBack AttemptOutcome = "given_back"
	AttemptLost      AttemptOutcome = "lost" // to another process
)

// recordLimit is how long it may take to store how an attempt ended.
const recordLimit = 5 * time.Second

// Execute runs an operation that this process holds, and stores how that
// ended: completed, failed, or postponed to another attempt. If the context
// ends first, the operation is given back for anybody to take up at once, and
// the attempt does not count. Before an end other than completed is stored,
// Execute calls settle, which must end the renewals of the lease and wait for
// them: a late one would take back what was given back. The error, for the
// log, is why the operation is not completed; it is [ports.ErrLeaseLost] if
// the operation was somebody else's by then.
func (u RunOperation) Execute(ctx context.Context, operation domain.Operation, settle func()) (outcome AttemptOutcome, err error) {
	defer func() {
		if errors.Is(err, ports.ErrLeaseLost) {
			outcome = AttemptLost
		}
	}()
	err = u.begin(ctx, &operation)
	if err == nil {
		err = u.attempt(ctx, operation)
	}
	if err == nil || errors.Is(err, ports.ErrLeaseLost) {
		return AttemptCompleted, err
	}
	settle()
	now := u.Clock.now()
	failure := failureOf(err)
	switch {
	case ctx.Err() != nil:
		outcome = AttemptGivenBack
		operation.GiveBack(now)
	case failure.Temporary() && operation.Failures+1 < u.Attempts:
		outcome = AttemptPostponed
		operation.Postpone(now.Add(u.pause(operation.Failures)), now)
	default:
		outcome = AttemptFailed
		operation.Fail(failure, now)
	}
	record, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordLimit)
	defer cancel()
	return outcome, errors.Join(err, u.Operations.UpdateOperation(record, operation))
}

// begin shows that the work begins, if the operation was lost once or its lease
// may be over: a second process may have it, and an operation that ends every
// process that runs it must count as begun.
func (u RunOperation) begin(ctx context.Context, operation *domain.Operation) error {
	now := u.Clock.now()
	if operation.Attempt == 1 && now.Before(operation.LeaseUntil) {
		return nil
	}
	operation.Renew(true, now)
	return u.Operations.UpdateOperation(ctx, *operation)
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

// pause returns how long to wait after one more failure than these.
func (u RunOperation) pause(failures int) time.Duration {
	pause := u.Backoff << min(failures, 10)
	return pause + rand.N(pause/10+1)
}
