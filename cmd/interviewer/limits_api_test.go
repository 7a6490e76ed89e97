package main

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/uuid"
)

// limitedAPI returns the service in memory with the limits that it has by
// default, behind a proxy that is trusted. Within a bubble of synctest no time
// passes between requests.
func limitedAPI(t *testing.T) api {
	t.Helper()
	var defaults commands
	parser, err := kong.New(&defaults)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(nil); err != nil {
		t.Fatal(err)
	}
	storage, err := openStorage(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	world, err := realWorld()
	if err != nil {
		t.Fatal(err)
	}
	return newAPIIn(t, world, storage, func(c *serveCommand) {
		c.rateSetting, c.AdminAddr = defaults.Serve.rateSetting, "127.0.0.1:0"
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")} // where httptest's requests come from
	})
}

// limits returns the headers of a response that speak of limits.
func (r response) limits() string {
	return fmt.Sprintf("%s | %s | %s", strings.Join(r.header.Values("RateLimit-Policy"), ", "),
		strings.Join(r.header.Values("RateLimit"), ", "), r.header.Get("Retry-After"))
}

func (r response) wantsLimits(want string) {
	r.t.Helper()
	if got := r.limits(); got != want {
		r.t.Errorf("the headers are %s, want %s", got, want)
	}
}

func TestDefaultLimits(t *testing.T) {
	openAPI() // outside of the bubbles
	id := uuid.NewString()
	for name, test := range map[string]struct {
		limit string
		calls []string // that count together
		perMinute,
		pause int // in seconds, as Retry-After says
	}{
		"sign up":  {"register", []string{"auth/register"}, 60, 1},
		"log in":   {"login-address", []string{"auth/login"}, 60, 1},
		"create":   {"create", []string{"sessions", "job-postings/", "resumes", "sessions/" + id + "/answers", "sessions/" + id + "/retake"}, 600, 1},
		"generate": {"generate", []string{"users/me/api-key/validate", "sessions/" + id + "/generate-question", "sessions/" + id + "/generate-feedback", "operations/" + id + "/retry"}, 120, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := limitedAPI(t)
				_, token := a.signUp(t)
				_, other := a.signUp(t)
				call := func(n int, token, client string) response { // which fails, but counts
					return a.do(t, request{method: "POST", path: "/api/v1/" + test.calls[n%len(test.calls)], token: token, body: `{}`, bad: true,
						header: map[string]string{"X-Forwarded-For": client}})
				}
				policy := fmt.Sprintf(`%q;q=%d;w=60`, test.limit, test.perMinute)
				for n := range test.perMinute {
					got := call(n, token, "203.0.113.5")
					if got.status != 404 && got.status != 422 {
						t.Fatalf("request %d is answered %d %s", n, got.status, got.body)
					}
					reset := ((n+1)*60 + test.perMinute - 1) / test.perMinute
					got.wantsLimits(fmt.Sprintf(`%s | %q;r=%d;t=%d | `, policy, test.limit, test.perMinute-n-1, reset))
				}
				refused := call(0, token, "203.0.113.5")
				refused.wantsError(429, "RATE_LIMITED", "Retry-After")
				refused.wantsLimits(fmt.Sprintf(`%s | %q;r=0;t=60 | %d`, policy, test.limit, test.pause))
				if got := call(0, other, "203.0.113.6"); got.status == 429 {
					t.Error("another one is refused too")
				}
				time.Sleep(time.Duration(test.pause) * time.Second)
				if got := call(0, token, "203.0.113.5"); got.status == 429 {
					t.Error("after the pause it is refused again")
				}
				if line := fmt.Sprintf("interviewer_rate_limited_total{limit=%q} 1", test.limit); !strings.Contains(scrape(t, a), line) {
					t.Errorf("there is no line %s in\n%s", line, scrape(t, a))
				}
			})
		})
	}
}

func TestGuessesAtAPasswordAreLimited(t *testing.T) {
	openAPI()
	synctest.Test(t, func(t *testing.T) {
		a := limitedAPI(t)
		known, unknown := uuid.NewString()+"@example.com", uuid.NewString()+"@example.com"
		a.do(t, request{method: "POST", path: "/api/v1/auth/register", body: map[string]string{"email": known, "password": "correct horse"}}).wants(201)
		logIn := func(email, password string, n int) response {
			return a.do(t, request{method: "POST", path: "/api/v1/auth/login", body: map[string]string{"email": email, "password": password},
				header: map[string]string{"X-Forwarded-For": fmt.Sprintf("203.0.113.%d", n)}})
		}
		const policies = `"login-address";q=60;w=60, "login-account";q=10;w=60`
		logIn(known, "correct horse", 0).wantsLimits(policies + ` | "login-address";r=59;t=1, "login-account";r=9;t=6 | `)
		logIn(unknown, "correct horse", 0).wants(401)
		for n := range 9 { // from wherever
			one, other := logIn(known, "wrong", n+1), logIn(strings.ToUpper(unknown), "wrong", n+1)
			one.wantsError(401, "INVALID_CREDENTIALS", "")
			if one.body != other.body || one.status != other.status {
				t.Errorf("an account that exists answers %d %s, one that does not %d %s", one.status, one.body, other.status, other.body)
			}
		}
		one, other := logIn(known, "correct horse", 100), logIn(unknown, "correct horse", 101)
		one.wantsError(429, "RATE_LIMITED", "")
		one.wantsLimits(policies + ` | "login-address";r=59;t=1, "login-account";r=0;t=60 | 6`)
		if one.body != other.body || one.limits() != other.limits() {
			t.Errorf("an account that exists answers %s %s, one that does not %s %s", one.body, one.limits(), other.body, other.limits())
		}
		time.Sleep(6 * time.Second)
		logIn(known, "correct horse", 102).wants(200)
		if log := a.log.String(); strings.Contains(log, known) || strings.Contains(log, "203.0.113") {
			t.Errorf("the log tells who was refused:\n%s", log)
		}
	})
}

func TestReplaysCountToo(t *testing.T) {
	openAPI()
	synctest.Test(t, func(t *testing.T) {
		a := limitedAPI(t)
		_, token := a.signUp(t)
		for _, want := range []string{`"create";r=599;t=1`, `"create";r=598;t=1`} {
			got := a.do(t, request{method: "POST", path: "/api/v1/resumes", token: token, body: map[string]string{"content": "Ada"},
				header: map[string]string{"Idempotency-Key": "k"}})
			got.wants(201)
			got.wantsLimits(`"create";q=600;w=60 | ` + want + ` | `)
		}
	})
}

func TestLimitsThatAreOffSayNothing(t *testing.T) {
	a := inMemory(t) // whose settings are 0
	_, token := a.signUp(t)
	for range 700 {
		got := a.do(t, request{method: "POST", path: "/api/v1/sessions", token: token, body: io.LimitReader(strings.NewReader(""), 0), bad: true})
		if got.status != 422 || got.limits() != " |  | " {
			t.Fatalf("%d %s", got.status, got.limits())
		}
	}
}
