package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

const replayed = "Idempotent-Replayed"

// keyed makes a request of the owner's with an idempotency key.
func (p practice) keyed(key, path string, body any) response {
	p.t.Helper()
	return p.do(p.t, request{method: "POST", path: "/api/v1" + path, token: p.token, body: body, header: map[string]string{"Idempotency-Key": key}})
}

// first checks that an answer is that of a request that took effect, and
// returns the body's members.
func (r response) first(status int) map[string]any {
	r.t.Helper()
	members := r.wants(status)
	if _, there := r.header[replayed]; there {
		r.t.Errorf("what was done now is marked as done before: %v", r.header)
	}
	return members
}

// replays checks that an answer repeats another one.
func (r response) replays(first response) {
	r.t.Helper()
	if r.status != first.status || r.body != first.body || r.header.Get("Location") != first.header.Get("Location") ||
		r.header.Get("Content-Type") != first.header.Get("Content-Type") {
		r.t.Errorf("the replay is %d %v %s, the first answer %d %v %s", r.status, r.header, r.body, first.status, first.header, first.body)
	}
	if got := r.header.Values(replayed); len(got) != 1 || got[0] != "true" {
		r.t.Errorf("the replay is marked by %q", got)
	}
}

func newSession(p practice) map[string]any { return map[string]any{"job_posting_id": p.posting["id"]} }

// TestKeyOnEveryCreate makes each thing once, however often it is asked for.
func TestKeyOnEveryCreate(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		// three sends a request three times, and returns what it made.
		three := func(path string, body any, status int, location string) map[string]any {
			t.Helper()
			key := uuid.NewString()
			first := p.keyed(key, path, body)
			made := first.first(status)
			if want := strings.Replace(location, "*", id(made), 1); first.header.Get("Location") != want {
				t.Errorf("%s: Location is %q, want %q", path, first.header.Get("Location"), want)
			}
			p.keyed(`"`+key+`"`, path, body).replays(first) // the same key in its other form
			p.keyed(key, path, body).replays(first)
			return made
		}
		are := func(want int, path string) {
			t.Helper()
			if list := p.call("GET", path, nil).wantsList(); len(list) != want {
				t.Errorf("%s has %d, want %d: %v", path, len(list), want, list)
			}
		}
		// ran checks how many operations of a type ended, once the last one of the
		// session, which runs after all that were asked for before, has.
		ran := func(want int, typ string, last map[string]any) {
			t.Helper()
			p.ended(last)
			eventually(t, func() bool { return strings.Contains(a.log.String(), `"operation":"`+id(last)+`"`) })
			if got := strings.Count(a.log.String(), `"type":"`+typ+`"`); got != want {
				t.Errorf("%d operations of %s ran, want %d", got, typ, want)
			}
		}

		posting := map[string]any{"title": "Go engineer", "description": "Build services"}
		three("/job-postings", posting, 201, "/api/v1/job-postings/*")
		three("/job-postings/", posting, 201, "/api/v1/job-postings/*")
		are(3, "/job-postings")
		three("/sessions", newSession(p), 201, "/api/v1/sessions/*")
		session := three("/sessions/", newSession(p), 201, "/api/v1/sessions/*")
		are(3, "/sessions")
		for _, path := range []string{"/resumes", "/resumes/"} {
			three(path, map[string]any{"content": "Go"}, 201, "/api/v1/resumes/me") // a second one would be 409
			p.call("DELETE", "/resumes/me", nil)
		}

		of := "/sessions/" + id(session)
		three(of+"/answers", map[string]any{"answer_text": "first"}, 201, "")
		are(1, of+"/messages")
		three(of+"/generate-question", nil, 202, "/api/v1/operations/*")
		ran(2, "question_generation", p.of(session, "POST", "/generate-question", nil).wants(202))
		if detail := p.of(session, "GET", "", nil).wants(200); detail["current_question_number"] != 2.0 {
			t.Errorf("the session is %v", detail)
		}

		p.saveResume()
		p.complete(p.session)
		of = "/sessions/" + id(p.session)
		three(of+"/retake", nil, 201, "/api/v1/sessions/*")
		are(2, of+"/retake-chain")
		failed := p.ended(three(of+"/generate-feedback", nil, 202, "/api/v1/operations/*"))
		p.failed(failed, "NO_ANSWERS")
		three("/operations/"+id(failed)+"/retry", nil, 200, "/api/v1/operations/*")
		ran(3, "feedback_analysis", p.of(p.session, "POST", "/generate-feedback", nil).wants(202))
	})
}

