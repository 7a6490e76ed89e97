package httpapi

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

// taken reports whether the limit takes one more request of the key.
func taken(t *testing.T, l *limit, key string) bool {
	t.Helper()
	recorder := httptest.NewRecorder()
	switch err := l.take(recorder, httptest.NewRequest("POST", "/", nil), key); err {
	case nil:
		return true
	case errRateLimited:
		return false
	default:
		t.Fatal(err)
		return false
	}
}

func TestLimitFillsUpWithTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimit("some", 6) // another one each 10 s
		for n, want := range []string{`"some";r=5;t=10`, `"some";r=4;t=20`, `"some";r=3;t=30`, `"some";r=2;t=40`, `"some";r=1;t=50`, `"some";r=0;t=60`} {
			recorder := httptest.NewRecorder()
			if err := l.take(recorder, httptest.NewRequest("POST", "/", nil), "one"); err != nil || recorder.Header().Get("RateLimit") != want ||
				recorder.Header().Get("RateLimit-Policy") != `"some";q=6;w=60` || recorder.Header().Get("Retry-After") != "" {
				t.Errorf("request %d: %v %v", n, err, recorder.Header())
			}
		}
		for range 3 { // a refused one does not count
			recorder := httptest.NewRecorder()
			if err := l.take(recorder, httptest.NewRequest("POST", "/", nil), "one"); err != errRateLimited ||
				recorder.Header().Get("RateLimit") != `"some";r=0;t=60` || recorder.Header().Get("Retry-After") != "10" {
				t.Errorf("one too many: %v %v", err, recorder.Header())
			}
		}
		if !taken(t, l, "another") {
			t.Error("another key is refused")
		}
		time.Sleep(10*time.Second - time.Nanosecond)
		if taken(t, l, "one") {
			t.Error("one is taken before its time")
		}
		time.Sleep(time.Nanosecond)
		if !taken(t, l, "one") || taken(t, l, "one") {
			t.Error("after 10 s there is not just one more")
		}
		time.Sleep(time.Hour)
		for n := range 6 {
			if !taken(t, l, "one") {
				t.Errorf("after an hour, request %d is refused", n)
			}
		}
		if taken(t, l, "one") {
			t.Error("what was not used for an hour is saved up")
		}
	})
}

func TestRetryAfterIsNeverTooEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for perMinute, want := range map[int]string{600: "1", 50: "2"} { // another one each 100 ms, or 1.2 s
			l := newLimit("some", perMinute)
			for taken(t, l, "one") {
			}
			recorder := httptest.NewRecorder()
			l.take(recorder, httptest.NewRequest("POST", "/", nil), "one")
			if got := recorder.Header().Get("Retry-After"); got != want {
				t.Errorf("of %d a minute, Retry-After is %q", perMinute, got)
			}
		}
	})
}

func TestManyAtOnceGetWhatThereIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // meanwhile no time passes
		l := newLimit("some", 100)
		var passed atomic.Int32
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				for range 10 {
					if taken(t, l, "one") {
						passed.Add(1)
					}
				}
			})
		}
		all.Wait()
		if passed.Load() != 100 {
			t.Errorf("%d of 100 are taken", passed.Load())
		}
	})
}

func TestLimitRemembersABoundedNumberOfKeys(t *testing.T) {
	l := newLimit("some", 1)
	taken(t, l, "first")
	for n := range maxLimitKeys - 1 {
		taken(t, l, fmt.Sprint(n))
	}
	if taken(t, l, "first") { // which makes it the newest
		t.Error("it forgets before it is full")
	}
	taken(t, l, "one more")
	if !taken(t, l, "0") {
		t.Error("it still knows the oldest key")
	}
	if taken(t, l, "first") {
		t.Error("it forgot one that came again")
	}
}

func TestClientAddress(t *testing.T) {
	s := &server{Config: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}}}
	for name, test := range map[string]struct {
		peer      string
		forwarded []string
		want      string
	}{
		"no proxy":                       {"192.0.2.1:1234", nil, "192.0.2.1"},
		"a stranger says":                {"192.0.2.1:1234", []string{"203.0.113.5"}, "192.0.2.1"},
		"a proxy says":                   {"10.0.0.1:1234", []string{"203.0.113.5"}, "203.0.113.5"},
		"what the client said before":    {"10.0.0.1:1234", []string{"198.51.100.1, 203.0.113.5"}, "203.0.113.5"},
		"that it came from a proxy":      {"10.0.0.1:1234", []string{"10.0.0.9, 203.0.113.5"}, "203.0.113.5"},
		"two proxies":                    {"10.0.0.1:1234", []string{"198.51.100.1, 203.0.113.5, 10.0.0.2"}, "203.0.113.5"},
		"in two lines":                   {"10.0.0.1:1234", []string{"198.51.100.1, 203.0.113.5", "10.0.0.2"}, "203.0.113.5"},
		"nothing but proxies":            {"10.0.0.1:1234", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"a proxy says nothing":           {"10.0.0.1:1234", nil, "10.0.0.1"},
		"rubbish ends the walk":          {"10.0.0.1:1234", []string{"203.0.113.5, unknown, 10.0.0.2"}, "10.0.0.2"},
		"rubbish at the end":             {"10.0.0.1:1234", []string{"203.0.113.5, "}, "10.0.0.1"},
		"with a port":                    {"10.0.0.1:1234", []string{"203.0.113.5:4711"}, "203.0.113.5"},
		"IPv6":                           {"[2001:db8:1::1]:1234", []string{"2001:db8:2::5"}, "2001:db8:2::5"},
		"IPv6 with a port":               {"[2001:db8:1::1]:1234", []string{"[2001:db8:2::5]:80"}, "2001:db8:2::5"},
		"IPv4 in IPv6":                   {"[::ffff:10.0.0.1]:1234", []string{"::ffff:203.0.113.5"}, "203.0.113.5"},
		"a zone":                         {"[fe80::1%eth0]:1234", nil, "fe80::1"},
		"a peer without address is none": {"@", []string{"203.0.113.5"}, "invalid IP"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", nil)
			r.RemoteAddr, r.Header["X-Forwarded-For"] = test.peer, test.forwarded
			if got := s.clientAddress(r); got.String() != test.want {
				t.Errorf("it is %s, want %s", got, test.want)
			}
		})
	}
}

