package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func TestStartSession(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		user, token := a.signUp(t)
		posting := a.savePosting(t, token)
		resp := a.do(t, request{method: "POST", path: "/api/v1/sessions", token: token,
			body: map[string]any{"job_posting_id": posting["id"]}})
		session := resp.wants(201)
		for member, want := range map[string]any{
			"user_id": user, "job_posting_id": posting["id"], "status": "active", "current_question_number": 0.0,
			"retake_number": 1.0, "original_session_id": nil, "updated_at": session["created_at"],
		} {
			if session[member] != want {
				t.Errorf("%s is %v, want %v", member, session[member], want)
			}
		}
		if got, want := fmt.Sprint(session["job_posting"]), fmt.Sprint(map[string]any{
			"id": posting["id"], "title": "Go engineer", "company": "Initech"}); got != want {
			t.Errorf("job_posting is %s, want %s", got, want)
		}
		if id := uuid.MustParse(session["id"].(string)); id.Version() != 4 {
			t.Errorf("the id is of version %d", id.Version())
		}
		if got, want := resp.header.Get("Location"), "/api/v1/sessions/"+session["id"].(string); got != want {
			t.Errorf("Location is %q, want %q", got, want)
		}
		created, err := time.Parse("2006-01-02T15:04:05.000000Z", session["created_at"].(string))
		if age := time.Since(created); err != nil || age < 0 || age > time.Minute {
			t.Errorf("created_at is %v", session["created_at"])
		}

		// It is there for the next request, and so is any number more.
		detail := a.do(t, request{method: "GET", path: resp.header.Get("Location"), token: token}).wants(200)
		if detail["created_at"] != session["created_at"] || detail["resume"] != nil || len(detail["messages"].([]any)) != 0 {
			t.Errorf("the stored session is %v", detail)
		}
		if second := a.startSession(t, token, posting); second["id"] == session["id"] {
			t.Error("a second start gave the same session")
		}
	})
}

func TestStartSessionTakesBothFormsOfPathAndId(t *testing.T) {
	a := inMemory(t)
	_, token := a.signUp(t)
	id := a.savePosting(t, token)["id"].(string)
	for _, path := range []string{"/api/v1/sessions", "/api/v1/sessions/"} {
		for _, form := range []string{id, strings.ToUpper(id), strings.ReplaceAll(id, "-", "")} {
			session := a.do(t, request{method: "POST", path: path, token: token, body: map[string]any{"job_posting_id": form}}).wants(201)
			if session["job_posting_id"] != id {
				t.Errorf("%s: job_posting_id is %v", form, session["job_posting_id"])
			}
		}
	}
}

func TestStartSessionOnWhatIsNotTheirs(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, owner := a.signUp(t)
		_, token := a.signUp(t)
		posting := a.savePosting(t, owner)["id"]
		deleted := a.savePosting(t, token)["id"]
		a.do(t, request{method: "DELETE", path: "/api/v1/job-postings/" + deleted.(string), token: token})

		const want = `{"detail":{"code":"JOB_POSTING_NOT_FOUND","message":"Job posting not found or you don't have permission to access it"}}` + "\n"
		for name, r := range map[string]request{
			"absent":    {token: token, body: map[string]any{"job_posting_id": uuid.NewString()}},
			"another's": {token: token, body: map[string]any{"job_posting_id": posting}},
			"deleted":   {token: token, body: map[string]any{"job_posting_id": deleted}},
		} {
			r.method, r.path = "POST", "/api/v1/sessions"
			if resp := a.do(t, r); resp.status != 404 || resp.body != want {
				t.Errorf("%s: %d %s", name, resp.status, resp.body)
			}
		}
		if list := a.do(t, request{method: "GET", path: "/api/v1/sessions", token: token}).wantsList(); len(list) != 0 {
			t.Errorf("a refused start left %v", list)
		}
	})
}

