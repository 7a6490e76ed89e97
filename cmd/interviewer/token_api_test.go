package main

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	gojwt "github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

const (
	formerSecret = "the former secret, of enough bytes"
	issuerSecret = "a secret in the issuer's set of keys"
)

// identityProvider shows two keys, and has the service accept its tokens.
type identityProvider struct {
	url     string
	rsa     *rsa.PrivateKey
	ed25519 ed25519.PrivateKey
	away    atomic.Bool
}

func newIdentityProvider(t *testing.T) *identityProvider {
	t.Helper()
	p := &identityProvider{}
	var err error
	if p.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p.ed25519 = private
	b64 := base64.RawURLEncoding.EncodeToString
	keys, err := json.Marshal(map[string]any{"keys": []any{
		map[string]string{"kty": "RSA", "kid": "r", "n": b64(p.rsa.N.Bytes()), "e": b64(big.NewInt(int64(p.rsa.E)).Bytes())},
		map[string]string{"kty": "OKP", "crv": "Ed25519", "kid": "d", "x": b64(public)},
		map[string]string{"kty": "oct", "kid": "o", "k": b64([]byte(issuerSecret))},
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.away.Load() {
			w.WriteHeader(503)
		}
		w.Write(keys)
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// trusting returns a service in memory that takes the provider's tokens.
func (p *identityProvider) trusting(t *testing.T) api {
	t.Helper()
	world, err := realWorld()
	if err != nil {
		t.Fatal(err)
	}
	memory, err := openStorage(t.Context(), "memory:")
	if err != nil {
		t.Fatal(err)
	}
	a := newAPIIn(t, world, memory, func(c *serveCommand) {
		c.issuerSetting = issuerSetting{JWTKeysURL: p.url, JWTIssuer: "https://id.example.com", JWTAudience: "interviewer"}
		c.PreviousJWTSecret = formerSecret
	})
	if err := a.tokens.FetchKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

// signRaw returns a token of this very text, signed with HMAC-SHA256.
func signRaw(key, header, payload string) string {
	b64 := base64.RawURLEncoding.EncodeToString
	text := b64([]byte(header)) + "." + b64([]byte(payload))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return text + "." + b64(mac.Sum(nil))
}

func TestAttacksOnTokens(t *testing.T) {
	p := newIdentityProvider(t)
	a := p.trusting(t)
	user, own := a.signUp(t)
	exp := time.Now().Add(time.Hour).Unix()
	foreign := func(method gojwt.SigningMethod, kid string, key any, change ...any) string {
		claims := gojwt.MapClaims{"sub": user, "exp": exp, "iss": "https://id.example.com", "aud": "interviewer"}
		for i := 0; i < len(change); i += 2 {
			claims[change[i].(string)] = change[i+1]
		}
		token := gojwt.NewWithClaims(method, claims)
		token.Header["kid"] = kid
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	const header = `{"alg":"HS256","typ":"JWT"}`
	payload := fmt.Sprintf(`{"sub":%q,"exp":%d}`, user, exp)

	for name, token := range map[string]string{
		"own": own, "the least": signRaw(testSecret, header, payload), "former secret": signRaw(formerSecret, header, payload),
		"RS256": foreign(gojwt.SigningMethodRS256, "r", p.rsa), "EdDSA": foreign(gojwt.SigningMethodEdDSA, "d", p.ed25519),
	} {
		if got := a.do(t, request{method: "GET", path: "/api/v1/users/me", token: token}).wants(200); got["id"] != user {
			t.Errorf("%s: %v, want %s", name, got, user)
		}
	}

	der, err := x509.MarshalPKIXPublicKey(&p.rsa.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(own, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"nOnE"}`))
	for name, token := range map[string]string{
		"none":                         none + "." + parts[1] + ".",
		"no signature":                 parts[0] + "." + parts[1] + ".",
		"public key as a secret":       foreign(gojwt.SigningMethodHS256, "r", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
		"empty secret":                 signRaw("", header, payload),
		"secret of the set":            foreign(gojwt.SigningMethodHS256, "o", []byte(issuerSecret)),
		"own secret, as HS512":         foreign(gojwt.SigningMethodHS512, "o", []byte(testSecret)),
		"kid as a path":                signRaw("", `{"alg":"HS256","kid":"../../../dev/null"}`, payload),
		"kid as SQL":                   signRaw("key", `{"alg":"HS256","kid":"x' UNION SELECT 'key"}`, payload),
		"its own key's URL":            signRaw("key", `{"alg":"HS256","jku":"`+p.url+`"}`, payload),
		"unknown critical extension":   signRaw(testSecret, `{"alg":"HS256","crit":["x"],"x":1}`, payload),
		"unencoded payload":            signRaw(testSecret, `{"alg":"HS256","b64":false}`, payload),
		"algorithm twice":              signRaw(testSecret, `{"alg":"none","alg":"HS256"}`, payload),
		"subject twice":                signRaw(testSecret, header, fmt.Sprintf(`{"sub":%q,"sub":%q,"exp":%d}`, uuid.NewString(), user, exp)),
		"JSON after JSON":              signRaw(testSecret, header, payload+payload),
		"time of no number":            signRaw(testSecret, header, fmt.Sprintf(`{"sub":%q,"exp":1e400}`, user)),
		"version of no integer":        signRaw(testSecret, header, fmt.Sprintf(`{"sub":%q,"exp":%d,"ver":9223372036854775808}`, user, exp)),
		"too long":                     signRaw(testSecret, header, fmt.Sprintf(`{"sub":%q,"exp":%d,"x":%q}`, user, exp, strings.Repeat("x", 8<<10))),
		"space within":                 parts[0] + ". " + parts[1] + "." + parts[2],
		"padding":                      own + "=",
		"trailing garbage":             own + ".x",
		"another issuer's, other aud":  foreign(gojwt.SigningMethodEdDSA, "d", p.ed25519, "aud", "other"),
		"another issuer's, other iss":  foreign(gojwt.SigningMethodEdDSA, "d", p.ed25519, "iss", "other"),
		"another issuer's, other kind": foreign(gojwt.SigningMethodEdDSA, "r", p.ed25519),
	} {
		t.Run(name, func(t *testing.T) {
			a.do(t, request{method: "GET", path: "/api/v1/users/me", token: token, bad: true}).wantsError(401, "INVALID_TOKEN", "Invalid token")
		})
	}
	for _, secret := range []string{testSecret, formerSecret, parts[2]} {
		if strings.Contains(a.log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

func TestAnAbsentIssuerStopsNobodyElse(t *testing.T) {
	p := newIdentityProvider(t)
	p.away.Store(true)
	a := p.trusting(t)
	if !strings.Contains(a.log.String(), "JWT_JWKS_URL") {
		t.Errorf("the log is %s", a.log)
	}
	_, own := a.signUp(t)
	a.do(t, request{method: "GET", path: "/api/v1/users/me", token: own}).wants(200)
}
