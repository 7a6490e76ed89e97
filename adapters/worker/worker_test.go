package worker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/ai-interviewer/ai-interviewer/adapters/worker"
	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// desk is the storage and the interviewer of a pool: it notes what happens to
// operations. Time is that of the synctest bubble.
type desk struct {
	ports.Storage // what the pool has no need of
	mu            sync.Mutex
	events        []string
	names         map[uuid.UUID]string
	lost          []domain.Operation
	thinks        time.Duration
	fails         bool // after it thought
	looks         int
	updates       time.Duration // how long the storage takes to update one
	panics        bool          // instead of updating and listing
	claims        func()        // is called with each claim
	attempts      []worker.Attempt
}

func (d *desk) note(operation domain.Operation, event string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, d.names[operation.ID]+" "+event)
}

func (d *desk) take() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	events := d.events
	d.events = nil
	return events
}

func (d *desk) FindSessionDetail(ctx context.Context, owner, id uuid.UUID) (domain.SessionDetail, error) {
	return domain.SessionDetail{
		Session: domain.RestoreInterviewSession(domain.SessionState{ID: id, UserID: owner, Status: domain.SessionActive}),
		Posting: &domain.JobPosting{},
	}, ctx.Err()
}

func (d *desk) ListMessages(context.Context, uuid.UUID, uuid.UUID, *domain.MessagePlace, int) ([]domain.Message, error) {
	return nil, nil
}

func (d *desk) ListAskedBefore(context.Context, uuid.UUID, uuid.UUID) ([]string, error) {
	return nil, nil
}

func (d *desk) AskQuestion(ctx context.Context, _ domain.Interview) (string, error) {
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-time.After(d.thinks):
		if d.fails {
			return "", errors.New("the interviewer is asleep")
		}
		return "Why?", nil
	}
}

func (d *desk) SaveQuestion(_ context.Context, operation domain.Operation, _ domain.InterviewSession, _ domain.Message) error {
	d.note(operation, "done")
	return nil
}

func (d *desk) UpdateOperation(ctx context.Context, operation domain.Operation) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.panics {
		panic("a bug of the storage")
	}
	time.Sleep(d.updates)
	left := time.Until(operation.LeaseUntil).Round(time.Second)
	d.note(operation, fmt.Sprintf("%s, leased for %s", operation.Status, left))
	return nil
}

func (d *desk) ListUnfinished(context.Context, int) ([]domain.Operation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.looks++
	if d.panics {
		panic("a bug of the storage")
	}
	return slices.Clone(d.lost), nil
}

func (d *desk) ClaimOperation(_ context.Context, operation domain.Operation, _ time.Time) error {
	if d.claims != nil {
		d.claims()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lost = slices.DeleteFunc(d.lost, func(o domain.Operation) bool { return o.ID == operation.ID })
	return nil
}

func (d *desk) PruneOperations(context.Context, time.Time) (int, error) { return 0, nil }

// start runs a pool until stop, which gives it the grace and waits for its end.
func (d *desk) start(workers int, grace time.Duration) (pool *worker.Pool, stop func()) {
	pool = d.pool(workers)
	pool.Start()
	return pool, func() {
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		pool.Shutdown(ctx)
	}
}

func (d *desk) pool(workers int) *worker.Pool {
	if d.names == nil {
		d.names = map[uuid.UUID]string{}
	}
	return worker.New(worker.Config{
		Run: app.RunOperation{
			AskQuestion: app.AskQuestion{Sessions: d, Messages: d, Asked: d, Interviewer: d, Questions: d, Clock: time.Now},
			Operations:  d, Clock: time.Now, TimeLimit: time.Minute, Attempts: 3, Backoff: time.Second,
		},
		Hold:    app.HoldOperation{Operations: d, Clock: time.Now},
		TakeUp:  app.TakeUpOperations{Claimer: d, Operations: d, Clock: time.Now, Attempts: 3},
		Prune:   map[string]worker.Pruner{"operations": app.PruneOperations{Operations: d, Clock: time.Now, Retention: time.Hour}},
		Workers: workers,
		Logger:  slog.New(slog.DiscardHandler),
		Tracer:  noop.Tracer{},
		Observe: func(attempt worker.Attempt) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.attempts = append(d.attempts, attempt)
		},
	})
}

