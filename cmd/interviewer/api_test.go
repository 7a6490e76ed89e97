package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
	"github.com/ai-interviewer/ai-interviewer/docs"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

// openAPI judges requests and responses by docs/openapi.yaml.
var openAPI = sync.OnceValue(func() validator.Validator {
	v, errs := validator.NewValidator(openAPIDocument(), config.WithFormatAssertions())
	if len(errs) > 0 {
		panic(errs[0])
	}
	return v
})

var openAPIDocument = sync.OnceValue(func() libopenapi.Document {
	document, err := libopenapi.NewDocument(docs.OpenAPI)
	if err != nil {
		panic(err)
	}
	return document
})

const testSecret = "a secret for tests, of enough bytes"

// api is the whole service on one storage, behind its real router.
type api struct {
	service
	storage storage
	log     *logBuffer
}

// logBuffer keeps what is logged. It is safe for concurrent use.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *logBuffer) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf.Reset()
}

func newAPI(t *testing.T, storage storage) api {
	t.Helper()
	world, err := realWorld()
	if err != nil {
		t.Fatal(err)
	}
	return newAPIIn(t, world, storage)
}

// newAPIIn returns the service in a world of the test's. It answers, but
// generates nothing before [api.work].
func newAPIIn(t *testing.T, world world, storage storage, change ...func(*serveCommand)) api {
	t.Helper()
	command := testCommand()
	for _, change := range change {
		change(&command)
	}
	log := &logBuffer{}
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	service, err := command.newService(storage, world, logger)
	if err != nil {
		t.Fatal(err)
	}
	return api{service, storage, log}
}

// testCommand returns the settings of the tests.
func testCommand() serveCommand {
	return serveCommand{
		secretSetting:      secretSetting{JWTSecret: testSecret, APIKeySecret: testSecret},
		providerSetting:    providerSetting{OpenAIBaseURL: "http://127.0.0.1:1/v1"},
		operationSetting:   operationSetting{Workers: 2, TimeLimit: time.Minute, Attempts: 2, Backoff: time.Millisecond, Retention: time.Hour},
		loadSetting:        loadSetting{MaxRequests: 64},
		idempotencySetting: idempotencySetting{IdempotencyRetention: time.Hour},
		originSetting:      originSetting{FrontendOrigin: []string{"http://localhost:5173", "http://localhost:3000"}},
	}
}

// work lets the service generate what it is asked for, until the test ends.
func (a api) work(t *testing.T) api {
	a.pool.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		a.pool.Shutdown(ctx)
	})
	return a
}

