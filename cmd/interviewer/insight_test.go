package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.yaml.in/yaml/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// collector is an OpenTelemetry collector that keeps what it is sent.
type collector struct {
	url string

	mu    sync.Mutex
	spans []*tracepb.Span
	text  string // all that was sent, as JSON
}

func newCollector(t *testing.T) *collector {
	c := &collector{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var sent collectorpb.ExportTraceServiceRequest
		if err != nil || r.Method != "POST" || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &sent) != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.text += protojson.Format(&sent)
		for _, resource := range sent.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				c.spans = append(c.spans, scope.Spans...)
			}
		}
		answer, _ := proto.Marshal(&collectorpb.ExportTraceServiceResponse{})
		w.Header().Set("Content-Type", "application/x-protobuf")
		w.Write(answer)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// tree returns the names of the spans of a trace, indented below their parents,
// from the span on that has this parent.
func (c *collector) tree(trace, parent string) (names []string) {
	for _, span := range c.spans {
		if hex.EncodeToString(span.TraceId) == trace && hex.EncodeToString(span.ParentSpanId) == parent {
			names = append(names, span.Name)
			for _, name := range c.tree(trace, hex.EncodeToString(span.SpanId)) {
				names = append(names, "  "+name)
			}
		}
	}
	return names
}

