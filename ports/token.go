package ports

import (
	"context"
	"time"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// TokenIssuer makes the access tokens that a logged-in user presents.
type TokenIssuer interface {
	// IssueToken returns the text of a token, valid for 24 hours from now.
	IssueToken(token domain.AccessToken, now time.Time) (string, error)
}

// TokenVerifier reads access tokens. It is asked on every request and touches
// no storage.
type TokenVerifier interface {
	// VerifyToken returns what a valid token says, or a [domain.Error] of kind
	// unauthenticated, with code INVALID_TOKEN.
	VerifyToken(ctx context.Context, token string) (domain.AccessToken, error)
}
