package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// runOperation is the use case with ports that expect no call: an updater that
// is told nothing proves that it leaves the operation alone.
type runOperation struct {
	app.RunOperation
	settled    *bool // the renewals have ended
	question   askQuestion
	feedback   giveFeedback
	operations *mocks.MockOperationUpdater
	recorded   *domain.Operation // as the end of the attempt, or nil
	t          *testing.T
}

const (
	attempts = 4
	backoff  = 10 * time.Second
)

func newRunOperation(t *testing.T) *runOperation {
	f := &runOperation{
		t:          t,
		settled:    new(bool),
		question:   newAskQuestion(t),
		feedback:   newGiveFeedback(t),
		operations: mocks.NewMockOperationUpdater(gomock.NewController(t)),
	}
	f.RunOperation = app.RunOperation{
		AskQuestion: f.question.AskQuestion, GiveFeedback: f.feedback.GiveFeedback, Operations: f.operations,
		Clock: clock, TimeLimit: time.Minute, Attempts: attempts, Backoff: backoff,
	}
	return f
}

// Execute is the use case's, with renewals that end when they are told to. The
// outcome must tell what was recorded.
func (f *runOperation) Execute(ctx context.Context, operation domain.Operation) error {
	f.t.Helper()
	outcome, err := f.RunOperation.Execute(ctx, operation, func() { *f.settled = true })
	want := app.AttemptCompleted
	switch {
	case errors.Is(err, ports.ErrLeaseLost):
		want = app.AttemptLost
	case f.recorded == nil:
	case f.recorded.Status == domain.OperationFailed:
		want = app.AttemptFailed
	case f.recorded.LeaseUntil.After(now):
		want = app.AttemptPostponed
	default:
		want = app.AttemptGivenBack
	}
	equal(f.t, "outcome", outcome, want)
	return err
}

// heldOperation is one that the process holds and works on since it was asked
// for, after so many failures.
func heldOperation(typ domain.OperationType, failures int) domain.Operation {
	operation := ownOperation(typ)
	operation.Status, operation.Failures, operation.LeaseUntil = domain.OperationProcessing, failures, now.Add(time.Microsecond)
	return operation
}

// asks expects that the interviewer is asked for a question.
func (f *runOperation) asks(answer func(context.Context) (string, error)) {
	f.question.reads(ownSession())
	f.question.asks(ownSession()).DoAndReturn(func(ctx context.Context, _ domain.Interview) (string, error) { return answer(ctx) })
}

// failing is an interviewer's answer that is an error.
func failing(err error) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return "", err }
}

// records expects that the end of an attempt is stored, and returns where it
// will be. The context must not be over, and not be endless.
func (f *runOperation) records(t *testing.T, err error) *domain.Operation {
	t.Helper()
	recorded := new(domain.Operation)
	f.recorded = recorded
	f.operations.EXPECT().UpdateOperation(gomock.Any(), gomock.AssignableToTypeOf(domain.Operation{})).
		DoAndReturn(func(ctx context.Context, operation domain.Operation) error {
			equal(t, "context's error", ctx.Err(), nil)
			equal(t, "that the renewals have ended", *f.settled, true)
			if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > 5*time.Second {
				t.Errorf("deadline is %v, %t", deadline, ok)
			}
			*recorded = operation
			return err
		})
	return recorded
}

// postponed checks that the operation waits for another attempt, from at least
// this pause on, at most a tenth later.
func postponed(t *testing.T, got, held domain.Operation, pause time.Duration) {
	t.Helper()
	if wait := got.LeaseUntil.Sub(now); wait < pause || wait > pause+pause/10 {
		t.Errorf("it waits %v, want %v to a tenth more", wait, pause)
	}
	held.Status, held.LeaseUntil, held.UpdatedAt = domain.OperationPending, got.LeaseUntil, now
	held.Failures++
	equal(t, "operation", got, held)
}

// failed checks that the operation ended with the failure.
func failed(t *testing.T, got, held domain.Operation, failure domain.OperationFailure) {
	t.Helper()
	held.Status, held.Failure, held.UpdatedAt = domain.OperationFailed, &failure, now
	equal(t, "operation", got, held)
}