// seen returns the service, seen in every way, on SQLite.
func seen(t *testing.T, collector string) api {
	t.Helper()
	storage, err := openStorage(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { storage.close() })
	if err := storage.prepare(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	world, err := realWorld()
	if err != nil {
		t.Fatal(err)
	}
	return newAPIIn(t, world, storage, func(c *serveCommand) { c.AdminAddr, c.OTLPEndpoint = "127.0.0.1:0", collector })
}

func TestTracesReachTheCollectorAndTellNobodysSecrets(t *testing.T) {
	collector := newCollector(t)
	a := seen(t, collector.url)

	const secret = "s3cr3t" // marks whatever must stay inside
	email, password := secret+"@example.com", "correct horse "+secret
	inTrace := func(n int) (trace string, header map[string]string) {
		trace = fmt.Sprintf("%032x", n)
		return trace, map[string]string{"traceparent": "00-" + trace + "-00000000000000ff-01", "User-Agent": secret,
			"X-Forwarded-For": secret, "baggage": "user=" + secret}
	}
	account := map[string]string{"email": email, "password": password}
	_, header := inTrace(1)
	user := a.do(t, request{method: "POST", path: "/api/v1/auth/register", body: account, header: header}).wants(201)["id"].(string)
	_, header = inTrace(2)
	token := a.do(t, request{method: "POST", path: "/api/v1/auth/login", body: account, header: header}).wants(200)["access_token"].(string)
	posting := a.do(t, request{method: "POST", path: "/api/v1/job-postings/", token: token, body: map[string]any{
		"title": secret, "description": secret, "tech_stack": []string{secret}}}).wants(201)
	a.do(t, request{method: "POST", path: "/api/v1/resumes/", token: token, body: map[string]any{"content": secret}}).wants(201)

	started, header := inTrace(3)
	session := a.do(t, request{method: "POST", path: "/api/v1/sessions", token: token, header: header,
		body: map[string]any{"job_posting_id": posting["id"]}}).wants(201)["id"].(string)
	once, header := inTrace(4)
	header["Idempotency-Key"] = secret
	a.do(t, request{method: "POST", path: "/api/v1/sessions", token: token, header: header,
		body: map[string]any{"job_posting_id": posting["id"]}}).wants(201)
	unknown, header := inTrace(5)
	a.raw(t, secret, "/"+secret+"?"+secret, http.Header{"Traceparent": {header["traceparent"]}})
	a.raw(t, "GET", "/healthz", http.Header{"Traceparent": {header["traceparent"]}})

	a.pool.Start() // generates the question
	operation := a.do(t, request{method: "POST", path: "/api/v1/sessions/" + session + "/generate-question", token: token}).wants(202)["id"].(string)
	eventually(t, func() bool {
		return a.do(t, request{method: "GET", path: "/api/v1/operations/" + operation, token: token}).wants(200)["status"] == "completed"
	})
	a.pool.Shutdown(t.Context())
	a.do(t, request{method: "POST", path: "/api/v1/sessions/" + session + "/answers", token: token,
		body: map[string]any{"answer_text": secret}}).wants(201)
	a.do(t, request{method: "POST", path: "/api/v1/users/me/api-key", token: token, body: map[string]any{"api_key": "sk-" + secret + strings.Repeat("x", 40)}}).wants(200)
	a.flush()

	for _, test := range []struct {
		trace string
		want  []string
	}{
		{started, []string{"POST /api/v1/sessions", "  find job posting", "  create session"}},
		{once, []string{"POST /api/v1/sessions", "  run once", "    find job posting", "    create session"}},
		{unknown, []string{"unknown route"}},
	} {
		got := collector.tree(test.trace, "00000000000000ff")
		slices.Sort(got[1:])
		slices.Sort(test.want[1:])
		if !slices.Equal(got, test.want) {
			t.Errorf("trace %s is %q, want %q", test.trace, got, test.want)
		}
	}
	generated := slices.IndexFunc(collector.spans, func(s *tracepb.Span) bool { return s.Name == "question_generation" })
	if generated < 0 {
		t.Fatal("there is no span of the generation")
	}
	span := collector.spans[generated]
	if below := collector.tree(hex.EncodeToString(span.TraceId), hex.EncodeToString(span.SpanId)); len(below) != 4 || !slices.Contains(below, "save question") {
		t.Errorf("below the generation there is %q", below)
	}
	for _, word := range []string{secret, user, token, session, operation, posting["id"].(string), "127.0.0.1", "192.0.2.1"} {
		if strings.Contains(collector.text, word) {
			t.Errorf("%q was sent:\n%s", word, collector.text)
		}
	}

	lines := strings.Split(a.log.String(), "\n")
	if !slices.ContainsFunc(lines, func(line string) bool {
		return strings.Contains(line, `"msg":"request","method":"POST","route":"/api/v1/sessions","status":201`) && strings.Contains(line, `"trace_id":"`+started+`"`)
	}) {
		t.Errorf("no line of the log has the id of the trace:\n%s", a.log)
	}
	for _, word := range []string{secret, user, token} {
		if numbers := scrape(t, a); strings.Contains(numbers, word) {
			t.Errorf("%q is in the metrics:\n%s", word, numbers)
		}
	}
}

func TestUnwatchedServiceTellsNothing(t *testing.T) {
	a := inMemory(t)
	a.raw(t, "GET", "/healthz", http.Header{"Traceparent": {"00-" + strings.Repeat("1", 32) + "-00000000000000ff-01"}})
	if a.admin != nil || a.flush != nil || strings.Contains(a.log.String(), "trace_id") {
		t.Errorf("something is told:\n%s", a.log)
	}
}

func TestCollectorThatIsAwayHoldsNobodyUp(t *testing.T) {
	a := seen(t, "http://127.0.0.1:1")
	a.signUp(t)
	a.flush()
	if !strings.Contains(a.log.String(), "traces were not sent") {
		t.Errorf("the log does not say it:\n%s", a.log)
	}
}

// scrape returns what Prometheus is given.
func scrape(t *testing.T, a api) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	a.admin.ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	if recorder.Code != 200 {
		t.Fatalf("%d %s", recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

func TestMetricsOfTheWholeService(t *testing.T) {
	a := seen(t, "")
	_, token := a.signUp(t)
	posting := a.savePosting(t, token)
	session := a.startSession(t, token, posting)
	again := request{method: "POST", path: "/api/v1/sessions", token: token, header: map[string]string{"Idempotency-Key": "k"},
		body: map[string]any{"job_posting_id": posting["id"]}}
	a.do(t, again).wants(201)
	a.do(t, again).wants(201)
	a.do(t, request{method: "POST", path: "/api/v1/sessions/" + session["id"].(string) + "/generate-question", token: token}).wants(202)
	for range 3 { // whatever the caller thinks of, there is one series
		a.raw(t, "M"+uuid.NewString(), "/"+uuid.NewString(), nil)
	}
	a.raw(t, "POST", "/healthz", nil)
	has := func(lines ...string) {
		t.Helper()
		got := scrape(t, a)
		for _, line := range lines {
			if !strings.Contains(got, "\n"+line+"\n") {
				t.Errorf("there is no line %s in\n%s", line, got)
			}
		}
	}
	has(`interviewer_http_requests_total{method="POST",route="/api/v1/sessions",status="201"} 3`,
		`interviewer_http_requests_total{method="",route="unknown",status="404"} 3`,
		`interviewer_http_requests_total{method="",route="unknown",status="405"} 1`,
		`interviewer_idempotency_replays_total 1`,
		`interviewer_http_requests_in_flight 0`,
		`interviewer_operations_unfinished{status="pending",type="question_generation"} 1`,
		`interviewer_storage_up 1`,
		`interviewer_transaction_repeats_total 0`,
		`go_sql_max_open_connections{db_name="write"} 1`)
	a.work(t)
	eventually(t, func() bool {
		return strings.Contains(scrape(t, a), `interviewer_operation_attempt_duration_seconds_count{outcome="completed",type="question_generation"} 1`)
	})
	has(`interviewer_operations_unfinished{status="pending",type="question_generation"} 0`,
		`interviewer_operations_oldest_unfinished_age_seconds 0`)
}

func TestShedRequestsAreCounted(t *testing.T) {
	storage, err := openStorage(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	world, err := realWorld()
	if err != nil {
		t.Fatal(err)
	}
	a := newAPIIn(t, world, storage, func(c *serveCommand) { c.MaxRequests, c.AdminAddr = 0, "127.0.0.1:0" })
	a.raw(t, "GET", "/api/v1/sessions", nil)
	if got := scrape(t, a); !strings.Contains(got, "\ninterviewer_http_requests_shed_total 1\n") {
		t.Errorf("it is not counted:\n%s", got)
	}
}

func TestAdminAddressIsAnotherOne(t *testing.T) {
	log := &logBuffer{}
	done := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		done <- runProgram(ctx, []string{"--database-url=memory:", "--addr=127.0.0.1:0", "--admin-addr=127.0.0.1:0", "--log-format=json"}, log)
	}()
	public := "http://" + addressIn(t, log, done)
	match := regexp.MustCompile(`(?s)"msg":"listening for operators","address":"([^"]+)".*"msg":"listening"`).FindStringSubmatch(log.String())
	if match == nil {
		t.Fatalf("operators do not come first:\n%s", log)
	}
	admin := "http://" + match[1]
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/debug/pprof/": 200,
		"/debug/pprof/heap": 200, "/debug/pprof/cmdline": 404, "/api/v1/users/me": 404, "/": 404} {
		get(t, admin+path, want)
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 404, "/debug/pprof/": 404, "/debug/pprof/heap": 404} {
		get(t, public+path, want)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("run: %v", err)
	}
	if _, err := http.Get(admin + "/healthz"); err == nil {
		t.Error("the admin address is still served")
	}
}

// TestAlertsAndDashboardNameRealMetrics checks the files for Prometheus and
// Grafana against what the service gives.
func TestAlertsAndDashboardNameRealMetrics(t *testing.T) {
	a := seen(t, "")
	_, token := a.signUp(t)
	session := a.startSession(t, token, a.savePosting(t, token))
	a.do(t, request{method: "POST", path: "/api/v1/sessions/" + session["id"].(string) + "/generate-question", token: token}).wants(202)
	a.work(t)
	eventually(t, func() bool {
		return strings.Contains(scrape(t, a), "interviewer_operation_attempt_duration_seconds_count")
	})
	given := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^([a-z_]+)[{ ]`).FindAllStringSubmatch(scrape(t, a), -1) {
		given[match[1]] = true
	}
	documented, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	known := func(where, expression string) {
		t.Helper()
		names := regexp.MustCompile(`\b(?:interviewer|go|process)_[a-z_]+`).FindAllString(expression, -1)
		if len(names) == 0 && !strings.Contains(expression, "up{") {
			t.Errorf("%s: %q names no metric", where, expression)
		}
		for _, name := range names {
			if !given[name] {
				t.Errorf("%s: there is no metric %s", where, name)
			}
		}
	}

	var alerts struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	file, err := os.Open("../../docs/deploy/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&alerts); err != nil || len(alerts.Groups) == 0 {
		t.Fatalf("alerts.yaml: %v", err)
	}
	for _, group := range alerts.Groups {
		for _, rule := range group.Rules {
			known(rule.Alert, rule.Expr)
			if rule.Labels["severity"] == "" || rule.Annotations["summary"] == "" || !strings.Contains(string(documented), "`"+rule.Alert+"`") {
				t.Errorf("%s lacks a severity, a summary or a word in operations.md", rule.Alert)
			}
		}
	}

	var dashboard struct {
		Title, UID string
		Panels     []struct {
			Title, Type string
			Targets     []struct{ Expr string }
		}
	}
	data, err := os.ReadFile("../../docs/deploy/grafana.json")
	if err == nil {
		err = json.Unmarshal(data, &dashboard)
	}
	if err != nil || dashboard.Title == "" || len(dashboard.Panels) == 0 {
		t.Fatalf("grafana.json: %v", err)
	}
	for _, panel := range dashboard.Panels {
		if panel.Type == "row" {
			continue
		}
		if len(panel.Targets) == 0 {
			t.Errorf("panel %s shows nothing", panel.Title)
		}
		for _, target := range panel.Targets {
			known(panel.Title, target.Expr)
		}
	}
	for name := range given {
		base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if strings.HasPrefix(name, "interviewer_") && !strings.Contains(string(documented), "`"+base+"`") {
			t.Errorf("operations.md does not explain %s", base)
		}
	}
}

// BenchmarkRequest is what watching costs a request that does next to nothing.
func BenchmarkRequest(b *testing.B) {
	sink := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer sink.Close()
	for _, way := range []struct {
		name        string
		admin, otlp string
	}{{"off", "", ""}, {"metrics", "127.0.0.1:0", ""}, {"traces", "", sink.URL}, {"both", "127.0.0.1:0", sink.URL}} {
		b.Run(way.name, func(b *testing.B) {
			storage, err := openStorage(b.Context(), "memory:")
			if err != nil {
				b.Fatal(err)
			}
			world, err := realWorld()
			if err != nil {
				b.Fatal(err)
			}
			command := testCommand()
			command.AdminAddr, command.OTLPEndpoint = way.admin, way.otlp
			service, err := command.newService(storage, world, slog.New(slog.DiscardHandler))
			if err != nil {
				b.Fatal(err)
			}
			if service.flush != nil {
				defer service.flush()
			}
			b.ReportAllocs()
			for b.Loop() {
				service.handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/api/v1/users/me", nil))
			}
		})
	}
}
