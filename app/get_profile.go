package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// GetProfile tells a person who they are.
type GetProfile struct {
	Users ports.UserReader
}

// Execute returns the account, or [domain.ErrUserNotFound] if it is gone.
func (u GetProfile) Execute(ctx context.Context, user uuid.UUID) (domain.User, error) {
	return u.Users.FindUser(ctx, user)
}
