package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// handlerFunc answers a request, or returns the failure that it ends in
// before it has written anything.
type handlerFunc func(w http.ResponseWriter, r *http.Request) error

// protectedFunc is a handlerFunc of a caller who is signed in.
type protectedFunc func(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error

// statusOf gives each kind of failure its status.
var statusOf = map[domain.Kind]int{
	domain.KindInternal:        http.StatusInternalServerError,
	domain.KindValidation:      http.StatusUnprocessableEntity,
	domain.KindInvalid:         http.StatusBadRequest,
	domain.KindUnauthenticated: http.StatusUnauthorized,
	domain.KindNotFound:        http.StatusNotFound,
	domain.KindConflict:        http.StatusConflict,
	domain.KindUnavailable:     http.StatusServiceUnavailable,
}

// httpError is a failure of HTTP itself, which the domain does not know.
type httpError struct {
	status int
	detail detail
}

func (e *httpError) Error() string { return e.detail.Code + ": " + e.detail.Message }

// The failures of HTTP itself.
var (
	errNotFound         = &httpError{http.StatusNotFound, detail{Code: "NOT_FOUND", Message: "There is nothing at this path"}}
	errMethodNotAllowed = &httpError{http.StatusMethodNotAllowed, detail{Code: "METHOD_NOT_ALLOWED",
		Message: "This path does not take this method; see the Allow header"}}
	errPayloadTooLarge = &httpError{http.StatusRequestEntityTooLarge, detail{Code: "PAYLOAD_TOO_LARGE",
		Message: "The request body is too large"}}
	errRequestTimeout = &httpError{http.StatusRequestTimeout, detail{Code: "REQUEST_TIMEOUT",
		Message: "The request body did not arrive in time"}}
	errRateLimited = &httpError{http.StatusTooManyRequests, detail{Code: "RATE_LIMITED",
		Message: "Too many requests; try again after the seconds in the header Retry-After"}}
	errUnsupportedMediaType = &httpError{http.StatusUnsupportedMediaType, detail{Code: "UNSUPPORTED_MEDIA_TYPE",
		Message: "The request body must be application/json"}}
)

var errNotAuthenticated = &domain.Error{Kind: domain.KindUnauthenticated, Code: "NOT_AUTHENTICATED", Message: "Missing bearer token"}

// envelope is the one form of every error.
type envelope struct {
	Detail detail `json:"detail"`
}

type detail struct {
	Code    string      `json:"code"`
	Message string      `json:"message"`
	Errors  []errorItem `json:"errors,omitempty"` // of VALIDATION_ERROR only
}

// errorItem is one bad field: where, what (a type of Pydantic's vocabulary),
// and in words.
type errorItem struct {
	Loc  []any          `json:"loc"`
	Type string         `json:"type"`
	Msg  string         `json:"msg"`
	Ctx  map[string]int `json:"ctx,omitempty"`
}

// validationError gathers bad fields.
type validationError []errorItem

func (v *validationError) add(typ, msg string, loc ...any) {
	*v = append(*v, errorItem{Loc: loc, Type: typ, Msg: msg})
}

// asError returns nil if there is no bad field.
func (v validationError) asError() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

// before puts v in front of what err says of other fields. Any other error
// comes back alone.
func (v validationError) before(err error) error {
	if more, ok := err.(validationError); ok {
		return append(v, more...)
	}
	return err
}

// Error sums the items up in words.
func (v validationError) Error() string {
	words := make([]string, 0, len(v))
	for _, item := range v {
		place := item.Loc
		if len(place) > 1 {
			place = place[1:] // "title" rather than "body.title"
		}
		names := make([]string, len(place))
		for i, name := range place {
			names[i] = fmt.Sprint(name)
		}
		words = append(words, strings.Join(names, ".")+": "+item.Msg)
	}
	return strings.Join(words, "; ")
}

// fieldItem is the wire form of a rule of the domain that a body breaks.
func fieldItem(f domain.FieldError) errorItem {
	item := errorItem{Loc: append([]any{"body"}, f.Path...), Msg: f.Message}
	switch f.Rule {
	case domain.RuleTooShort:
		item.Type, item.Ctx = "string_too_short", map[string]int{"min_length": f.Limit}
	case domain.RuleTooLong:
		item.Type, item.Ctx = "string_too_long", map[string]int{"max_length": f.Limit}
	case domain.RuleOneOf:
		item.Type = "literal_error"
	case domain.RuleTooCommon:
		item.Type = "password_too_common"
	default:
		item.Type = "value_error"
	}
	return item
}

// answerOf maps a failure to its answer. Nothing of an unexpected one reaches
// the client.
func answerOf(err error) (int, detail) {
	var (
		ofHTTP   *httpError
		invalid  validationError
		ofDomain *domain.Error
	)
	switch {
	case errors.As(err, &ofHTTP):
		return ofHTTP.status, ofHTTP.detail
	case errors.As(err, &invalid):
		return http.StatusUnprocessableEntity, detail{Code: "VALIDATION_ERROR", Message: invalid.Error(), Errors: invalid}
	case errors.As(err, &ofDomain) && ofDomain.Kind == domain.KindValidation && ofDomain.Fields != nil:
		for _, field := range ofDomain.Fields {
			invalid = append(invalid, fieldItem(field))
		}
		return http.StatusUnprocessableEntity, detail{Code: ofDomain.Code, Message: invalid.Error(), Errors: invalid}
	case errors.As(err, &ofDomain) && ofDomain.Kind != domain.KindInternal:
		return statusOf[ofDomain.Kind], detail{Code: ofDomain.Code, Message: ofDomain.Message}
	}
	return http.StatusInternalServerError, detail{Code: "INTERNAL_ERROR", Message: "An unexpected error occurred"}
}

// statusClientClosedRequest is what the log shows when the caller went away
// before the answer; nginx's invention, which no client ever sees.
const statusClientClosedRequest = 499

// retryAfterSeconds is the advice that goes with a 503, and with a key in use.
const retryAfterSeconds = "2"

// handler turns a handlerFunc into an http.Handler: the place where a failure
// becomes an answer, and where it is logged, once.
func (s *server) handler(h handlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// fail answers with a failure, and logs one that is the service's own.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if status := s.refuse(w, err); status >= http.StatusInternalServerError {
		s.Logger.ErrorContext(r.Context(), "request failed", "error", err.Error(), "status", status, requestIDKey, requestID(r))
	}
}

// refuse answers with a failure, and returns its status.
func (s *server) refuse(w http.ResponseWriter, err error) (status int) {
	if errors.Is(err, context.Canceled) {
		w.WriteHeader(statusClientClosedRequest)
		return statusClientClosedRequest
	}
	status, detail := answerOf(err)
	switch {
	case status == http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case status == http.StatusServiceUnavailable, errors.Is(err, domain.ErrIdempotencyKeyInUse):
		w.Header().Set("Retry-After", retryAfterSeconds)
	}
	writeJSON(w, status, envelope{detail})
	return status
}