// TestKeyOnAPathOfAnyLength has a path for which no index has room.
func TestKeyOnAPathOfAnyLength(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		long := strings.Builder{}
		for range 250 { // nothing that could be compressed
			long.WriteString(uuid.NewString())
		}
		retry := request{method: "POST", path: "/api/v1/operations/" + long.String() + "/retry", token: token, bad: true}
		for key, want := range map[string][]string{
			"fit for use": {`["header","Idempotency-Key"] value_error`, `["path","operation_id"] uuid_parsing`},
			"fit":         {`["path","operation_id"] uuid_parsing`},
		} {
			retry.header = map[string]string{"Idempotency-Key": key}
			a.do(t, retry).wantsInvalid(want...)
		}
	})
}

func TestKeyIsOfItsUserPathAndBody(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		other := newPractice(t, a)
		key, body := uuid.NewString(), newSession(p)
		first := p.keyed(key, "/sessions", body)
		seen := map[string]bool{id(first.first(201)): true}
		anew := func(what string, resp response) {
			t.Helper()
			if session := id(resp.first(201)); seen[session] {
				t.Errorf("%s gave a session of before", what)
			} else {
				seen[session] = true
			}
		}
		anew("a path with a slash", p.keyed(key, "/sessions/", body))
		anew("another user", other.keyed(key, "/sessions", newSession(other)))
		anew("other letter case", p.keyed(strings.ToUpper(key), "/sessions", body))
		anew("no key", p.call("POST", "/sessions", body))
		anew("no key again", p.call("POST", "/sessions", body))

		another := map[string]any{"job_posting_id": id(a.savePosting(t, p.token))}
		for name, body := range map[string]any{
			"another posting":      another,
			"the same in other":    `{ "job_posting_id": "` + id(p.posting) + `" }`,
			"what is not even one": "{",
			"nothing":              nil,
		} {
			resp := p.do(t, request{method: "POST", path: "/api/v1/sessions", token: p.token, body: body, bad: true, header: map[string]string{"Idempotency-Key": key}})
			resp.wantsError(422, "IDEMPOTENCY_KEY_REUSED", "another body")
			if strings.Contains(resp.body, `"errors"`) || resp.header.Get("Retry-After") != "" {
				t.Errorf("%s: %s %v", name, resp.body, resp.header)
			}
		}
		p.keyed(key, "/sessions", body).replays(first)

		// So it is where no body is described, and any is ignored.
		bare := p.of(p.session, "POST", "/generate-question", nil).wants(202)
		question := "/sessions/" + id(p.session) + "/generate-question"
		asked := p.keyed(key, question, nil)
		if id(asked.first(202)) == id(bare) {
			t.Error("a key gave what was made without one")
		}
		p.keyed(key, question, nil).replays(asked)
		p.keyed(key, question, "{}").wantsError(422, "IDEMPOTENCY_KEY_REUSED", "another body")

		// What was made may be gone: the answer is that of then.
		p.of(first.wants(201), "DELETE", "", nil)
		p.keyed(key, "/sessions", body).replays(first)
	})
}

