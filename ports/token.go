package ports

import (
	"time"

	"github.com/google/uuid"
)

// TokenIssuer makes the access tokens that a logged-in user presents.
type TokenIssuer interface {
	// IssueToken returns a token for the user, valid for 24 hours from now.
	IssueToken(user uuid.UUID, now time.Time) (string, error)
}

// TokenVerifier reads access tokens. It is asked on every request and touches
// no storage.
type TokenVerifier interface {
	// VerifyToken returns the user that a valid token was issued to, or a
	// [domain.Error] of kind unauthenticated, with code INVALID_TOKEN.
	VerifyToken(token string) (uuid.UUID, error)
}