func TestAddressesOfOneNetworkCountTogether(t *testing.T) {
	for name, test := range map[string]struct {
		one, another string
		together     bool
	}{
		"IPv4":              {"192.0.2.1:1", "192.0.2.2:1", false},
		"ports":             {"192.0.2.1:1", "192.0.2.1:2", true},
		"IPv4 in IPv6":      {"[::ffff:192.0.2.1]:1", "192.0.2.1:1", true},
		"IPv4 in IPv6, two": {"[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.2]:1", false},
		"IPv6":              {"[2001:db8:1:1::1]:1", "[2001:db8:1:1:ffff:ffff:ffff:ffff]:1", true},
		"IPv6, the next":    {"[2001:db8:1:1::1]:1", "[2001:db8:1:2::1]:1", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				within := (&server{}).byAddress(newLimit("some", 1))
				request := func(peer string) error {
					r := httptest.NewRequest("POST", "/", nil)
					r.RemoteAddr = peer
					return within(httptest.NewRecorder(), r)
				}
				if err := request(test.one); err != nil {
					t.Fatal(err)
				}
				if err := request(test.another); (err != nil) != test.together {
					t.Errorf("the second says %v", err)
				}
			})
		})
	}
}

// unread is a body that must not be looked at.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body is received")
	return 0, io.EOF
}

func TestRefusedRequestsCostNoBody(t *testing.T) {
	for _, path := range []string{"/api/v1/auth/register", "/api/v1/auth/login", "/api/v1/sessions", "/api/v1/users/me/api-key/validate"} {
		t.Run(path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				handler := New(Config{UseCases: UseCases{Authenticate: app.Authenticate{Versions: anybody{}}},
					Tokens: anybody{}, Logger: slog.New(slog.DiscardHandler), RequestTimeout: time.Minute, MaxRequests: 1,
					Limits: Limits{Create: 1, Generate: 1, LoginAddress: 1, Register: 1}})
				request := func(body io.Reader) int {
					r := httptest.NewRequest("POST", path, body)
					r.Header.Set("Authorization", "Bearer x")
					recorder := httptest.NewRecorder()
					handler.ServeHTTP(recorder, r)
					return recorder.Code
				}
				if code := request(strings.NewReader("{}")); code != http.StatusUnprocessableEntity {
					t.Errorf("the first is answered %d", code)
				}
				if code := request(unread{t}); code != http.StatusTooManyRequests {
					t.Errorf("the second is answered %d", code)
				}
			})
		})
	}
}

func TestWhoHasNoTokenUsesNothingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{Config: Config{Tokens: nobody{}}}
		within := s.byUser(newLimit("some", 1))
		for range 2 {
			r := httptest.NewRequest("POST", "/", nil)
			r.Header.Set("Authorization", "Bearer x")
			recorder := httptest.NewRecorder()
			if err := within(recorder, r); err != errNotAuthenticated || recorder.Header().Get("RateLimit") != "" {
				t.Errorf("%v %v", err, recorder.Header())
			}
		}
	})
}

// nobody takes no token.
type nobody struct{}

func (nobody) VerifyToken(context.Context, string) (domain.AccessToken, error) {
	return domain.AccessToken{}, errNotAuthenticated
}

// strangers are accounts that do not exist, with wrong passwords.
type strangers struct{ asked, checked int }

func (s *strangers) FindUserByEmail(context.Context, string) (domain.User, error) {
	s.asked++
	return domain.User{}, domain.ErrUserNotFound
}

func (s *strangers) VerifyPassword(context.Context, string, string) (bool, error) {
	s.checked++
	return false, nil
}

func TestRefusedLogInChecksNoPassword(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		users := &strangers{}
		handler := New(Config{UseCases: UseCases{LogIn: app.LogIn{Users: users, Passwords: users}},
			Logger: slog.New(slog.DiscardHandler), RequestTimeout: time.Minute, MaxRequests: 1, Limits: Limits{LoginAccount: 2}})
		for n, email := range []string{"ada@example.com", " ADA@Example.com", "Ada@example.com", "ada@EXAMPLE.com "} { // one account
			recorder := httptest.NewRecorder()
			r := httptest.NewRequest("POST", "/api/v1/auth/login", strings.NewReader(fmt.Sprintf(`{"email":%q,"password":"wrong"}`, email)))
			r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", n)
			handler.ServeHTTP(recorder, r)
			if want := []int{401, 401, 429, 429}[n]; recorder.Code != want {
				t.Errorf("try %d is answered %d", n, recorder.Code)
			}
		}
		if users.asked != 2 || users.checked != 2 {
			t.Errorf("%d accounts were looked for, %d passwords checked", users.asked, users.checked)
		}
	})
}

// BenchmarkLimit is what a limit costs each request, of many users at once.
func BenchmarkLimit(b *testing.B) {
	l := newLimit("some", 600)
	keys := make([]string, maxLimitKeys)
	for n := range keys {
		keys[n] = fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	}
	r := httptest.NewRequest("POST", "/", nil)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		l.take(httptest.NewRecorder(), r, keys[n%len(keys)])
	}
}
