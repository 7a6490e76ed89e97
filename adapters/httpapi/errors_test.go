package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func TestEveryKindHasItsStatus(t *testing.T) {
	want := map[domain.Kind]int{
		domain.KindInternal:        500,
		domain.KindValidation:      422,
		domain.KindInvalid:         400,
		domain.KindUnauthenticated: 401,
		domain.KindNotFound:        404,
		domain.KindConflict:        409,
		domain.KindUnavailable:     503,
	}
	for _, kind := range domain.Kinds() {
		err := fmt.Errorf("somewhere: %w", &domain.Error{Kind: kind, Code: "SOME_CODE", Message: "some message"})
		status, detail := answerOf(err)
		if status != want[kind] || statusOf[kind] != want[kind] {
			t.Errorf("kind %d has status %d and %d, want %d", kind, status, statusOf[kind], want[kind])
		}
		if hidden := kind == domain.KindInternal; (detail.Code == "SOME_CODE") == hidden {
			t.Errorf("kind %d shows %+v", kind, detail)
		}
	}
	if len(statusOf) != len(domain.Kinds()) {
		t.Errorf("%d kinds are mapped, there are %d", len(statusOf), len(domain.Kinds()))
	}
}

func TestFailuresOfHTTPAndOfNoKind(t *testing.T) {
	for err, want := range map[error]int{
		errNotFound: 404, errMethodNotAllowed: 405, errPayloadTooLarge: 413, errUnsupportedMediaType: 415, errRateLimited: 429, errNotAuthenticated: 401,
	} {
		if status, detail := answerOf(fmt.Errorf("somewhere: %w", err)); status != want || detail.Code == "" || detail.Message == "" {
			t.Errorf("%v: %d %+v, want %d", err, status, detail, want)
		}
	}
	status, detail := answerOf(errors.New("pq: password authentication failed for user postgres"))
	if status != http.StatusInternalServerError || detail.Code != "INTERNAL_ERROR" || strings.Contains(detail.Message, "postgres") {
		t.Errorf("%d %+v", status, detail)
	}
}

func TestRulesOfTheDomainHaveTypesOnTheWire(t *testing.T) {
	for rule, want := range map[domain.Rule]string{
		domain.RuleTooShort:  "string_too_short map[min_length:7]",
		domain.RuleTooLong:   "string_too_long map[max_length:7]",
		domain.RuleValue:     "value_error map[]",
		domain.RuleOneOf:     "literal_error map[]",
		domain.RuleTooCommon: "password_too_common map[]",
	} {
		item := fieldItem(domain.FieldError{Path: []any{"tech_stack", 3}, Rule: rule, Limit: 7, Message: "must"})
		if got := fmt.Sprintf("%s %v", item.Type, item.Ctx); got != want || fmt.Sprint(item.Loc) != "[body tech_stack 3]" {
			t.Errorf("rule %d: %s at %v, want %s", rule, got, item.Loc, want)
		}
	}
}
