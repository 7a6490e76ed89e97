// Package jwt issues and verifies the access tokens: JSON Web Tokens (RFC
// 7519) signed with HMAC-SHA256.
package jwt

import (
	"context"
	"errors"
	"fmt"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

const (
	// Lifetime is how long a token is valid. There is no refresh, no
	// revocation and no leeway.
	Lifetime = 24 * time.Hour
	// MinSecretBytes is the least length of the secret: that of the hash
	// (RFC 7518 §3.2).
	MinSecretBytes = 32

	codeInvalidToken = "INVALID_TOKEN"
)

// The failures of a token, all of one code.
var (
	ErrInvalid = &domain.Error{Kind: domain.KindUnauthenticated, Code: codeInvalidToken, Message: "Invalid token"}
	ErrExpired = &domain.Error{Kind: domain.KindUnauthenticated, Code: codeInvalidToken, Message: "Token has expired"}
	ErrSubject = &domain.Error{Kind: domain.KindUnauthenticated, Code: codeInvalidToken, Message: "Invalid user id format in token"}
)

// Tokens issues and verifies tokens with one secret. Its claims are sub (the
// user's id), iat, exp, jti (a random UUID) and, where it is not 0, ver (the
// user's token version); a token with just sub and exp is accepted too.
type Tokens struct {
	secret []byte
	parser *gojwt.Parser
}

var (
	_ ports.TokenIssuer   = (*Tokens)(nil)
	_ ports.TokenVerifier = (*Tokens)(nil)
)

// New returns Tokens that sign with a secret of at least [MinSecretBytes] and
// judge expiry by the clock.
func New(secret []byte, now func() time.Time) (*Tokens, error) {
	if len(secret) < MinSecretBytes {
		return nil, fmt.Errorf("the secret must have at least %d bytes", MinSecretBytes)
	}
	return &Tokens{secret: secret, parser: gojwt.NewParser(
		gojwt.WithValidMethods([]string{gojwt.SigningMethodHS256.Alg()}),
		gojwt.WithExpirationRequired(),
		gojwt.WithTimeFunc(now),
	)}, nil
}

// IssueToken implements [ports.TokenIssuer].
func (t *Tokens) IssueToken(token domain.AccessToken, now time.Time) (string, error) {
	return gojwt.NewWithClaims(gojwt.SigningMethodHS256, claims{gojwt.RegisteredClaims{
		Subject:   token.UserID.String(),
		IssuedAt:  gojwt.NewNumericDate(now),
		ExpiresAt: gojwt.NewNumericDate(now.Add(Lifetime)),
		ID:        uuid.NewString(),
	}, token.Version}).SignedString(t.secret)
}

type claims struct {
	gojwt.RegisteredClaims
	Version int `json:"ver,omitempty"`
}

// VerifyToken implements [ports.TokenVerifier].
func (t *Tokens) VerifyToken(_ context.Context, token string) (domain.AccessToken, error) {
	var c claims
	_, err := t.parser.ParseWithClaims(token, &c, func(*gojwt.Token) (any, error) { return t.secret, nil })
	switch {
	case errors.Is(err, gojwt.ErrTokenExpired):
		return domain.AccessToken{}, ErrExpired
	case err != nil, c.Subject == "":
		return domain.AccessToken{}, ErrInvalid
	}
	user, err := uuid.Parse(c.Subject)
	if len(c.Subject) > len(uuid.Nil.String()) || err != nil { // uuid.Parse also takes {…} and urn:…
		return domain.AccessToken{}, ErrSubject
	}
	return domain.AccessToken{UserID: user, Version: c.Version}, nil
}
