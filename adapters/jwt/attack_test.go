package jwt

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	gojwt "github.com/golang-jwt/jwt/v5"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

const leastHeader = `{"alg":"HS256"}`

var leastClaims = fmt.Sprintf(`{"sub":%q,"exp":%d}`, user, now.Add(time.Minute).Unix())

func segment(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// signedWith returns a token of this very text, signed with HMAC-SHA256.
func signedWith(key []byte, header, payload string) string {
	text := segment(header) + "." + segment(payload)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return text + "." + segment(string(mac.Sum(nil)))
}

func claimsWith(members string) string {
	return strings.TrimSuffix(leastClaims, "}") + "," + members + "}"
}

func refused(t *testing.T, tokens *Tokens, name, token string, want *domain.Error) {
	t.Helper()
	got, err := tokens.VerifyToken(t.Context(), token)
	if failure := (*domain.Error)(nil); !errors.As(err, &failure) || failure != want || got != (domain.AccessToken{}) {
		t.Errorf("%s: %v, %v, want %v", name, got, err, want)
	}
}

func accepted(t *testing.T, tokens *Tokens, name, token string, want domain.AccessToken) {
	t.Helper()
	if got, err := tokens.VerifyToken(t.Context(), token); err != nil || got != want {
		t.Errorf("%s: %v, %v, want %v", name, got, err, want)
	}
}

// TestTokensOfAWrongForm has tokens that are signed well, so that
// nothing but their form is in their way.
func TestTokensOfAWrongForm(t *testing.T) {
	tokens := tokensAt(t, now)
	accepted(t, tokens, "the least", signedWith(secret, leastHeader, leastClaims), domain.AccessToken{UserID: user})
	header := func(members string) string { return signedWith(secret, `{"alg":"HS256",`+members+`}`, leastClaims) }
	claims := func(members string) string { return signedWith(secret, leastHeader, claimsWith(members)) }
	payload := func(text string) string { return signedWith(secret, leastHeader, text) }
	date := func(exp string) string { return payload(fmt.Sprintf(`{"sub":%q,"exp":%s}`, user, exp)) }
	good := signedWith(secret, leastHeader, leastClaims)
	parts := strings.Split(good, ".")

	// The last character of a signature of 32 bytes has two bits that say nothing.
	alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, good[len(good)-1])
	sloppy := good[:len(good)-1] + string(alphabet[last|1])
	if decoded, err := base64.RawURLEncoding.DecodeString(strings.Split(sloppy, ".")[2]); err != nil || segment(string(decoded)) != parts[2] || sloppy == good {
		t.Fatalf("%s says something else than %s: %v", sloppy, good, err)
	}

	for name, token := range map[string]string{
		"crit":                      header(`"crit":["exp"]`),
		"crit of an unknown name":   header(`"crit":["https://example.com/x"],"https://example.com/x":1`),
		"crit, empty":               header(`"crit":[]`),
		"crit, null":                header(`"crit":null`),
		"b64 false":                 header(`"b64":false`),
		"b64 false and critical":    header(`"b64":false,"crit":["b64"]`),
		"alg twice":                 header(`"alg":"HS256"`),
		"alg twice, escaped":        header(`"\u0061lg":"none"`),
		"another member twice":      header(`"x":1,"x":1`),
		"kid is a number":           header(`"kid":7`),
		"kid is a list":             header(`"kid":["a"]`),
		"alg is a list":             signedWith(secret, `{"alg":["HS256"]}`, leastClaims),
		"no alg":                    signedWith(secret, `{"typ":"JWT"}`, leastClaims),
		"ALG":                       signedWith(secret, `{"ALG":"HS256"}`, leastClaims),
		"alg in lower case":         signedWith(secret, `{"alg":"hs256"}`, leastClaims),
		"header null":               signedWith(secret, `null`, leastClaims),
		"header in a list":          signedWith(secret, `[{"alg":"HS256"}]`, leastClaims),
		"header after a header":     signedWith(secret, leastHeader+leastHeader, leastClaims),
		"header of bad UTF-8":       header("\"x\":\"\xff\""),
		"payload null":              payload(`null`),
		"payload in a list":         payload("[" + leastClaims + "]"),
		"payload in a string":       payload(`"` + strings.ReplaceAll(leastClaims, `"`, `\"`) + `"`),
		"JSON after JSON":           payload(leastClaims + leastClaims),
		"garbage after JSON":        payload(leastClaims + "x"),
		"deeper, and left open":     claims(`"x":` + strings.Repeat("[", 5000)),
		"sub twice":                 claims(`"sub":"` + user.String() + `"`),
		"exp twice":                 claims(`"exp":99999999999`),
		"another claim twice":       claims(`"x":{"y":1,"y":2}`),
		"SUB alone":                 payload(fmt.Sprintf(`{"SUB":%q,"exp":%d}`, user, now.Add(time.Minute).Unix())),
		"EXP alone":                 payload(fmt.Sprintf(`{"sub":%q,"EXP":%d}`, user, now.Add(time.Minute).Unix())),
		"exp null":                  date(`null`),
		"exp in quotes":             date(`"99999999999"`),
		"exp negative":              date(`-1`),
		"exp of no float":           date(`1e400`),
		"exp beyond an integer":     date(`1e300`),
		"exp beyond the year 9999":  date(`253402300800`),
		"exp of many digits":        date(strings.Repeat("9", 1000)),
		"exp true":                  date(`true`),
		"exp in a list":             date(`[99999999999]`),
		"iat of no float":           claims(`"iat":1e400`),
		"iat is text":               claims(`"iat":"now"`),
		"nbf beyond an integer":     claims(`"nbf":1e300`),
		"nbf negative":              claims(`"nbf":-1`),
		"ver negative":              claims(`"ver":-1`),
		"ver minus 0":               claims(`"ver":-0`),
		"ver a fraction":            claims(`"ver":1.5`),
		"ver a float":               claims(`"ver":1.0`),
		"ver with an exponent":      claims(`"ver":1e0`),
		"ver null":                  claims(`"ver":null`),
		"ver text":                  claims(`"ver":"1"`),
		"ver beyond int64":          claims(`"ver":9223372036854775808`),
		"ver beyond uint64":         claims(`"ver":18446744073709551616`),
		"too long":                  claims(`"x":"` + strings.Repeat("x", MaxTokenBytes) + `"`),
		"without its signature":     parts[0] + "." + parts[1] + ".",
		"without its last part":     parts[0] + "." + parts[1],
		"a part more":               good + ".",
		"a part before":             "." + good,
		"two signatures":            good + "." + parts[2],
		"half a signature":          good[:len(good)-20],
		"garbage at the end":        good + "x",
		"other last bits":           sloppy,
		"padding":                   good + "=",
		"padding within":            parts[0] + "=." + parts[1] + "." + parts[2],
		"a line break at the end":   good + "\n",
		"a line break before":       "\n" + good,
		"a line break in signature": good[:len(good)-4] + "\n" + good[len(good)-4:],
		"a space at the end":        good + " ",
		"a NUL at the end":          good + "\x00",
		"other alphabet":            strings.Replace(good, ".", "+", 1),
	} {
		refused(t, tokens, name, token, ErrInvalid)
	}
	refused(t, tokens, "exp 0", date(`0`), ErrExpired)
	refused(t, tokens, "exp a moment ago", date(fmt.Sprintf("%d.9", now.Unix()-1)), ErrExpired)

	// A line break in what is signed must not get lost on the way either.
	text := parts[0] + "\n." + parts[1]
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	refused(t, tokens, "a line break that is signed", text+"."+segment(string(mac.Sum(nil))), ErrInvalid)

	for name, test := range map[string]struct {
		token   string
		version int
	}{
		"exp a fraction":      {date(fmt.Sprintf("%d.5", now.Unix()+1)), 0},
		"exp with exponent":   {date("2.5e10"), 0},
		"the last second":     {date("253402300799"), 0},
		"ver 0":               {claims(`"ver":0`), 0},
		"ver 3":               {claims(`"ver":3`), 3},
		"a claim of no use":   {claims(`"x":{"y":[1,2]},"SUB":"x","iat":1`), 0},
		"type and a kid":      {header(`"typ":"JWT","kid":"whatever"`), 0},
		"deep nesting":        {claims(`"x":` + strings.Repeat("[", 2500) + strings.Repeat("]", 2500)), 0},
		"the longest, nearly": {claims(`"x":"` + strings.Repeat("x", 5000) + `"`), 0},
	} {
		accepted(t, tokens, name, test.token, domain.AccessToken{UserID: user, Version: test.version})
	}
}