func TestRunOperation(t *testing.T) {
	t.Run("asks a question and records nothing beyond it", func(t *testing.T) {
		f := newRunOperation(t)
		f.asks(func(context.Context) (string, error) { return "Why?", nil })
		f.question.questions.EXPECT().SaveQuestion(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil)
		equal(t, "error", f.Execute(t.Context(), heldOperation(domain.QuestionGeneration, 0)), nil)
	})

	t.Run("gives feedback and records nothing beyond it", func(t *testing.T) {
		f := newRunOperation(t)
		f.feedback.reads()
		f.feedback.judges().Return(assessment(), nil)
		f.feedback.stores().Return(nil)
		equal(t, "error", f.Execute(t.Context(), heldOperation(domain.FeedbackAnalysis, 0)), nil)
	})

	t.Run("gives each attempt a deadline", func(t *testing.T) {
		f := newRunOperation(t)
		f.asks(func(ctx context.Context) (string, error) {
			deadline, ok := ctx.Deadline()
			if left := time.Until(deadline); !ok || left <= 0 || left > time.Minute {
				t.Errorf("%v are left, %t", left, ok)
			}
			return "Why?", nil
		})
		f.question.questions.EXPECT().SaveQuestion(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil)
		equal(t, "error", f.Execute(t.Context(), heldOperation(domain.QuestionGeneration, 0)), nil)
	})
}

func TestRunOperationPostpones(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"an unexpected failure", errors.New("the interviewer is asleep")},
		{"a storage that is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"a failure that says that it is temporary", fmt.Errorf("ask: %w", domain.FailureUnexpected)},
	} {
		t.Run("after "+test.name, func(t *testing.T) {
			f := newRunOperation(t)
			held := heldOperation(domain.QuestionGeneration, 0)
			f.asks(failing(test.err))
			recorded := f.records(t, nil)
			if err := f.Execute(t.Context(), held); !errors.Is(err, test.err) {
				t.Errorf("error is %v, want %v", err, test.err)
			}
			postponed(t, *recorded, held, backoff)
		})
	}

	for failures, pause := range map[int]time.Duration{
		1: backoff, 2: 2 * backoff, 3: 4 * backoff, 4: 8 * backoff, 11: 1024 * backoff, 12: 1024 * backoff, 1000: 1024 * backoff,
	} {
		t.Run(fmt.Sprintf("for %v after %d failures", pause, failures), func(t *testing.T) {
			for range 20 { // what is added is random
				f := newRunOperation(t)
				f.Attempts = 1001
				held := heldOperation(domain.QuestionGeneration, failures-1)
				f.asks(failing(errStorage))
				recorded := f.records(t, nil)
				if err := f.Execute(t.Context(), held); !errors.Is(err, errStorage) {
					t.Errorf("error is %v", err)
				}
				postponed(t, *recorded, held, pause)
			}
		})
	}

	t.Run("after an attempt that took too long", func(t *testing.T) {
		f := newRunOperation(t)
		f.TimeLimit = time.Microsecond
		held := heldOperation(domain.QuestionGeneration, 0)
		f.asks(func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		})
		recorded := f.records(t, nil)
		if err := f.Execute(t.Context(), held); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
		postponed(t, *recorded, held, backoff)
	})

	t.Run("after a panic, which does not escape", func(t *testing.T) {
		for _, value := range []any{"a bug", errStorage, ports.ErrLeaseLost} {
			f := newRunOperation(t)
			held := heldOperation(domain.QuestionGeneration, 0)
			f.asks(func(context.Context) (string, error) { panic(value) })
			recorded := f.records(t, nil)
			if err := f.Execute(t.Context(), held); err == nil {
				t.Error("there is no error for the log")
			}
			postponed(t, *recorded, held, backoff)
		}
	})

	t.Run("feedback that could not be stored", func(t *testing.T) {
		f := newRunOperation(t)
		held := heldOperation(domain.FeedbackAnalysis, 0)
		f.feedback.reads()
		f.feedback.judges().Return(assessment(), nil)
		f.feedback.stores().Return(errStorage)
		recorded := f.records(t, nil)
		if err := f.Execute(t.Context(), held); !errors.Is(err, errStorage) {
			t.Errorf("error is %v", err)
		}
		postponed(t, *recorded, held, backoff)
	})
}

func TestRunOperationFails(t *testing.T) {
	provider := domain.OperationFailure{Code: "OPENAI_QUOTA_EXCEEDED", Message: "text"}
	for _, test := range []struct {
		name     string
		failures int
		answer   func(context.Context) (string, error)
		want     domain.OperationFailure
	}{
		{"at once after a failure that no other attempt can help", 0, failing(fmt.Errorf("ask: %w", provider)), provider},
		{"after the last attempt", attempts - 1, failing(errors.New("key sk-secret refused")), domain.FailureUnexpected},
		{"after more attempts than there are", attempts, failing(errStorage), domain.FailureUnexpected},
		{"after the last attempt at an unavailable storage", attempts - 1, failing(domain.ErrUnavailable), domain.FailureStorage},
		{"after a panic in the last attempt", attempts - 1, func(context.Context) (string, error) { panic("a bug") }, domain.FailureUnexpected},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newRunOperation(t)
			held := heldOperation(domain.QuestionGeneration, test.failures)
			f.asks(test.answer)
			recorded := f.records(t, nil)
			if err := f.Execute(t.Context(), held); err == nil {
				t.Error("there is no error for the log")
			}
			failed(t, *recorded, held, test.want)
		})
	}

	t.Run("at once without what feedback needs", func(t *testing.T) {
		f := newRunOperation(t)
		held := heldOperation(domain.FeedbackAnalysis, 0)
		f.feedback.finds(detailOf(judgedSession()), nil)
		f.feedback.lists(nil, nil)
		recorded := f.records(t, nil)
		if err := f.Execute(t.Context(), held); !errors.Is(err, domain.FailureNoAnswers) {
			t.Errorf("error is %v", err)
		}
		failed(t, *recorded, held, domain.FailureNoAnswers)
	})
}

