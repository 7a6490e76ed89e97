package app

import (
	"context"
	"errors"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// LogIn gives a person an access token for their password, and takes the one
// occasion on which the password is known to store it as a new one would be.
type LogIn struct {
	Users     ports.UserByEmailReader
	Passwords ports.PasswordVerifier
	Rehasher  ports.PasswordRehasher
	Hashes    ports.PasswordHashReplacer
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
	u.rehash(ctx, user, credentials.Password)
	return u.Tokens.IssueToken(domain.AccessToken{UserID: user.ID, Version: user.TokenVersion}, u.Clock.now())
}

// rehash stores the password anew if the parameters have changed since. No
// failure of it is the person's concern, who is logged in all the same: the
// next log-in tries again.
func (u LogIn) rehash(ctx context.Context, user domain.User, password string) {
	if !u.Rehasher.NeedsRehash(user.PasswordHash) {
		return
	}
	if hash, err := u.Rehasher.HashPassword(ctx, password); err == nil {
		_ = u.Hashes.ReplacePasswordHash(ctx, user.ID, user.PasswordHash, hash)
	}
}
