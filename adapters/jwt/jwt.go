// Package jwt issues and verifies the access tokens: JSON Web Tokens (RFC
// 7519), signed with HMAC-SHA256 by this service, or with a public key of
// another issuer's.
package jwt

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	gojwt "github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

const (
	// Lifetime is how long a token is valid. There is no refresh and no
	// leeway.
	Lifetime = 24 * time.Hour
	// MinSecretBytes is the least length of a secret: that of the hash
	// (RFC 7518 §3.2).
	MinSecretBytes = 32
	// MaxTokenBytes is the length of the longest token that is looked at.
	MaxTokenBytes = 8 << 10

	codeInvalidToken = "INVALID_TOKEN"

	// maxSeconds is the last second of the year 9999. A later time in a token
	// is no time.
	maxSeconds = 253402300799
)

// The failures of a token, all of one code.
var (
	ErrInvalid = &domain.Error{Kind: domain.KindUnauthenticated, Code: codeInvalidToken, Message: "Invalid token"}
	ErrExpired = &domain.Error{Kind: domain.KindUnauthenticated, Code: codeInvalidToken, Message: "Token has expired"}
	ErrSubject = &domain.Error{Kind: domain.KindUnauthenticated, Code: codeInvalidToken, Message: "Invalid user id format in token"}
)

// Config is what tokens are made and judged with.
type Config struct {
	// Secret signs and verifies. It has at least [MinSecretBytes].
	Secret []byte
	// PreviousSecret verifies and never signs, so that a new Secret ends
	// nobody's login. It has at least [MinSecretBytes], or is empty for none.
	PreviousSecret []byte
	// Issuer is somebody else whose tokens are accepted too; nil for nobody.
	Issuer *Issuer
	// Now is the clock by which a token expires.
	Now func() time.Time
}

// Tokens issues and verifies tokens. The claims of its own are sub (the user's
// id), iat, exp, jti (a random UUID) and, where it is not 0, ver (the user's
// token version); a token with just sub and exp is accepted too. It is safe
// for concurrent use.
type Tokens struct {
	secret []byte
	keys   gojwt.VerificationKeySet
	parser *gojwt.Parser
	issuer *issuer // nil without another issuer
}

var (
	_ ports.TokenIssuer   = (*Tokens)(nil)
	_ ports.TokenVerifier = (*Tokens)(nil)
)

// New returns Tokens. Those of another issuer are refused before
// [Tokens.FetchKeys].
func New(c Config) (*Tokens, error) {
	t := &Tokens{secret: c.Secret, keys: gojwt.VerificationKeySet{Keys: []gojwt.VerificationKey{c.Secret}}}
	if len(c.PreviousSecret) > 0 {
		t.keys.Keys = append(t.keys.Keys, c.PreviousSecret)
	}
	for _, key := range t.keys.Keys {
		if len(key.([]byte)) < MinSecretBytes {
			return nil, fmt.Errorf("a secret must have at least %d bytes", MinSecretBytes)
		}
	}
	strict := []gojwt.ParserOption{gojwt.WithExpirationRequired(), gojwt.WithStrictDecoding(), gojwt.WithTimeFunc(c.Now)}
	t.parser = gojwt.NewParser(append(strict, gojwt.WithValidMethods([]string{gojwt.SigningMethodHS256.Alg()}))...)
	if c.Issuer != nil {
		t.issuer = &issuer{Issuer: *c.Issuer, parser: gojwt.NewParser(append(strict, gojwt.WithValidMethods(publicKeyMethods),
			gojwt.WithIssuer(c.Issuer.Name), gojwt.WithAudience(c.Issuer.Audience))...)}
	}
	return t, nil
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

// VerifyToken implements [ports.TokenVerifier]. The algorithm only chooses
// whose token it is: HS256 goes with the secrets alone, any other with the
// keys of the other issuer alone, and each of those only with the algorithm of
// its kind (RFC 8725 §3.1).
func (t *Tokens) VerifyToken(ctx context.Context, token string) (domain.AccessToken, error) {
	algorithm, err := readHeader(token)
	if err != nil {
		return domain.AccessToken{}, ErrInvalid
	}
	var c claims
	switch {
	case algorithm == gojwt.SigningMethodHS256.Alg():
		_, err = t.parser.ParseWithClaims(token, &c, func(*gojwt.Token) (any, error) { return t.keys, nil })
	case t.issuer != nil:
		_, err = t.issuer.parser.ParseWithClaims(token, &c, t.issuer.key(ctx))
	default:
		return domain.AccessToken{}, ErrInvalid
	}
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

// readHeader returns the algorithm that a token names, and refuses what the
// parser would let pass: a token that is too long or has characters beside
// those of base64url (Go's decoder skips line breaks), a header with a member
// that occurs twice or is of a wrong type, and extensions, of which none is
// understood (crit, RFC 7515 §4.1.11; b64, RFC 7797). Keys that a token brings
// along (jwk, jku, x5c, x5u) are not looked at.
func readHeader(token string) (algorithm string, err error) {
	foreign := func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.'
	}
	if len(token) > MaxTokenBytes || strings.ContainsFunc(token, foreign) {
		return "", gojwt.ErrTokenMalformed
	}
	segment, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.Strict().DecodeString(segment)
	if err != nil {
		return "", err
	}
	var header struct {
		Algorithm string         `json:"alg"`
		KeyID     string         `json:"kid"`
		Critical  jsontext.Value `json:"crit"`
		Unencoded jsontext.Value `json:"b64"`
	}
	if err := json.Unmarshal(text, &header); err != nil {
		return "", err
	}
	if header.Critical != nil || header.Unencoded != nil {
		return "", gojwt.ErrTokenUnverifiable
	}
	return header.Algorithm, nil
}

type claims struct {
	gojwt.RegisteredClaims
	Version int `json:"ver,omitempty"`
}

var errClaims = errors.New("jwt: a claim is of a wrong type or out of range")

// UnmarshalJSON is stricter than the library: a member that occurs twice, a
// time that is no number or beyond the year 9999, and a version that is no
// non-negative integer are errors, and names count with their letter case.
func (c *claims) UnmarshalJSON(text []byte) error {
	var read struct {
		Issuer    string             `json:"iss"`
		Subject   string             `json:"sub"`
		Audience  gojwt.ClaimStrings `json:"aud"`
		ExpiresAt *float64           `json:"exp"`
		NotBefore *float64           `json:"nbf"`
		IssuedAt  *float64           `json:"iat"`
		Version   jsontext.Value     `json:"ver"`
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	c.Issuer, c.Subject, c.Audience = read.Issuer, read.Subject, read.Audience
	for _, date := range []struct {
		seconds *float64
		to      **gojwt.NumericDate
	}{{read.ExpiresAt, &c.ExpiresAt}, {read.NotBefore, &c.NotBefore}, {read.IssuedAt, &c.IssuedAt}} {
		if date.seconds == nil {
			continue
		}
		if *date.seconds < 0 || *date.seconds > maxSeconds {
			return errClaims
		}
		*date.to = gojwt.NewNumericDate(time.Unix(int64(*date.seconds), 0))
	}
	if read.Version != nil {
		version, err := strconv.ParseUint(string(read.Version), 10, strconv.IntSize-1)
		if err != nil {
			return errClaims
		}
		c.Version = int(version)
	}
	return nil
}
