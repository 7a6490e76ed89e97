// Package metrics counts what the service does and gives the numbers to
// Prometheus. No label is a value of a user's, or of a caller's choice.
package metrics

import (
	"context"
	"database/sql"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

const (
	// scrapeLimit is how long the storage may take to count, and scrapesAtOnce
	// how often it is asked at the same time.
	scrapeLimit   = 2 * time.Second
	scrapesAtOnce = 4
	// unknownRoute is the label of every path that is none of ours.
	unknownRoute = "unknown"
)

// Config is what there is to look at. Pools, Repeats and Limits may be nil.
type Config struct {
	// Pools are the pools of connections to the database, by name.
	Pools map[string]*sql.DB
	// Repeats returns how many transactions were done again.
	Repeats func() uint64
	// Limits are the names of the limits to requests.
	Limits     []string
	Operations ports.OperationCounter
	Clock      func() time.Time
}

// Metrics are the numbers of one process. Make them with [New].
type Metrics struct {
	registry         *prometheus.Registry
	inFlight         prometheus.Gauge
	requests         *prometheus.CounterVec
	requestDurations *prometheus.HistogramVec
	shed, replays    prometheus.Counter
	limited          *prometheus.CounterVec
	attemptDurations *prometheus.HistogramVec
}

// New returns metrics in a registry of their own.
func New(config Config) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "interviewer_http_requests_in_flight",
			Help: "Requests that are being answered or wait for their turn."}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "interviewer_http_requests_total",
			Help: "Requests that were answered. Those that matched no route have the route \"unknown\", and no method."},
			[]string{"method", "route", "status"}),
		requestDurations: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "interviewer_http_request_duration_seconds",
			Help: "How long requests took, waiting for their turn included.",
			// From a read of one row to the limit of a request, 15 s.
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15}},
			[]string{"method", "route"}),
		shed: prometheus.NewCounter(prometheus.CounterOpts{Name: "interviewer_http_requests_shed_total",
			Help: "Requests that were refused since MAX_REQUESTS others were being worked on."}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "interviewer_rate_limited_total",
			Help: "Requests that were refused since a user, an account or an address had used a limit up."},
			[]string{"limit"}),
		replays: prometheus.NewCounter(prometheus.CounterOpts{Name: "interviewer_idempotency_replays_total",
			Help: "Requests that were given the answer of before, to the same Idempotency-Key."}),
		attemptDurations: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "interviewer_operation_attempt_duration_seconds",
			Help: "How long attempts at operations took, and how they ended.",
			// From the built-in bank of questions to twice the default limit.
			Buckets: []float64{.01, .05, .1, .5, 1, 2.5, 5, 10, 20, 30, 60, 120}},
			[]string{"type", "outcome"}),
	}
	m.registry.MustRegister(m.inFlight, m.requests, m.requestDurations, m.shed, m.limited, m.replays, m.attemptDurations,
		unfinished{config.Operations, config.Clock},
		collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for name, pool := range config.Pools {
		m.registry.MustRegister(collectors.NewDBStatsCollector(pool, name))
	}
	for _, limit := range config.Limits {
		m.limited.WithLabelValues(limit) // a series that comes and goes is hard to watch
	}
	if config.Repeats != nil {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "interviewer_transaction_repeats_total",
			Help: "Transactions that were done again since they lost a conflict or a deadlock."},
			func() float64 { return float64(config.Repeats()) }))
	}
	return m
}

// Handler answers with all of them.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: scrapesAtOnce})
}

// InFlight counts the requests that a handler has.
func (m *Metrics) InFlight(next http.Handler) http.Handler {
	return promhttp.InstrumentHandlerInFlight(m.inFlight, next)
}

// Request is one that was answered, with an empty method and route if it
// matched none, and an empty limit if none refused it.
type Request struct {
	Method, Route string
	Status        int
	Duration      time.Duration
	Shed          bool
	Limited       string
	Replayed      bool
}

// ObserveRequest counts a request.
func (m *Metrics) ObserveRequest(r Request) {
	if r.Route == "" {
		r.Route = unknownRoute
	}
	m.requests.WithLabelValues(r.Method, r.Route, strconv.Itoa(r.Status)).Inc()
	m.requestDurations.WithLabelValues(r.Method, r.Route).Observe(r.Duration.Seconds())
	if r.Shed {
		m.shed.Inc()
	}
	if r.Limited != "" {
		m.limited.WithLabelValues(r.Limited).Inc()
	}
	if r.Replayed {
		m.replays.Inc()
	}
}

// Attempt is one at an operation.
type Attempt struct {
	Type     domain.OperationType
	Outcome  app.AttemptOutcome
	Duration time.Duration
}

// ObserveAttempt counts an attempt.
func (m *Metrics) ObserveAttempt(a Attempt) {
	m.attemptDurations.WithLabelValues(string(a.Type), string(a.Outcome)).Observe(a.Duration.Seconds())
}

var (
	operationsDesc = prometheus.NewDesc("interviewer_operations_unfinished",
		"Operations in the storage that are not finished: the same number from every process.", []string{"type", "status"}, nil)
	oldestDesc = prometheus.NewDesc("interviewer_operations_oldest_unfinished_age_seconds",
		"How long ago the oldest of them was asked for; 0 if there is none.", nil, nil)
	storageUpDesc = prometheus.NewDesc("interviewer_storage_up",
		"1 if the storage could count them just now, else 0; then the counts are missing.", nil, nil)
)

// unfinished asks the storage at each scrape.
type unfinished struct {
	operations ports.OperationCounter
	clock      func() time.Time
}

// Describe implements [prometheus.Collector].
func (u unfinished) Describe(descs chan<- *prometheus.Desc) {
	descs <- operationsDesc
	descs <- oldestDesc
	descs <- storageUpDesc
}

// Collect implements [prometheus.Collector].
func (u unfinished) Collect(metrics chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), scrapeLimit)
	defer cancel()
	counts, err := u.operations.CountUnfinished(ctx)
	if err != nil { // readiness tells why
		gauge(storageUpDesc, 0)
		return
	}
	gauge(storageUpDesc, 1)
	type kind struct {
		domain.OperationType
		domain.OperationStatus
	}
	byKind := map[kind]int{ // a series that comes and goes is hard to watch
		{domain.QuestionGeneration, domain.OperationPending}: 0, {domain.QuestionGeneration, domain.OperationProcessing}: 0,
		{domain.FeedbackAnalysis, domain.OperationPending}: 0, {domain.FeedbackAnalysis, domain.OperationProcessing}: 0,
	}
	var age time.Duration
	now := u.clock()
	for _, c := range counts {
		byKind[kind{c.Type, c.Status}] = c.Count
		age = max(age, now.Sub(c.Oldest))
	}
	for k, count := range byKind {
		gauge(operationsDesc, float64(count), string(k.OperationType), string(k.OperationStatus))
	}
	gauge(oldestDesc, age.Seconds())
}
