// Package worker runs operations outside the requests that ask for them. The
// use cases decide everything; the package supplies goroutines and waits.
package worker

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

const (
	// renewal is how often a lease is renewed: two renewals may fail before it
	// runs out.
	renewal = domain.OperationLease / 3
	// minSweep is the shortest pause between two looks for lost operations.
	minSweep = time.Second
	// pruning is how often old operations are forgotten, pruningAgain when it
	// is tried again if that failed.
	pruning      = time.Hour
	pruningAgain = time.Minute
	// roomPerWorker is how many operations may wait for each worker. More are
	// not taken: they wait in the storage, where other processes find them.
	roomPerWorker = 16
)

// Config is what a pool needs. Every member is required.
type Config struct {
	Run    app.RunOperation
	Hold   app.HoldOperation
	TakeUp app.TakeUpOperations
	Prune  app.PruneOperations
	// Workers is how many operations run at once.
	Workers int
	Logger  *slog.Logger
}

// Pool runs operations. The operations of one session run one after the other,
// in the order in which they came.
type Pool struct {
	config Config
	room   int

	mu      sync.Mutex
	wake    *sync.Cond
	waiting []*held
	holding int
	busy    map[uuid.UUID]bool // sessions
	closed  bool               // nothing more is taken
	// look tells the sweep that there is room again, or something postponed.
	look chan struct{}
}

var _ ports.OperationDispatcher = (*Pool)(nil)

// held is an operation that this process holds.
type held struct {
	operation domain.Operation
	ctx       context.Context
	drop      context.CancelFunc // ends the work and the renewals
	begun     bool               // guarded by the pool's lock
}

// New returns a pool, which takes operations at once and runs them in
// [Pool.Run].
func New(config Config) *Pool {
	p := &Pool{config: config, room: roomPerWorker * config.Workers, busy: map[uuid.UUID]bool{}, look: make(chan struct{}, 1)}
	p.wake = sync.NewCond(&p.mu)
	return p
}

// Dispatch implements [ports.OperationDispatcher]. It declines what there is
// no room for.
func (p *Pool) Dispatch(operation domain.Operation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.holding >= p.room {
		return
	}
	h := &held{operation: operation}
	h.ctx, h.drop = context.WithCancel(context.Background())
	p.holding++
	p.waiting = append(p.waiting, h)
	go p.keep(h)
	p.wake.Signal()
}

// Run runs operations until the context ends. Then what has begun may go on
// for the grace, and is cut off after it; what waits, and what was cut off, is
// given back to the storage, for others to take up at once.
func (p *Pool) Run(ctx context.Context, grace time.Duration) {
	work, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	var workers, sweeper sync.WaitGroup
	for range p.config.Workers {
		workers.Go(func() { p.work(work) })
	}
	sweeper.Go(func() { p.sweep(ctx) })
	sweeper.Go(func() { p.prune(ctx) })

	<-ctx.Done()
	p.mu.Lock()
	p.closed = true
	left := p.waiting
	p.waiting = nil
	p.wake.Broadcast()
	p.mu.Unlock()
	timer := time.AfterFunc(grace, cut)
	defer timer.Stop()
	over, cancel := context.WithCancel(work)
	cancel()
	for _, h := range left {
		if work.Err() != nil { // the storage is too slow: the leases run out by themselves
			p.release(h, false)
			continue
		}
		p.run(over, h) // with its context over, it is only given back
	}
	workers.Wait()
	sweeper.Wait()
}

// work runs one operation after the other until the pool is closed.
func (p *Pool) work(ctx context.Context) {
	for {
		h := p.next()
		if h == nil {
			return
		}
		p.run(ctx, h)
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
				p.waiting = append(p.waiting[:i:i], p.waiting[i+1:]...)
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
	lost := context.AfterFunc(h.ctx, cancel)
	defer lost()
	err := p.config.Run.Execute(ctx, h.operation)
	p.release(h, err != nil)
	level := slog.LevelInfo
	attributes := []slog.Attr{
		slog.String("operation", h.operation.ID.String()), slog.String("type", string(h.operation.Type)),
		slog.Int("attempt", h.operation.Attempt),
	}
	if err != nil {
		level = slog.LevelWarn
		attributes = append(attributes, slog.String("error", err.Error()))
	}
	p.config.Logger.LogAttrs(ctx, level, "operation", attributes...)
}

func (p *Pool) release(h *held, postponed bool) {
	h.drop()
	p.mu.Lock()
	full := p.holding == p.room
	p.holding--
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
		err := p.config.Hold.Execute(ctx, h.operation, begun)
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

// takeUp fills the pool's room and returns when to look again.
func (p *Pool) takeUp(ctx context.Context) time.Duration {
	p.mu.Lock()
	room := p.room - p.holding
	p.mu.Unlock()
	if room == 0 {
		return domain.OperationLease
	}
	claimed, next, err := p.config.TakeUp.Execute(ctx, room)
	for _, operation := range claimed {
		p.Dispatch(operation)
	}
	if err != nil && ctx.Err() == nil {
		if !errors.Is(err, domain.ErrUnavailable) { // of which readiness tells
			p.config.Logger.Error("lost operations were not taken up", "error", err.Error())
		}
		return minSweep
	}
	return next
}

// prune forgets old operations, at the start and then now and again.
func (p *Pool) prune(ctx context.Context) {
	for {
		pause := pruning
		n, err := p.config.Prune.Execute(ctx)
		switch {
		case err != nil:
			pause = pruningAgain
			if ctx.Err() == nil && !errors.Is(err, domain.ErrUnavailable) { // of which readiness tells
				p.config.Logger.Warn("old operations were not forgotten", "error", err.Error())
			}
		case n > 0:
			p.config.Logger.Info("old operations forgotten", "count", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}
