package aesgcm

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
)

const (
	secret = "0123456789abcdef0123456789abcdef"
	key    = "sk-proj-0123456789_ABCDEFGHIJ-abcdefghijklmn"
)

var (
	owner    = uuid.MustParse("0d7c2f4e-8a53-4f0b-9c55-6a3a2b1c4d5e")
	stranger = uuid.MustParse("1b6f0c6a-3f0e-4c58-8c5b-0a9d8e7f6a5b")
)

func cipherOf(t *testing.T, secret string) *Cipher {
	t.Helper()
	c, err := New([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func encrypt(t *testing.T, key string) string {
	t.Helper()
	text, err := cipherOf(t, secret).EncryptAPIKey(owner, key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDecryptedIsWhatWasEncrypted(t *testing.T) {
	printable := regexp.MustCompile(`^v1\.[A-Za-z0-9_-]+$`)
	for _, key := range []string{key, "", "k", strings.Repeat("k", 256), "ключ\x00\xff"} {
		text := encrypt(t, key)
		if !printable.MatchString(text) {
			t.Errorf("the text is %q", text)
		}
		got, err := cipherOf(t, secret).DecryptAPIKey(owner, text)
		if err != nil || got != key {
			t.Errorf("%q came back as %q, %v", key, got, err)
		}
	}
}

// TestStoredTextStaysReadable holds the derivation and the layout to what was
// stored once.
func TestStoredTextStaysReadable(t *testing.T) {
	const stored = "v1.A7yAn3scwy2iCvAiPAWa_VYx6U1oP_ycQyC3445W2lZm6gpcLHfExTgz5vqVV6WKJLMGwPsEtzt77bbt9pXmf_R5fFIm1bWw"
	if got, err := cipherOf(t, secret).DecryptAPIKey(owner, stored); err != nil || got != key {
		t.Errorf("%q, %v", got, err)
	}
}

func TestTextTellsNothing(t *testing.T) {
	a, b := encrypt(t, key), encrypt(t, key)
	if a == b {
		t.Errorf("one key gives the same text twice: %s", a)
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(a, "v1."))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(a, key) || strings.Contains(string(raw), key) {
		t.Error("the text contains the key")
	}
}

// refused checks that the text gives no key, and an error that tells nothing.
func refused(t *testing.T, what string, c *Cipher, owner uuid.UUID, text string) {
	t.Helper()
	got, err := c.DecryptAPIKey(owner, text)
	if err == nil || got != "" {
		t.Errorf("%s: %q, %v", what, got, err)
	} else if message := err.Error(); strings.Contains(message, key) || strings.Contains(message, secret) || len(text) > 3 && strings.Contains(message, text) {
		t.Errorf("%s: the error tells too much: %s", what, message)
	}
}

func TestRefusedTexts(t *testing.T) {
	text := encrypt(t, key)
	body := strings.TrimPrefix(text, "v1.")

	refused(t, "another owner", cipherOf(t, secret), stranger, text)
	refused(t, "another secret", cipherOf(t, "another secret of enough bytes.."), owner, text)
	refused(t, "a secret with one more byte", cipherOf(t, secret+"0"), owner, text)
	for what, text := range map[string]string{
		"empty":            "",
		"version alone":    "v1.",
		"no version":       body,
		"later version":    "v2." + body,
		"longer version":   "v10." + body,
		"version twice":    "v1." + text,
		"upper-case":       "V1." + body,
		"blank in front":   " " + text,
		"garbage":          "v1.garbage",
		"no base64":        "v1.%%%%",
		"padded":           text + "=",
		"key in the clear": key,
		"one more byte":    text + "A",
		"text twice":       text + body,
	} {
		refused(t, what, cipherOf(t, secret), owner, text)
	}
}

func TestEveryChangedByteIsRefused(t *testing.T) {
	c := cipherOf(t, secret)
	text := encrypt(t, key+"o") // of a length that leaves spare bits in the last character
	for i := range text {
		refused(t, "truncated", c, owner, text[:i])
		refused(t, "truncated in front", c, owner, text[i+1:])
		for b := range 256 {
			if byte(b) == text[i] {
				continue
			}
			changed := []byte(text)
			changed[i] = byte(b)
			refused(t, "changed", c, owner, string(changed))
		}
	}
}

func TestShortSecretIsRefused(t *testing.T) {
	if _, err := New([]byte(secret[:MinSecretBytes-1])); err == nil || strings.Contains(err.Error(), secret[:MinSecretBytes-1]) {
		t.Errorf("a secret of 31 bytes: %v", err)
	}
}
