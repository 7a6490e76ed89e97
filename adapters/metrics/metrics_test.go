package metrics

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

// counter is a storage that counts nothing else.
type counter struct {
	counts []domain.UnfinishedOperations
	err    error
}

func (c counter) CountUnfinished(context.Context) ([]domain.UnfinishedOperations, error) {
	return c.counts, c.err
}

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newMetrics(storage counter) *Metrics {
	return New(Config{Operations: storage, Clock: func() time.Time { return now }, Repeats: func() uint64 { return 7 }})
}

// wants checks that there are just these lines of our own that begin so.
func wants(t *testing.T, m *Metrics, prefix string, want ...string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	if recorder.Code != 200 {
		t.Fatalf("%d %s", recorder.Code, recorder.Body)
	}
	var got []string
	for line := range strings.Lines(recorder.Body.String()) {
		if strings.HasPrefix(line, prefix) {
			got = append(got, strings.TrimSpace(line))
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("lines are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRequestsAreCountedByRouteAndStatus(t *testing.T) {
	m := newMetrics(counter{})
	for range 2 {
		m.ObserveRequest(Request{Method: "GET", Route: "/sessions/{session_id}", Status: 200, Duration: 3 * time.Millisecond})
	}
	m.ObserveRequest(Request{Method: "GET", Route: "/sessions/{session_id}", Status: 503, Duration: time.Second, Shed: true})
	m.ObserveRequest(Request{Method: "POST", Route: "/sessions", Status: 201, Replayed: true})
	m.ObserveRequest(Request{Status: 404}) // whatever its path was
	m.ObserveRequest(Request{Status: 404})
	wants(t, m, "interviewer_http_requests_total",
		`interviewer_http_requests_total{method="",route="unknown",status="404"} 2`,
		`interviewer_http_requests_total{method="GET",route="/sessions/{session_id}",status="200"} 2`,
		`interviewer_http_requests_total{method="GET",route="/sessions/{session_id}",status="503"} 1`,
		`interviewer_http_requests_total{method="POST",route="/sessions",status="201"} 1`)
	wants(t, m, `interviewer_http_request_duration_seconds_bucket{method="GET",route="/sessions/{session_id}",le="0.005"}`,
		`interviewer_http_request_duration_seconds_bucket{method="GET",route="/sessions/{session_id}",le="0.005"} 2`)
	wants(t, m, "interviewer_http_requests_shed_total", "interviewer_http_requests_shed_total 1")
	wants(t, m, "interviewer_idempotency_replays_total", "interviewer_idempotency_replays_total 1")
}

func TestRequestsInFlightAreCounted(t *testing.T) {
	m := newMetrics(counter{})
	m.InFlight(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		wants(t, m, "interviewer_http_requests_in_flight", "interviewer_http_requests_in_flight 1")
	})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	wants(t, m, "interviewer_http_requests_in_flight", "interviewer_http_requests_in_flight 0")
}

func TestAttemptsAndRepeatsAreCounted(t *testing.T) {
	m := newMetrics(counter{})
	m.ObserveAttempt(Attempt{Type: domain.QuestionGeneration, Outcome: app.AttemptPostponed, Duration: time.Second})
	m.ObserveAttempt(Attempt{Type: domain.QuestionGeneration, Outcome: app.AttemptCompleted, Duration: time.Second})
	wants(t, m, "interviewer_operation_attempt_duration_seconds_count",
		`interviewer_operation_attempt_duration_seconds_count{outcome="completed",type="question_generation"} 1`,
		`interviewer_operation_attempt_duration_seconds_count{outcome="postponed",type="question_generation"} 1`)
	wants(t, m, "interviewer_transaction_repeats_total", "interviewer_transaction_repeats_total 7")
}

func TestUnfinishedOperationsAreCountedByTheStorage(t *testing.T) {
	wants(t, newMetrics(counter{counts: []domain.UnfinishedOperations{
		{Type: domain.FeedbackAnalysis, Status: domain.OperationPending, Count: 1, Oldest: now.Add(-time.Minute)},
		{Type: domain.QuestionGeneration, Status: domain.OperationProcessing, Count: 3, Oldest: now.Add(-time.Second)},
	}}), "interviewer_operations",
		`interviewer_operations_oldest_unfinished_age_seconds 60`,
		`interviewer_operations_unfinished{status="pending",type="feedback_analysis"} 1`,
		`interviewer_operations_unfinished{status="pending",type="question_generation"} 0`,
		`interviewer_operations_unfinished{status="processing",type="feedback_analysis"} 0`,
		`interviewer_operations_unfinished{status="processing",type="question_generation"} 3`)
	wants(t, newMetrics(counter{}), "interviewer_operations_oldest", "interviewer_operations_oldest_unfinished_age_seconds 0")
}

func TestMetricsWithoutTheStorage(t *testing.T) {
	m := newMetrics(counter{err: fmt.Errorf("dial: %w", domain.ErrUnavailable)})
	wants(t, m, "interviewer_storage_up", "interviewer_storage_up 0")
	wants(t, m, "interviewer_operations")
	wants(t, m, "interviewer_http_requests_shed_total", "interviewer_http_requests_shed_total 0")
}
