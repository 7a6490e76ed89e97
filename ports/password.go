package ports

import "context"

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
