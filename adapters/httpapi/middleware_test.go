package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

// anybody takes every token.
type anybody struct{}

func (anybody) VerifyToken(context.Context, string) (domain.AccessToken, error) {
	return domain.AccessToken{}, nil
}

func (anybody) FindTokenVersion(context.Context, uuid.UUID) (int, error) { return 0, nil }

// stuck is a storage that answers only when its caller has given up.
type stuck struct{}

func (stuck) FindJobPosting(ctx context.Context, _, _ uuid.UUID) (domain.JobPosting, error) {
	<-ctx.Done()
	return domain.JobPosting{}, fmt.Errorf("stuck: %w: %w", domain.ErrUnavailable, ctx.Err())
}

func TestWorkThatTakesTooLongIs503(t *testing.T) {
	var log bytes.Buffer
	handler := New(Config{
		UseCases:       UseCases{Authenticate: app.Authenticate{Versions: anybody{}}, StartSession: app.StartSession{Postings: stuck{}}},
		Tokens:         anybody{},
		Logger:         slog.New(slog.NewJSONHandler(&log, nil)),
		RequestTimeout: time.Millisecond,
		MaxRequests:    1,
	})
	req := httptest.NewRequest("POST", "/api/v1/sessions", strings.NewReader(`{"job_posting_id":"`+uuid.NewString()+`"}`))
	req.Header.Set("Authorization", "Bearer x")
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, req)
	if recorder.Code != 503 || recorder.Header().Get("Retry-After") == "" || strings.Count(log.String(), `"level":"ERROR"`) != 1 {
		t.Errorf("%d %v %s\n%s", recorder.Code, recorder.Header(), recorder.Body, &log)
	}
}

// serve answers on a real connection, with the server's limits of a test's.
func serve(t *testing.T, s *server, h handlerFunc, limits func(*http.Server)) *httptest.Server {
	t.Helper()
	if s.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	s.RequestTimeout = time.Minute
	ts := httptest.NewUnstartedServer(s.around(s.handler(h)))
	limits(ts.Config)
	ts.Start()
	t.Cleanup(ts.Close)
	return ts
}

func TestPanicWithinAnAnswerBreaksItOff(t *testing.T) {
	var log bytes.Buffer
	s := &server{Config: Config{Logger: slog.New(slog.NewJSONHandler(&log, nil))}}
	ts := serve(t, s, func(w http.ResponseWriter, _ *http.Request) error {
		io.WriteString(w, `{"half":`)
		http.NewResponseController(w).Flush()
		panic("a defect")
	}, func(*http.Server) {})
	resp, err := http.Get(ts.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("half an answer was taken for a whole one: %s", body)
	}
	ts.Close() // so that the log is complete
	if !strings.Contains(log.String(), "a defect") || !strings.Contains(log.String(), `"msg":"request"`) {
		t.Errorf("the log is %s", &log)
	}
}

func TestBodyThatDoesNotArriveIs408(t *testing.T) {
	ts := serve(t, &server{}, func(w http.ResponseWriter, r *http.Request) error {
		_, err := readObject(w, r, maxBody)
		return err
	}, func(s *http.Server) { s.ReadTimeout = 50 * time.Millisecond })
	conn, err := net.Dial("tcp", strings.TrimPrefix(ts.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
	answer, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 408")) || !bytes.Contains(answer, []byte("REQUEST_TIMEOUT")) {
		t.Errorf("%q, %v", answer, err)
	}
}

func TestBodyOfUnknownLengthHasTheSameLimit(t *testing.T) {
	ts := serve(t, &server{}, func(w http.ResponseWriter, r *http.Request) error {
		_, err := readObject(w, r, 100)
		return err
	}, func(*http.Server) {})
	for length, want := range map[int]int{100: http.StatusOK, 101: http.StatusRequestEntityTooLarge} {
		body := "{}" + strings.Repeat(" ", length-2)
		// Hidden behind another type, the reader's length is not known: the body
		// goes in chunks.
		resp, err := http.Post(ts.URL, "application/json", struct{ io.Reader }{strings.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%d bytes: %d, want %d", length, resp.StatusCode, want)
		}
	}
}

func TestClientThatBreaksOffIsNobodysFailure(t *testing.T) {
	failure := make(chan error, 1)
	ts := serve(t, &server{}, func(w http.ResponseWriter, r *http.Request) error {
		_, err := readObject(w, r, maxBody)
		failure <- err
		return err
	}, func(*http.Server) {})
	conn, err := net.Dial("tcp", strings.TrimPrefix(ts.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
	conn.Close()
	if err := <-failure; err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
		t.Errorf("the failure is %v", err)
	}
}

func TestNobodyIsAllowedWhereNoOriginIs(t *testing.T) {
	handler := New(Config{Logger: slog.New(slog.DiscardHandler), RequestTimeout: time.Second, MaxRequests: 1})
	req := httptest.NewRequest("GET", "/healthz", nil)
	req.Header.Set("Origin", "https://evil.example")
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, req)
	if got := recorder.Header().Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("Access-Control-Allow-Origin is %q", got)
	}
}
