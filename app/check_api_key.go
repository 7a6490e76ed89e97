package app

import (
	"context"
	"errors"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// CheckAPIKey finds out whether an API key works. It stores nothing.
type CheckAPIKey struct {
	Checker ports.APIKeyChecker
}

// APIKeyAnswer is what came of asking the provider about a key.
type APIKeyAnswer struct {
	Verdict domain.APIKeyVerdict
	// Reason says why the provider could not be asked. It is meant for the log
	// and is nil with every verdict but [domain.APIKeyUnknown].
	Reason error
}

// Execute asks the provider once. It returns the errors of
// [domain.NormalizeAPIKey], without asking, or one that wraps
// [context.Canceled] if the caller went away. That the provider could not be
// asked is an answer and no error.
func (u CheckAPIKey) Execute(ctx context.Context, key string) (APIKeyAnswer, error) {
	key, err := domain.NormalizeAPIKey(key)
	if err != nil {
		return APIKeyAnswer{}, err
	}
	verdict, reason := u.Checker.CheckAPIKey(ctx, key)
	if errors.Is(reason, context.Canceled) {
		return APIKeyAnswer{}, reason
	}
	return APIKeyAnswer{verdict, reason}, nil
}
