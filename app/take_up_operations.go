package app

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// TakeUpOperations finds operations whose holder died, or that wait for their
// next attempt.
type TakeUpOperations struct {
	Claimer    ports.OperationClaimer
	Operations ports.OperationUpdater
	Clock      Clock
	// Attempts is how many there are before an operation fails.
	Attempts int
}

// Execute claims at most limit operations whose lease has ended, and returns
// them in the order in which they were asked for. It leaves out what held
// reports: the caller has these, however late its clock makes them. One whose attempts are used
// up it fails instead. next is how long it takes until there may be more to
// take up: 0 if there is more already, and at most [domain.OperationLease],
// since whatever is asked for from now on is leased for as long. What was
// claimed is returned also with an error.
func (u TakeUpOperations) Execute(ctx context.Context, limit int, held func(id uuid.UUID) bool) (claimed []domain.Operation, next time.Duration, err error) {
	next = domain.OperationLease
	unfinished, err := u.Claimer.ListUnfinished(ctx, limit+1)
	if err != nil {
		return nil, next, err
	}
	now := u.Clock.now()
	due := 0
	for due < len(unfinished) && !unfinished[due].LeaseUntil.After(now) {
		due++
	}
	if due < len(unfinished) {
		next = min(next, unfinished[due].LeaseUntil.Sub(now))
	}
	if due > limit {
		due, next = limit, 0
	}
	// Several processes that look at once begin at different places.
	lost := unfinished[:due]
	rand.Shuffle(len(lost), func(i, j int) { lost[i], lost[j] = lost[j], lost[i] })
	for _, operation := range lost {
		if held(operation.ID) {
			continue
		}
		now := u.Clock.now() // the lease of the last one begins no earlier than it is claimed
		operation.Claim(now)
		switch err := u.Claimer.ClaimOperation(ctx, operation, now); {
		case errors.Is(err, ports.ErrLeaseLost): // somebody else was first
			continue
		case err != nil:
			return inOrder(claimed), 0, err
		}
		if operation.Failures >= u.Attempts {
			operation.Fail(domain.FailureUnexpected, now)
			if err := u.Operations.UpdateOperation(ctx, operation); err != nil && !errors.Is(err, ports.ErrLeaseLost) {
				return inOrder(claimed), 0, err
			}
			continue
		}
		claimed = append(claimed, operation)
	}
	return inOrder(claimed), next, nil
}

func inOrder(operations []domain.Operation) []domain.Operation {
	slices.SortStableFunc(operations, func(a, b domain.Operation) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return operations
}