func TestBadKeysAreRefused(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		body := `{"job_posting_id":"` + id(p.posting) + `"}`
		send := func(body string, values ...string) response {
			t.Helper()
			req := httptest.NewRequestWithContext(t.Context(), "POST", "/api/v1/sessions", strings.NewReader(body))
			req.Header = http.Header{"Authorization": {"Bearer " + p.token}, "Idempotency-Key": values}
			recorder := httptest.NewRecorder()
			a.handler.ServeHTTP(recorder, req)
			checkDocumented(t, req, recorder.Result(), recorder.Body.Bytes())
			return response{t, recorder.Code, recorder.Header(), recorder.Body.String()}
		}
		for name, values := range map[string][]string{
			"empty":              {""},
			"white space":        {" \t"},
			"empty, in quotes":   {`""`},
			"a quote alone":      {`"`},
			"256 characters":     {strings.Repeat("k", 256)},
			"256, in quotes":     {`"` + strings.Repeat("k", 256) + `"`},
			"a blank inside":     {"two words"},
			"a blank in quotes":  {`"two words"`},
			"a tab":              {"two\twords"},
			"a comma":            {"a,b"},
			"a list":             {`"a", "b"`},
			"a quote inside":     {`a"b`},
			"an escaped quote":   {`"a\"b"`},
			"a backslash":        {`a\b`},
			"no quote at start":  {`key"`},
			"no quote at end":    {`"key`},
			"parameters":         {`"key";v=1`},
			"not ASCII":          {"schlüssel"},
			"invalid UTF-8":      {"k\xff"},
			"a control":          {"k\x7f"},
			"two headers":        {"a", "b"},
			"two that are alike": {"a", "a"},
		} {
			t.Run(name, func(t *testing.T) {
				resp := send(body, values...)
				resp.t = t
				resp.wantsInvalid(`["header","Idempotency-Key"] value_error`)
			})
		}
		send("{", "two words").wantsInvalid(`["header","Idempotency-Key"] value_error`) // before the body is looked at
		if list := p.call("GET", "/sessions", nil).wantsList(); len(list) != 1 {
			t.Errorf("a request with a bad key left %v", list)
		}
		for _, good := range []string{"k", "!", "~", strings.Repeat("k", 255), "a;b=c:'[]{}()<>?/|@#$%^&*_+-`."} {
			first := p.keyed(good, "/sessions", body)
			first.first(201)
			p.keyed(`"`+good+`"`, "/sessions", body).replays(first)
		}
		// Without a valid token nothing is looked at.
		p.do(t, request{method: "POST", path: "/api/v1/sessions", bad: true, body: unreadable{t}, header: map[string]string{"Idempotency-Key": "two words"}}).
			wantsError(401, "NOT_AUTHENTICATED", "")
	})
}

// TestErrorsLeaveTheKeyFree sends one key until it is answered with success.
func TestErrorsLeaveTheKeyFree(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		const key = "one-and-the-same"
		send := func(path string, body any, header map[string]string) response {
			t.Helper()
			if header == nil {
				header = map[string]string{}
			}
			header["Idempotency-Key"] = key
			resp := p.do(t, request{method: "POST", path: "/api/v1" + path, token: p.token, body: body, bad: true, header: header})
			if _, there := resp.header[replayed]; there {
				t.Errorf("an error has the mark of a replay: %v", resp.header)
			}
			return resp
		}
		for range 2 {
			send("/sessions", map[string]any{"job_posting_id": uuid.NewString()}, nil).wantsError(404, "JOB_POSTING_NOT_FOUND", "")
			send("/sessions", map[string]any{"job_posting_id": 7}, nil).wantsInvalid(`["body","job_posting_id"] uuid_type`)
			send("/sessions", "{", nil).wantsInvalid(`["body"] json_invalid`)
			send("/sessions", nil, nil).wantsInvalid(`["body"] missing`)
			send("/sessions", `{"padding":"`+strings.Repeat("x", 64<<10)+`"}`, nil).wantsError(413, "PAYLOAD_TOO_LARGE", "")
			send("/sessions", newSession(p), map[string]string{"Content-Type": "text/plain"}).wantsError(415, "UNSUPPORTED_MEDIA_TYPE", "")
		}
		started := p.keyed(key, "/sessions", newSession(p))
		session := started.first(201)
		p.keyed(key, "/sessions", newSession(p)).replays(started)
		if list := p.call("GET", "/sessions", nil).wantsList(); len(list) != 2 {
			t.Errorf("there are %d sessions, want 2", len(list))
		}

		of := "/sessions/" + id(session)
		send(of+"/retake", nil, nil).wantsError(400, "SESSION_NOT_COMPLETED", "")
		send(of+"/generate-feedback", nil, nil).wantsError(400, "SESSION_NOT_COMPLETED", "")
		send(of+"/generate-question", strings.Repeat("x", 64<<10+1), nil).wantsError(413, "PAYLOAD_TOO_LARGE", "")
		p.of(session, "PUT", "/pause", nil)
		send(of+"/answers", map[string]any{"answer_text": "x"}, nil).wantsError(400, "SESSION_NOT_ACTIVE", "")
		p.of(session, "PUT", "/resume", nil)
		p.keyed(key, of+"/answers", map[string]any{"answer_text": "x"}).first(201)
		p.ask(session)
		p.complete(session)
		p.keyed(key, of+"/retake", nil).first(201)

		p.saveResume()
		send("/resumes", map[string]any{"content": "x"}, nil).wantsError(409, "RESUME_ALREADY_EXISTS", "")
		p.ended(p.of(session, "POST", "/generate-feedback", nil).wants(202))
		send(of+"/generate-feedback", nil, nil).wantsError(409, "FEEDBACK_ALREADY_EXISTS", "")
		p.call("DELETE", "/resumes/me", nil)
		p.keyed(key, "/resumes", map[string]any{"content": "x"}).first(201)

		send("/operations/"+uuid.NewString()+"/retry", nil, nil).wantsError(404, "OPERATION_NOT_FOUND", "")
		p.token = a.tokenFor(t, uuid.New())
		send("/sessions", newSession(p), nil).wantsError(401, "USER_NOT_FOUND", "")
		send(of+"/generate-question", nil, nil).wantsError(401, "USER_NOT_FOUND", "")
	})
}

