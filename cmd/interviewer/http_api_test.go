package main

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestHealth(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		for path, want := range map[string]map[string]any{
			"/":              {"message": "AI Interviewer API", "status": "running", "version": "1.0.0"},
			"/health":        {"status": "healthy", "database": "connected", "api": "operational"},
			"/healthz":       {"status": "ok"},
			"/readyz":        {"status": "ready"},
			"/api/v1/health": {"status": "healthy"},
		} {
			got := a.do(t, request{method: "GET", path: path, token: "stale", bad: true}).wants(200)
			for member, value := range want {
				if got[member] != value {
					t.Errorf("%s: %v, want %v", path, got, want)
				}
			}
		}
	})
}

type unreachable struct{ store }

func (unreachable) Ping(context.Context) error { return errors.New("dial tcp: a secret address") }

func TestHealthOfStorageInTrouble(t *testing.T) {
	a := newAPI(t, storage{store: unreachable{}})
	for _, path := range []string{"/", "/healthz", "/api/v1/health"} {
		a.do(t, request{method: "GET", path: path}).wants(200)
	}
	ready := a.do(t, request{method: "GET", path: "/readyz"})
	ready.wantsError(503, "SERVICE_UNAVAILABLE", "")
	health := a.do(t, request{method: "GET", path: "/health"})
	if got := health.wants(503); got["status"] != "unhealthy" || got["database"] != "unavailable" {
		t.Errorf("health is %v", got)
	}
	for _, resp := range []response{ready, health} {
		if resp.header.Get("Retry-After") == "" || strings.Contains(resp.body, "secret") {
			t.Errorf("%v %s", resp.header, resp.body)
		}
	}
}

func TestDocuments(t *testing.T) {
	a := newAPI(t, storage{})
	yaml := a.do(t, request{method: "GET", path: "/openapi.yaml"})
	if yaml.status != 200 || !strings.HasPrefix(yaml.body, "openapi: 3.1") {
		t.Errorf("%d %.80s", yaml.status, yaml.body)
	}
	page := a.do(t, request{method: "GET", path: "/docs"})
	if page.status != 200 || !strings.Contains(page.body, "/openapi.yaml") {
		t.Errorf("%d %.80s", page.status, page.body)
	}
	for resp, inline := range map[*response]bool{&yaml: false, &page: true} {
		if csp := resp.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe-inline") != inline {
			t.Errorf("the policy is %s", csp)
		}
	}
	for _, line := range strings.Split(page.body, "\n") {
		for _, attribute := range []string{`src="`, `href="`} {
			if _, rest, found := strings.Cut(line, attribute); found {
				path, _, _ := strings.Cut(rest, `"`)
				if !strings.HasPrefix(path, "/docs/") {
					t.Errorf("the page loads %s, from elsewhere", path)
				}
				recorder := a.raw(t, http.MethodGet, path, nil)
				if recorder.Code != 200 || recorder.Body.Len() == 0 {
					t.Errorf("%s, which the page loads: %d", path, recorder.Code)
				}
			}
		}
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	a := newAPI(t, storage{})
	const some = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
	for _, path := range []string{"/nothing", "/api/v1", "/api/v1/", "/api/v1//sessions", "/api/v1/sessions/" + some + "/nothing", "/docs/nothing", "/docsanything", "/api/v1/job-postings/x/y", "/api/v1/../v1/sessions"} {
		a.do(t, request{method: "GET", path: path, bad: true}).wantsError(404, "NOT_FOUND", "")
	}
	for path, allow := range map[string]string{
		"/api/v1/sessions":             "GET, POST",
		"/api/v1/sessions/":            "GET, POST",
		"/api/v1/sessions/" + some:     "GET, DELETE",
		"/api/v1/job-postings/":        "GET, POST",
		"/api/v1/job-postings":         "GET, POST",
		"/api/v1/job-postings/" + some: "GET, PUT, DELETE",
		"/api/v1/auth/login":           "POST",
		"/api/v1/users/me":             "GET, DELETE",
		"/healthz":                     "GET",
		"/docs":                        "GET",
		"/docs/":                       "GET",
		"/":                            "GET",
	} {
		for _, method := range []string{"PATCH", "OPTIONS", "HEAD", "TRACE", "NONSENSE"} {
			resp := a.do(t, request{method: method, path: path, bad: true})
			resp.wantsError(405, "METHOD_NOT_ALLOWED", "")
			if got := resp.header.Get("Allow"); got != allow {
				t.Errorf("%s %s: Allow is %q, want %q", method, path, got, allow)
			}
		}
	}
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	a := newAPI(t, storage{})
	for _, r := range []request{
		{method: "GET", path: "/healthz"}, {method: "GET", path: "/nothing"}, {method: "PATCH", path: "/healthz"},
		{method: "GET", path: "/api/v1/users/me"}, {method: "GET", path: "/docs"},
		{method: "OPTIONS", path: "/api/v1/sessions", header: map[string]string{"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}},
		{method: "OPTIONS", path: "/api/v1/sessions", header: map[string]string{"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}},
	} {
		r.bad = true
		if r.header == nil {
			r.header = map[string]string{"Origin": "http://localhost:3000"}
		}
		resp := a.do(t, r)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "strict-origin-when-cross-origin",
			"Permissions-Policy": "geolocation=(), microphone=(), camera=()", "Strict-Transport-Security": "",
		} {
			if got := resp.header.Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", r.method, r.path, name, got, want)
			}
		}
		if !strings.Contains(resp.header.Get("Content-Security-Policy"), "default-src 'self'") || !strings.Contains(strings.Join(resp.header.Values("Vary"), ","), "Origin") ||
			uuid.Validate(resp.header.Get("X-Request-ID")) != nil {
			t.Errorf("%s %s: %v", r.method, r.path, resp.header)
		}
		evil := strings.Contains(r.header["Origin"], "evil")
		if got := resp.header.Get("Access-Control-Allow-Origin"); (got == "http://localhost:3000") == evil {
			t.Errorf("%s %s: Access-Control-Allow-Origin is %q", r.method, r.path, got)
		}
	}
	https := request{method: "GET", path: "/healthz", header: map[string]string{"X-Forwarded-Proto": "https"}}
	if got := a.do(t, https).header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("by the word of a stranger Strict-Transport-Security is %q", got)
	}
	behindProxy := newAPIIn(t, world{clock: time.Now}, a.storage, func(c *serveCommand) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")} // where httptest's requests come from
	})
	if got := behindProxy.do(t, https).header.Get("Strict-Transport-Security"); got != "max-age=31536000; includeSubDomains" {
		t.Errorf("over https Strict-Transport-Security is %q", got)
	}
}

