package jwt

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

var (
	secret = []byte("0123456789abcdef0123456789abcdef")
	now    = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	user   = uuid.MustParse("0d7c2f4e-8a53-4f0b-9c55-6a3a2b1c4d5e")
)

func tokensAt(t *testing.T, at time.Time) *Tokens {
	t.Helper()
	tokens, err := New(Config{Secret: secret, Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func sign(t *testing.T, method gojwt.SigningMethod, key any, claims gojwt.MapClaims) string {
	t.Helper()
	token, err := gojwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestIssuedTokenHasTheClaimsAndLife(t *testing.T) {
	token, err := tokensAt(t, now).IssueToken(domain.AccessToken{UserID: user}, now)
	if err != nil {
		t.Fatal(err)
	}
	claims := gojwt.MapClaims{}
	parsed, _, err := gojwt.NewParser().ParseUnverified(token, claims)
	if err != nil {
		t.Fatal(err)
	}
	if parsed.Method.Alg() != "HS256" {
		t.Errorf("alg is %s", parsed.Method.Alg())
	}
	if len(claims) != 4 || claims["sub"] != user.String() ||
		claims["iat"] != float64(now.Unix()) || claims["exp"] != float64(now.Unix()+24*60*60) {
		t.Errorf("claims are %v", claims)
	}
	if jti, err := uuid.Parse(claims["jti"].(string)); err != nil || jti.Version() != 4 {
		t.Errorf("jti is %v", claims["jti"])
	}

	for _, test := range []struct {
		after time.Duration
		want  error
	}{{0, nil}, {Lifetime - time.Second, nil}, {Lifetime, ErrExpired}, {-time.Hour, nil}} {
		got, err := tokensAt(t, now.Add(test.after)).VerifyToken(t.Context(), token)
		if err != test.want || err == nil && got != (domain.AccessToken{UserID: user}) {
			t.Errorf("after %v: %v, %v, want %v", test.after, got, err, test.want)
		}
	}
}

func TestTokenWithTheLeastClaimsIsAccepted(t *testing.T) {
	got, err := tokensAt(t, now).VerifyToken(t.Context(), sign(t, gojwt.SigningMethodHS256, secret,
		gojwt.MapClaims{"sub": user.String(), "exp": now.Add(time.Minute).Unix()}))
	if err != nil || got != (domain.AccessToken{UserID: user}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestRefusedTokens(t *testing.T) {
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := gojwt.MapClaims{"sub": user.String(), "exp": now.Add(time.Minute).Unix()}
	with := func(name string, value any) gojwt.MapClaims {
		claims := gojwt.MapClaims{"sub": user.String(), "exp": now.Add(time.Minute).Unix()}
		if value == nil {
			delete(claims, name)
		} else {
			claims[name] = value
		}
		return claims
	}
	hs256 := func(claims gojwt.MapClaims) string { return sign(t, gojwt.SigningMethodHS256, secret, claims) }
	raw := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	valid := strings.Split(hs256(good), ".")

	for name, test := range map[string]struct {
		token string
		want  *domain.Error
	}{
		"empty":               {"", ErrInvalid},
		"garbage":             {"abc", ErrInvalid},
		"three empty parts":   {"..", ErrInvalid},
		"no signature":        {valid[0] + "." + valid[1] + ".", ErrInvalid},
		"other secret":        {sign(t, gojwt.SigningMethodHS256, []byte("another secret of enough bytes.."), good), ErrInvalid},
		"other payload":       {valid[0] + "." + raw(`{"sub":"x","exp":99999999999}`) + "." + valid[2], ErrInvalid},
		"none":                {sign(t, gojwt.SigningMethodNone, gojwt.UnsafeAllowNoneSignatureType, good), ErrInvalid},
		"None":                {raw(`{"alg":"None","typ":"JWT"}`) + "." + valid[1] + ".", ErrInvalid},
		"HS384":               {sign(t, gojwt.SigningMethodHS384, secret, good), ErrInvalid},
		"HS512":               {sign(t, gojwt.SigningMethodHS512, secret, good), ErrInvalid},
		"ES256":               {sign(t, gojwt.SigningMethodES256, ecKey, good), ErrInvalid},
		"expired":             {hs256(with("exp", now.Add(-time.Second).Unix())), ErrExpired},
		"expires now":         {hs256(with("exp", now.Unix())), ErrExpired},
		"expired and forged":  {sign(t, gojwt.SigningMethodHS256, []byte("another secret of enough bytes.."), with("exp", 1)), ErrInvalid},
		"no exp":              {hs256(with("exp", nil)), ErrInvalid},
		"exp is text":         {hs256(with("exp", "tomorrow")), ErrInvalid},
		"not valid yet":       {hs256(with("nbf", now.Add(time.Hour).Unix())), ErrInvalid},
		"no sub":              {hs256(with("sub", nil)), ErrInvalid},
		"empty sub":           {hs256(with("sub", "")), ErrInvalid},
		"sub is a number":     {hs256(with("sub", 7)), ErrInvalid},
		"sub is not a UUID":   {hs256(with("sub", "somebody")), ErrSubject},
		"sub is a URN":        {hs256(with("sub", "urn:uuid:"+user.String())), ErrSubject},
		"sub is in braces":    {hs256(with("sub", "{"+user.String()+"}")), ErrSubject},
		"sub is a list":       {hs256(with("sub", []string{user.String()})), ErrInvalid},
		"payload is not JSON": {valid[0] + "." + raw("{") + "." + valid[2], ErrInvalid},
	} {
		got, err := tokensAt(t, now).VerifyToken(t.Context(), test.token)
		var failure *domain.Error
		if !errors.As(err, &failure) || failure != test.want || got != (domain.AccessToken{}) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, test.want)
		}
	}
}

func TestShortSecretIsRefused(t *testing.T) {
	if _, err := New(Config{Secret: secret[:MinSecretBytes-1], Now: time.Now}); err == nil {
		t.Error("a secret of 31 bytes was taken")
	}
}
