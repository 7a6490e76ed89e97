package main

import (
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// steppedClock is the machine's, put forward or back.
type steppedClock struct{ ahead atomic.Int64 }

func (c *steppedClock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// pensive is an interviewer who thinks until told to go on.
type pensive struct {
	ports.Interviewer
	asked, proceed chan struct{}
}

func (p pensive) AskQuestion(ctx context.Context, interview domain.Interview) (string, error) {
	p.asked <- struct{}{}
	<-p.proceed
	return p.Interviewer.AskQuestion(ctx, interview)
}

// watched tells of the looks for lost operations, and counts what they took
// up.
type watched struct {
	store
	looks  chan func() // what to do at the next look
	claims *atomic.Int64
}

func (w watched) ListUnfinished(ctx context.Context, limit int) ([]domain.Operation, error) {
	select {
	case do := <-w.looks:
		do()
	default:
	}
	return w.store.ListUnfinished(ctx, limit)
}

func (w watched) ClaimOperation(ctx context.Context, operation domain.Operation, now time.Time) error {
	err := w.store.ClaimOperation(ctx, operation, now)
	if err == nil {
		w.claims.Add(1)
	}
	return err
}

// TestClockSteps puts the clock back and forward by an hour while a client is
// in the middle of everything.
func TestClockSteps(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"memory":   func(*testing.T) string { return "memory:" },
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "test.db") },
		"postgres": func(t *testing.T) string { return postgrestest.NewDatabase(t) },
	} {
		for way, step := range map[string]time.Duration{"back": -time.Hour, "forward": time.Hour} {
			t.Run(name+" "+way, func(t *testing.T) {
				t.Parallel() // all wait for a look at lost operations
				storage, err := openStorage(t.Context(), url(t))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { storage.close() })
				if err := storage.prepare(t.Context(), true); err != nil {
					t.Fatal(err)
				}
				stepClock(t, storage, step)
			})
		}
	}
}

func stepClock(t *testing.T, storage storage, step time.Duration) {
	clock := &steppedClock{}
	watched := watched{storage.store, make(chan func(), 1), new(atomic.Int64)}
	storage.store = watched
	world, err := realWorld()
	if err != nil {
		t.Fatal(err)
	}
	interviewer := pensive{world.interviewer, make(chan struct{}, 9), make(chan struct{})}
	world.clock, world.interviewer = clock.now, interviewer
	a := newAPIIn(t, world, storage, func(c *serveCommand) { c.IdempotencyRetention = 24 * time.Hour })
	t.Cleanup(func() { // after the service has ended
		if n := watched.claims.Load(); n > 0 {
			t.Errorf("the service took up %d operations that it had", n)
		}
	})
	a.work(t)

	user, _ := a.signUp(t)
	token, err := a.tokens.IssueToken(domain.AccessToken{UserID: uuid.MustParse(user)}, clock.now())
	if err != nil {
		t.Fatal(err)
	}
	posting := a.savePosting(t, token)
	p := practice{a, t, token, posting, a.startSession(t, token, posting)}
	before := []string{id(p.session)}
	for range 4 {
		before = append(before, id(p.startSession(t, token, posting)))
	}
	first := p.call("GET", "/sessions?limit=2", nil)
	answer := func(text string) string {
		return p.of(p.session, "POST", "/answers", map[string]string{"answer_text": text}).wants(201)["content"].(string)
	}
	said := []string{answer("the first"), answer("the second")}
	create := request{method: "POST", path: "/api/v1/sessions", token: token, header: map[string]string{"Idempotency-Key": "once"},
		body: map[string]any{"job_posting_id": posting["id"]}}
	created := p.do(t, create)
	created.wants(201)
	before = append(before, id(created.wants(201)))
	operation := p.of(p.session, "POST", "/generate-question", nil).wants(202)
	<-interviewer.asked

	// The clock steps as the service looks for lost operations, before that one's
	// lease is renewed by the new time.
	stepped := make(chan struct{})
	watched.looks <- func() {
		clock.ahead.Store(int64(step))
		close(stepped)
	}
	<-stepped

	// Of the sessions, those that were there are neither skipped nor repeated,
	// also by a list that was begun before; that one was created while it was
	// read is no reason.
	var after []string
	for range 3 {
		after = append(after, id(p.startSession(t, token, posting)))
	}
	wantsEach(t, p.rest(first), before[:5])
	wantsEach(t, p.rest(p.call("GET", "/sessions?limit=2", nil)), append(after, before...))

	// The key is known, and the token is taken, wherever its iat is.
	again := p.do(t, create)
	if again.status != created.status || again.body != created.body || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the key is answered %d %v %s", again.status, again.header, again.body)
	}

	// What is in work is left alone, and what it makes is stored once.
	said = append(said, answer("the third"))
	close(interviewer.proceed)
	if ended := p.ended(operation); ended["status"] != "completed" {
		t.Errorf("the operation ended as %v", ended)
	} else {
		said = append(said, ended["result"].(map[string]any)["question_text"].(string))
	}
	said = append(said, p.ask(p.session)["result"].(map[string]any)["question_text"].(string), answer("the last"))
	if n := len(interviewer.asked); n != 1 { // for the second question
		t.Errorf("the interviewer was asked %d times more", n)
	}

	// Messages stand in the order in which they were acknowledged.
	var contents []string
	for _, message := range p.all(p.of(p.session, "GET", "/messages?limit=2", nil)) {
		contents = append(contents, message["content"].(string))
	}
	if strings.Join(contents, "\n") != strings.Join(said, "\n") {
		t.Errorf("the messages are %q, want %q", contents, said)
	}
}

// all follows a list from a page of it to its end.
func (p practice) all(page response) []map[string]any {
	p.t.Helper()
	list := page.wantsList()
	for {
		link, ok := strings.CutPrefix(page.header.Get("Link"), "</api/v1")
		if !ok {
			return list
		}
		page = p.call("GET", strings.TrimSuffix(link, `>; rel="next"`), nil)
		list = append(list, page.wantsList()...)
	}
}

func (p practice) rest(page response) (ids []string) {
	p.t.Helper()
	for _, object := range p.all(page) {
		ids = append(ids, id(object))
	}
	return ids
}

// wantsEach wants nothing twice, and each of these.
func wantsEach(t *testing.T, got, want []string) {
	t.Helper()
	times := map[string]int{}
	for _, id := range got {
		if times[id]++; times[id] > 1 {
			t.Errorf("%s is there %d times", id, times[id])
		}
	}
	for _, id := range want {
		if times[id] == 0 {
			t.Errorf("%s is not there", id)
		}
	}
}
