package ports

import (
	"context"
	"time"

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

// TokenVersionReader tells which tokens of a person are still taken.
type TokenVersionReader interface {
	// FindTokenVersion returns the user's token version, or
	// [domain.ErrUserNotFound]. It may be up to ten seconds old.
	FindTokenVersion(ctx context.Context, user uuid.UUID) (int, error)
}

// TokenEnder ends the tokens of a person.
type TokenEnder interface {
	// EndTokens raises the user's token version by one and returns it, or
	// [domain.ErrUserNotFound].
	EndTokens(ctx context.Context, user uuid.UUID, now time.Time) (version int, err error)
}

// PasswordReplacer gives accounts other passwords.
type PasswordReplacer interface {
	// ReplacePassword stores the hash in the place of the former, which it
	// must still be, and raises the token version by one, which it returns. It
	// returns [domain.ErrWrongPassword] if the hash is another one by now, and
	// [domain.ErrUserNotFound].
	ReplacePassword(ctx context.Context, user uuid.UUID, former, hash string, now time.Time) (version int, err error)
}

// UserDeleter deletes accounts.
type UserDeleter interface {
	// DeleteUser removes the account and everything that belongs to it, or
	// returns [domain.ErrUserNotFound].
	DeleteUser(ctx context.Context, id uuid.UUID) error
}

// AccountReader reads everything of one person.
type AccountReader interface {
	// FindAccount returns all that is stored about the user, as it was at one
	// moment, or [domain.ErrUserNotFound].
	FindAccount(ctx context.Context, user uuid.UUID) (domain.Account, error)
}
