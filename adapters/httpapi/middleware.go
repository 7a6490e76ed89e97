package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/felixge/httpsnoop"
	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/rs/cors"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// around puts what every answer has around a handler, 404 and 405 included.
// The outermost comes first.
func (s *server) around(h http.Handler) http.Handler {
	h = s.withQueue(h)
	h = s.withDeadline(h)
	h = s.withCORS(h)
	h = s.withRecovery(h)
	h = s.withLog(h)
	h = s.withSecurityHeaders(h)
	return withRequestID(h)
}

const (
	requestIDHeader = "X-Request-ID"
	requestIDKey    = "request_id" // in the log
	maxRequestID    = 128
)

// note is what the middleware around the router knows of a request, and what
// it learns from inside.
type note struct {
	requestID      string
	method, route  string // the path has the names of its parameters; "" if none matched
	shed, replayed bool
	limited        string // the limit that refused it

	verified bool // the two that follow are known
	token    domain.AccessToken
	denied   error // why the token is none
}

type noteKey struct{}

func noteOf(r *http.Request) *note {
	if n, ok := r.Context().Value(noteKey{}).(*note); ok {
		return n
	}
	return &note{}
}

func requestID(r *http.Request) string { return noteOf(r).requestID }

// withRequestID gives each request an identifier, the caller's own if it is
// fit for a log line, and says it in the answer.
func withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		invisible := func(c rune) bool { return c <= ' ' || c >= 0x7f }
		if id == "" || len(id) > maxRequestID || strings.ContainsFunc(id, invisible) {
			id = uuid.NewString()
		}
		w.Header().Set(requestIDHeader, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), noteKey{}, &note{requestID: id})))
	})
}

// noteRoute runs inside the router and tells the log, and the span of a request
// that is traced, which route matched.
func noteRoute(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := noteOf(r)
		n.method, n.route = r.Method, mux.CurrentRoute(r).GetName()
		if span := trace.SpanFromContext(r.Context()); span.IsRecording() {
			span.SetName(n.method + " " + n.route)
			span.SetAttributes(attribute.String("http.route", n.route))
		}
		next.ServeHTTP(w, r)
	})
}

// withLog writes one line a request, without anything that the caller chose
// but the method, and tells the observer.
func (s *server) withLog(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := httpsnoop.Metrics{Code: http.StatusOK}
		n := noteOf(r)
		defer func() {
			s.Logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
				slog.String("method", r.Method), slog.String("route", n.route), slog.Int("status", m.Code),
				slog.Int64("bytes", m.Written), slog.Duration("duration", m.Duration), slog.String(requestIDKey, n.requestID))
			if s.Observe != nil {
				s.Observe(Request{n.method, n.route, m.Code, m.Duration, n.shed, n.limited, n.replayed})
			}
		}()
		m.CaptureMetrics(w, func(w http.ResponseWriter) { next.ServeHTTP(w, r) })
	})
}

// withRecovery turns a panic into a 500, or, once an answer has begun, breaks
// the connection, so that half an answer is not taken for a whole one.
func (s *server) withRecovery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answered := false
		w = httpsnoop.Wrap(w, httpsnoop.Hooks{
			WriteHeader: func(write httpsnoop.WriteHeaderFunc) httpsnoop.WriteHeaderFunc {
				return func(status int) { answered = true; write(status) }
			},
			Write: func(write httpsnoop.WriteFunc) httpsnoop.WriteFunc {
				return func(b []byte) (int, error) { answered = true; return write(b) }
			},
		})
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			err := fmt.Errorf("panic: %v\n%s", v, debug.Stack())
			if answered {
				s.Logger.ErrorContext(r.Context(), "request failed", "error", err.Error(), requestIDKey, requestID(r))
				panic(http.ErrAbortHandler)
			}
			s.fail(w, r, err)
		}()
		next.ServeHTTP(w, r)
	})
}

// withSecurityHeaders sets what the OWASP Secure Headers Project advises.
func (s *server) withSecurityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Permissions-Policy", "geolocation=(), microphone=(), camera=()")
		h.Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" && s.isTrustedProxy(peerAddress(r)) {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// docsPage lets the page of the API's documentation, and nothing else, run
// its inline script and style.
func docsPage(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'unsafe-inline'; "+
			"style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}

// withCORS lets pages of the allowed origins call the API (Fetch Standard,
// CORS protocol), and answers their preflights.
func (s *server) withCORS(next http.Handler) http.Handler {
	policy := cors.New(cors.Options{
		// Not AllowedOrigins, where an empty list means everybody.
		AllowOriginFunc: func(origin string) bool { return slices.Contains(s.AllowedOrigins, origin) },
		AllowedMethods:  []string{"GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"},
		AllowedHeaders: []string{"Accept", "Accept-Language", "Authorization", "Content-Language", "Content-Type",
			idempotencyKeyHeader, requestIDHeader, "traceparent"},
		ExposedHeaders:     []string{"Location", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", replayedHeader, requestIDHeader},
		AllowCredentials:   true,
		MaxAge:             600,
		OptionsPassthrough: true,
	}).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isPreflight(r) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if w.Header().Get("Access-Control-Allow-Origin") == "" {
			w.WriteHeader(http.StatusBadRequest)
			w.Write([]byte("Disallowed CORS request: an origin, a method or a header is not allowed"))
			return
		}
		w.Write([]byte("OK"))
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isPreflight(r) {
			// rs/cors counts on the form in which browsers send the list.
			names := strings.Split(strings.ToLower(strings.Join(r.Header.Values(requestHeaders), ",")), ",")
			for i := range names {
				names[i] = strings.TrimSpace(names[i])
			}
			slices.Sort(names)
			r.Header.Set(requestHeaders, strings.Trim(strings.Join(slices.Compact(names), ","), ","))
		}
		policy.ServeHTTP(w, r)
	})
}

const requestHeaders = "Access-Control-Request-Headers"

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// withDeadline ends the context of a request that takes too long; the storage
// gives up then.
func (s *server) withDeadline(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), s.RequestTimeout)
		defer cancel()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (s *server) notFound(http.ResponseWriter, *http.Request) error { return errNotFound }

// methodNotAllowed asks the routes which methods the path takes (RFC 9110
// §15.5.6).
func (s *server) methodNotAllowed(w http.ResponseWriter, r *http.Request) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host, Header: http.Header{}}
		var match mux.RouteMatch
		if s.router.Match(probe, &match) && match.MatchErr == nil {
			allowed = append(allowed, method)
		}
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return errMethodNotAllowed
}
