package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ai-interviewer/ai-interviewer/adapters/aesgcm"
	"github.com/ai-interviewer/ai-interviewer/adapters/jwt"
	"github.com/ai-interviewer/ai-interviewer/adapters/sqlite"
)

// minSecretBytes is how long every secret is at least.
const minSecretBytes = max(jwt.MinSecretBytes, aesgcm.MinSecretBytes)

// secret returns the value that was set, or one that the service makes for
// itself where that is safe. The name is that of the setting.
func (s storage) secret(name, value string) ([]byte, error) {
	switch {
	case value != "":
		return []byte(value), nil
	case s.secretFile != nil:
		secret, err := keptSecret(s.secretFile(name))
		if err != nil {
			return nil, fmt.Errorf("%s is not set, and %w", name, err)
		}
		return secret, nil
	case s.remote:
		// Replicas must agree on it, so none can make its own.
		return nil, fmt.Errorf("%s: must be set with PostgreSQL, to at least %d bytes", name, minSecretBytes)
	}
	return newSecret(), nil
}

func newSecret() []byte {
	random := make([]byte, 32)
	rand.Read(random) // its documentation: never returns an error
	return []byte(hex.EncodeToString(random))
}

// keptSecret returns the secret in the file, which it makes if it is missing.
// Of several processes that make it at once all return the same.
func keptSecret(path string) ([]byte, error) {
	secret, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return makeSecret(path)
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", err)
	case len(secret) < minSecretBytes:
		return nil, fmt.Errorf("%s has fewer than %d bytes", path, minSecretBytes)
	}
	return secret, nil
}

// makeSecret writes a whole file beside the path and links it there, which
// fails if another process was first.
func makeSecret(path string) ([]byte, error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("cannot be kept: %w", err)
	}
	defer os.Remove(file.Name())
	_, writeErr := file.Write(newSecret())
	if err := errors.Join(writeErr, file.Sync(), file.Close()); err != nil {
		return nil, fmt.Errorf("cannot be kept: %w", err)
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("cannot be kept: %w", err)
	}
	sqlite.SyncFolder(filepath.Dir(path)) // with another secret, saved API keys could no longer be read
	return os.ReadFile(path)
}