// operation returns a new one, leased already.
func (d *desk) operation(name string, session domain.InterviewSession) domain.Operation {
	operation := domain.NewOperation(uuid.New(), domain.QuestionGeneration, session, time.Now())
	d.mu.Lock()
	defer d.mu.Unlock()
	d.names[operation.ID] = name
	return operation
}

func newSession() domain.InterviewSession {
	return domain.RestoreInterviewSession(domain.SessionState{ID: uuid.New(), UserID: uuid.New(), Status: domain.SessionActive})
}

func wants(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestEachAttemptIsObserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: time.Second}
		pool, stop := d.start(1, 0)
		pool.Dispatch(d.operation("good", newSession()))
		time.Sleep(1500 * time.Millisecond)
		d.mu.Lock()
		d.fails = true
		d.mu.Unlock()
		pool.Dispatch(d.operation("bad", newSession()))
		time.Sleep(1500 * time.Millisecond)
		pool.Dispatch(d.operation("cut off", newSession()))
		time.Sleep(500 * time.Millisecond)
		stop()
		want := []worker.Attempt{
			{Type: domain.QuestionGeneration, Outcome: app.AttemptCompleted, Duration: time.Second},
			{Type: domain.QuestionGeneration, Outcome: app.AttemptPostponed, Duration: time.Second},
			{Type: domain.QuestionGeneration, Outcome: app.AttemptGivenBack, Duration: 500 * time.Millisecond},
		}
		if !slices.Equal(d.attempts, want) {
			t.Errorf("attempts are %v, want %v", d.attempts, want)
		}
	})
}

func TestOperationsOfOneSessionRunInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: time.Second}
		pool, stop := d.start(4, 0)
		one, other := newSession(), newSession()
		for _, name := range []string{"first", "second", "third"} {
			pool.Dispatch(d.operation(name, one))
		}
		pool.Dispatch(d.operation("other", other))
		time.Sleep(1100 * time.Millisecond)
		if got := d.take(); len(got) != 2 { // one of each session
			t.Errorf("after a second %q", got)
		}
		time.Sleep(2 * time.Second)
		got := d.take()
		wants(t, "then", got[len(got)-1:], "third done")
		stop()
	})
}

func TestLeasesAreRenewedWhileTheInterviewerThinksAndWhileOperationsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: 2 * time.Second}
		pool, stop := d.start(1, 0)
		session := newSession()
		pool.Dispatch(d.operation("first", session))
		pool.Dispatch(d.operation("second", session))
		time.Sleep(1900 * time.Millisecond)
		got := d.take()
		if len(got) != 2 || got[0] > got[1] {
			got[0], got[1] = got[1], got[0]
		}
		wants(t, "after a third of the lease", got, "first processing, leased for 5s", "second pending, leased for 5s")
		stop()
	})
}

func TestWhatThePoolHasNoRoomForIsDeclined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: 100 * time.Millisecond}
		pool, stop := d.start(1, time.Minute)
		for i := range 20 {
			pool.Dispatch(d.operation(fmt.Sprint(i), newSession()))
		}
		time.Sleep(time.Minute)
		done := 0
		for _, event := range d.take() {
			if len(event) > 5 && event[len(event)-4:] == "done" {
				done++
			}
		}
		if done != 16 {
			t.Errorf("%d ran, want 16", done)
		}
		stop()
	})
}

func TestLostOperationsAreTakenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		_, stop := d.start(1, 0)
		time.Sleep(time.Second)
		lost := d.operation("lost", newSession())
		lost.LeaseUntil = time.Now()
		d.mu.Lock()
		d.lost = []domain.Operation{lost}
		d.mu.Unlock()
		time.Sleep(domain.OperationLease)
		wants(t, "within a lease", d.take(), "lost processing, leased for 5s", "lost done")
		stop()
	})
}

// TestABacklogOfADeadProcessIsTakenUpSoon starts a pool the moment another one
// died that had just renewed its leases.
func TestABacklogOfADeadProcessIsTakenUpSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{names: map[uuid.UUID]string{}}
		for range 60 {
			d.lost = append(d.lost, d.operation("lost", newSession()))
		}
		_, stop := d.start(4, 0)
		time.Sleep(domain.OperationLease + time.Second)
		stop()
		if left := len(d.lost); left != 0 {
			t.Errorf("%d are left after a lease and a second", left)
		}
	})
}

