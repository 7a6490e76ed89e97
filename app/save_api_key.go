package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// SaveAPIKey keeps a person's API key of the provider, encrypted.
type SaveAPIKey struct {
	Encrypter ports.APIKeyEncrypter
	Keys      ports.APIKeyWriter
	Clock     Clock
}

// Execute stores the key in the place of the owner's former one. It returns
// the errors of [domain.NormalizeAPIKey], or [domain.ErrUserNotFound].
func (u SaveAPIKey) Execute(ctx context.Context, owner uuid.UUID, key string) error {
	key, err := domain.NormalizeAPIKey(key)
	if err != nil {
		return err
	}
	encrypted, err := u.Encrypter.EncryptAPIKey(owner, key)
	if err != nil {
		return err
	}
	return u.Keys.SaveAPIKey(ctx, owner, encrypted, u.Clock.now())
}
