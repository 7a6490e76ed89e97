//go:build !race

package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/adapters/httpapi"
	"github.com/ai-interviewer/ai-interviewer/adapters/jwt"
	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

// What the service itself may allocate to answer one create, the storage left
// out: middleware, router, token, decoding, use case, encoding, log line. To
// raise it on purpose, write what BenchmarkCreate tells plus a tenth, and say in
// the commit what is bought with it:
//
//	go test ./cmd/bench -run '^$' -bench . -benchmem
const (
	allocsPerCreate = 154
	bytesPerCreate  = 10_300
)

func TestCreateKeepsItsBudget(t *testing.T) {
	result := testing.Benchmark(BenchmarkCreate)
	if result.N == 0 {
		t.Fatal("nothing was measured")
	}
	t.Logf("%d allocations, %d bytes", result.AllocsPerOp(), result.AllocedBytesPerOp())
	if got := result.AllocsPerOp(); got > allocsPerCreate {
		t.Errorf("a create allocates %d times, its budget is %d: see allocsPerCreate for how to raise it", got, allocsPerCreate)
	}
	if got := result.AllocedBytesPerOp(); got > bytesPerCreate {
		t.Errorf("a create allocates %d bytes, its budget is %d: see bytesPerCreate for how to raise it", got, bytesPerCreate)
	}
}

// nowhere is a storage that costs nothing: it has one posting, and forgets what
// it is given.
type nowhere struct{ posting domain.JobPosting }

func (n nowhere) FindJobPosting(context.Context, uuid.UUID, uuid.UUID) (domain.JobPosting, error) {
	return n.posting, nil
}

func (nowhere) CreateSession(context.Context, domain.InterviewSession) error { return nil }

func (nowhere) FindTokenVersion(context.Context, uuid.UUID) (int, error) { return 0, nil }

func newStart() app.StartSession {
	storage := nowhere{domain.JobPosting{ID: postingID(0, 0), UserID: userID(0), Title: "Backend engineer", Company: "Example"}}
	return app.StartSession{Postings: storage, Sessions: storage, Clock: time.Now}
}

func newTokens(b *testing.B) (tokens *jwt.Tokens, token string) {
	tokens, err := jwt.New(jwt.Config{Secret: []byte(secret), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	token, err = tokens.IssueToken(domain.AccessToken{UserID: userID(0)}, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	return tokens, token
}

// answer keeps as little of an answer as will do.
type answer struct {
	header http.Header
	status int
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkCreate sends creates through the whole handler.
func BenchmarkCreate(b *testing.B) {
	tokens, token := newTokens(b)
	handler := httpapi.New(httpapi.Config{
		UseCases:       httpapi.UseCases{StartSession: newStart(), Authenticate: app.Authenticate{Versions: nowhere{}}},
		Tokens:         tokens,
		Logger:         slog.New(slog.NewJSONHandler(io.Discard, nil)),
		AllowedOrigins: []string{"http://localhost:5173"},
		RequestTimeout: time.Minute,
		MaxRequests:    1,
		Observe:        func(httpapi.Request) {},
	})
	body := []byte(`{"job_posting_id":"` + postingID(0, 0).String() + `"}`)
	sent := httptest.NewRequest(http.MethodPost, "/api/v1/sessions", nil)
	sent.ContentLength = int64(len(body))
	sent.Header = http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
	got := &answer{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(got.header)
		sent.Body = io.NopCloser(bytes.NewReader(body))
		handler.ServeHTTP(got, sent)
		if got.status != http.StatusCreated {
			b.Fatalf("status %d", got.status)
		}
	}
}

// BenchmarkVerifyToken is the token's part of it.
func BenchmarkVerifyToken(b *testing.B) {
	tokens, token := newTokens(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tokens.VerifyToken(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStartSession is the use case's part of it.
func BenchmarkStartSession(b *testing.B) {
	start := newStart()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := start.Execute(b.Context(), userID(0), postingID(0, 0)); err != nil {
			b.Fatal(err)
		}
	}
}