func TestTwinsMakeOneSession(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		// Two services on one storage, as replicas are.
		services := []api{a, newAPI(t, a.storage)}
		for round := range 5 {
			key := uuid.NewString()
			twins := make([]response, 8)
			var wg sync.WaitGroup
			for i := range twins {
				wg.Go(func() {
					q := p
					q.api = services[i%2]
					twins[i] = q.keyed(key, "/sessions", newSession(p))
				})
			}
			wg.Wait()
			anew := 0
			for _, twin := range twins {
				if _, again := twin.header[replayed]; !again {
					anew++
				}
				if twin.status != 201 || twin.body != twins[0].body || twin.header.Get("Location") != twins[0].header.Get("Location") {
					t.Errorf("twins are answered with %d %s and %s", twin.status, twin.body, twins[0].body)
				}
			}
			if list := p.call("GET", "/sessions", nil).wantsList(); anew != 1 || len(list) != 2+round {
				t.Errorf("%d of the twins took effect, there are %d sessions, want %d", anew, len(list), 2+round)
			}
		}
	})
}

// slow is a storage in which a session is being stored until the test lets it.
type slow struct {
	store
	storing chan bool
	let     chan bool
}

func (s slow) CreateSession(ctx context.Context, session domain.InterviewSession) error {
	s.storing <- true
	<-s.let
	return s.store.CreateSession(ctx, session)
}

func TestTwinOfARequestInWork(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		body := newSession(p)
		s := slow{a.storage.store, make(chan bool), make(chan bool)}
		a.storage.store = s
		p.api = newAPI(t, a.storage)
		send := func(key string) chan response {
			answer := make(chan response, 1)
			go func() { answer <- p.keyed(key, "/sessions", body) }()
			return answer
		}
		begin := func(key string) chan response {
			t.Helper()
			answer := send(key)
			select {
			case <-s.storing:
			case resp := <-answer:
				t.Fatalf("nothing was stored: %d %s", resp.status, resp.body)
			}
			return answer
		}

		first := begin("waits")
		second := send("waits")
		select {
		case resp := <-second:
			t.Errorf("a twin did not wait: %d %s", resp.status, resp.body)
		case <-time.After(domain.IdempotencyWait / 10):
		}
		s.let <- true
		answer := <-first
		answer.first(201)
		(<-second).replays(answer)

		first, begun := begin("waits-in-vain"), time.Now()
		twin := <-send("waits-in-vain")
		twin.wantsError(409, "IDEMPOTENCY_KEY_IN_USE", "still in work")
		if waited := time.Since(begun); waited < domain.IdempotencyWait || twin.header.Get("Retry-After") == "" {
			t.Errorf("after %s: %v", waited, twin.header)
		}
		s.let <- true
		answer = <-first
		answer.first(201)
		p.keyed("waits-in-vain", "/sessions", body).replays(answer)
	})
}

// attentive is a storage in which the test hears of each attempt at an
// operation, and ends transactions with a key when it likes.
type attentive struct {
	store
	attempts chan uuid.UUID // of which operation
	commit   func()
}

func (s attentive) ListAskedBefore(ctx context.Context, owner, session uuid.UUID) ([]string, error) {
	s.attempts <- session
	return s.store.ListAskedBefore(ctx, owner, session)
}

