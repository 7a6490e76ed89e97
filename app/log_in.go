package app

import (
	"context"
	"errors"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// LogIn gives a person an access token for their password.
type LogIn struct {
	Users     ports.UserByEmailReader
	Passwords ports.PasswordVerifier
	Tokens    ports.TokenIssuer
	Clock     Clock
}

// Execute returns an access token. It returns a VALIDATION_ERROR that names
// each bad field, or [domain.ErrInvalidCredentials], the same at the same cost
// for an unknown address and a wrong password.
func (u LogIn) Execute(ctx context.Context, credentials domain.Credentials) (string, error) {
	credentials, err := credentials.ForLogin()
	if err != nil {
		return "", err
	}
	user, err := u.Users.FindUserByEmail(ctx, credentials.Email)
	unknown := errors.Is(err, domain.ErrUserNotFound)
	if err != nil && !unknown {
		return "", err
	}
	ok, err := u.Passwords.VerifyPassword(ctx, user.PasswordHash, credentials.Password)
	if err != nil {
		return "", err
	}
	if unknown || !ok {
		return "", domain.ErrInvalidCredentials
	}
	return u.Tokens.IssueToken(domain.AccessToken{UserID: user.ID, Version: user.TokenVersion}, u.Clock.now())
}
