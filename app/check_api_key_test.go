package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// checkAPIKey is the use case with a checker that expects no call.
type checkAPIKey struct {
	app.CheckAPIKey
	checker *mocks.MockAPIKeyChecker
}

func newCheckAPIKey(t *testing.T) checkAPIKey {
	checker := mocks.NewMockAPIKeyChecker(gomock.NewController(t))
	return checkAPIKey{app.CheckAPIKey{Checker: checker}, checker}
}

func (f checkAPIKey) answers(verdict domain.APIKeyVerdict, reason error) {
	f.checker.EXPECT().CheckAPIKey(gomock.Any(), apiKey).Return(verdict, reason)
}

func TestCheckAPIKey(t *testing.T) {
	for _, verdict := range []domain.APIKeyVerdict{domain.APIKeyValid, domain.APIKeyInvalid, domain.APIKeyRateLimited} {
		t.Run(fmt.Sprintf("passes on verdict %d on the trimmed key", verdict), func(t *testing.T) {
			f := newCheckAPIKey(t)
			f.answers(verdict, nil)
			got, err := f.Execute(t.Context(), " "+apiKey+"\n")
			equal(t, "error", err, nil)
			equal(t, "answer", got, app.APIKeyAnswer{Verdict: verdict})
		})
	}

	for name, reason := range map[string]error{
		"cannot be reached":       errors.New("no route to host"),
		"does not answer in time": fmt.Errorf("get: %w", context.DeadlineExceeded),
		"is unavailable":          domain.ErrUnavailable,
	} {
		t.Run("takes it for an answer that the provider "+name, func(t *testing.T) {
			f := newCheckAPIKey(t)
			f.answers(domain.APIKeyUnknown, reason)
			got, err := f.Execute(t.Context(), apiKey)
			equal(t, "error", err, nil)
			equal(t, "answer", got, app.APIKeyAnswer{Verdict: domain.APIKeyUnknown, Reason: reason})
		})
	}

	t.Run("asks nothing about a key that is too long", func(t *testing.T) {
		got, err := newCheckAPIKey(t).Execute(t.Context(), strings.Repeat("k", domain.MaxAPIKeyLength+1))
		refusedFields(t, got, err, "api_key")
	})

	t.Run("asks nothing about a key of another form", func(t *testing.T) {
		got, err := newCheckAPIKey(t).Execute(t.Context(), "pk-"+apiKey)
		refused(t, got, err, domain.ErrInvalidAPIKeyFormat)
	})

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newCheckAPIKey(t)
		f.checker.EXPECT().CheckAPIKey(gomock.Any(), apiKey).
			DoAndReturn(func(ctx context.Context, _ string) (domain.APIKeyVerdict, error) {
				return domain.APIKeyUnknown, fmt.Errorf("get: %w", ctx.Err())
			})
		got, err := f.Execute(cancelled(t), apiKey)
		refused(t, got, err, context.Canceled)
	})
}
