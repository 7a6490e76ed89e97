package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// UserReader reads one account.
type UserReader interface {
	// FindUser returns the account, or [domain.ErrUserNotFound].
	FindUser(ctx context.Context, id uuid.UUID) (domain.User, error)
}

// UserByEmailReader finds the account that somebody logs in to.
type UserByEmailReader interface {
	// FindUserByEmail returns the account with this normalised address, or
	// [domain.ErrUserNotFound].
	FindUserByEmail(ctx context.Context, email string) (domain.User, error)
}

// UserWriter stores new accounts.
type UserWriter interface {
	// CreateUser stores the account, or returns
	// [domain.ErrEmailAlreadyRegistered], also to all but one of several
	// simultaneous calls with the same address.
	CreateUser(ctx context.Context, user domain.User) error
}
