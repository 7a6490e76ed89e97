package openai

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

const key = "sk-proj-0123456789_ABCDEFGHIJ-abcdefghijklmn"

// provider is a server that answers as the test says, and counts.
type provider struct {
	*httptest.Server
	requests atomic.Int32
}

func newProvider(t *testing.T, answer http.HandlerFunc) *provider {
	p := &provider{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.requests.Add(1)
		answer(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func keysAt(t *testing.T, url string) *Keys {
	t.Helper()
	base, err := ParseBaseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return New(base, http.DefaultClient)
}

// check asks about the key; no error may contain it.
func check(t *testing.T, ctx context.Context, keys *Keys) (domain.APIKeyVerdict, error) {
	t.Helper()
	verdict, err := keys.CheckAPIKey(ctx, key)
	if (err != nil) != (verdict == domain.APIKeyUnknown) {
		t.Errorf("verdict %d comes with %v", verdict, err)
	}
	if err != nil && strings.Contains(err.Error(), key) {
		t.Errorf("the error contains the key: %v", err)
	}
	return verdict, err
}

func TestVerdictOfEachStatus(t *testing.T) {
	for status, want := range map[int]domain.APIKeyVerdict{
		200: domain.APIKeyValid,
		401: domain.APIKeyInvalid,
		429: domain.APIKeyRateLimited,
		201: domain.APIKeyUnknown, 204: domain.APIKeyUnknown, 304: domain.APIKeyUnknown,
		400: domain.APIKeyUnknown, 403: domain.APIKeyUnknown, 404: domain.APIKeyUnknown, 407: domain.APIKeyUnknown, 418: domain.APIKeyUnknown,
		500: domain.APIKeyUnknown, 502: domain.APIKeyUnknown, 503: domain.APIKeyUnknown, 504: domain.APIKeyUnknown, 599: domain.APIKeyUnknown,
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(status)
				if status != 204 && status != 304 {
					io.WriteString(w, r.Header.Get("Authorization"))
				}
			})
			got, err := check(t, t.Context(), keysAt(t, p.URL))
			if got != want {
				t.Errorf("%d gives verdict %d, want %d", status, got, want)
			}
			if want == domain.APIKeyUnknown && !strings.Contains(err.Error(), http.StatusText(status)) {
				t.Errorf("%d is explained as %v", status, err)
			}
			if n := p.requests.Load(); n != 1 {
				t.Errorf("%d requests were made", n)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	for _, test := range []struct{ base, path string }{{"/v1", "/v1/models"}, {"/v1/", "/v1/models"}, {"", "/models"}, {"/a%2Fb/v1", "/a%2Fb/v1/models"}} {
		p := newProvider(t, func(_ http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if r.Method != "GET" || r.RequestURI != test.path || len(body) > 0 || err != nil {
				t.Errorf("the request is %s %s with %q, %v", r.Method, r.RequestURI, body, err)
			}
			if got := r.Header.Values("Authorization"); len(got) != 1 || got[0] != "Bearer "+key {
				t.Errorf("Authorization is %q", got)
			}
		})
		check(t, t.Context(), keysAt(t, p.URL+test.base))
		if n := p.requests.Load(); n != 1 {
			t.Errorf("%d requests were made", n)
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	target := newProvider(t, func(http.ResponseWriter, *http.Request) {})
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{target.URL, "/elsewhere", "", "http://[" + key} {
			p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", location)
				w.WriteHeader(status)
			})
			if got, _ := check(t, t.Context(), keysAt(t, p.URL)); got != domain.APIKeyUnknown {
				t.Errorf("%d gives verdict %d", status, got)
			}
			if n := p.requests.Load(); n != 1 {
				t.Errorf("%d to %q: %d requests were made", status, location, n)
			}
		}
	}
	if n := target.requests.Load(); n != 0 {
		t.Errorf("the target saw %d requests", n)
	}
}

func TestClientOfTheCallerIsLeftAlone(t *testing.T) {
	client := &http.Client{}
	base, _ := ParseBaseURL(DefaultBaseURL)
	if New(base, client); client.CheckRedirect != nil {
		t.Error("New changed the client")
	}
}

// stall answers nothing until the caller gives up.
func stall(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestSlowProvider(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got, err := check(t, ctx, keysAt(t, newProvider(t, stall).URL)); got != domain.APIKeyUnknown || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%d, %v", got, err)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestOwnTimeout uses a bubble whose clock jumps ahead when everybody waits.
func TestOwnTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base, _ := ParseBaseURL(DefaultBaseURL)
		keys := New(base, &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})})
		start := time.Now()
		if got, err := check(t, t.Context(), keys); got != domain.APIKeyUnknown || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%d, %v", got, err)
		}
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("gave up after %v", waited)
		}
	})
}