// TestAClockThatLeapsEndsNoLeaseOfItsOwn shows the pool its own operation as one
// whose lease is long over.
func TestAClockThatLeapsEndsNoLeaseOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: time.Minute}
		pool, stop := d.start(1, 0)
		own := d.operation("own", newSession())
		pool.Dispatch(own)
		d.mu.Lock()
		d.lost = []domain.Operation{own}
		d.lost[0].LeaseUntil = time.Now().Add(-time.Hour)
		d.claims = func() { t.Error("the pool took up what it has") }
		d.mu.Unlock()
		time.Sleep(30 * time.Second)
		stop()
	})
}

func TestAnIdlePoolLooksOnceALease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		_, stop := d.start(1, 0)
		time.Sleep(time.Minute - time.Millisecond)
		stop()
		if d.looks != 12 {
			t.Errorf("%d looks in a minute, want 12", d.looks)
		}
	})
}

func TestWhatWasAskedForFirstRunsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{}
		pool := d.pool(1)
		old := d.operation("old", newSession())
		time.Sleep(time.Millisecond)
		session := newSession()
		younger, twin := d.operation("younger", session), d.operation("twin", session)
		for _, operation := range []domain.Operation{younger, twin, old} {
			pool.Dispatch(operation)
		}
		pool.Start()
		synctest.Wait()
		wants(t, "order", d.take(), "old done", "younger done", "twin done")
		pool.Shutdown(t.Context())
	})
}

func TestOneSessionLeavesRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: 100 * time.Millisecond}
		pool, stop := d.start(1, time.Minute)
		greedy := newSession()
		for i := range 20 {
			pool.Dispatch(d.operation(fmt.Sprint("greedy", i), greedy))
		}
		pool.Dispatch(d.operation("modest", newSession()))
		time.Sleep(time.Minute)
		if got := d.take(); len(got) != 9 || got[8] != "modest done" {
			t.Errorf("%q ran, want eight of the greedy session and the modest one", got)
		}
		stop()
	})
}

func TestALateRenewalTakesNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: 1700 * time.Millisecond, updates: time.Second} // the renewal after 1.67 s is still on its way
		pool, stop := d.start(1, time.Minute)
		operation := d.operation("failing", newSession())
		operation.Failures = 1
		d.fails = true
		pool.Dispatch(operation)
		time.Sleep(4 * time.Second)
		got := d.take()
		wants(t, "updates", got, "failing processing, leased for 4s", "failing pending, leased for 1s")
		stop()
	})
}

func TestAFaultOfTheStorageEndsNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: 2 * time.Second, panics: true}
		pool, stop := d.start(1, time.Minute)
		pool.Dispatch(d.operation("first", newSession()))
		pool.Dispatch(d.operation("second", newSession()))
		time.Sleep(5 * time.Second)
		wants(t, "in spite of it", d.take(), "first done", "second done")
		stop()
	})
}

func TestStopGivesBackWhatWasJustTakenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: time.Hour}
		pool, stop := d.start(1, 0)
		pool.Dispatch(d.operation("begun", newSession()))
		synctest.Wait()
		claiming, stopping := make(chan bool), make(chan bool)
		d.claims = func() { claiming <- true; <-stopping }
		lost := d.operation("lost", newSession())
		lost.LeaseUntil = time.Now()
		d.mu.Lock()
		d.lost = []domain.Operation{lost}
		d.mu.Unlock()
		<-claiming
		go func() { time.Sleep(time.Millisecond); stopping <- true }()
		d.take()
		stop()
		got := d.take()
		slices.Sort(got)
		wants(t, "at the stop", got, "begun pending, leased for 0s", "lost pending, leased for 0s")
	})
}

func TestStopGivesBackWhatIsNotDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: 30 * time.Second}
		pool, stop := d.start(1, time.Second)
		session := newSession()
		pool.Dispatch(d.operation("begun", session))
		synctest.Wait()
		pool.Dispatch(d.operation("waiting", session))
		stop()
		wants(t, "at the stop", d.take(), "waiting pending, leased for 0s", "begun pending, leased for 0s")
		pool.Dispatch(d.operation("late", session)) // declined: its lease runs out
		synctest.Wait()
		wants(t, "after the stop", d.take())
	})
}

func TestStopWaitsForWhatIsNearlyDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{thinks: time.Second}
		pool, stop := d.start(1, 2*time.Second)
		pool.Dispatch(d.operation("begun", newSession()))
		synctest.Wait()
		stop()
		wants(t, "at the stop", d.take(), "begun done")
	})
}
