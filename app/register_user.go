package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// RegisterUser signs a person up.
type RegisterUser struct {
	Users     ports.UserWriter
	Passwords ports.PasswordHasher
	Clock     Clock
}

// Execute stores and returns a new account. It returns a VALIDATION_ERROR
// that names each bad field, or [domain.ErrEmailAlreadyRegistered].
func (u RegisterUser) Execute(ctx context.Context, credentials domain.Credentials) (domain.User, error) {
	credentials, err := credentials.ForRegistration()
	if err != nil {
		return domain.User{}, err
	}
	hash, err := u.Passwords.HashPassword(ctx, credentials.Password)
	if err != nil {
		return domain.User{}, err
	}
	now := u.Clock.now()
	user := domain.User{ID: uuid.New(), Email: credentials.Email, PasswordHash: hash, CreatedAt: now, UpdatedAt: now}
	if err := u.Users.CreateUser(ctx, user); err != nil {
		return domain.User{}, err
	}
	return user, nil
}