// unreadable fails the test when somebody reads it.
type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestWithoutAValidTokenNothingIsTouched(t *testing.T) {
	a := newAPI(t, storage{}) // any use of the storage would panic
	user := uuid.NewString()
	sign := func(method gojwt.SigningMethod, key any, claims gojwt.MapClaims) string {
		token, err := gojwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + token
	}
	later, hs256 := time.Now().Add(time.Hour).Unix(), gojwt.SigningMethodHS256
	good := gojwt.MapClaims{"sub": user, "exp": later}
	for name, test := range map[string]struct{ header, code, words string }{
		"no header":     {"", "NOT_AUTHENTICATED", "Missing bearer token"},
		"other scheme":  {"Basic dXNlcjpwYXNz", "NOT_AUTHENTICATED", "Missing bearer token"},
		"no scheme":     {strings.TrimPrefix(sign(hs256, []byte(testSecret), good), "Bearer "), "NOT_AUTHENTICATED", "Missing bearer token"},
		"empty token":   {"Bearer ", "NOT_AUTHENTICATED", "Missing bearer token"},
		"bare scheme":   {"Bearer", "NOT_AUTHENTICATED", "Missing bearer token"},
		"garbage":       {"Bearer garbage", "INVALID_TOKEN", ""},
		"bad signature": {sign(hs256, []byte("another secret, also of enough bytes"), good), "INVALID_TOKEN", ""},
		"other alg":     {sign(gojwt.SigningMethodHS512, []byte(testSecret), good), "INVALID_TOKEN", ""},
		"alg none":      {sign(gojwt.SigningMethodNone, gojwt.UnsafeAllowNoneSignatureType, good), "INVALID_TOKEN", ""},
		"no sub":        {sign(hs256, []byte(testSecret), gojwt.MapClaims{"exp": later}), "INVALID_TOKEN", ""},
		"numeric sub":   {sign(hs256, []byte(testSecret), gojwt.MapClaims{"sub": 1, "exp": later}), "INVALID_TOKEN", ""},
		"sub no UUID":   {sign(hs256, []byte(testSecret), gojwt.MapClaims{"sub": "me", "exp": later}), "INVALID_TOKEN", "format"},
		"no exp":        {sign(hs256, []byte(testSecret), gojwt.MapClaims{"sub": user}), "INVALID_TOKEN", ""},
		"expired":       {sign(hs256, []byte(testSecret), gojwt.MapClaims{"sub": user, "exp": 1}), "INVALID_TOKEN", "expired"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, route := range []request{
				{method: "POST", path: "/api/v1/sessions", body: unreadable{t}},
				{method: "GET", path: "/api/v1/sessions"},
				{method: "GET", path: "/api/v1/sessions/" + user},
				{method: "POST", path: "/api/v1/job-postings/", body: unreadable{t}},
				{method: "GET", path: "/api/v1/job-postings/"},
				{method: "GET", path: "/api/v1/job-postings/" + user},
				{method: "PUT", path: "/api/v1/job-postings/" + user, body: unreadable{t}},
				{method: "DELETE", path: "/api/v1/job-postings/" + user},
				{method: "GET", path: "/api/v1/users/me"},
			} {
				route.header, route.bad = map[string]string{"Authorization": test.header}, true
				resp := a.do(t, route)
				resp.wantsError(401, test.code, test.words)
				if got := resp.header.Get("WWW-Authenticate"); got != "Bearer" {
					t.Errorf("WWW-Authenticate is %q", got)
				}
			}
		})
	}
}

func TestSchemeIsMatchedInAnyCase(t *testing.T) {
	a := inMemory(t)
	_, token := a.signUp(t)
	for _, scheme := range []string{"bearer ", "BEARER ", "Bearer   "} {
		a.do(t, request{method: "GET", path: "/api/v1/users/me", header: map[string]string{"Authorization": scheme + token}}).wants(200)
	}
}