func (s attentive) RunOnce(ctx context.Context, key domain.IdempotencyKey, now, expired time.Time,
	work func(context.Context) (domain.Reply, error)) (domain.Reply, bool, error) {
	return s.store.RunOnce(ctx, key, now, expired, func(ctx context.Context) (domain.Reply, error) {
		reply, err := work(ctx)
		s.commit()
		return reply, err
	})
}

// TestOperationsBeginAfterTheCommit asks for a question in a transaction that
// takes its time. Begun earlier, its operation would not be found, and be left
// until its lease ran out.
func TestOperationsBeginAfterTheCommit(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		s := attentive{a.storage.store, make(chan uuid.UUID, 10), nil}
		s.commit = func() {
			select {
			case <-s.attempts:
				t.Error("the question is being made before it is stored that it was asked for")
			case <-time.After(200 * time.Millisecond):
			}
		}
		a.storage.store = s
		p.api = newAPI(t, a.storage).work(t)
		operation := p.keyed("k", "/sessions/"+id(p.session)+"/generate-question", nil).first(202)
		if ended := p.ended(operation); ended["status"] != "completed" {
			t.Errorf("the operation ended as %v", ended)
		}
		stored, err := a.storage.FindOperation(t.Context(), uuid.MustParse(p.session["user_id"].(string)), uuid.MustParse(id(operation)))
		if err != nil || stored.Attempt != 1 || len(s.attempts) != 1 {
			t.Errorf("it took %d attempts, by the %d. lease: %v", len(s.attempts), stored.Attempt, err)
		}
	})
}

func TestPagesMaySendKeysAndSeeReplays(t *testing.T) {
	a := inMemory(t)
	p := newPractice(t, a)
	const origin = "http://localhost:3000"
	preflight := a.do(t, request{method: "OPTIONS", path: "/api/v1/sessions", bad: true, header: map[string]string{
		"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type,idempotency-key"}})
	if preflight.status != 200 || !strings.Contains(strings.ToLower(preflight.header.Get("Access-Control-Allow-Headers")), "idempotency-key") {
		t.Errorf("%d %v", preflight.status, preflight.header)
	}
	for range 2 {
		resp := a.do(t, request{method: "POST", path: "/api/v1/sessions", token: p.token, body: newSession(p),
			header: map[string]string{"Origin": origin, "Idempotency-Key": "k"}})
		exposed := strings.Split(resp.header.Get("Access-Control-Expose-Headers"), ", ")
		if resp.wants(201); resp.header.Get("Access-Control-Allow-Origin") != origin || !slices.Contains(exposed, replayed) {
			t.Errorf("%v", resp.header)
		}
	}
}

func TestKeysAreForgottenAfterAWhile(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		var ahead atomic.Int64
		clock := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		p := newPractice(t, newAPIIn(t, world{clock: clock}, a.storage)) // keys are kept for an hour
		first := p.keyed("k", "/sessions", newSession(p))
		first.first(201)
		ahead.Store(int64(59 * time.Minute))
		p.keyed("k", "/sessions", newSession(p)).replays(first)
		ahead.Store(int64(61 * time.Minute))
		second := p.keyed("k", "/sessions", map[string]any{"job_posting_id": compact(p.posting)}) // a new request may have another body
		if id(second.first(201)) == id(first.wants(201)) {
			t.Error("the key was not forgotten")
		}
		p.keyed("k", "/sessions", newSession(p)).wantsError(422, "IDEMPOTENCY_KEY_REUSED", "")
	})
}

// forgetful is a storage that loses the connection in the moment of storing.
type forgetful struct{ store }

func (forgetful) CreateSession(context.Context, domain.InterviewSession) error {
	return fmt.Errorf("create session: %w: %w", domain.ErrOutcomeUnknown, domain.ErrUnavailable)
}

func TestUnknownOutcomeIsToldAsSuch(t *testing.T) {
	a := inMemory(t)
	p := newPractice(t, a)
	a.storage.store = forgetful{a.storage.store}
	p.api = newAPI(t, a.storage)
	resp := p.call("POST", "/sessions", newSession(p))
	resp.wantsError(503, "OUTCOME_UNKNOWN", "look before you repeat it")
	if resp.header.Get("Retry-After") == "" {
		t.Errorf("%v", resp.header)
	}
}
