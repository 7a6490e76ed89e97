package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

const (
	// idempotencyKeyHeader is of IETF draft-ietf-httpapi-idempotency-key-header;
	// replayedHeader marks an answer of before, as Stripe's API does.
	idempotencyKeyHeader = "Idempotency-Key"
	replayedHeader       = "Idempotent-Replayed"

	maxIdempotencyKey = 255
)

// idempotencyKey reads the key of a request, "" if it has none. The draft's
// quoted string and a bare value are the same key.
func (v *validationError) idempotencyKey(r *http.Request) string {
	values := r.Header.Values(idempotencyKeyHeader)
	if len(values) == 0 {
		return ""
	}
	key := strings.Trim(values[0], " \t")
	if quoted, ok := strings.CutPrefix(key, `"`); ok {
		if key, ok = strings.CutSuffix(quoted, `"`); !ok {
			key = ""
		}
	}
	bad := func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == ',' || c == '\\' }
	if len(values) > 1 || key == "" || len(key) > maxIdempotencyKey || strings.ContainsFunc(key, bad) {
		v.add("value_error", `must be one key of 1 to 255 visible ASCII characters, none of them a comma, a quote or a backslash`,
			"header", idempotencyKeyHeader)
	}
	return key
}

// once lets a request that carries an idempotency key take effect once,
// whatever h does; limit is that of the body. Such a request is answered after
// all is stored.
func (s *server) once(limit int64, h protectedFunc) protectedFunc {
	return func(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
		var bad validationError
		key := bad.idempotencyKey(r)
		if len(bad) == 0 && key == "" {
			return h(w, r, caller)
		}
		for name := range mux.Vars(r) { // what is no id may be of any length, and the path is part of a storage's key
			bad.pathUUID(r, name)
		}
		if err := bad.asError(); err != nil {
			return err
		}
		body, err := readBody(w, r, limit)
		if err != nil {
			return err
		}
		reply, replayed, err := s.UseCases.RunOnce.Execute(r.Context(), domain.IdempotencyKey{
			UserID: caller, Method: r.Method, Path: r.URL.EscapedPath(), Key: key, Fingerprint: sha256.Sum256(body),
		}, func(ctx context.Context) (domain.Reply, error) {
			again := r.WithContext(ctx)
			again.Body = io.NopCloser(bytes.NewReader(body))
			recorded := recorder{header: http.Header{}}
			err := h(&recorded, again, caller)
			return domain.Reply{Status: recorded.status, Location: recorded.header.Get("Location"), Body: recorded.body.Bytes()}, err
		})
		if err != nil {
			return err
		}
		if reply.Location != "" {
			w.Header().Set("Location", reply.Location)
		}
		if replayed {
			noteOf(r).replayed = true
			w.Header().Set(replayedHeader, "true")
		}
		return writeRaw(w, reply.Status, reply.Body)
	}
}

// recorder keeps an answer until it may be given.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header            { return r.header }
func (r *recorder) WriteHeader(status int)         { r.status = status }
func (r *recorder) Write(data []byte) (int, error) { return r.body.Write(data) }
