package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// load is what clients do to a service. Each does one round after the other:
// it creates a posting, a session for it, an answer in that and a question.
// Each create leaves a mark in its row by which it is found again.
type load struct {
	base  string // where the service, or a proxy before it, is
	token string
	// clients is how many there are, each of which waits for its answers
	// (closed loop); if it is 0, rate postings are begun in each second, whoever
	// answers (open loop).
	clients, rate int
	keys          keys
	// postingsOnly ends a round after its first create; say so in an open loop.
	postingsOnly bool
	// instead, unless it is nil, is what a client does in place of a round.
	instead func(*traffic)
	// around, unless it is nil, goes around the connections of the clients.
	around func(http.RoundTripper) http.RoundTripper
}

// keys says which rounds have an Idempotency-Key on each create.
type keys int

const (
	keyed   keys = iota // all: clients try again until there is an answer
	unkeyed             // none: clients never try again
	mixed               // every second
)

func (l load) String() string {
	how := [...]string{"with keys", "without keys", "half with keys"}[l.keys]
	if l.clients > 0 {
		return fmt.Sprintf("%d clients, %s", l.clients, how)
	}
	return fmt.Sprintf("%d/s open loop, %s", l.rate, how)
}

// create is one thing that a client wants once.
type create struct {
	kind  string // posting, session, answer or question
	mark  string // what its row has and no other: see [database.rows]
	keyed bool
	fate  fate
	id    string // as the answer has it
	tries int
}

type fate int

const (
	unknown      fate = iota // no answer, or one that says so
	acknowledged             // 2xx
	refused                  // told, or known, not to be done
)

// answer is how one try ended.
type answer struct {
	at     time.Time // when
	took   time.Duration
	status int // 0 if the connection failed
}

// record is what clients saw.
type record struct {
	mu       sync.Mutex
	creates  []create
	answers  []answer
	problems map[string]int // what no client may see
}

// traffic is a load under way.
type traffic struct {
	load
	record
	client   http.Client
	ctx      context.Context
	stopping chan struct{}
	working  sync.WaitGroup
}

// pause is what a client waits for after a failure: less than Retry-After
// says, to see the recovery.
const pause = 50 * time.Millisecond

// openAtOnce bounds what a load has open at once. An open loop whose answers
// are late would open one more for each, and measure that.
const openAtOnce = 1024

// patience bounds how long a client with a key tries again, and a try.
const patience = 40 * time.Second

// begin lets the load loose. Stop it with [traffic.stop].
func (l load) begin(t testing.TB) *traffic {
	t.Helper()
	r := &traffic{load: l, ctx: t.Context(), stopping: make(chan struct{})}
	r.problems = map[string]int{}
	transport := &http.Transport{MaxIdleConnsPerHost: openAtOnce, MaxConnsPerHost: openAtOnce}
	r.client = http.Client{Transport: transport, Timeout: patience}
	if l.around != nil {
		r.client.Transport = l.around(transport)
	}
	t.Cleanup(transport.CloseIdleConnections)
	for i := range l.clients {
		r.working.Go(func() {
			for n := i; !r.isStopping(); n++ {
				if !r.round(l.keys == keyed || l.keys == mixed && n%2 == 0) {
					time.Sleep(pause)
				}
			}
		})
	}
	if l.clients == 0 {
		r.working.Go(r.openLoop)
	}
	return r
}

// openLoop begins what is due at each tick, also what it was late for.
func (r *traffic) openLoop() {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	begin, begun := time.Now(), 0
	for !r.isStopping() {
		for due := int(time.Since(begin).Seconds() * float64(r.rate)); begun < due; begun++ {
			keyed := r.keys == keyed || r.keys == mixed && begun%2 == 0
			r.working.Go(func() { r.round(keyed) })
		}
		select {
		case <-tick.C:
		case <-r.stopping:
		}
	}
}

func (r *traffic) isStopping() bool {
	select {
	case <-r.stopping:
		return true
	default:
		return false
	}
}

// stop lets each client come to the end of what it is creating, and returns
// what they saw.
func (r *traffic) stop() *record {
	close(r.stopping)
	r.working.Wait()
	return &r.record
}

func (r *traffic) posting(keyed bool) create {
	mark := uuid.NewString()
	return r.create("posting", mark, "/api/v1/job-postings", map[string]any{"title": mark, "description": "Build"}, keyed)
}

// round returns whether its first create was acknowledged.
func (r *traffic) round(keyed bool) bool {
	if r.instead != nil {
		r.instead(r)
		return true
	}
	posting := r.posting(keyed)
	if posting.fate != acknowledged || r.postingsOnly {
		return posting.fate == acknowledged
	}
	session := r.create("session", posting.id, "/api/v1/sessions", map[string]any{"job_posting_id": posting.id}, keyed)
	if session.fate != acknowledged || r.isStopping() {
		return true
	}
	path, mark := "/api/v1/sessions/"+session.id, uuid.NewString()
	if r.create("answer", mark, path+"/answers", map[string]any{"answer_text": mark}, keyed); r.isStopping() {
		return true
	}
	r.create("question", session.id, path+"/generate-question", nil, keyed)
	return true
}

