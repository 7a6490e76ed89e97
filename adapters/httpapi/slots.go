package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// slotWait is how long a request waits for its turn under load. What waits for
// longer is refused, before any work: those who are served are served in time,
// and the others know at once.
const slotWait = time.Second

// withSlots lets as many requests in at once as there are slots. Health is
// answered always, so that nobody restarts a service because it is busy.
func (s *server) withSlots(next http.Handler) http.Handler {
	slots := semaphore.NewWeighted(int64(s.MaxRequests))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/", "/health", "/healthz", "/readyz", "/api/v1/health":
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), slotWait)
		err := slots.Acquire(ctx, 1)
		cancel()
		switch {
		case err == nil:
			defer slots.Release(1)
			next.ServeHTTP(w, r)
		case r.Context().Err() != nil: // the client is gone
			s.fail(w, r, r.Context().Err())
		default:
			s.fail(w, r, fmt.Errorf("%w: no slot within %v", domain.ErrUnavailable, slotWait))
		}
	})
}