// onEachStorage runs a test on every storage there is.
func onEachStorage(t *testing.T, test func(t *testing.T, a api)) {
	for name, url := range map[string]func(*testing.T) string{
		"memory":   func(*testing.T) string { return "memory:" },
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "test.db") },
		"postgres": func(t *testing.T) string { return postgrestest.NewDatabase(t) },
	} {
		t.Run(name, func(t *testing.T) {
			storage, err := openStorage(t.Context(), url(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { storage.close() })
			if err := storage.prepare(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			test(t, newAPI(t, storage).work(t))
		})
	}
}

func inMemory(t *testing.T) api {
	t.Helper()
	storage, err := openStorage(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	return newAPI(t, storage).work(t)
}

// request is a request to be made. A nil body is none; a string goes as it
// is; anything else goes as JSON.
type request struct {
	method, path string
	token        string
	body         any
	header       map[string]string
	// bad is set on a request that breaks the document on purpose; any other
	// is checked against it.
	bad bool
}

// response is what came back, already checked against the document.
type response struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

func (a api) do(t *testing.T, r request) response {
	t.Helper()
	return a.doWith(t, t.Context(), r)
}

func (a api) doWith(t *testing.T, ctx context.Context, r request) response {
	t.Helper()
	build := func() *http.Request {
		var body io.Reader
		switch b := r.body.(type) {
		case nil:
		case string:
			body = strings.NewReader(b)
		case io.Reader:
			body = b
		default:
			data, err := json.Marshal(b)
			if err != nil {
				t.Fatal(err)
			}
			body = bytes.NewReader(data)
		}
		req := httptest.NewRequestWithContext(ctx, r.method, r.path, body)
		if body != nil {
			req.Header.Set("Content-Type", "application/json")
		}
		if r.token != "" {
			req.Header.Set("Authorization", "Bearer "+r.token)
		}
		for name, value := range r.header {
			if value == "" {
				req.Header.Del(name)
			} else {
				req.Header.Set(name, value)
			}
		}
		return req
	}
	if !r.bad {
		if ok, errs := openAPI().ValidateHttpRequest(build()); !ok {
			t.Errorf("%s %s: the request is not as documented: %v", r.method, r.path, errs)
		}
	}
	recorder := httptest.NewRecorder()
	a.handler.ServeHTTP(recorder, build())
	result := recorder.Result()
	checkDocumented(t, build(), result, recorder.Body.Bytes())
	return response{t, result.StatusCode, result.Header, recorder.Body.String()}
}

// raw makes a request that the document does not speak of.
func (a api) raw(t *testing.T, method, path string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for name, values := range header {
		req.Header[name] = values
	}
	recorder := httptest.NewRecorder()
	a.handler.ServeHTTP(recorder, req)
	return recorder
}

// checkDocumented checks a response against the document, or, where the
// document has no such route, against the envelope that every error has.
func checkDocumented(t *testing.T, req *http.Request, resp *http.Response, body []byte) {
	t.Helper()
	var envelope struct {
		Detail struct{ Code, Message string }
	}
	if err := json.Unmarshal(body, &envelope); err == nil && (envelope.Detail.Code == "METHOD_NOT_ALLOWED" || envelope.Detail.Code == "NOT_FOUND") {
		if envelope.Detail.Message == "" || resp.Header.Get("Content-Type") != "application/json" || resp.Header.Get("X-Request-ID") == "" {
			t.Errorf("%s %s: bad envelope %s", req.Method, req.URL.Path, body)
		}
		return
	}
	if req.Method == http.MethodOptions {
		return
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if ok, errs := openAPI().ValidateHttpResponse(req, resp); !ok {
		t.Errorf("%s %s: the response is not as documented: %d %s", req.Method, req.URL.Path, resp.StatusCode, body)
		for _, err := range errs {
			t.Errorf("  %s: %s %v", err.Message, err.Reason, err.SchemaValidationErrors)
		}
	}
}

// wants checks the status and returns the body's members.
func (r response) wants(status int) map[string]any {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status is %d, want %d: %s", r.status, status, r.body)
	}
	var members map[string]any
	if err := json.Unmarshal([]byte(r.body), &members); err != nil {
		r.t.Fatalf("body is not an object: %v: %s", err, r.body)
	}
	return members
}

// wantsList checks for 200 and returns the elements.
func (r response) wantsList() []map[string]any {
	r.t.Helper()
	var list []map[string]any
	if err := json.Unmarshal([]byte(r.body), &list); r.status != 200 || err != nil || list == nil {
		r.t.Fatalf("%d %s, want 200 and a list (%v)", r.status, r.body, err)
	}
	return list
}

// wantsError checks status, code, and that the message contains the words.
func (r response) wantsError(status int, code, words string) {
	r.t.Helper()
	detail, _ := r.wants(status)["detail"].(map[string]any)
	if message, _ := detail["message"].(string); detail["code"] != code || !strings.Contains(message, words) {
		r.t.Errorf("error is %s, want code %s and the words %q", r.body, code, words)
	}
}

// wantsInvalid checks for a 422 with just these items, each "loc type".
func (r response) wantsInvalid(want ...string) {
	r.t.Helper()
	detail, _ := r.wants(422)["detail"].(map[string]any)
	if detail["code"] != "VALIDATION_ERROR" {
		r.t.Fatalf("code is %v", detail["code"])
	}
	items, _ := detail["errors"].([]any)
	got := []string{}
	for _, item := range items {
		member := item.(map[string]any)
		loc, _ := json.Marshal(member["loc"])
		got = append(got, string(loc)+" "+member["type"].(string))
		place := member["loc"].([]any)
		name, _ := json.Marshal(place[len(place)-1])
		if message := detail["message"].(string); !strings.Contains(message, strings.Trim(string(name), `"`)+": "+member["msg"].(string)) {
			r.t.Errorf("message %q does not sum up %v", message, member)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		r.t.Errorf("items are %q, want %q", got, want)
	}
}

// signUp registers somebody and returns a token of theirs, made as log-in
// makes it but without its cost.
func (a api) signUp(t *testing.T) (id, token string) {
	t.Helper()
	user := a.do(t, request{method: "POST", path: "/api/v1/auth/register",
		body: map[string]string{"email": uuid.NewString() + "@example.com", "password": "correct horse"}}).wants(201)
	id = user["id"].(string)
	return id, a.tokenFor(t, uuid.MustParse(id))
}

func (a api) tokenFor(t *testing.T, user uuid.UUID) string {
	t.Helper()
	token, err := a.tokens.IssueToken(domain.AccessToken{UserID: user}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (a api) savePosting(t *testing.T, token string) map[string]any {
	t.Helper()
	return a.do(t, request{method: "POST", path: "/api/v1/job-postings/", token: token, body: map[string]any{
		"title": "Go engineer", "company": "Initech", "description": "Build services", "experience_level": "Senior",
		"tech_stack": []string{"Go", "PostgreSQL"}, "language": "ua"}}).wants(201)
}

func (a api) startSession(t *testing.T, token string, posting map[string]any) map[string]any {
	t.Helper()
	return a.do(t, request{method: "POST", path: "/api/v1/sessions", token: token,
		body: map[string]any{"job_posting_id": posting["id"]}}).wants(201)
}