// create asks for one thing: with a key until it is there, else once.
func (r *traffic) create(kind, mark, path string, body any, keyed bool) create {
	c := create{kind: kind, mark: mark, keyed: keyed}
	var key string
	if keyed {
		key = uuid.NewString()
	}
	for begin := time.Now(); ; {
		c.tries++
		a, fate, id := r.try(path, body, key)
		r.mu.Lock()
		r.answers = append(r.answers, a)
		r.mu.Unlock()
		if c.fate = fate; fate == acknowledged {
			c.id = id
			break
		}
		wrong := a.status != 0 && a.status != http.StatusServiceUnavailable && a.status != http.StatusConflict
		if !keyed || wrong || r.ctx.Err() != nil {
			break
		}
		if time.Since(begin) > patience {
			r.problem("a create with a key came to no end within %v", patience)
			break
		}
		time.Sleep(pause)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.creates = append(r.creates, c)
	return c
}

// try makes one request.
func (r *traffic) try(path string, body any, key string) (a answer, f fate, id string) {
	data := []byte(nil)
	if body != nil {
		data, _ = json.Marshal(body) // strings only
	}
	req, err := http.NewRequestWithContext(r.ctx, "POST", r.base+path, bytes.NewReader(data))
	if err != nil {
		r.problem("%v", err)
		return answer{}, refused, ""
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+r.token)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	begin := time.Now()
	defer func() { a.at = time.Now(); a.took = a.at.Sub(begin) }()
	resp, err := r.client.Do(req)
	if err != nil {
		var dial *net.OpError
		if errors.As(err, &dial) && dial.Op == "dial" {
			return answer{}, refused, ""
		}
		return answer{}, unknown, ""
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, unknown, "" // broken off in the middle
	}
	var members struct {
		ID     string
		Detail struct{ Code string }
	}
	a.status = resp.StatusCode
	if err := json.Unmarshal(text, &members); err != nil {
		r.problem("POST: %d %s", a.status, text)
		return a, unknown, ""
	}
	switch code := members.Detail.Code; {
	case a.status/100 == 2:
		return a, acknowledged, members.ID
	case a.status == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") == "":
		r.problem("503 %s without Retry-After", code)
		return a, unknown, ""
	case a.status == http.StatusServiceUnavailable && code == "OUTCOME_UNKNOWN":
		return a, unknown, ""
	case a.status == http.StatusServiceUnavailable && code == "SERVICE_UNAVAILABLE":
		return a, refused, ""
	case a.status == http.StatusConflict && code == "IDEMPOTENCY_KEY_IN_USE":
		return a, refused, ""
	}
	r.problem("POST: %d %s", a.status, text)
	return a, unknown, ""
}

func (r *record) problem(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.problems[fmt.Sprintf(format, args...)]++
}

// acknowledged counts the creates that were answered 2xx.
func (r *record) acknowledged() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.creates {
		if c.fate == acknowledged {
			n++
		}
	}
	return n
}

// statuses counts the answers of each status; 0 is a connection that failed.
func (r *record) statuses() map[int]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	counts := map[int]int{}
	for _, a := range r.answers {
		counts[a.status]++
	}
	return counts
}

// firstAfter returns how long after an instant the first 2xx came to a client,
// and false if none has come yet.
func (r *record) firstAfter(instant time.Time) (time.Duration, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	best, found := time.Duration(0), false
	for _, a := range r.answers {
		if after := a.at.Sub(instant); a.status/100 == 2 && after > 0 && (!found || after < best) {
			best, found = after, true
		}
	}
	return best, found
}

// percentile returns the time within which that share (0 to 1) of the answers
// of a status class (2 for 2xx) came.
func (r *record) percentile(class int, share float64) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	var times []time.Duration
	for _, a := range r.answers {
		if a.status/100 == class {
			times = append(times, a.took)
		}
	}
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[min(len(times)-1, int(share*float64(len(times))))]
}

// signUp makes a new user of the service and returns a token.
func (s *service) signUp(t testing.TB) string {
	t.Helper()
	credentials := map[string]string{"email": uuid.NewString() + "@example.com", "password": "correct horse"}
	s.call(t, "POST", "/api/v1/auth/register", "", credentials, 201)
	return s.call(t, "POST", "/api/v1/auth/login", "", credentials, 200)["access_token"].(string)
}

// call makes a request that must end with a status, and returns the members of
// the answer.
func (s *service) call(t testing.TB, method, path, token string, body any, want int) map[string]any {
	t.Helper()
	data := []byte(nil)
	if body != nil {
		data, _ = json.Marshal(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.base+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != want {
		t.Fatalf("%s %s: %d %s, want %d", method, path, resp.StatusCode, text, want)
	}
	var members map[string]any
	json.Unmarshal(text, &members) // a list has none
	return members
}

// awaitRecovery waits until a client got a 2xx after an instant, and returns
// how long after.
func awaitRecovery(t *testing.T, traffic *traffic, since time.Time) (after time.Duration) {
	t.Helper()
	eventually(t, func() (found bool) {
		after, found = traffic.firstAfter(since)
		return found
	})
	return after
}

// awaitWork waits until clients were acknowledged n more creates.
func awaitWork(t *testing.T, traffic *traffic, n int) {
	t.Helper()
	enough := traffic.acknowledged() + n
	eventually(t, func() bool { return traffic.acknowledged() >= enough })
}
