package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ChangePassword gives a person another password.
type ChangePassword struct {
	Users    ports.UserReader
	Verifier ports.PasswordVerifier
	Hasher   ports.PasswordHasher
	Replacer ports.PasswordReplacer
	Tokens   ports.TokenIssuer
	Clock    Clock
}

// Execute stores the new password, ends all tokens of the user and returns one
// that is taken. It returns the errors of [domain.PasswordChange.Check],
// [domain.ErrWrongPassword] for a wrong current one, or
// [domain.ErrUserNotFound].
func (u ChangePassword) Execute(ctx context.Context, id uuid.UUID, change domain.PasswordChange) (string, error) {
	if err := change.Check(); err != nil {
		return "", err
	}
	user, err := checkedUser(ctx, u.Users, u.Verifier, id, change.Current)
	if err != nil {
		return "", err
	}
	hash, err := u.Hasher.HashPassword(ctx, change.New)
	if err != nil {
		return "", err
	}
	now := u.Clock.now()
	version, err := u.Replacer.ReplacePassword(ctx, id, user.PasswordHash, hash, now)
	if err != nil {
		return "", err
	}
	return u.Tokens.IssueToken(domain.AccessToken{UserID: id, Version: version}, now)
}

// checkedUser returns the account if the password is its own, else
// [domain.ErrWrongPassword].
func checkedUser(ctx context.Context, users ports.UserReader, verifier ports.PasswordVerifier, id uuid.UUID, password string) (domain.User, error) {
	user, err := users.FindUser(ctx, id)
	if err != nil {
		return domain.User{}, err
	}
	ok, err := verifier.VerifyPassword(ctx, user.PasswordHash, password)
	if err == nil && !ok {
		err = domain.ErrWrongPassword
	}
	return user, err
}