func TestTheFormerSecretVerifiesAndNeverSigns(t *testing.T) {
	former := []byte("the former secret, of enough bytes")
	tokens, err := New(Config{Secret: secret, PreviousSecret: former, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string][]byte{"current": secret, "former": former} {
		accepted(t, tokens, name, signedWith(key, leastHeader, leastClaims), domain.AccessToken{UserID: user})
	}
	refused(t, tokens, "neither", signedWith([]byte("another secret of enough bytes.."), leastHeader, leastClaims), ErrInvalid)
	refused(t, tokens, "empty", signedWith(nil, leastHeader, leastClaims), ErrInvalid)
	issued, err := tokens.IssueToken(domain.AccessToken{UserID: user}, now)
	if err != nil {
		t.Fatal(err)
	}
	accepted(t, tokensAt(t, now), "issued", issued, domain.AccessToken{UserID: user}) // knows the current one alone

	for _, short := range [][]byte{nil, {}, former[:MinSecretBytes-1]} {
		if _, err := New(Config{Secret: short, PreviousSecret: former, Now: time.Now}); err == nil {
			t.Errorf("the secret %q was taken", short)
		}
	}
	if _, err := New(Config{Secret: secret, PreviousSecret: former[:MinSecretBytes-1], Now: time.Now}); err == nil {
		t.Error("a short former secret was taken")
	}
}

// provider is an identity provider on this machine.
type provider struct {
	*httptest.Server
	mu      sync.Mutex
	answer  http.HandlerFunc
	fetches int
}

func newProvider(t *testing.T) *provider {
	p := &provider{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.fetches++
		answer := p.answer
		p.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) answers(h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = h
}

func (p *provider) fetched() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fetches
}

// publishes has the provider show keys, each a member of the set.
func (p *provider) publishes(t *testing.T, keys ...map[string]any) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	p.answers(func(w http.ResponseWriter, r *http.Request) { w.Write(text) })
}