func TestStartSessionRefusesBadBodies(t *testing.T) {
	a := inMemory(t)
	_, token := a.signUp(t)
	post := func(t *testing.T, body any, header map[string]string) response {
		t.Helper()
		return a.do(t, request{method: "POST", path: "/api/v1/sessions", token: token, body: body, header: header, bad: true})
	}
	const id = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
	for name, test := range map[string]struct {
		body any
		want string
	}{
		"absent":           {nil, `["body"] missing`},
		"white space":      {" \n", `["body"] missing`},
		"not JSON":         {"job_posting_id=x", `["body"] json_invalid`},
		"cut short":        {`{"job_posting_id":"` + id, `["body"] json_invalid`},
		"two values":       {`{"job_posting_id":"` + id + `"} {}`, `["body"] json_invalid`},
		"trailing comma":   {`{"job_posting_id":"` + id + `",}`, `["body"] json_invalid`},
		"a member twice":   {`{"job_posting_id":"` + id + `","job_posting_id":"` + id + `"}`, `["body"] json_invalid`},
		"invalid UTF-8":    {"{\"job_posting_id\":\"\xff\"}", `["body"] json_invalid`},
		"byte order mark":  {"\ufeff{}", `["body"] json_invalid`},
		"a list":           {`["` + id + `"]`, `["body"] model_attributes_type`},
		"null":             {`null`, `["body"] model_attributes_type`},
		"a string":         {`"` + id + `"`, `["body"] model_attributes_type`},
		"field missing":    {`{}`, `["body","job_posting_id"] missing`},
		"other letters":    {`{"Job_Posting_Id":"` + id + `"}`, `["body","job_posting_id"] missing`},
		"field null":       {`{"job_posting_id":null}`, `["body","job_posting_id"] uuid_type`},
		"a number":         {`{"job_posting_id":7}`, `["body","job_posting_id"] uuid_type`},
		"an object":        {`{"job_posting_id":{}}`, `["body","job_posting_id"] uuid_type`},
		"not a UUID":       {`{"job_posting_id":"abc"}`, `["body","job_posting_id"] uuid_parsing`},
		"empty":            {`{"job_posting_id":""}`, `["body","job_posting_id"] uuid_parsing`},
		"braced":           {`{"job_posting_id":"{` + id + `}"}`, `["body","job_posting_id"] uuid_parsing`},
		"urn":              {`{"job_posting_id":"urn:uuid:` + id + `"}`, `["body","job_posting_id"] uuid_parsing`},
		"version 1":        {`{"job_posting_id":"c232ab00-9414-11ec-b3c8-9f6bdeced846"}`, `["body","job_posting_id"] uuid_version`},
		"version 7":        {`{"job_posting_id":"018f4d2e-7b1a-7c3d-8e4f-5a6b7c8d9e0f"}`, `["body","job_posting_id"] uuid_version`},
		"nil UUID":         {`{"job_posting_id":"00000000-0000-0000-0000-000000000000"}`, `["body","job_posting_id"] uuid_version`},
		"a foreign kind 4": {`{"job_posting_id":"f47ac10b-58cc-4372-0567-0e02b2c3d479"}`, `["body","job_posting_id"] uuid_version`},
	} {
		t.Run(name, func(t *testing.T) { post(t, test.body, nil).wantsInvalid(test.want) })
	}

	t.Run("too large", func(t *testing.T) {
		body := `{"job_posting_id":"` + id + `","padding":"`
		fits := body + strings.Repeat("x", 64<<10-len(body)-2) + `"}`
		post(t, fits, nil).wantsError(404, "JOB_POSTING_NOT_FOUND", "")
		post(t, fits+" ", nil).wantsError(413, "PAYLOAD_TOO_LARGE", "")
	})
	t.Run("content types", func(t *testing.T) {
		body := `{"job_posting_id":"` + id + `"}`
		for _, json := range []string{"", "application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.api+json"} {
			post(t, body, map[string]string{"Content-Type": json}).wantsError(404, "JOB_POSTING_NOT_FOUND", "")
		}
		for _, other := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "/", "nonsense"} {
			post(t, body, map[string]string{"Content-Type": other}).wantsError(415, "UNSUPPORTED_MEDIA_TYPE", "")
		}
	})
}

func TestStartSessionIgnoresUnknownMembers(t *testing.T) {
	a := inMemory(t)
	user, token := a.signUp(t)
	posting := a.savePosting(t, token)
	other := uuid.NewString()
	session := a.do(t, request{method: "POST", path: "/api/v1/sessions", token: token, body: map[string]any{
		"job_posting_id": posting["id"], "id": other, "user_id": other, "status": "completed", "current_question_number": 9,
		"retake_number": 7, "original_session_id": other, "created_at": "2001-01-01T00:00:00.000000Z"}}).wants(201)
	if session["id"] == other || session["user_id"] != user || session["status"] != "active" ||
		session["current_question_number"] != 0.0 || session["retake_number"] != 1.0 || session["original_session_id"] != nil {
		t.Errorf("a client set a member: %v", session)
	}
}

