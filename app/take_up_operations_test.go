package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// takeUpOperations is the use case with ports that expect no call: a claimer
// that is told nothing more proves that an operation is left to its holder.
type takeUpOperations struct {
	app.TakeUpOperations
	claimer    *mocks.MockOperationClaimer
	operations *mocks.MockOperationUpdater
}

func newTakeUpOperations(t *testing.T) takeUpOperations {
	ctrl := gomock.NewController(t)
	claimer, operations := mocks.NewMockOperationClaimer(ctrl), mocks.NewMockOperationUpdater(ctrl)
	return takeUpOperations{
		app.TakeUpOperations{Claimer: claimer, Operations: operations, Clock: clock, Attempts: attempts}, claimer, operations,
	}
}

func (f takeUpOperations) lists(limit int, operations []domain.Operation, err error) {
	f.claimer.EXPECT().ListUnfinished(gomock.Any(), limit+1).Return(operations, err)
}

func (f takeUpOperations) claims(found domain.Operation, err error) {
	f.claimer.EXPECT().ClaimOperation(gomock.Any(), claimed(found), now).Return(err)
}

// lost returns operations whose leases end so long after now. The one whose
// lease ends last is the one that was asked for first.
func lost(leases ...time.Duration) []domain.Operation {
	operations := make([]domain.Operation, len(leases))
	for i, lease := range leases {
		operations[i] = ownOperation(domain.QuestionGeneration)
		operations[i].ID[15] = byte(i)
		operations[i].CreatedAt = created.Add(-time.Duration(i) * time.Second)
		operations[i].LeaseUntil = now.Add(lease)
	}
	return operations
}

// none is held by the caller already.
func none(uuid.UUID) bool { return false }

// claimed is what a found operation becomes.
func claimed(found domain.Operation) domain.Operation {
	if found.Status == domain.OperationProcessing {
		found.Status, found.UpdatedAt = domain.OperationPending, now
		found.Failures++
	}
	found.Attempt++
	found.LeaseUntil = now.Add(domain.OperationLease)
	return found
}

// usedUp is what a found operation without another attempt becomes.
func usedUp(found domain.Operation) domain.Operation {
	found = claimed(found)
	found.Status, found.Failure, found.UpdatedAt = domain.OperationFailed, new(domain.FailureUnexpected), now
	return found
}

func TestTakeUpOperations(t *testing.T) {
	const lease, s = domain.OperationLease, time.Second
	for _, test := range []struct {
		name  string
		found []domain.Operation
		limit int
		take  int // of what is found, the first so many
		next  time.Duration
	}{
		{"finds nothing", nil, 3, 0, lease},
		{"leaves to their holders what is leased", lost(2*s, 3*s), 3, 0, 2 * s},
		{"looks again at most a lease later", lost(2*lease, 3*lease), 3, 0, lease},
		{"takes what is due", lost(-3*s, -2*s, -s), 3, 3, lease},
		{"takes a lease that ends just now", lost(0), 3, 1, lease},
		{"leaves a lease that ends a microsecond later", lost(time.Microsecond), 3, 0, time.Microsecond},
		{"takes what is due and tells when the next one is", lost(-s, 0, 4*s), 3, 2, 4 * s},
		{"takes as many as it may and tells when the next one is", lost(-2*s, -s, s), 2, 2, s},
		{"takes as many as it may, and tells that there is more", lost(-3*s, -2*s, -s), 2, 2, 0},
		{"takes one, and tells that there is more", lost(-3*s, -s), 1, 1, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 5 { // it goes through them at random
				f := newTakeUpOperations(t)
				f.lists(test.limit, append([]domain.Operation(nil), test.found...), nil)
				var want []domain.Operation
				for _, found := range test.found[:test.take] {
					f.claims(found, nil)
					want = append([]domain.Operation{claimed(found)}, want...)
				}
				got, next, err := f.Execute(t.Context(), test.limit, none)
				equal(t, "error", err, nil)
				equal(t, "list, in the order of creation,", got, want)
				equal(t, "time to the next", next, test.next)
			}
		})
	}

	t.Run("takes up an operation whose work had begun", func(t *testing.T) {
		f := newTakeUpOperations(t)
		found := lost(-time.Second)
		found[0].Status, found[0].Failures = domain.OperationProcessing, attempts-2
		want := claimed(found[0])
		f.lists(1, found, nil)
		f.claims(found[0], nil)
		got, _, err := f.Execute(t.Context(), 1, none)
		equal(t, "error", err, nil)
		equal(t, "list", got, []domain.Operation{want})
	})

	t.Run("takes up what never began, however often it was leased", func(t *testing.T) {
		f := newTakeUpOperations(t)
		found := lost(-time.Second)
		found[0].Failures, found[0].Attempt = attempts-1, 100*attempts
		want := claimed(found[0])
		f.lists(1, found, nil)
		f.claims(found[0], nil)
		got, _, err := f.Execute(t.Context(), 1, none)
		equal(t, "error", err, nil)
		equal(t, "list", got, []domain.Operation{want})
	})

	t.Run("leaves alone what the caller has, whatever the clock says", func(t *testing.T) {
		f := newTakeUpOperations(t)
		found := lost(-time.Hour, -time.Second)
		f.lists(2, append([]domain.Operation(nil), found...), nil)
		f.claims(found[1], nil)
		got, _, err := f.Execute(t.Context(), 2, func(id uuid.UUID) bool { return id == found[0].ID })
		equal(t, "error", err, nil)
		equal(t, "list", got, []domain.Operation{claimed(found[1])})
	})

	t.Run("skips what somebody else claims first", func(t *testing.T) {
		f := newTakeUpOperations(t)
		found := lost(-3*time.Second, -2*time.Second, -time.Second)
		want := []domain.Operation{claimed(found[2]), claimed(found[0])}
		f.lists(3, found, nil)
		f.claims(found[0], nil)
		f.claims(found[1], fmt.Errorf("claim: %w", ports.ErrLeaseLost))
		f.claims(found[2], nil)
		got, next, err := f.Execute(t.Context(), 3, none)
		equal(t, "error", err, nil)
		equal(t, "list", got, want)
		equal(t, "time to the next", next, domain.OperationLease)
	})
}

