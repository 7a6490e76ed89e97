package httpapi

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// turns is the middleware around work that each request does until it is told
// to end.
type turns struct {
	http.Handler
	log    *lockedBuffer
	end    chan struct{}
	worked atomic.Int32 // how many requests got a slot
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func newTurns(slots int) *turns {
	f := &turns{log: &lockedBuffer{}, end: make(chan struct{})}
	s := &server{Config: Config{MaxRequests: slots, Logger: slog.New(slog.NewJSONHandler(f.log, nil))}}
	s.slots = newSlots(slots, s.Logger)
	f.Handler = s.withQueue(s.inSlot(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.worked.Add(1)
		<-f.end
	})))
	return f
}

// turn is a request under way.
type turn struct {
	recorder *httptest.ResponseRecorder
	code     atomic.Int32 // 0 before it is answered
}

// begin makes a request.
func (f *turns) begin(ctx context.Context, body io.Reader) *turn {
	request := &turn{recorder: httptest.NewRecorder()}
	go func() {
		f.ServeHTTP(request.recorder, httptest.NewRequestWithContext(ctx, "POST", "/api/v1/auth/login", body))
		request.code.Store(int32(request.recorder.Code))
	}()
	synctest.Wait()
	return request
}

func TestSlots(t *testing.T) {
	t.Run("what does not get one within a second is refused", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newTurns(1)
			f.begin(t.Context(), nil)
			waiting := f.begin(t.Context(), nil)
			time.Sleep(slotWait - time.Nanosecond)
			synctest.Wait()
			if waiting.code.Load() != 0 {
				t.Errorf("it was answered %d before its time", waiting.code.Load())
			}
			time.Sleep(1 * time.Nanosecond)
			synctest.Wait()
			if waiting.code.Load() != http.StatusServiceUnavailable || waiting.recorder.Header().Get("Retry-After") == "" {
				t.Errorf("it was answered %d %v", waiting.code.Load(), waiting.recorder.Header())
			}
			close(f.end)
		})
	})

	t.Run("when too many wait, the next is refused at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newTurns(1)
			var taken []*turn
			for range 1 + waitingPerSlot {
				taken = append(taken, f.begin(t.Context(), nil))
			}
			if refused := f.begin(t.Context(), nil); refused.code.Load() != http.StatusServiceUnavailable {
				t.Errorf("it was answered %d", refused.code.Load())
			}
			close(f.end)
			synctest.Wait()
			for i, response := range taken {
				if response.code.Load() != http.StatusOK {
					t.Errorf("request %d was answered %d", i, response.code.Load())
				}
			}
			if again := f.begin(t.Context(), nil); again.code.Load() != http.StatusOK {
				t.Errorf("later, one was answered %d", again.code.Load())
			}
		})
	})

	t.Run("when too many wait, nothing more is received", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newTurns(1)
			for range 1 + waitingPerSlot {
				f.begin(t.Context(), nil)
			}
			body, rest := io.Pipe() // nobody ever writes
			if refused := f.begin(t.Context(), body); refused.code.Load() != http.StatusServiceUnavailable {
				t.Errorf("it was answered %d", refused.code.Load())
			}
			rest.Close()
			close(f.end)
		})
	})

	t.Run("a client that leaves the queue makes room in it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newTurns(1)
			f.begin(t.Context(), nil)
			ctx, leave := context.WithCancel(t.Context())
			for range waitingPerSlot {
				f.begin(ctx, nil)
			}
			leave()
			synctest.Wait()
			next := f.begin(t.Context(), nil)
			close(f.end)
			synctest.Wait()
			if next.code.Load() != http.StatusOK || f.worked.Load() != 2 {
				t.Errorf("the next was answered %d, and %d had a slot", next.code.Load(), f.worked.Load())
			}
		})
	})

	t.Run("a body is waited for without one", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newTurns(1)
			body, rest := io.Pipe()
			slow := f.begin(t.Context(), body)
			go rest.Write([]byte("{"))
			synctest.Wait()
			close(f.end)
			if other := f.begin(t.Context(), nil); other.code.Load() != http.StatusOK {
				t.Errorf("another one was answered %d", other.code.Load())
			}
			rest.Close()
			synctest.Wait()
			if slow.code.Load() != http.StatusOK || f.worked.Load() != 2 {
				t.Errorf("the slow one was answered %d, and %d had a slot", slow.code.Load(), f.worked.Load())
			}
		})
	})

	t.Run("the log tells of many refusals in few lines", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newTurns(1)
			for range 1 + waitingPerSlot + 100 {
				f.begin(t.Context(), nil)
			}
			if lines := strings.Count(f.log.String(), "\n"); lines != 1 {
				t.Errorf("100 refusals are %d lines", lines)
			}
			time.Sleep(refusalsLogged) // those who wait are refused too
			synctest.Wait()
			if log := f.log.String(); !strings.Contains(log, `"count":100`) {
				t.Errorf("the log is %s", log)
			}
			close(f.end)
		})
	})
}

func TestReceivedBodyReadsAsItWasSent(t *testing.T) {
	for name, test := range map[string]struct {
		body io.Reader
		want string
		fail bool
	}{
		"whole":   {strings.NewReader("{}"), "{}", false},
		"longer":  {strings.NewReader(strings.Repeat("x", maxResumeBody+9)), strings.Repeat("x", maxResumeBody+9), false},
		"chunked": {io.MultiReader(strings.NewReader("{"), strings.NewReader("}")), "{}", false},
		"broken":  {io.MultiReader(strings.NewReader("{"), failingReader{io.ErrUnexpectedEOF}), "{", true},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/", test.body)
			r.Header.Set("Authorization", "Bearer x")
			(&server{Config: Config{Tokens: anybody{}}}).receiveBody(r)
			got, err := io.ReadAll(r.Body)
			if string(got) != test.want || (err != nil) != test.fail {
				t.Errorf("%d bytes, %v; want %d", len(got), err, len(test.want))
			}
		})
	}
}
