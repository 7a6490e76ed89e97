package httpapi

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"go.yaml.in/yaml/v3"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/docs"
)

var parameterPattern = regexp.MustCompile(`\{(\w+):.*\}`)

// TestRoutesAndDocumentAreTheSame compares the router with docs/openapi.yaml,
// both ways.
func TestRoutesAndDocumentAreTheSame(t *testing.T) {
	var routes []string
	err := newServer(Config{}).router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		if err != nil {
			return err
		}
		methods, err := route.GetMethods()
		if err != nil {
			return err
		}
		if strings.HasPrefix(path, "/docs/") { // parts of the page at /docs
			return nil
		}
		path = parameterPattern.ReplaceAllString(path, "{$1}")
		if route.GetName() != path {
			t.Errorf("the log shows %s as %s", path, route.GetName())
		}
		for _, method := range methods {
			routes = append(routes, method+" "+path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	var document struct {
		Paths map[string]map[string]yaml.Node
	}
	if err := yaml.Unmarshal(docs.OpenAPI, &document); err != nil {
		t.Fatal(err)
	}
	var documented []string
	for path, operations := range document.Paths {
		for method := range operations {
			if method != "parameters" { // of all its operations
				documented = append(documented, strings.ToUpper(method)+" "+path)
			}
		}
	}
	for _, route := range routes {
		if !slices.Contains(documented, route) {
			t.Errorf("%s is served and not documented", route)
		}
	}
	for _, route := range documented {
		if !slices.Contains(routes, route) {
			t.Errorf("%s is documented and not served", route)
		}
	}
	var post struct {
		Summary string
		Tags    []string
	}
	operation := document.Paths["/api/v1/sessions"]["post"]
	if err := operation.Decode(&post); err != nil {
		t.Fatal(err)
	}
	if post.Summary != "Create a new interview session" || !slices.Equal(post.Tags, []string{"sessions"}) {
		t.Errorf("the summary is %q, the tags are %q", post.Summary, post.Tags)
	}
}

// documentedCall is what the document says of a call, as far as it is held to it
// here.
type documentedCall struct {
	Parameters []struct {
		Ref string `yaml:"$ref"`
	}
	Responses map[string]struct {
		Ref     string `yaml:"$ref"`
		Headers map[string]any
	}
}

// eachDocumentedCall sends every call of the document to the handler, with a
// header more, and lets check compare the answer.
func eachDocumentedCall(t *testing.T, handler http.Handler, name, value string, check func(call string, documented documentedCall, answer *httptest.ResponseRecorder)) {
	t.Helper()
	var document struct {
		Paths map[string]map[string]yaml.Node
	}
	if err := yaml.Unmarshal(docs.OpenAPI, &document); err != nil {
		t.Fatal(err)
	}
	for path, operations := range document.Paths {
		for method, node := range operations {
			if method == "parameters" {
				continue
			}
			var documented documentedCall
			if err := node.Decode(&documented); err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(strings.ToUpper(method), regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "f47ac10b-58cc-4372-a567-0e02b2c3d479"), nil)
			r.Header.Set("Authorization", "Bearer x")
			r.Header.Set(name, value)
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, r)
			check(method+" "+path, documented, recorder)
		}
	}
}

// TestKeysAreDocumentedWhereTheyAreTaken sends a bad idempotency key to every
// call of the document: those and only those that refuse it may say that they
// take one, and what can come of that.
func TestKeysAreDocumentedWhereTheyAreTaken(t *testing.T) {
	// The others find no use cases, and panic.
	handler := New(Config{UseCases: UseCases{Authenticate: app.Authenticate{Versions: anybody{}}}, Tokens: anybody{},
		Logger: slog.New(slog.DiscardHandler), RequestTimeout: time.Minute, MaxRequests: 1})
	taken := 0
	eachDocumentedCall(t, handler, "Idempotency-Key", "two words", func(call string, operation documentedCall, answer *httptest.ResponseRecorder) {
		takes := answer.Code == 422 && strings.Contains(answer.Body.String(), `"loc":["header","Idempotency-Key"],"type":"value_error"`)
		documented := false
		for _, parameter := range operation.Parameters {
			documented = documented || parameter.Ref == "#/components/parameters/IdempotencyKey"
		}
		if takes != documented {
			t.Errorf("%s takes a key: %t; documented: %t", call, takes, documented)
		}
		if !takes {
			return
		}
		taken++
		for _, status := range []string{"401", "408", "409", "413", "422", "503"} {
			if _, there := operation.Responses[status]; !there {
				t.Errorf("%s: %s is not documented", call, status)
			}
		}
		for status, response := range operation.Responses {
			if _, there := response.Headers[replayedHeader]; there != (status[0] == '2') {
				t.Errorf("%s: %s has the mark of a replay: %t", call, status, there)
			}
		}
	})
	if taken != 11 {
		t.Errorf("%d calls take a key", taken)
	}
}

// TestLimitsAreDocumentedWhereTheyAre makes every call of the document: those
// and only those that say what a limit has left may be documented to refuse for
// it.
func TestLimitsAreDocumentedWhereTheyAre(t *testing.T) {
	// Most find no use case, and panic.
	handler := New(Config{Tokens: anybody{}, Logger: slog.New(slog.DiscardHandler), RequestTimeout: time.Minute, MaxRequests: 1,
		Ready:  func(context.Context) error { return nil },
		Limits: Limits{Create: 99, Generate: 99, LoginAccount: 99, LoginAddress: 99, Register: 99}})
	limited := map[string]int{} // number of calls by name of the limit
	eachDocumentedCall(t, handler, "Accept", "*/*", func(call string, operation documentedCall, answer *httptest.ResponseRecorder) {
		name, _, is := strings.Cut(answer.Header().Get("RateLimit"), ";")
		if is {
			limited[strings.Trim(name, `"`)]++
		}
		if is != (operation.Responses["429"].Ref == "#/components/responses/RateLimited") {
			t.Errorf("%s is limited: %t, and not so documented", call, is)
		}
		for status, response := range operation.Responses {
			if _, there := response.Headers["RateLimit"]; there != (is && status[0] == '2') {
				t.Errorf("%s: %s has the headers of a limit: %t", call, status, there)
			}
		}
	})
	if want := map[string]int{limitCreate: 8, limitGenerate: 5, limitLoginAddress: 3, limitRegister: 1}; !maps.Equal(limited, want) {
		t.Errorf("limits of calls are %v, want %v", limited, want)
	}
}
