package domain_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// brokenRules returns the fields that a VALIDATION_ERROR names, without their
// messages, or nil if there is no error.
func brokenRules(t *testing.T, err error) []domain.FieldError {
	t.Helper()
	if err == nil {
		return nil
	}
	var e *domain.Error
	if !errors.As(err, &e) || e.Kind != domain.KindValidation || e.Code != "VALIDATION_ERROR" || len(e.Fields) == 0 {
		t.Fatalf("%v is not a VALIDATION_ERROR that names fields", err)
	}
	fields := slices.Clone(e.Fields)
	for i := range fields {
		if fields[i].Message == "" {
			t.Errorf("%v has no message", fields[i].Path)
		}
		fields[i].Message = ""
	}
	return fields
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is\n%+v, want\n%+v", what, got, want)
	}
}

func TestErrorIs(t *testing.T) {
	detailed := &domain.Error{Kind: domain.KindNotFound, Code: "JOB_POSTING_NOT_FOUND", Message: "gone since Tuesday"}
	for _, test := range []struct {
		name        string
		err, target error
		want        bool
	}{
		{"matches itself", domain.ErrSessionNotFound, domain.ErrSessionNotFound, true},
		{"matches the same code with another message", detailed, domain.ErrJobPostingNotFound, true},
		{"matches through a wrapping error", fmt.Errorf("find: %w", detailed), domain.ErrJobPostingNotFound, true},
		{"matches in a joined error", errors.Join(io.EOF, detailed), domain.ErrJobPostingNotFound, true},
		{"does not match another code of the same kind", domain.ErrSessionNotFound, domain.ErrJobPostingNotFound, false},
		{"does not match a foreign error", domain.ErrSessionNotFound, io.EOF, false},
		{"is not matched by a foreign error", io.EOF, domain.ErrSessionNotFound, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := errors.Is(test.err, test.target); got != test.want {
				t.Errorf("errors.Is(%v, %v) is %t", test.err, test.target, got)
			}
		})
	}
}

func TestErrorIsFoundInAChain(t *testing.T) {
	var e *domain.Error
	if !errors.As(fmt.Errorf("log in: %w", domain.ErrInvalidCredentials), &e) {
		t.Fatal("errors.As finds nothing")
	}
	equal(t, "error", e, domain.ErrInvalidCredentials)
	equal(t, "text", e.Error(), "INVALID_CREDENTIALS: Invalid e-mail or password")
}

func TestFailuresKeepTheirKindAndCode(t *testing.T) {
	codes := map[string]bool{}
	for _, test := range []struct {
		err  *domain.Error
		kind domain.Kind
		code string
	}{
		{domain.ErrJobPostingNotFound, domain.KindNotFound, "JOB_POSTING_NOT_FOUND"},
		{domain.ErrSessionNotFound, domain.KindNotFound, "SESSION_NOT_FOUND"},
		{domain.ErrEmailAlreadyRegistered, domain.KindConflict, "EMAIL_ALREADY_REGISTERED"},
		{domain.ErrInvalidCredentials, domain.KindUnauthenticated, "INVALID_CREDENTIALS"},
		{domain.ErrUserNotFound, domain.KindUnauthenticated, "USER_NOT_FOUND"},
		{domain.ErrInvalidStatusFilter, domain.KindInvalid, "INVALID_STATUS_FILTER"},
		{domain.ErrInvalidDateRange, domain.KindInvalid, "INVALID_DATE_RANGE"},
		{domain.ErrInvalidSessionState, domain.KindInvalid, "INVALID_SESSION_STATE"},
		{domain.ErrSessionAlreadyCompleted, domain.KindInvalid, "SESSION_ALREADY_COMPLETED"},
		{domain.ErrSessionNotActive, domain.KindInvalid, "SESSION_NOT_ACTIVE"},
		{domain.ErrSessionNotCompleted, domain.KindInvalid, "SESSION_NOT_COMPLETED"},
		{domain.ErrMissingJobPosting, domain.KindInvalid, "MISSING_JOB_POSTING"},
		{domain.ErrJobPostingRequired, domain.KindInvalid, "JOB_POSTING_REQUIRED"},
		{domain.ErrResumeRequired, domain.KindInvalid, "RESUME_REQUIRED"},
		{domain.ErrResumeNotFound, domain.KindNotFound, "RESUME_NOT_FOUND"},
		{domain.ErrResumeAlreadyExists, domain.KindConflict, "RESUME_ALREADY_EXISTS"},
		{domain.ErrFeedbackNotFound, domain.KindNotFound, "FEEDBACK_NOT_FOUND"},
		{domain.ErrFeedbackAlreadyExists, domain.KindConflict, "FEEDBACK_ALREADY_EXISTS"},
		{domain.ErrOperationNotFound, domain.KindNotFound, "OPERATION_NOT_FOUND"},
		{domain.ErrOperationNotFailed, domain.KindInvalid, "OPERATION_NOT_FAILED"},
		{domain.ErrInvalidAPIKeyFormat, domain.KindInvalid, "INVALID_API_KEY_FORMAT"},
		{domain.ErrUnavailable, domain.KindUnavailable, "SERVICE_UNAVAILABLE"},
	} {
		t.Run(test.code, func(t *testing.T) {
			if test.err.Kind != test.kind || test.err.Code != test.code || test.err.Message == "" {
				t.Errorf("got %+v", *test.err)
			}
			if codes[test.err.Code] {
				t.Error("two failures share this code, so errors.Is takes one for the other")
			}
			codes[test.err.Code] = true
		})
	}
}

func TestAbsentPostingHasTheMessageOfTheContract(t *testing.T) {
	equal(t, "message", domain.ErrJobPostingNotFound.Message,
		"Job posting not found or you don't have permission to access it")
}

func TestFailuresHaveTheWordsOfTheContract(t *testing.T) {
	for _, test := range []struct {
		err   *domain.Error
		words string
	}{
		{domain.ErrResumeNotFound, "not found"},
		{domain.ErrResumeAlreadyExists, "already has a resume"},
		{domain.ErrFeedbackNotFound, "not been generated"},
		{domain.ErrOperationNotFound, "not found"},
		{domain.ErrOperationNotFailed, "only retry failed operations"},
	} {
		t.Run(test.err.Code, func(t *testing.T) {
			if !strings.Contains(strings.ToLower(test.err.Message), test.words) {
				t.Errorf("message is %q, want %q in it", test.err.Message, test.words)
			}
		})
	}
}

func TestKindsHasNoGaps(t *testing.T) {
	equal(t, "Kinds()", domain.Kinds(), []domain.Kind{
		domain.KindInternal,
		domain.KindValidation,
		domain.KindInvalid,
		domain.KindUnauthenticated,
		domain.KindNotFound,
		domain.KindConflict,
		domain.KindUnavailable,
	})
	for i, kind := range domain.Kinds() {
		if kind != domain.Kind(i) {
			t.Errorf("kind %d is number %d", kind, i)
		}
	}
	if zero := (domain.Error{}); zero.Kind != domain.KindInternal {
		t.Error("an error without a kind is not internal")
	}
}
