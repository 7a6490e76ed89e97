// Package aesgcm encrypts the API keys that are stored, with AES-256 in
// Galois/Counter Mode (NIST SP 800-38D).
package aesgcm

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/ports"
)

// MinSecretBytes is the least length of the secret: that of the cipher's key.
const MinSecretBytes = 32

const (
	keyBytes = 32 // AES-256

	// version starts every text: how it was made.
	version = "v1."

	// purpose is the info of HKDF (RFC 5869 §3.2): a secret that serves
	// something else too does not give the same key there.
	purpose = "ai-interviewer/api-keys/v1"
)

var errUnreadable = errors.New("aesgcm: the stored API key was made with another secret, for another owner, or is damaged")

// encoding is strict, so that no two texts stand for the same bytes.
var encoding = base64.RawURLEncoding.Strict()

// Cipher encrypts and decrypts with one secret. It is safe for concurrent use.
type Cipher struct{ aead cipher.AEAD }

var _ ports.APIKeyEncrypter = (*Cipher)(nil)

// New returns a Cipher whose key is derived from a secret of at least
// [MinSecretBytes].
func New(secret []byte) (*Cipher, error) {
	if len(secret) < MinSecretBytes {
		return nil, fmt.Errorf("the secret must have at least %d bytes", MinSecretBytes)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, purpose, keyBytes)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Cipher{aead}, nil
}

// EncryptAPIKey implements [ports.APIKeyEncrypter]. The text is printable
// ASCII: "v1." and the unpadded base64url of nonce, ciphertext and tag. It is
// another one each time.
func (c *Cipher) EncryptAPIKey(owner uuid.UUID, key string) (string, error) {
	return version + encoding.EncodeToString(c.aead.Seal(nil, nil, []byte(key), owner[:])), nil
}

// DecryptAPIKey returns the key of which [Cipher.EncryptAPIKey] made the text.
// It fails if the text is not as it was made, or was made with another secret
// or for another owner; the error tells nothing of the key.
func (c *Cipher) DecryptAPIKey(owner uuid.UUID, text string) (string, error) {
	encoded, ok := strings.CutPrefix(text, version)
	if !ok {
		return "", errUnreadable
	}
	sealed, err := encoding.DecodeString(encoded)
	if err != nil {
		return "", errUnreadable
	}
	key, err := c.aead.Open(nil, nil, sealed, owner[:])
	if err != nil {
		return "", errUnreadable
	}
	return string(key), nil
}
