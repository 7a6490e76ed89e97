// Package worker runs operations outside the requests that ask for them. The
// use cases decide everything; the package supplies goroutines and waits.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

const (
	// renewal is how often a lease is renewed: two renewals may fail before it
	// runs out.
	renewal = domain.OperationLease / 3
	// minSweep is the shortest pause between two looks for lost operations, and
	// sweepLimit is how many one look takes up at most.
	minSweep   = time.Second
	sweepLimit = 64
	// pruning is how often what is old is forgotten, pruningAgain when that is
	// tried again if it failed. pruningLimit is how long it may take.
	pruning      = time.Hour
	pruningAgain = time.Minute
	pruningLimit = time.Minute
	// roomPerWorker is how many operations may wait for each worker, and
	// roomPerSession how many of them may be of one session, which one worker
	// runs one by one. More are not taken: they wait in the storage, where
	// other processes find them.
	roomPerWorker  = 16
	roomPerSession = 8
	// givingBackLimit is how long a shutdown gives back what waits.
	givingBackLimit = 5 * time.Second
)

// Config is what a pool needs. Every member but Observe is required.
type Config struct {
	Run    app.RunOperation
	Hold   app.HoldOperation
	TakeUp app.TakeUpOperations
	// Prune is what forgets old things, by their name for the log.
	Prune map[string]Pruner
	// Workers is how many operations run at once.
	Workers int
	Logger  *slog.Logger
	// Tracer makes a span of each attempt.
	Tracer trace.Tracer
	// Observe is told of each attempt, once it ended.
	Observe func(Attempt)
}

// Attempt is what there is to know of one.
type Attempt struct {
	Type     domain.OperationType
	Outcome  app.AttemptOutcome
	Duration time.Duration
}

// Pruner is a use case that forgets what is old, and returns how much that was.
type Pruner interface {
	Execute(ctx context.Context) (int, error)
}

// Pool runs operations. Of those that it holds, the one that was asked for
// first runs first, and the operations of one session run one after the other.
type Pool struct {
	config Config
	room   int

	mu        sync.Mutex
	wake      *sync.Cond
	waiting   []*held            // by the time they were asked for
	ids       map[uuid.UUID]bool // what it holds
	bySession map[uuid.UUID]int  // how many of these
	busy      map[uuid.UUID]bool // sessions
	closed    bool               // nothing more is taken
	// look tells the sweep that there is room again, or something postponed.
	look chan struct{}

	workers, sweepers sync.WaitGroup
	stopSweeps        context.CancelFunc
	work              context.Context // of every attempt
	cut               context.CancelFunc
}

var _ ports.OperationDispatcher = (*Pool)(nil)

// held is an operation that this process holds.
type held struct {
	operation domain.Operation
	ctx       context.Context
	drop      context.CancelFunc // ends the work and the renewals
	kept      chan struct{}      // closed once there are no more renewals
	begun     bool               // guarded by the pool's lock
}

// settle ends the renewals, and waits for the one that may be on its way.
func (h *held) settle() {
	h.drop()
	<-h.kept
}

// New returns a pool, which takes operations at once and runs them from
// [Pool.Start] on.
func New(config Config) *Pool {
	p := &Pool{
		config: config, room: roomPerWorker * config.Workers,
		ids: map[uuid.UUID]bool{}, bySession: map[uuid.UUID]int{}, busy: map[uuid.UUID]bool{}, look: make(chan struct{}, 1),
	}
	p.wake = sync.NewCond(&p.mu)
	p.work, p.cut = context.WithCancel(context.Background())
	return p
}

// Dispatch implements [ports.OperationDispatcher]. It declines what there is
// no room for.
func (p *Pool) Dispatch(operation domain.Operation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.ids) >= p.room || p.bySession[operation.SessionID] >= roomPerSession {
		return
	}
	h := &held{operation: operation, kept: make(chan struct{})}
	h.ctx, h.drop = context.WithCancel(context.Background())
	p.ids[operation.ID] = true
	p.bySession[operation.SessionID]++
	i, _ := slices.BinarySearchFunc(p.waiting, operation.CreatedAt, func(h *held, at time.Time) int {
		if h.operation.CreatedAt.After(at) {
			return 1
		}
		return -1 // equal times keep the order in which they came
	})
	p.waiting = slices.Insert(p.waiting, i, h)
	go p.keep(h)
	p.wake.Signal()
}

// Start begins to run operations, and to look for lost and for old ones. The
// caller must call [Pool.Shutdown] once.
func (p *Pool) Start() {
	var sweeps context.Context
	sweeps, p.stopSweeps = context.WithCancel(context.Background())
	for range p.config.Workers {
		p.workers.Go(p.runAll)
	}
	p.sweepers.Go(func() { p.sweep(sweeps) })
	p.sweepers.Go(func() { p.prune(sweeps) })
}

// Shutdown takes nothing more, and returns when all has ended. What has begun
// may go on until the context ends, and is cut off then; what waits, and what
// was cut off, is given back to the storage, for others to take up at once.
func (p *Pool) Shutdown(ctx context.Context) {
	p.stopSweeps()
	p.sweepers.Wait() // what it has just taken up waits by now
	p.mu.Lock()
	p.closed = true
	left := p.waiting
	p.waiting = nil
	p.wake.Broadcast()
	p.mu.Unlock()
	defer context.AfterFunc(ctx, p.cut)()
	over, cancel := context.WithCancel(p.work)
	cancel()
	begun := time.Now()
	for _, h := range left {
		if time.Since(begun) > givingBackLimit { // the storage is too slow: the leases run out by themselves
			p.release(h, false)
			continue
		}
		p.run(over, h) // with its context over, it is only given back
	}
	p.workers.Wait()
	p.cut()
}