func TestTakeUpOperationsWithoutAnotherAttempt(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"fails them and does not return them", nil},
		{"leaves them alone if somebody else has them by then", ports.ErrLeaseLost},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newTakeUpOperations(t)
			found := lost(-2*time.Second, -time.Second)
			found[1].Status, found[1].Failures = domain.OperationProcessing, attempts-1
			want := []domain.Operation{claimed(found[0])}
			f.lists(2, found, nil)
			f.claims(found[0], nil)
			f.claims(found[1], nil)
			f.operations.EXPECT().UpdateOperation(gomock.Any(), usedUp(found[1])).Return(test.err)
			got, _, err := f.Execute(t.Context(), 2, none)
			equal(t, "error", err, nil)
			equal(t, "list", got, want)
		})
	}

	t.Run("fails none that somebody else claims first", func(t *testing.T) {
		f := newTakeUpOperations(t)
		found := lost(-time.Second)
		found[0].Status, found[0].Failures = domain.OperationProcessing, attempts-1
		f.lists(1, found, nil)
		f.claims(found[0], ports.ErrLeaseLost)
		got, _, err := f.Execute(t.Context(), 1, none)
		equal(t, "error", err, nil)
		equal(t, "number", len(got), 0)
	})

	for _, test := range failures {
		t.Run("passes on that the updater "+test.name, func(t *testing.T) {
			f := newTakeUpOperations(t)
			found := lost(-time.Second)
			found[0].Status, found[0].Failures = domain.OperationProcessing, attempts-1
			f.lists(1, found, nil)
			f.claims(found[0], nil)
			f.operations.EXPECT().UpdateOperation(gomock.Any(), usedUp(found[0])).Return(test.err)
			got, next, err := f.Execute(t.Context(), 1, none)
			refused(t, got, err, test.err)
			equal(t, "time to the next", next, time.Duration(0))
		})
	}
}

func TestTakeUpOperationsPassesOnThat(t *testing.T) {
	for _, test := range failures {
		t.Run("the lister "+test.name, func(t *testing.T) {
			f := newTakeUpOperations(t)
			f.lists(3, nil, test.err)
			got, next, err := f.Execute(t.Context(), 3, none)
			refused(t, got, err, test.err)
			equal(t, "time to the next", next, domain.OperationLease)
		})

		t.Run("the claimer "+test.name+", and returns what was claimed before", func(t *testing.T) {
			f := newTakeUpOperations(t)
			f.lists(3, lost(-3*time.Second, -2*time.Second, -time.Second), nil)
			var before []domain.Operation
			f.claimer.EXPECT().ClaimOperation(gomock.Any(), gomock.Any(), now).
				DoAndReturn(func(_ context.Context, operation domain.Operation, _ time.Time) error {
					before = append(before, operation)
					return nil
				})
			f.claimer.EXPECT().ClaimOperation(gomock.Any(), gomock.Any(), now).Return(test.err)
			got, next, err := f.Execute(t.Context(), 3, none)
			if !errors.Is(err, test.err) {
				t.Errorf("error is %v, want %v", err, test.err)
			}
			equal(t, "time to the next", next, time.Duration(0)) // what is left is due
			equal(t, "list", got, before)
		})
	}

	t.Run("the context is over", func(t *testing.T) {
		f := newTakeUpOperations(t)
		f.claimer.EXPECT().ListUnfinished(gomock.Any(), 4).
			DoAndReturn(func(ctx context.Context, _ int) ([]domain.Operation, error) { return nil, ctx.Err() })
		got, _, err := f.Execute(cancelled(t), 3, none)
		refused(t, got, err, context.Canceled)
	})
}
