package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

const (
	// slotWait is how long a request waits for its turn under load, and
	// waitingPerSlot how many wait for each slot. What waits for longer, or
	// finds the queue full, is refused before any work: those who are served are
	// served in time, and the others know at once, which costs little.
	slotWait       = time.Second
	waitingPerSlot = 2
	// refusalsLogged is how often the log tells of refusals, at most.
	refusalsLogged = time.Second
)

var (
	errNoTurn    = fmt.Errorf("%w: no turn within %v", domain.ErrUnavailable, slotWait)
	errQueueFull = fmt.Errorf("%w: too many wait", domain.ErrUnavailable)
)

// slots are of all requests together.
type slots struct {
	free, queue *semaphore.Weighted
	refusals    refusals
}

func newSlots(number int, logger *slog.Logger) *slots {
	return &slots{semaphore.NewWeighted(int64(number)), semaphore.NewWeighted(int64(number) * waitingPerSlot), refusals{logger: logger}}
}

// full reports whether who comes now would be refused. Others may yet take what
// was left of the queue.
func (s *slots) full() bool {
	if !s.queue.TryAcquire(1) {
		return true
	}
	s.queue.Release(1)
	return false
}

// enter waits for a slot, which is then the caller's to release.
func (s *slots) enter(ctx context.Context) error {
	if s.free.TryAcquire(1) {
		return nil
	}
	if !s.queue.TryAcquire(1) {
		return errQueueFull
	}
	defer s.queue.Release(1)
	turn, cancel := context.WithTimeout(ctx, slotWait)
	defer cancel()
	switch err := s.free.Acquire(turn, 1); {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.Canceled): // the client is gone
		return ctx.Err()
	}
	return errNoTurn
}

// needsSlot is false of health, which is answered always, so that nobody
// restarts a service because it is busy.
func needsSlot(r *http.Request) bool {
	switch r.URL.Path {
	case "/", "/health", "/healthz", "/readyz", "/api/v1/health":
		return false
	}
	return true
}

// withQueue refuses at once what finds the queue full: before its route is
// looked for, its token verified and its body received.
func (s *server) withQueue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if needsSlot(r) && s.slots.full() {
			s.shed(w, r, errQueueFull)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// inSlot receives the body, and lets as many requests in at once as there are
// slots.
func (s *server) inSlot(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !needsSlot(r) {
			next.ServeHTTP(w, r)
			return
		}
		s.receiveBody(r)
		if err := s.slots.enter(r.Context()); err != nil {
			s.shed(w, r, err)
			return
		}
		defer s.slots.free.Release(1)
		next.ServeHTTP(w, r)
	})
}

// shed refuses a request that gets no slot, or whose client did not wait.
func (s *server) shed(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, domain.ErrUnavailable) {
		s.slots.refusals.count()
		noteOf(r).shed = true
	}
	s.refuse(w, err)
}

// receiveBody waits for the body of a request, as much of it as any route
// takes: a client that sends slowly must not have a slot meanwhile. What went
// wrong the handler finds out by reading it. Of whoever is not signed in it
// receives only what these send, to sign up and log in, and of nobody else
// anything that would have to be kept.
func (s *server) receiveBody(r *http.Request) {
	limit := int64(maxResumeBody)
	if _, err := s.accessToken(r); err != nil {
		limit = maxBody
		if !strings.HasPrefix(r.URL.Path, "/api/v1/auth/") {
			return
		}
	}
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength > limit {
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	rest := io.Reader(r.Body)
	if err != nil {
		rest = failingReader{err}
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), r.Body}
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// refusals tells the log of what is refused, in few lines: when there is too
// much to do is no time to write one for each.
type refusals struct {
	logger *slog.Logger
	mu     sync.Mutex
	untold int
	told   time.Time
}

func (f *refusals) count() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.untold++
	if now := time.Now(); now.Sub(f.told) >= refusalsLogged {
		f.logger.Warn("requests refused: all slots are taken", "count", f.untold)
		f.untold, f.told = 0, now
	}
}
