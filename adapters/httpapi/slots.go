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

// withSlots lets as many requests in at once as there are slots. Health is
// answered always, so that nobody restarts a service because it is busy.
func (s *server) withSlots(next http.Handler) http.Handler {
	slots := semaphore.NewWeighted(int64(s.MaxRequests))
	queue := semaphore.NewWeighted(int64(s.MaxRequests) * waitingPerSlot)
	enter := func(ctx context.Context) error {
		if slots.TryAcquire(1) {
			return nil
		}
		if !queue.TryAcquire(1) {
			return errQueueFull
		}
		defer queue.Release(1)
		turn, cancel := context.WithTimeout(ctx, slotWait)
		defer cancel()
		switch err := slots.Acquire(turn, 1); {
		case err == nil:
			return nil
		case errors.Is(ctx.Err(), context.Canceled): // the client is gone
			return ctx.Err()
		}
		return errNoTurn
	}
	// Whoever would be refused is so before the token is looked at and the body
	// received. Others may yet take what was left of the queue.
	full := func() bool {
		if !queue.TryAcquire(1) {
			return true
		}
		queue.Release(1)
		return false
	}
	refusals := refusals{logger: s.Logger}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/", "/health", "/healthz", "/readyz", "/api/v1/health":
			next.ServeHTTP(w, r)
			return
		}
		err := errQueueFull
		if !full() {
			s.receiveBody(r)
			err = enter(r.Context())
		}
		if err != nil {
			if errors.Is(err, domain.ErrUnavailable) {
				refusals.count()
				noteOf(r).shed = true
			}
			s.refuse(w, err)
			return
		}
		defer slots.Release(1)
		next.ServeHTTP(w, r)
	})
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