// jwk returns a key as a member of a set, with other members besides.
func jwk(t *testing.T, id string, key any, besides ...string) map[string]any {
	t.Helper()
	made, err := jwkset.NewJWKFromKey(key, jwkset.JWKOptions{
		Metadata: jwkset.JWKMetadataOptions{KID: id}, Marshal: jwkset.JWKMarshalOptions{Private: true}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(made.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(besides); i += 2 {
		members[besides[i]] = besides[i+1]
	}
	return members
}

// withIssuer returns Tokens that have tried to fetch the provider's keys.
func (p *provider) withIssuer(t *testing.T) (tokens *Tokens, log *strings.Builder) {
	t.Helper()
	log = &strings.Builder{}
	tokens, err := New(Config{Secret: secret, Now: func() time.Time { return now },
		Issuer: &Issuer{KeysURL: p.URL + "/jwks", Name: "https://id.example.com", Audience: "interviewer", Logger: slog.New(slog.NewTextHandler(log, nil))}})
	if err != nil {
		t.Fatal(err)
	}
	if err := tokens.FetchKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	return tokens, log
}

func foreignClaims() gojwt.MapClaims {
	return gojwt.MapClaims{"sub": user.String(), "exp": now.Add(time.Minute).Unix(), "iss": "https://id.example.com", "aud": "interviewer"}
}

func signAs(t *testing.T, method gojwt.SigningMethod, id string, key any, claims gojwt.MapClaims) string {
	t.Helper()
	token := gojwt.NewWithClaims(method, claims)
	if id != "" {
		token.Header["kid"] = id
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var keyPairs = sync.OnceValue(func() (k struct {
	rsa, weak    *rsa.PrivateKey
	p256, p384   *ecdsa.PrivateKey
	ed25519      ed25519.PrivateKey
	otherEd25519 ed25519.PrivateKey
}) {
	var errs [6]error
	k.rsa, errs[0] = rsa.GenerateKey(rand.Reader, 2048)
	k.weak, errs[1] = rsa.GenerateKey(rand.Reader, 1024)
	k.p256, errs[2] = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	k.p384, errs[3] = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	_, k.ed25519, errs[4] = ed25519.GenerateKey(rand.Reader)
	_, k.otherEd25519, errs[5] = ed25519.GenerateKey(rand.Reader)
	if err := errors.Join(errs[:]...); err != nil {
		panic(err)
	}
	return k
})

func TestTokensOfAnotherIssuer(t *testing.T) {
	keys := keyPairs()
	public := keys.ed25519.Public()
	shared := []byte("a secret in the issuer's set of keys")
	oct := map[string]any{"kty": "oct", "kid": "secret", "alg": "HS256", "k": segment(string(shared))}
	emptyKeyID := gojwt.NewWithClaims(gojwt.SigningMethodEdDSA, foreignClaims())
	emptyKeyID.Header["kid"] = ""
	withEmptyKeyID, err := emptyKeyID.SignedString(keys.ed25519)
	if err != nil {
		t.Fatal(err)
	}
	p := newProvider(t)
	p.publishes(t,
		jwk(t, "r", &keys.rsa.PublicKey, "alg", "RS256", "use", "sig"), jwk(t, "e", &keys.p256.PublicKey), jwk(t, "d", public, "use", "sig"),
		jwk(t, "", public), jwk(t, "weak", &keys.weak.PublicKey), jwk(t, "p384", &keys.p384.PublicKey),
		jwk(t, "r512", &keys.rsa.PublicKey, "alg", "RS512"), jwk(t, "enc", public, "use", "enc"), jwk(t, "shown", keys.ed25519),
		map[string]any{"kty": "AKP", "kid": "new", "alg": "ML-DSA-44", "pub": "AA"}, oct)
	tokens, log := p.withIssuer(t)
	if log.Len() > 0 {
		t.Fatalf("the log is %s", log)
	}

	rs, es, ed := gojwt.SigningMethodRS256, gojwt.SigningMethodES256, gojwt.SigningMethodEdDSA
	with := func(name string, value any) gojwt.MapClaims {
		claims := foreignClaims()
		if value == nil {
			delete(claims, name)
		} else {
			claims[name] = value
		}
		return claims
	}
	accepted(t, tokens, "RS256", signAs(t, rs, "r", keys.rsa, foreignClaims()), domain.AccessToken{UserID: user})
	accepted(t, tokens, "ES256", signAs(t, es, "e", keys.p256, foreignClaims()), domain.AccessToken{UserID: user})
	accepted(t, tokens, "EdDSA", signAs(t, ed, "d", keys.ed25519, with("ver", 2)), domain.AccessToken{UserID: user, Version: 2})
	accepted(t, tokens, "one audience of two", signAs(t, ed, "d", keys.ed25519, with("aud", []string{"x", "interviewer"})), domain.AccessToken{UserID: user})
	accepted(t, tokens, "an own token", sign(t, gojwt.SigningMethodHS256, secret, gojwt.MapClaims{"sub": user.String(), "exp": now.Add(time.Minute).Unix()}), domain.AccessToken{UserID: user})

	der, err := x509.MarshalPKIXPublicKey(&keys.rsa.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	hs := gojwt.SigningMethodHS256
	for name, token := range map[string]string{
		"RSA public key as a secret, PEM": signAs(t, hs, "r", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), foreignClaims()),
		"RSA public key as a secret, DER": signAs(t, hs, "r", der, foreignClaims()),
		"RSA modulus as a secret":         signAs(t, hs, "r", keys.rsa.N.Bytes(), foreignClaims()),
		"Ed25519 key as a secret":         signAs(t, hs, "d", []byte(public.(ed25519.PublicKey)), foreignClaims()),
		"a secret of the set":             signAs(t, hs, "secret", shared, foreignClaims()),
		"a secret of the set, HS384":      signAs(t, gojwt.SigningMethodHS384, "secret", shared, foreignClaims()),
		"an empty kid":                    withEmptyKeyID,
		"RS512":                           signAs(t, gojwt.SigningMethodRS512, "r512", keys.rsa, foreignClaims()),
		"PS256":                           signAs(t, gojwt.SigningMethodPS256, "r", keys.rsa, foreignClaims()),
		"RS256 with a key of RS512":       signAs(t, rs, "r512", keys.rsa, foreignClaims()),
		"ES384":                           signAs(t, gojwt.SigningMethodES384, "p384", keys.p384, foreignClaims()),
		"an RSA key of 1024 bits":         signAs(t, rs, "weak", keys.weak, foreignClaims()),
		"a key for encryption":            signAs(t, ed, "enc", keys.ed25519, foreignClaims()),
		"a private key that was shown":    signAs(t, ed, "shown", keys.ed25519, foreignClaims()),
		"another key's kid":               signAs(t, ed, "e", keys.ed25519, foreignClaims()),
		"another key":                     signAs(t, ed, "d", keys.otherEd25519, foreignClaims()),
		"no kid":                          signAs(t, ed, "", keys.ed25519, foreignClaims()),
		"other issuer":                    signAs(t, ed, "d", keys.ed25519, with("iss", "https://evil.example")),
		"issuer with a slash":             signAs(t, ed, "d", keys.ed25519, with("iss", "https://id.example.com/")),
		"no issuer":                       signAs(t, ed, "d", keys.ed25519, with("iss", nil)),
		"other audience":                  signAs(t, ed, "d", keys.ed25519, with("aud", "somebody")),
		"no audience":                     signAs(t, ed, "d", keys.ed25519, with("aud", nil)),
		"no audience in the list":         signAs(t, ed, "d", keys.ed25519, with("aud", []string{})),
		"no exp":                          signAs(t, ed, "d", keys.ed25519, with("exp", nil)),
		"not valid yet":                   signAs(t, ed, "d", keys.ed25519, with("nbf", now.Add(time.Hour).Unix())),
		"ver a fraction":                  signAs(t, ed, "d", keys.ed25519, with("ver", 1.5)),
	} {
		refused(t, tokens, name, token, ErrInvalid)
	}
	// P-384 keys and ES256 do not go together, so the library does not sign so.
	refused(t, tokens, "ES256 with P-384", segment(`{"alg":"ES256","kid":"p384"}`)+"."+segment(leastClaims)+"."+segment(strings.Repeat("x", 64)), ErrInvalid)
	refused(t, tokens, "expired", signAs(t, ed, "d", keys.ed25519, with("exp", now.Unix())), ErrExpired)
	refused(t, tokens, "sub of no user", signAs(t, ed, "d", keys.ed25519, with("sub", "auth0|7")), ErrSubject)
	refused(t, tokensAt(t, now), "without the setting", signAs(t, ed, "d", keys.ed25519, foreignClaims()), ErrInvalid)
	if p.fetched() != 1 {
		t.Errorf("the keys were fetched %d times", p.fetched())
	}
}

func TestNoKeyOfATokenIsTaken(t *testing.T) {
	keys := keyPairs()
	p, trap := newProvider(t), newProvider(t)
	p.publishes(t, jwk(t, "d", keys.ed25519.Public()))
	trap.publishes(t, jwk(t, "d", keys.otherEd25519.Public()), jwk(t, "evil", keys.otherEd25519.Public()))
	tokens, _ := p.withIssuer(t)
	embedded := jwk(t, "evil", keys.otherEd25519.Public())
	for name, header := range map[string]map[string]any{
		"jku":             {"kid": "evil", "jku": trap.URL},
		"jku, known kid":  {"kid": "d", "jku": trap.URL},
		"x5u":             {"kid": "evil", "x5u": trap.URL},
		"jwk":             {"kid": "evil", "jwk": embedded},
		"jwk, known kid":  {"kid": "d", "jwk": embedded},
		"x5c":             {"kid": "d", "x5c": []string{base64.StdEncoding.EncodeToString(keys.otherEd25519.Public().(ed25519.PublicKey))}},
		"kid as a URL":    {"kid": trap.URL},
		"kid as a path":   {"kid": "../../../../dev/null"},
		"kid as a device": {"kid": "/dev/null"},
		"kid as SQL":      {"kid": "x' UNION SELECT 'key"},
		"kid with NUL":    {"kid": "d\x00"},
		"kid, empty":      {"kid": ""},
		"kid, null":       {"kid": nil},
	} {
		for method, key := range map[gojwt.SigningMethod]any{gojwt.SigningMethodEdDSA: keys.otherEd25519, gojwt.SigningMethodHS256: []byte{}} {
			token := gojwt.NewWithClaims(method, foreignClaims())
			for member, value := range header {
				token.Header[member] = value
			}
			text, err := token.SignedString(key)
			if err != nil {
				t.Fatal(err)
			}
			refused(t, tokens, name+" "+method.Alg(), text, ErrInvalid)
		}
	}
	for _, member := range []string{"jku", "x5u"} { // harmless where the token is signed well
		accepted(t, tokens, member, signedWith(secret, `{"alg":"HS256","`+member+`":"`+trap.URL+`"}`, leastClaims), domain.AccessToken{UserID: user})
	}
	if trap.fetched() > 0 {
		t.Error("a URL of a token was asked")
	}
	if p.fetched() > 2 { // at the start, and for the first unknown key
		t.Errorf("unknown keys had %d fetches made", p.fetched())
	}
}

func TestNoneInEverySpelling(t *testing.T) {
	p := newProvider(t)
	p.publishes(t, jwk(t, "d", keyPairs().ed25519.Public()))
	tokens, _ := p.withIssuer(t)
	for bits := range 1 << 4 {
		spelling := []byte("none")
		for i := range spelling {
			if bits>>i&1 == 1 {
				spelling[i] -= 'a' - 'A'
			}
		}
		for _, alg := range []string{string(spelling), " " + string(spelling), string(spelling) + `\u0000`} {
			for _, signature := range []string{"", segment("x"), strings.Split(signedWith(secret, leastHeader, leastClaims), ".")[2]} {
				refused(t, tokens, alg, segment(`{"alg":"`+alg+`","kid":"d"}`)+"."+segment(leastClaims)+"."+signature, ErrInvalid)
			}
		}
	}
	refused(t, tokens, "no algorithm at all", segment(`{"alg":""}`)+"."+segment(leastClaims)+".", ErrInvalid)
}

func TestKeysOfTheOtherIssuerChange(t *testing.T) {
	keys := keyPairs()
	p := newProvider(t)
	p.publishes(t, jwk(t, "old", keys.ed25519.Public()))
	tokens, log := p.withIssuer(t)
	old := signAs(t, gojwt.SigningMethodEdDSA, "old", keys.ed25519, foreignClaims())
	fresh := signAs(t, gojwt.SigningMethodES256, "fresh", keys.p256, foreignClaims())
	accepted(t, tokens, "old", old, domain.AccessToken{UserID: user})

	p.publishes(t, jwk(t, "fresh", &keys.p256.PublicKey))
	accepted(t, tokens, "fresh", fresh, domain.AccessToken{UserID: user})
	for range 50 {
		refused(t, tokens, "withdrawn", old, ErrInvalid)
	}
	if p.fetched() != 2 {
		t.Errorf("%d fetches, want one at the start and one for the unknown key", p.fetched())
	}
	if log.Len() > 0 {
		t.Errorf("the log is %s", log)
	}
}

func TestKeysThatCannotBeHad(t *testing.T) {
	keys := keyPairs()
	token := signAs(t, gojwt.SigningMethodEdDSA, "d", keys.ed25519, foreignClaims())
	good, err := json.Marshal(map[string]any{"keys": []any{jwk(t, "d", keys.ed25519.Public())}})
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]http.HandlerFunc{
		"broken":     func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		"500":        func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500); w.Write(good) },
		"not JSON":   func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("<html>")) },
		"too long":   func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%*s%s", maxKeysBytes, "", good) },
		"redirected": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			p.answers(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/elsewhere" {
					w.Write(good)
					return
				}
				answer(w, r)
			})
			tokens, log := p.withIssuer(t)
			if !strings.Contains(log.String(), "JWT_JWKS_URL") {
				t.Errorf("the log is %q", log)
			}
			accepted(t, tokens, "own", signedWith(secret, leastHeader, leastClaims), domain.AccessToken{UserID: user})
			p.answers(func(w http.ResponseWriter, r *http.Request) { w.Write(good) })
			accepted(t, tokens, "after it came back", token, domain.AccessToken{UserID: user})
		})
	}
	t.Run("not asked for yet", func(t *testing.T) {
		tokens, err := New(Config{Secret: secret, Now: func() time.Time { return now }, Issuer: &Issuer{KeysURL: "https://id.example.com", Name: "https://id.example.com", Audience: "interviewer"}})
		if err != nil {
			t.Fatal(err)
		}
		refused(t, tokens, "foreign", token, ErrInvalid)
		accepted(t, tokens, "own", signedWith(secret, leastHeader, leastClaims), domain.AccessToken{UserID: user})
	})
}

