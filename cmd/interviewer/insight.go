package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/ai-interviewer/ai-interviewer/adapters/httpapi"
	"github.com/ai-interviewer/ai-interviewer/adapters/metrics"
	"github.com/ai-interviewer/ai-interviewer/adapters/tracing"
	"github.com/ai-interviewer/ai-interviewer/adapters/worker"
	"github.com/ai-interviewer/ai-interviewer/app"
)

// flushTimeout is how long the traces that are left may take to be sent.
const flushTimeout = 2 * time.Second

// insight is what the service tells of itself. What is off is nil, or does
// nothing.
type insight struct {
	logger         *slog.Logger
	tracer         trace.Tracer
	observeRequest func(httpapi.Request)
	observeAttempt func(worker.Attempt)
	flush          func()

	metrics *metrics.Metrics
	tracing *tracing.Tracing
}

func (c *serveCommand) newInsight(storage storage, clock app.Clock, logger *slog.Logger) (insight, error) {
	i := insight{logger: logger, tracer: noop.Tracer{}}
	if c.AdminAddr != "" {
		i.metrics = metrics.New(metrics.Config{Pools: storage.pools, Repeats: storage.repeats, Operations: storage, Clock: clock,
			Limits: httpapi.LimitNames()})
		i.observeRequest = func(r httpapi.Request) { i.metrics.ObserveRequest(metrics.Request(r)) }
		i.observeAttempt = func(a worker.Attempt) { i.metrics.ObserveAttempt(metrics.Attempt(a)) }
	}
	if c.OTLPEndpoint != "" {
		traces, err := tracing.New(context.Background(), c.OTLPEndpoint, version(), logger)
		if err != nil {
			return insight{}, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
		}
		i.tracing, i.tracer = traces, traces.Tracer()
		i.logger = slog.New(tracing.LogHandler(logger.Handler()))
		i.flush = func() {
			ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
			defer cancel()
			if err := traces.Shutdown(ctx); err != nil {
				logger.Warn("the last traces were not sent", "error", err.Error())
			}
		}
	}
	return i, nil
}

// around puts around every request what looks at it from outside.
func (i insight) around(handler http.Handler) http.Handler {
	if i.tracing != nil {
		handler = i.tracing.Handler(handler)
	}
	if i.metrics != nil {
		handler = i.metrics.InFlight(handler)
	}
	return handler
}

// admin returns what operators are shown, nil if that is off. Health is what
// the public is told. Of pprof there is all but the command line, which may
// hold secrets.
func (i insight) admin(public http.Handler) http.Handler {
	if i.metrics == nil {
		return nil
	}
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", public)
	mux.Handle("GET /readyz", public)
	mux.Handle("GET /metrics", i.metrics.Handler())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// serveAdmin serves at the address until stop is called, which cuts off
// whatever is on its way: a profile may take as long as its reader likes.
func serveAdmin(address string, handler http.Handler, logger *slog.Logger) (stop func() error, err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			logger.Error("the admin address is no longer served", "error", err.Error())
		}
	}()
	logger.Info("listening for operators", "address", listener.Addr().String())
	return server.Close, nil
}