// broken is a storage whose writes fail, or panic, in a way of the test's.
type broken struct {
	store
	err error
}

func (b broken) CreateSession(context.Context, domain.InterviewSession) error {
	if b.err == nil {
		panic("a defect with a secret in it")
	}
	return b.err
}

func TestStartSessionOnStorageInTrouble(t *testing.T) {
	for name, test := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"away":         {fmt.Errorf("create session: %w: dial tcp 10.0.0.7: refused secret", domain.ErrUnavailable), 503, "SERVICE_UNAVAILABLE"},
		"anything":     {errors.New("pq: syntax error near secret"), 500, "INTERNAL_ERROR"},
		"internal":     {&domain.Error{Kind: domain.KindInternal, Code: "SECRET", Message: "a secret"}, 500, "INTERNAL_ERROR"},
		"panic":        {nil, 500, "INTERNAL_ERROR"},
		"race, posted": {domain.ErrJobPostingNotFound, 404, "JOB_POSTING_NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			a := inMemory(t)
			_, token := a.signUp(t)
			posting := a.savePosting(t, token)
			a.storage.store = broken{a.storage.store, test.err}
			b := newAPI(t, a.storage)
			resp := b.do(t, request{method: "POST", path: "/api/v1/sessions", token: token,
				body: map[string]any{"job_posting_id": posting["id"]}, header: map[string]string{"X-Request-ID": "req-7", "Origin": "http://localhost:5173"}})
			resp.wantsError(test.status, test.code, "")
			if strings.Contains(resp.body, "secret") {
				t.Errorf("the answer tells something internal: %s", resp.body)
			}
			if resp.header.Get("Access-Control-Allow-Origin") == "" || resp.header.Get("X-Content-Type-Options") == "" {
				t.Errorf("headers are missing: %v", resp.header)
			}
			if retry := resp.header.Get("Retry-After"); (retry != "") != (test.status == 503) {
				t.Errorf("Retry-After is %q", retry)
			}
			if test.status >= 500 {
				if n := strings.Count(b.log.String(), `"level":"ERROR"`); n != 1 {
					t.Errorf("%d errors are logged, want 1: %s", n, b.log)
				}
				if log := b.log.String(); !strings.Contains(log, "secret") || !strings.Contains(log, `"request_id":"req-7"`) {
					t.Errorf("the log lacks the cause or the request id: %s", log)
				}
			}
		})
	}
}

func TestClientGoesAway(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		posting := a.savePosting(t, token)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		// Nobody receives the answer, so the document does not know it.
		req := httptest.NewRequestWithContext(ctx, "POST", "/api/v1/sessions", strings.NewReader(`{"job_posting_id":"`+id(posting)+`"}`))
		req.Header.Set("Authorization", "Bearer "+token)
		recorder := httptest.NewRecorder()
		a.handler.ServeHTTP(recorder, req)
		if log := a.log.String(); !strings.Contains(log, `"status":499`) || strings.Contains(log, `"level":"ERROR"`) {
			t.Errorf("the log is %s", log)
		}
		if list := a.do(t, request{method: "GET", path: "/api/v1/sessions", token: token}).wantsList(); len(list) != 0 {
			t.Errorf("something was stored: %v", list)
		}
	})
}

func TestStartManyAtOnceWhileThePostingIsDeleted(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		_, token := a.signUp(t)
		for range 5 {
			posting := a.savePosting(t, token)
			statuses := make([]int, 8)
			var wg sync.WaitGroup
			for i := range statuses {
				wg.Go(func() {
					r := request{method: "POST", path: "/api/v1/sessions", token: token, body: map[string]any{"job_posting_id": posting["id"]}}
					if i == 3 {
						r = request{method: "DELETE", path: "/api/v1/job-postings/" + posting["id"].(string), token: token}
					}
					statuses[i] = a.do(t, r).status
				})
			}
			wg.Wait()
			for i, status := range statuses {
				if i == 3 && status != 204 || i != 3 && status != 201 && status != 404 {
					t.Errorf("statuses are %v", statuses)
					break
				}
			}
		}
	})
}