func TestRunOperationGivesBack(t *testing.T) {
	for failures, when := range map[int]string{0: "the first attempt", attempts - 1: "the last attempt"} {
		t.Run("what the end of the context interrupted, without a failure, in "+when, func(t *testing.T) {
			f := newRunOperation(t)
			held := heldOperation(domain.QuestionGeneration, failures)
			ctx, cancel := context.WithCancel(t.Context())
			f.asks(func(ctx context.Context) (string, error) {
				cancel()
				return "", ctx.Err()
			})
			recorded := f.records(t, nil)
			if err := f.Execute(ctx, held); !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v", err)
			}
			held.Status, held.LeaseUntil, held.UpdatedAt = domain.OperationPending, now, now
			equal(t, "operation", *recorded, held)
		})
	}
}

func TestRunOperationShowsFirstThatItBegins(t *testing.T) {
	for name, change := range map[string]func(*domain.Operation){
		"if the operation was lost once":   func(o *domain.Operation) { o.Attempt = 2 },
		"if the lease may be over already": func(o *domain.Operation) { o.LeaseUntil = now },
	} {
		t.Run(name, func(t *testing.T) {
			taken := heldOperation(domain.QuestionGeneration, 1)
			taken.Status = domain.OperationPending
			change(&taken)
			begun := taken
			begun.Status, begun.LeaseUntil, begun.UpdatedAt = domain.OperationProcessing, now.Add(domain.OperationLease), now

			f := newRunOperation(t)
			begins := f.operations.EXPECT().UpdateOperation(gomock.Any(), begun).Return(nil)
			f.question.reads(ownSession())
			f.question.asks(ownSession()).Return("Why?", nil).After(begins)
			f.question.questions.EXPECT().SaveQuestion(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).Return(nil)
			equal(t, "error", f.Execute(t.Context(), taken), nil)

			f = newRunOperation(t) // whose interviewer must not be asked
			f.operations.EXPECT().UpdateOperation(gomock.Any(), begun).Return(ports.ErrLeaseLost)
			if err := f.Execute(t.Context(), taken); !errors.Is(err, ports.ErrLeaseLost) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestRunOperationWhoseLeaseIsLost(t *testing.T) {
	t.Run("records nothing", func(t *testing.T) {
		f := newRunOperation(t)
		f.asks(func(context.Context) (string, error) { return "Why?", nil })
		f.question.questions.EXPECT().SaveQuestion(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).
			Return(fmt.Errorf("save: %w", ports.ErrLeaseLost))
		if err := f.Execute(t.Context(), heldOperation(domain.QuestionGeneration, 0)); !errors.Is(err, ports.ErrLeaseLost) {
			t.Errorf("error is %v", err)
		}
	})

	t.Run("says so if it turns out at the end", func(t *testing.T) {
		f := newRunOperation(t)
		f.asks(failing(errStorage))
		f.records(t, ports.ErrLeaseLost)
		err := f.Execute(t.Context(), heldOperation(domain.QuestionGeneration, 0))
		if !errors.Is(err, ports.ErrLeaseLost) || !errors.Is(err, errStorage) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestRunOperationSaysThatTheEndCannotBeRecorded(t *testing.T) {
	f := newRunOperation(t)
	asleep := errors.New("the interviewer is asleep")
	f.asks(failing(asleep))
	f.records(t, errStorage)
	err := f.Execute(t.Context(), heldOperation(domain.QuestionGeneration, 0))
	if !errors.Is(err, asleep) || !errors.Is(err, errStorage) {
		t.Errorf("error is %v", err)
	}
}

func TestRunOperationLeavesTheCallersOperation(t *testing.T) {
	f := newRunOperation(t)
	held := heldOperation(domain.QuestionGeneration, attempts)
	f.asks(failing(errStorage))
	f.records(t, nil)
	if err := f.Execute(t.Context(), held); err == nil {
		t.Error("there is no error")
	}
	equal(t, "operation", held, heldOperation(domain.QuestionGeneration, attempts))
}
