package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

const (
	apiKey          = "sk-proj-0123456789_ABCDEFGHIJ-abcdefghijklmn"
	encryptedAPIKey = "encrypted"
)

// saveAPIKey is the use case with ports that expect no call: a writer that is
// told nothing more proves that a refused key is not stored.
type saveAPIKey struct {
	app.SaveAPIKey
	encrypter *mocks.MockAPIKeyEncrypter
	keys      *mocks.MockAPIKeyWriter
}

func newSaveAPIKey(t *testing.T) saveAPIKey {
	ctrl := gomock.NewController(t)
	encrypter, keys := mocks.NewMockAPIKeyEncrypter(ctrl), mocks.NewMockAPIKeyWriter(ctrl)
	return saveAPIKey{app.SaveAPIKey{Encrypter: encrypter, Keys: keys, Clock: clock}, encrypter, keys}
}

func (f saveAPIKey) encrypts(text string, err error) {
	f.encrypter.EXPECT().EncryptAPIKey(owner, apiKey).Return(text, err)
}

func (f saveAPIKey) stores() *gomock.Call {
	return f.keys.EXPECT().SaveAPIKey(gomock.Any(), owner, encryptedAPIKey, now)
}

func TestSaveAPIKey(t *testing.T) {
	t.Run("stores the trimmed key encrypted for its owner, changed now", func(t *testing.T) {
		f := newSaveAPIKey(t)
		f.encrypts(encryptedAPIKey, nil)
		f.stores().Return(nil)
		equal(t, "error", f.Execute(t.Context(), owner, " "+apiKey+"\n"), nil)
	})

	t.Run("calls no port with a key that is too long", func(t *testing.T) {
		err := newSaveAPIKey(t).Execute(t.Context(), owner, strings.Repeat("k", domain.MaxAPIKeyLength+1))
		refusedFields(t, struct{}{}, err, "api_key")
	})

	t.Run("calls no port with a key of another form", func(t *testing.T) {
		err := newSaveAPIKey(t).Execute(t.Context(), owner, "pk-"+apiKey)
		refused(t, struct{}{}, err, domain.ErrInvalidAPIKeyFormat)
	})

	t.Run("stores nothing if the key cannot be encrypted", func(t *testing.T) {
		f := newSaveAPIKey(t)
		broken := errors.New("no entropy")
		f.encrypts("", broken)
		refused(t, struct{}{}, f.Execute(t.Context(), owner, apiKey), broken)
	})
}

func TestSaveAPIKeyPassesOnThat(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"the account is gone", domain.ErrUserNotFound},
		{"the writer is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"the writer fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newSaveAPIKey(t)
			f.encrypts(encryptedAPIKey, nil)
			f.stores().Return(test.err)
			refused(t, struct{}{}, f.Execute(t.Context(), owner, apiKey), test.err)
		})
	}

	t.Run("the caller went away", func(t *testing.T) {
		f := newSaveAPIKey(t)
		f.encrypts(encryptedAPIKey, nil)
		f.stores().DoAndReturn(func(ctx context.Context, _ uuid.UUID, _ string, _ time.Time) error { return ctx.Err() })
		refused(t, struct{}{}, f.Execute(cancelled(t), owner, apiKey), context.Canceled)
	})
}