// runAll runs one operation after the other until the pool is closed.
func (p *Pool) runAll() {
	for {
		h := p.next()
		if h == nil {
			return
		}
		p.run(p.work, h)
		p.mu.Lock()
		delete(p.busy, h.operation.SessionID)
		p.wake.Broadcast() // what waited for this session may go on
		p.mu.Unlock()
	}
}

// next waits for the first operation whose session is not busy.
func (p *Pool) next() *held {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		for i, h := range p.waiting {
			if !p.busy[h.operation.SessionID] {
				p.waiting = slices.Delete(p.waiting, i, i+1)
				p.busy[h.operation.SessionID] = true
				h.begun = true
				return h
			}
		}
		if p.closed {
			return nil
		}
		p.wake.Wait()
	}
}

// run makes one attempt, until it ends, the lease is lost or ctx ends.
func (p *Pool) run(ctx context.Context, h *held) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ctx, span := p.config.Tracer.Start(ctx, string(h.operation.Type))
	defer span.End()
	begun := time.Now()
	lost := context.AfterFunc(h.ctx, cancel)
	outcome := app.AttemptLost // if the storage panics, who has it is unknown
	err := recovered(func() (err error) {
		outcome, err = p.config.Run.Execute(ctx, h.operation, func() {
			lost() // that the renewals end is no loss
			h.settle()
		})
		return err
	})
	lost()
	if outcome == app.AttemptFailed || outcome == app.AttemptPostponed {
		span.SetStatus(codes.Error, "")
	}
	if p.config.Observe != nil {
		p.config.Observe(Attempt{h.operation.Type, outcome, time.Since(begun)})
	}
	p.release(h, err != nil)
	level := slog.LevelInfo
	attributes := []slog.Attr{
		slog.String("operation", h.operation.ID.String()), slog.String("type", string(h.operation.Type)),
		slog.Int("attempt", h.operation.Attempt), slog.Int("failures", h.operation.Failures),
	}
	if err != nil {
		level = slog.LevelWarn
		attributes = append(attributes, slog.String("error", err.Error()))
	}
	p.config.Logger.LogAttrs(ctx, level, "operation", attributes...)
}

// recovered turns a panic of f into an error: the fault of one operation, or of
// the storage, must not end the process.
func recovered(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return f()
}

func (p *Pool) release(h *held, postponed bool) {
	h.settle()
	session := h.operation.SessionID
	p.mu.Lock()
	full := len(p.ids) == p.room || p.bySession[session] == roomPerSession
	delete(p.ids, h.operation.ID)
	if p.bySession[session]--; p.bySession[session] == 0 {
		delete(p.bySession, session)
	}
	p.mu.Unlock()
	if !full && !postponed {
		return
	}
	select {
	case p.look <- struct{}{}:
	default:
	}
}

// keep renews the lease until the operation is done with.
func (p *Pool) keep(h *held) {
	defer close(h.kept)
	ticker := time.NewTicker(renewal)
	defer ticker.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-ticker.C:
		}
		p.mu.Lock()
		begun := h.begun
		p.mu.Unlock()
		ctx, cancel := context.WithTimeout(h.ctx, renewal)
		err := recovered(func() error { return p.config.Hold.Execute(ctx, h.operation, begun) })
		cancel()
		switch {
		case err == nil || h.ctx.Err() != nil:
		case errors.Is(err, ports.ErrLeaseLost):
			h.drop()
			return
		default:
			p.config.Logger.Warn("lease not renewed", "operation", h.operation.ID.String(), "error", err.Error())
		}
	}
}

// sweep takes up what was lost: at the start, then when the next lease may
// end, or sooner when told to look.
func (p *Pool) sweep(ctx context.Context) {
	for {
		next := p.takeUp(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(minSweep):
		}
		select {
		case <-ctx.Done():
			return
		case <-p.look:
		case <-time.After(next - minSweep):
		}
	}
}

// takeUp fills the pool's room and returns when to look again. What there is
// no room for after all, since its session has too many, is left to its new
// lease, behind what others wait for.
func (p *Pool) takeUp(ctx context.Context) (next time.Duration) {
	p.mu.Lock()
	room := p.room - len(p.ids)
	p.mu.Unlock()
	if room <= 0 {
		return domain.OperationLease
	}
	ctx, cancel := context.WithTimeout(ctx, domain.OperationLease)
	defer cancel()
	err := recovered(func() (err error) {
		var claimed []domain.Operation
		claimed, next, err = p.config.TakeUp.Execute(ctx, min(room, sweepLimit), p.holds)
		for _, operation := range claimed {
			p.Dispatch(operation)
		}
		return err
	})
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) {
		if !errors.Is(err, domain.ErrUnavailable) { // of which readiness tells
			p.config.Logger.Error("lost operations were not taken up", "error", err.Error())
		}
		return minSweep
	}
	return next
}

// holds reports whether the pool has the operation.
func (p *Pool) holds(id uuid.UUID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ids[id]
}

// prune forgets what is old, at the start and then now and again.
func (p *Pool) prune(ctx context.Context) {
	for {
		pause := pruning
		for name, pruner := range p.config.Prune {
			var n int
			limited, cancel := context.WithTimeout(ctx, pruningLimit)
			err := recovered(func() (err error) { n, err = pruner.Execute(limited); return err })
			cancel()
			if err != nil {
				pause = pruningAgain
				if ctx.Err() == nil && !errors.Is(err, domain.ErrUnavailable) { // of which readiness tells
					p.config.Logger.Warn("old "+name+" were not forgotten", "error", err.Error())
				}
			}
			if n > 0 {
				p.config.Logger.Info("old "+name+" forgotten", "count", n)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}
