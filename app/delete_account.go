package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// DeleteAccount removes a person and all that is stored about them.
type DeleteAccount struct {
	Users    ports.UserReader
	Verifier ports.PasswordVerifier
	Deleter  ports.UserDeleter
}

// Execute removes the account and everything that belongs to it. It returns the
// errors of [domain.CheckPassword], [domain.ErrWrongPassword], or
// [domain.ErrUserNotFound].
func (u DeleteAccount) Execute(ctx context.Context, id uuid.UUID, password string) error {
	if err := domain.CheckPassword(password); err != nil {
		return err
	}
	if _, err := checkedUser(ctx, u.Users, u.Verifier, id, password); err != nil {
		return err
	}
	return u.Deleter.DeleteUser(ctx, id)
}
