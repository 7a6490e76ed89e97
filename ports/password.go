package ports

import (
	"context"

	"github.com/google/uuid"
)

// PasswordHasher makes what is stored in the place of a password.
type PasswordHasher interface {
	// HashPassword returns a salted hash that names its own parameters. It is
	// costly on purpose and runs a bounded number of times at once; a caller
	// that would wait too long gets [domain.ErrUnavailable].
	HashPassword(ctx context.Context, password string) (string, error)
}

// PasswordVerifier checks a password against a stored hash.
type PasswordVerifier interface {
	// VerifyPassword reports whether the password is the one that was hashed.
	// An empty hash stands for an account that does not exist: it costs as
	// much as any other and never matches. It is bounded like
	// [PasswordHasher], and a hash that cannot be read is an error.
	VerifyPassword(ctx context.Context, hash, password string) (bool, error)
}

// PasswordRehasher finds hashes that were made before the parameters were
// changed, and makes others in their place.
type PasswordRehasher interface {
	PasswordHasher
	// NeedsRehash reports whether the hash has other parameters than
	// HashPassword gives to a new one.
	NeedsRehash(hash string) bool
}

// PasswordHashReplacer changes how a password is stored.
type PasswordHashReplacer interface {
	// ReplacePasswordHash stores the hash in the place of the former, which is
	// of the same password: all else of the account stays as it is, the tokens
	// too. It does nothing if the account has another hash by now, or is gone.
	ReplacePasswordHash(ctx context.Context, user uuid.UUID, former, hash string) error
}
