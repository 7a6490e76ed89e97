package app

import (
	"context"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// Authenticate decides whether a token that was verified is still taken.
type Authenticate struct {
	Versions ports.TokenVersionReader
}

// Execute returns nil, [domain.ErrTokenEnded], or [domain.ErrUserNotFound] if
// the account was deleted.
func (u Authenticate) Execute(ctx context.Context, token domain.AccessToken) error {
	version, err := u.Versions.FindTokenVersion(ctx, token.UserID)
	if err == nil && version != token.Version {
		err = domain.ErrTokenEnded
	}
	return err
}
