package jwt

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	gojwt "github.com/golang-jwt/jwt/v5"
	"golang.org/x/time/rate"
)

const (
	// refreshInterval is how old the keys of the other issuer may be.
	refreshInterval = 5 * time.Minute
	// unknownKeyInterval is how often at most a token whose key is unknown has
	// the keys fetched.
	unknownKeyInterval = time.Minute
	// fetchTimeout is how long a fetch may take, and so how long the one token
	// that has caused it waits.
	fetchTimeout = 5 * time.Second
	// maxKeysBytes is the longest set of keys that is read.
	maxKeysBytes = 256 << 10
	// minRSABits is the least length of an RSA key (RFC 7518 §3.3).
	minRSABits = 2048
)

var (
	errURL = errors.New("must be a URL like https://id.example.com/.well-known/jwks.json, by https unless it is on this machine")
	errKey = errors.New("jwt: there is no such key, or it is not for this algorithm")
)

// Issuer is somebody else, such as an identity provider, whose tokens are
// accepted. They are signed with RS256, ES256 or EdDSA (Ed25519), name their
// key (kid), and have the claims sub (the id of a user of ours), exp, iss and
// aud.
type Issuer struct {
	// KeysURL is where the keys are, as a JSON Web Key Set (RFC 7517); see
	// [CheckKeysURL].
	KeysURL string
	// Name must be the claim iss.
	Name string
	// Audience must be the claim aud, or one of its elements.
	Audience string
	// Logger is told when the keys cannot be had.
	Logger *slog.Logger
}

// CheckKeysURL refuses a URL from which keys could come over a network
// unprotected. The text of its error fits after the name of a setting.
func CheckKeysURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return errURL
	}
	ip := net.ParseIP(u.Hostname())
	onThisMachine := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && onThisMachine) {
		return errURL
	}
	return nil
}

var publicKeyMethods = []string{gojwt.SigningMethodRS256.Alg(), gojwt.SigningMethodES256.Alg(), gojwt.SigningMethodEdDSA.Alg()}

type issuer struct {
	Issuer
	parser *gojwt.Parser
	keys   atomic.Pointer[jwkset.Storage] // nil before the first fetch
}

// FetchKeys fetches the keys of the other issuer, if there is one, and keeps
// them fresh until the context ends. It returns after the first try, which
// takes 5 s at most. Where a fetch fails the keys stay as they are, the failure
// is logged, and the next try is at the next token whose key is unknown, but
// within a minute of another such try only after it, or in 5 minutes.
func (t *Tokens) FetchKeys(ctx context.Context) error {
	if t.issuer == nil {
		return nil
	}
	failed := func(_ context.Context, err error) {
		if ctx.Err() == nil {
			t.issuer.Logger.Warn("the keys of JWT_JWKS_URL cannot be had", "error", err.Error())
		}
	}
	set, err := jwkset.NewStorageFromHTTP(t.issuer.KeysURL, jwkset.HTTPClientStorageOptions{
		Client: &http.Client{
			Transport: limited{http.DefaultTransport},
			// A redirect could lead to where no https is.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		Ctx:                       ctx,
		HTTPTimeout:               fetchTimeout,
		NoErrorReturnFirstHTTPReq: true,
		RefreshErrorHandler:       failed,
		RefreshInterval:           refreshInterval,
	})
	if err != nil {
		return err
	}
	keys, err := jwkset.NewHTTPClient(jwkset.HTTPClientOptions{
		HTTPURLs:          map[string]jwkset.Storage{t.issuer.KeysURL: set},
		RateLimitWaitMax:  fetchTimeout,
		RefreshUnknownKID: rate.NewLimiter(rate.Every(unknownKeyInterval), 1),
	})
	if err != nil {
		return err
	}
	t.issuer.keys.Store(&keys)
	return nil
}

// limited is a transport that breaks off an answer which is too long.
type limited struct{ http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, maxKeysBytes)
	}
	return response, err
}

// key returns the function that finds the key which a token names. It is one
// that may verify, and whose kind is that of the token's algorithm; so never a
// secret ("oct") or a private key, which the issuer should not have shown.
func (i *issuer) key(ctx context.Context) gojwt.Keyfunc {
	return func(token *gojwt.Token) (any, error) {
		keys, id := i.keys.Load(), token.Header["kid"]
		if keys == nil || id == nil || id == "" {
			return nil, errKey
		}
		// A caller who leaves does not take along the fetch that may be due.
		found, err := (*keys).KeyRead(context.WithoutCancel(ctx), id.(string))
		if err != nil {
			return nil, err
		}
		method, says := token.Method.Alg(), found.Marshal()
		if says.ALG != "" && says.ALG.String() != method ||
			says.USE != "" && says.USE != jwkset.UseSig ||
			len(says.KEYOPS) > 0 && !slices.Contains(says.KEYOPS, jwkset.KeyOpsVerify) {
			return nil, errKey
		}
		fits := false
		switch key := found.Key().(type) {
		case *rsa.PublicKey:
			fits = method == gojwt.SigningMethodRS256.Alg() && key.N.BitLen() >= minRSABits
		case *ecdsa.PublicKey:
			fits = method == gojwt.SigningMethodES256.Alg() && key.Curve == elliptic.P256()
		case ed25519.PublicKey:
			fits = method == gojwt.SigningMethodEdDSA.Alg()
		}
		if !fits {
			return nil, errKey
		}
		return found.Key(), nil
	}
}