func TestCORS(t *testing.T) {
	a := newAPI(t, storage{})
	preflight := func(origin, method, headers string) response {
		return a.do(t, request{method: "OPTIONS", path: "/api/v1/sessions", bad: true, header: map[string]string{
			"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}})
	}
	for _, list := range []string{"", "accept", "accept,authorization", "Content-Type, Authorization", "content-type,authorization", "accept-language,content-language"} {
		if resp := preflight("http://localhost:3000", "POST", list); resp.status != 200 {
			t.Errorf("a preflight for %q: %d %s", list, resp.status, resp.body)
		}
	}
	for _, origin := range []string{"http://localhost:5173", "http://localhost:3000"} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE", "PATCH"} {
			resp := preflight(origin, method, "authorization,content-type,idempotency-key,traceparent,x-request-id")
			if resp.status != 200 || resp.body != "OK" || resp.header.Get("Access-Control-Allow-Origin") != origin ||
				resp.header.Get("Access-Control-Allow-Credentials") != "true" || resp.header.Get("Access-Control-Max-Age") != "600" ||
				!strings.Contains(resp.header.Get("Access-Control-Allow-Methods"), method) ||
				!strings.Contains(strings.ToLower(resp.header.Get("Access-Control-Allow-Headers")), "idempotency-key") {
				t.Errorf("%s from %s: %d %q %v", method, origin, resp.status, resp.body, resp.header)
			}
		}
	}
	for name, resp := range map[string]response{
		"another origin": preflight("https://evil.example", "POST", ""),
		"another port":   preflight("http://localhost:4000", "POST", ""),
		"another header": preflight("http://localhost:3000", "POST", "x-evil"),
		"another method": preflight("http://localhost:3000", "TRACE", ""),
	} {
		if resp.status != 400 || resp.header.Get("Access-Control-Allow-Origin") != "" || !strings.HasPrefix(resp.header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %d %v", name, resp.status, resp.header)
		}
	}
	actual := a.do(t, request{method: "GET", path: "/healthz", header: map[string]string{"Origin": "http://localhost:3000"}})
	exposed := actual.header.Get("Access-Control-Expose-Headers")
	for _, name := range []string{"Location", "Link", "Ratelimit", "Ratelimit-Policy", "Retry-After", "X-Request-Id"} {
		if !strings.Contains(exposed, name) {
			t.Errorf("exposed are %q, without %s", exposed, name)
		}
	}
}

func TestRequestID(t *testing.T) {
	a := newAPI(t, storage{})
	for given, kept := range map[string]bool{
		"abc-123":                true,
		strings.Repeat("x", 128): true,
		strings.Repeat("x", 129): false,
		"with space":             false,
		"tab\there":              false,
		"ünïcode":                false,
		"!~":                     true,
	} {
		got := a.raw(t, http.MethodGet, "/healthz", http.Header{"X-Request-Id": {given}}).Header().Get("X-Request-ID")
		if (got == given) != kept || !kept && uuid.Validate(got) != nil {
			t.Errorf("given %q, the answer has %q", given, got)
		}
		if !strings.Contains(a.log.String(), `"request_id":"`+got+`"`) {
			t.Errorf("the log lacks %q", got)
		}
	}
}

func TestAccessLogShowsTemplatesAndNoValues(t *testing.T) {
	a := inMemory(t)
	_, token := a.signUp(t)
	posting := a.savePosting(t, token)
	a.do(t, request{method: "GET", path: "/api/v1/job-postings/" + id(posting) + "?secret=query", token: token, bad: true}).wants(200)
	a.do(t, request{method: "GET", path: "/secret-path", bad: true})
	log := a.log.String()
	if !strings.Contains(log, `"method":"GET","route":"/api/v1/job-postings/{job_posting_id}","status":200`) {
		t.Errorf("the log lacks the request's line: %s", log)
	}
	for _, secret := range []string{id(posting), "secret", token, "horse"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}
