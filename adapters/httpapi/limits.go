package httpapi

import (
	"crypto/sha256"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/throttled/throttled/v2"
	"github.com/throttled/throttled/v2/store/memstore"
)

// Limits are how many requests a minute are taken of one user, one account or
// one address, 1,000,000 at most; 0 is any number. They are counted by each
// process for itself. As many may come at once; then there is another one each
// time that its share of the minute has passed. Every request counts, whatever
// becomes of it, but one that a limit refuses.
type Limits struct {
	Create       int // that create something, of one user
	Generate     int // that ask for a question or feedback, or for an API key to be tried, of one user
	LoginAccount int // that try a password of one account, whether it exists or not
	LoginAddress int // that try a password, from one address
	Register     int // that sign up, from one address
}

const (
	limitCreate       = "create"
	limitGenerate     = "generate"
	limitLoginAccount = "login-account"
	limitLoginAddress = "login-address"
	limitRegister     = "register"
)

// LimitNames returns the names of the limits, as answers and [Request] have
// them.
func LimitNames() []string {
	return []string{limitCreate, limitGenerate, limitLoginAccount, limitLoginAddress, limitRegister}
}

// limits are the [Limits] at work; one that is off is nil.
type limits struct {
	create, generate, loginAccount, loginAddress, register *limit
}

func newLimits(config Limits) limits {
	return limits{
		create:       newLimit(limitCreate, config.Create),
		generate:     newLimit(limitGenerate, config.Generate),
		loginAccount: newLimit(limitLoginAccount, config.LoginAccount),
		loginAddress: newLimit(limitLoginAddress, config.LoginAddress),
		register:     newLimit(limitRegister, config.Register),
	}
}

// maxLimitKeys is how many users, accounts or addresses a limit remembers. What
// it has not seen for the longest time it forgets first: whoever wants to be
// forgotten before the minute is over must come from as many others meanwhile.
const maxLimitKeys = 1 << 15

// limit counts the requests of each key by the generic cell rate algorithm
// (ITU-T I.371).
type limit struct {
	name    string
	policy  string
	limiter *throttled.GCRARateLimiterCtx
}

func newLimit(name string, perMinute int) *limit {
	if perMinute == 0 {
		return nil
	}
	store, err := memstore.New(maxLimitKeys)
	if err != nil {
		panic(err) // the number of keys is ours
	}
	// A clock that nobody sets: set back, it would lock everybody out until it
	// has caught up.
	start := time.Now()
	store.SetTimeNow(func() time.Time { return start.Add(time.Since(start)) })
	limiter, err := throttled.NewGCRARateLimiterCtx(throttled.WrapStoreWithContext(store),
		throttled.RateQuota{MaxRate: throttled.PerMin(perMinute), MaxBurst: perMinute - 1})
	if err != nil {
		panic(err) // a number that Limits forbids
	}
	limiter.SetMaxCASAttemptsLimit(math.MaxInt) // at each attempt, one of those who compete succeeds
	return &limit{name, fmt.Sprintf(`%q;q=%d;w=60`, name, perMinute), limiter}
}

// take counts a request, and says in its answer what is left (IETF
// draft-ietf-httpapi-ratelimit-headers-10). It returns errRateLimited if there
// was nothing left.
func (l *limit) take(w http.ResponseWriter, r *http.Request, key string) error {
	if l == nil {
		return nil
	}
	limited, state, err := l.limiter.RateLimitCtx(r.Context(), key, 1)
	if err != nil {
		return err
	}
	w.Header().Add("RateLimit-Policy", l.policy)
	w.Header().Add("RateLimit", fmt.Sprintf(`%q;r=%d;t=%d`, l.name, state.Remaining, wholeSeconds(state.ResetAfter)))
	if limited {
		noteOf(r).limited = l.name
		w.Header().Set("Retry-After", strconv.Itoa(wholeSeconds(state.RetryAfter)))
		return errRateLimited
	}
	return nil
}

// wholeSeconds rounds up, so that whoever waits that long does not come too
// early.
func wholeSeconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }

// byUser counts by the user of the token, and refuses who has none.
func (s *server) byUser(l *limit) handlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		token, err := s.accessToken(r)
		if err != nil {
			return err
		}
		return l.take(w, r, token.UserID.String())
	}
}

// byAddress counts by the address of the client. One of IPv6 counts by its
// first 64 bits: who has one has all of these (RFC 6177, RFC 4291 §2.5.4).
func (s *server) byAddress(l *limit) handlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		address := s.clientAddress(r)
		bits := address.BitLen()
		if address.Is6() {
			bits = 64
		}
		network, _ := address.Prefix(bits) // fails only for a wrong number of bits
		return l.take(w, r, network.String())
	}
}

// accountKey is what a limit knows an account by: not its address, and of a
// length of its own.
func accountKey(email string) string {
	hash := sha256.Sum256([]byte(email))
	return string(hash[:])
}

// limited lets the limits come before all else, the arrival of the body too.
func (s *server) limited(limits []handlerFunc, next http.Handler) http.Handler {
	return s.handler(func(w http.ResponseWriter, r *http.Request) error {
		for _, within := range limits {
			if err := within(w, r); err != nil {
				return err
			}
		}
		next.ServeHTTP(w, r)
		return nil
	})
}