func TestCallerGoesAway(t *testing.T) {
	for name, cause := range map[string]error{"plainly": nil, "with a cause": errors.New("the caller hung up")} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
				cancel(cause)
				stall(w, r)
			})
			if got, err := check(t, ctx, keysAt(t, p.URL)); got != domain.APIKeyUnknown || !errors.Is(err, context.Canceled) {
				t.Errorf("while asking: %d, %v", got, err)
			}
			if got, err := check(t, ctx, keysAt(t, p.URL)); got != domain.APIKeyUnknown || !errors.Is(err, context.Canceled) {
				t.Errorf("before: %d, %v", got, err)
			}
			if n := p.requests.Load(); n != 1 {
				t.Errorf("%d requests were made", n)
			}
		})
	}
}

func TestRefusedConnection(t *testing.T) {
	p := newProvider(t, stall)
	p.Close()
	if got, err := check(t, t.Context(), keysAt(t, p.URL)); got != domain.APIKeyUnknown || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("%d, %v", got, err)
	}
}

func TestUntrustedCertificate(t *testing.T) {
	p := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the key was sent") }))
	p.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake that fails
	p.StartTLS()
	t.Cleanup(p.Close)
	if got, err := check(t, t.Context(), keysAt(t, p.URL)); got != domain.APIKeyUnknown || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("%d, %v", got, err)
	}
}

func TestMalformedAnswers(t *testing.T) {
	for name, answer := range map[string]string{
		"nothing":                       "",
		"no HTTP":                       key + "\r\n\r\n",
		"key in the status":             "HTTP/1.1 " + key + "\r\n\r\n",
		"key as the reason":             "HTTP/1.1 503 " + key + "\r\nContent-Length: 0\r\n\r\n",
		"key as a header without colon": "HTTP/1.1 200 OK\r\n" + key + "\r\n\r\n",
		"key as the length":             "HTTP/1.1 200 OK\r\nContent-Length: " + key + "\r\n\r\n",
		"key as the transfer encoding":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + key + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t, func(w http.ResponseWriter, _ *http.Request) {
				connection, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				io.WriteString(connection, answer)
				connection.Close()
			})
			if got, err := check(t, t.Context(), keysAt(t, p.URL)); got != domain.APIKeyUnknown {
				t.Errorf("%d, %v", got, err)
			}
		})
	}
}

func TestBodyWithoutEndIsNotReadOut(t *testing.T) {
	gone := make(chan struct{})
	p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"data":[`)
		http.NewResponseController(w).Flush()
		stall(w, r)
		close(gone)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if got, err := check(t, ctx, keysAt(t, p.URL)); got != domain.APIKeyValid {
		t.Errorf("%d, %v", got, err)
	}
	<-gone
	if ctx.Err() != nil {
		t.Error("the connection was held until the deadline")
	}
}

func TestKeyThatNoHeaderCanHold(t *testing.T) {
	const bad = "sk-first\r\nX-Injected: second"
	p := newProvider(t, func(http.ResponseWriter, *http.Request) { t.Error("the request was sent") })
	got, err := keysAt(t, p.URL).CheckAPIKey(t.Context(), bad)
	if got != domain.APIKeyUnknown || err == nil || strings.Contains(err.Error(), "first") || strings.Contains(err.Error(), "second") {
		t.Errorf("%d, %v", got, err)
	}
}

func TestParseBaseURL(t *testing.T) {
	for s, want := range map[string]string{
		DefaultBaseURL:                   "https://api.openai.com/v1",
		"https://api.openai.com/v1/":     "https://api.openai.com/v1",
		"https://api.openai.com":         "https://api.openai.com",
		"https://api.openai.com//":       "https://api.openai.com",
		"HTTP://127.0.0.1:8080/openai/":  "http://127.0.0.1:8080/openai",
		"http://[::1]:8080":              "http://[::1]:8080",
		"http://localhost/a%2Fb":         "http://localhost/a%2Fb",
		"":                               "",
		"/":                              "",
		"api.openai.com/v1":              "",
		"//api.openai.com/v1":            "",
		"https://":                       "",
		"https:///v1":                    "",
		"https://:443/v1":                "",
		"https:api.openai.com":           "",
		"ftp://api.openai.com/v1":        "",
		"file:///etc/passwd":             "",
		"https://api.openai.com/v1?":     "",
		"https://api.openai.com/v1?a=b":  "",
		"https://api.openai.com/v1#part": "",
		"https://hidden@openai.com/v1":   "",
		"https://me:hidden@openai.com":   "",
		"https://hidden host/v1":         "",
		"https://openai.com:hidden/v1":   "",
		"https://openai.com/%hidden":     "",
		" https://hidden.openai.com/v1":  "",
		"https://hidden.openai.com\x00/": "",
	} {
		got, err := ParseBaseURL(s)
		switch {
		case want == "" && (err == nil || got != nil || strings.Contains(err.Error(), "hidden")):
			t.Errorf("%q: %v, %v", s, got, err)
		case want != "" && (err != nil || got.String() != want):
			t.Errorf("%q: %v, %v, want %s", s, got, err, want)
		}
	}
}
