package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// matrixRow is one way to make a call: plain, about an object that the query
// names, or with an idempotency key.
type matrixRow struct {
	documentedCall
	inQuery []string
	key     bool
}

func (r matrixRow) String() string {
	return fmt.Sprint(r.documentedCall, r.inQuery, map[bool]string{true: " with a key"}[r.key])
}

func (r matrixRow) request(t *testing.T, token string, values map[string]string) request {
	t.Helper()
	made := r.make(t, values, r.inQuery...)
	made.token = token
	if r.key {
		made.header = map[string]string{"Idempotency-Key": uuid.NewString()}
	}
	return made
}

func matrixRows(t *testing.T) (rows []matrixRow) {
	for _, call := range documentedCalls() {
		rows = append(rows, matrixRow{documentedCall: call})
		for _, name := range call.queryObjects(t) {
			rows = append(rows, matrixRow{documentedCall: call, inQuery: []string{name}})
		}
		if call.takesKey {
			rows = append(rows, matrixRow{documentedCall: call, key: true})
		}
	}
	return rows
}

// unread is a body that must not be read.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

// badTokens are those that prove nothing, by what is wrong with them.
func badTokens(t *testing.T, user uuid.UUID) map[string]string {
	t.Helper()
	issue := func(secret string, at time.Time) string {
		world, err := realWorld()
		if err != nil {
			t.Fatal(err)
		}
		elsewhere := newAPIIn(t, world, storage{}, func(c *serveCommand) { c.JWTSecret = secret })
		token, err := elsewhere.tokens.IssueToken(domain.AccessToken{UserID: user}, at)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	valid := issue(testSecret, time.Now())
	parts := strings.Split(valid, ".")
	encode := base64.RawURLEncoding.EncodeToString
	none := encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + "."
	mac := hmac.New(sha256.New, nil) // as if the secret were empty
	mac.Write([]byte(parts[0] + "." + parts[1]))
	return map[string]string{
		"none":       "",
		"malformed":  "x",
		"cut short":  parts[0] + "." + parts[1],
		"expired":    issue(testSecret, time.Now().Add(-25*time.Hour)),
		"forged":     issue("another secret, of as many bytes as that", time.Now()),
		"unsigned":   none,
		"no secret":  parts[0] + "." + parts[1] + "." + encode(mac.Sum(nil)),
		"altered":    parts[0] + "." + encode([]byte(strings.Replace(decode(t, parts[1]), user.String(), uuid.NewString(), 1))) + "." + parts[2],
		"two tokens": valid + " " + valid,
	}
}

func decode(t *testing.T, part string) string {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestMatrixOfBadTokens makes every call of the document with every kind of
// token that proves nothing, to a service whose storage breaks whatever touches
// it: 401 comes before body and storage are looked at. A call that needs no token
// does not look at one either.
func TestMatrixOfBadTokens(t *testing.T) {
	a, public := newAPI(t, storage{}), inMemory(t)
	o := newOwner(t, public, documentedCall{})
	tokens := badTokens(t, uuid.New())
	cells := 0
	for _, row := range matrixRows(t) {
		for kind, token := range tokens {
			cells++
			if row.public {
				if resp := public.do(t, row.request(t, token, o.values)); resp.status != 200 && resp.status != 201 {
					t.Errorf("%s, token %s: %d %s", row, kind, resp.status, resp.body)
				}
				continue
			}
			r := row.request(t, token, o.values)
			if r.bad = true; r.body != nil {
				r.body = unread{t}
			}
			resp := a.do(t, r)
			code := "INVALID_TOKEN"
			if token == "" {
				code = "NOT_AUTHENTICATED"
			}
			if resp.wantsError(401, code, ""); resp.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%s, token %s: %v", row, kind, resp.header)
			}
		}
	}
	if cells == 0 || strings.Contains(a.log.String(), "panic") {
		t.Errorf("of %d cells some touched the storage: %s", cells, a.log)
	}
	t.Logf("%d cells", cells)
}

// TestMatrixOfOwnership makes every call of the document as somebody else and
// as the owner. To somebody else, what the owner has is as if it did not exist,
// to the byte, and what they do changes nothing of it; the owner's call goes
// well.
func TestMatrixOfOwnership(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		t.Parallel()
		cells := 0
		stranger := newOwner(t, a, documentedCall{})
		readers := map[string]owner{} // whose calls change nothing, by how far their session has come
		for _, row := range matrixRows(t) {
			t.Run(row.String(), func(t *testing.T) {
				o, known := readers[sessionFor[row.id]]
				if !known || row.method != http.MethodGet {
					o = newOwner(t, a, row.documentedCall)
				}
				if row.method == http.MethodGet {
					readers[sessionFor[row.id]] = o
				}
				caller := stranger
				if slices.Contains(endsTokens, row.id) {
					caller = newOwner(t, a, documentedCall{})
				}
				about := func(ids func(name string) string) map[string]string {
					values := maps.Clone(caller.values)
					for _, name := range objects {
						values[name] = ids(name)
					}
					return values
				}
				before := o.sees(t)
				foreign := a.do(t, row.request(t, caller.token, about(func(name string) string { return o.values[name] })))
				cells++
				for name, value := range o.values {
					if strings.Contains(foreign.body, value) {
						t.Errorf("somebody else is told the owner's %s: %s", name, foreign.body)
					}
				}
				if after := o.sees(t); after != before {
					t.Errorf("somebody else changed what the owner sees: from\n%s\nto\n%s", before, after)
				}
				if r := row.request(t, caller.token, about(func(string) string { return uuid.NewString() })); row.namesObject(t, r) {
					missing := a.do(t, r)
					if got, want := foreign.comparable(), missing.comparable(); got != want {
						t.Errorf("what is another's is answered\n%s\nand what is not there\n%s", got, want)
					}
					cells++
				}
				if own := a.do(t, row.request(t, o.token, o.values)); own.status < 200 || own.status > 299 {
					t.Errorf("the owner is answered %d %s", own.status, own.body)
				}
				cells++
			})
		}
		t.Logf("%d operations, %d rows, %d cells", len(documentedCalls()), len(matrixRows(t)), cells)
	})
}

