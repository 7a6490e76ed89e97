// Package tracing sends traces of requests to an OpenTelemetry collector, and
// puts their ids into the log. What makes spans (httpapi, sqlstore, worker)
// knows OpenTelemetry's API alone, which does nothing without this package.
package tracing

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// serviceName is what the service is called unless OTEL_SERVICE_NAME, or
// OTEL_RESOURCE_ATTRIBUTES, say otherwise.
const serviceName = "interviewer"

// Tracing makes spans and sends them. Make it with [New].
type Tracing struct{ provider *sdktrace.TracerProvider }

// ParseEndpoint returns where the traces go of a collector whose base URL
// OTEL_EXPORTER_OTLP_ENDPOINT is.
func ParseEndpoint(endpoint string) (*url.URL, error) {
	base, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	if base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("%q is not a URL like http://localhost:4318", base.Redacted())
	}
	return base.JoinPath("v1", "traces"), nil
}

// New sends to the endpoint by OTLP over HTTP. It does not connect; what cannot
// be sent is said in the log and dropped. Sampling, headers, certificates and
// the name of the service follow the variables of OpenTelemetry's
// specification. The caller must call [Tracing.Shutdown].
func New(ctx context.Context, endpoint, version string, logger *slog.Logger) (*Tracing, error) {
	traces, err := ParseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(traces.String()))
	if err != nil {
		return nil, err
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", serviceName), attribute.String("service.version", version)),
		resource.WithFromEnv())
	if err != nil {
		return nil, err
	}
	return &Tracing{sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(discreet{exporter, logger}), sdktrace.WithResource(about))}, nil
}

// Handler makes a span of each request, but for the probes, within the trace
// that it says it belongs to (W3C Trace Context). The handler gives it the name
// of its route.
func (t *Tracing) Handler(next http.Handler) http.Handler {
	return otelhttp.NewHandler(next, "",
		otelhttp.WithTracerProvider(t.provider),
		otelhttp.WithMeterProvider(metricnoop.NewMeterProvider()),
		otelhttp.WithPropagators(propagation.TraceContext{}),
		otelhttp.WithSpanNameFormatter(func(string, *http.Request) string { return "unknown route" }),
		otelhttp.WithFilter(func(r *http.Request) bool { return r.URL.Path != "/healthz" && r.URL.Path != "/readyz" }))
}

// Tracer makes spans of what is no request.
func (t *Tracing) Tracer() trace.Tracer { return t.provider.Tracer(serviceName) }

// Shutdown sends what is left, until the context ends.
func (t *Tracing) Shutdown(ctx context.Context) error { return t.provider.Shutdown(ctx) }

// discreet lets nothing out but what is known to be harmless: otelhttp tells
// more, such as the path as it was sent, and a span that a panic ends has its
// text.
type discreet struct {
	sdktrace.SpanExporter
	logger *slog.Logger
}

// harmless are the attributes that leave.
var harmless = []attribute.Key{"http.request.method", "http.route", "http.response.status_code",
	"http.request.body.size", "http.response.body.size", "network.protocol.version", "url.scheme"}

// ExportSpans implements [sdktrace.SpanExporter].
func (d discreet) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	reduced := make([]sdktrace.ReadOnlySpan, len(spans))
	for i, span := range spans {
		reduced[i] = reducedSpan{span}
	}
	if err := d.SpanExporter.ExportSpans(ctx, reduced); err != nil {
		d.logger.Warn("traces were not sent", "spans", len(spans), "error", err.Error())
	}
	return nil // else OpenTelemetry writes it to standard error in a form of its own
}

type reducedSpan struct{ sdktrace.ReadOnlySpan }

func (s reducedSpan) Attributes() []attribute.KeyValue {
	return slices.DeleteFunc(slices.Clone(s.ReadOnlySpan.Attributes()), func(a attribute.KeyValue) bool {
		return !slices.Contains(harmless, a.Key)
	})
}

func (reducedSpan) Events() []sdktrace.Event { return nil }

func (s reducedSpan) Status() sdktrace.Status {
	return sdktrace.Status{Code: s.ReadOnlySpan.Status().Code}
}

// LogHandler puts the id of the trace into each line that belongs to one.
func LogHandler(next slog.Handler) slog.Handler { return logHandler{next} }

type logHandler struct{ slog.Handler }

func (h logHandler) Handle(ctx context.Context, record slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		record = record.Clone()
		record.AddAttrs(slog.String("trace_id", span.TraceID().String()))
	}
	return h.Handler.Handle(ctx, record)
}

func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attrs)}
}

func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }
