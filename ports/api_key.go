package ports

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// APIKeyEncrypter makes API keys fit to be stored.
type APIKeyEncrypter interface {
	// EncryptAPIKey returns a text from which nobody can learn the key without
	// the service's secret, and which is of use for this owner alone.
	EncryptAPIKey(owner uuid.UUID, key string) (string, error)
}

// APIKeyWriter stores API keys.
type APIKeyWriter interface {
	// SaveAPIKey stores the encrypted key in the place of the owner's former
	// one, and moves the account's update time, or returns
	// [domain.ErrUserNotFound].
	SaveAPIKey(ctx context.Context, owner uuid.UUID, encrypted string, now time.Time) error
}

// APIKeyChecker asks the provider about API keys.
type APIKeyChecker interface {
	// CheckAPIKey makes one call to the provider. That it cannot be made is a
	// verdict too, and the error, meant for the log, says why.
	CheckAPIKey(ctx context.Context, key string) (domain.APIKeyVerdict, error)
}