func TestCheckKeysURL(t *testing.T) {
	for url, want := range map[string]bool{
		"https://id.example.com/.well-known/jwks.json": true, "https://10.0.0.1:8443/k?x=1": true,
		"http://127.0.0.1:8080/jwks": true, "http://[::1]/jwks": true, "http://localhost/jwks": true,
		"": false, "id.example.com": false, "http://id.example.com/": false, "http://localhost.example.com/": false, "http://127.0.0.1.example.com": false,
		"ftp://id.example.com/": false, "file:///etc/passwd": false, "https://": false, "https://me:pw@id.example.com/": false, "https://id.example.com/#x": false,
	} {
		if err := CheckKeysURL(url); (err == nil) != want {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// FuzzVerifyToken looks for a panic, and for a token that is accepted without
// having been signed: HMAC-SHA256 over its text must be its signature.
func FuzzVerifyToken(f *testing.F) {
	tokens, err := New(Config{Secret: secret, Now: func() time.Time { return now },
		Issuer: &Issuer{Name: "https://id.example.com", Audience: "interviewer"}})
	if err != nil {
		f.Fatal(err)
	}
	for _, header := range []string{leastHeader, `{"alg":"none"}`, `{"alg":"EdDSA","kid":"d"}`, `{"alg":"HS256","crit":["x"]}`, `null`} {
		for _, payload := range []string{leastClaims, claimsWith(`"ver":1,"aud":["x"]`), `{"exp":1e400}`, `null`, `{`} {
			f.Add(header, payload, true)
			f.Add(header, payload, false)
		}
	}
	f.Fuzz(func(t *testing.T, header, payload string, signed bool) {
		token := signedWith(secret, header, payload)
		if !signed { // the fuzzer's own text, and its own signature
			token = header + "." + payload
		}
		got, err := tokens.VerifyToken(t.Context(), token)
		if failure := (*domain.Error)(nil); err != nil {
			if !errors.As(err, &failure) || failure.Kind != domain.KindUnauthenticated || got != (domain.AccessToken{}) {
				t.Fatalf("%q: %v, %v", token, got, err)
			}
			return
		}
		end := strings.LastIndexByte(token, '.')
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(token[:end]))
		if token[end+1:] != segment(string(mac.Sum(nil))) || len(token) > MaxTokenBytes || got.Version < 0 {
			t.Fatalf("%q was accepted: %v", token, got)
		}
	})
}