// sees returns all that the owner can read.
func (o owner) sees(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, call := range documentedCalls() {
		if call.method == http.MethodGet && !call.public {
			r := call.make(t, o.values)
			r.token = o.token
			resp := o.do(t, r)
			fmt.Fprintf(&all, "%s %d %s\n", call, resp.status, resp.body)
		}
	}
	return all.String()
}

// comparable returns all of an answer that does not differ from one request to
// the next.
func (r response) comparable() string {
	header := r.header.Clone()
	header.Del("X-Request-ID")
	header.Del("Date")
	names := slices.Sorted(maps.Keys(header))
	text := fmt.Sprintln(r.status)
	for _, name := range names {
		text += fmt.Sprintln(name, header[name])
	}
	return text + r.body
}

// TestTimesTellNothing says in its log how long it takes to refuse what is
// another's and what is not there, and to refuse a wrong password and an unknown
// address. It fails only if the answers differ: times are for a reader to judge.
func TestTimesTellNothing(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		o := newOwner(t, a, documentedCall{})
		_, stranger := a.signUp(t)
		read := func(id string) request {
			return request{method: "GET", path: "/api/v1/sessions/" + id, token: stranger}
		}
		logIn := func(email string) request {
			return request{method: "POST", path: "/api/v1/auth/login", body: map[string]string{"email": email, "password": "a wrong one"}}
		}
		a.compareTimes(t, 300, 404, "another's session", "no session",
			func() request { return read(o.values["session_id"]) }, func() request { return read(uuid.NewString()) })
		a.compareTimes(t, 15, 401, "a wrong password", "an unknown address",
			func() request { return logIn(o.values["email"]) }, func() request { return logIn(uuid.NewString() + "@example.com") })
	})
}

// compareTimes makes two requests in turn, which must have one answer, and
// writes quartiles of their durations into the test's log.
func (a api) compareTimes(t *testing.T, n, status int, name1, name2 string, make1, make2 func() request) {
	t.Helper()
	var times [2][]time.Duration
	for range n {
		var answers [2]string
		for _, i := range rand.Perm(2) { // the collector of garbage may come at every second request
			r := []func() request{make1, make2}[i]()
			body, err := json.Marshal(r.body)
			if err != nil {
				t.Fatal(err)
			}
			req := httptest.NewRequest(r.method, r.path, bytes.NewReader(body))
			req.Header.Set("Authorization", "Bearer "+r.token)
			recorder := httptest.NewRecorder()
			began := time.Now()
			a.handler.ServeHTTP(recorder, req)
			times[i] = append(times[i], time.Since(began))
			if answers[i] = recorder.Body.String(); recorder.Code != status {
				t.Fatalf("%d %s", recorder.Code, answers[i])
			}
		}
		if answers[0] != answers[1] {
			t.Fatalf("%s is answered %s, %s %s", name1, answers[0], name2, answers[1])
		}
	}
	quartiles := func(times []time.Duration) (lower, median, upper time.Duration) {
		slices.Sort(times)
		return times[n/4], times[n/2], times[3*n/4]
	}
	low1, median1, high1 := quartiles(times[0])
	low2, median2, high2 := quartiles(times[1])
	t.Logf("%d times each: %s takes %v (%v to %v), %s %v (%v to %v); ratio of the medians %.3f",
		n, name1, median1, low1, high1, name2, median2, low2, high2, float64(median1)/float64(median2))
}
