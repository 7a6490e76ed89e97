// Package argon2id hashes passwords with Argon2id (RFC 9106).
package argon2id

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// The parameters of new hashes: the first of the OWASP Password Storage Cheat
// Sheet's settings that are equal in strength, the one with 19 MiB.
const (
	memoryKiB   = 19456
	iterations  = 2
	parallelism = 1
	saltBytes   = 16
	tagBytes    = 32
)

// The largest parameters that a stored hash may name: whoever can write one
// must not be able to exhaust the machine by a log-in.
const (
	maxMemoryKiB   = 128 * 1024
	maxIterations  = 16
	maxParallelism = 16
	maxBytes       = 128 // of salt and of tag
)

const (
	// wait is how long a caller waits for a turn, and maxWaiting how many do:
	// fewer than the requests that are worked on at once, so that a storm of
	// log-ins leaves room for all else.
	wait       = 2 * time.Second
	maxWaiting = 16
)

var errHashFormat = errors.New("argon2id: the stored hash is not one of ours")

// noAccount is the hash that stands for an account that does not exist. Its
// tag was drawn at random, so that no password is known to fit.
const noAccount = "$argon2id$v=19$m=19456,t=2,p=1$4bNI1FK7To/QYiPED0rKOg$QKqfd6o0Ox35x7A90TEDTpjeXDmfR+wUY7yzx/g+YAM"

// Hasher hashes and verifies passwords. As many run at once as there are
// processors; a few others wait, for at most two seconds.
type Hasher struct {
	slots  chan struct{}
	inside chan struct{} // those who run or wait
}

var (
	_ ports.PasswordHasher   = (*Hasher)(nil)
	_ ports.PasswordVerifier = (*Hasher)(nil)
	_ ports.PasswordRehasher = (*Hasher)(nil)
)

// New returns a Hasher.
func New() *Hasher {
	n := runtime.NumCPU()
	return &Hasher{make(chan struct{}, n), make(chan struct{}, n+maxWaiting)}
}

// HashPassword implements [ports.PasswordHasher]. The result is a PHC string:
// $argon2id$v=19$m=…,t=…,p=…$salt$tag.
func (h *Hasher) HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt) // its documentation: never returns an error
	p := params{memoryKiB, iterations, parallelism, salt, nil}
	tag, err := h.derive(ctx, password, p, tagBytes)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.iterations, p.parallelism,
		base64.RawStdEncoding.EncodeToString(p.salt), base64.RawStdEncoding.EncodeToString(tag)), nil
}

// VerifyPassword implements [ports.PasswordVerifier].
func (h *Hasher) VerifyPassword(ctx context.Context, hash, password string) (bool, error) {
	exists := hash != ""
	if !exists {
		hash = noAccount
	}
	p, err := parse(hash)
	if err != nil {
		return false, err
	}
	tag, err := h.derive(ctx, password, p, uint32(len(p.tag)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(tag, p.tag) == 1 && exists, nil
}

// NeedsRehash implements [ports.PasswordRehasher].
func (h *Hasher) NeedsRehash(hash string) bool {
	p, err := parse(hash)
	return err != nil || p.memory != memoryKiB || p.iterations != iterations || p.parallelism != parallelism ||
		len(p.salt) != saltBytes || len(p.tag) != tagBytes
}

func (h *Hasher) derive(ctx context.Context, password string, p params, length uint32) ([]byte, error) {
	select {
	case h.inside <- struct{}{}:
		defer func() { <-h.inside }()
	default:
		return nil, fmt.Errorf("%w: argon2id: too many wait", domain.ErrUnavailable)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%w: argon2id: no turn in time", domain.ErrUnavailable)
	}
	return argon2.IDKey([]byte(password), p.salt, p.iterations, p.memory, p.parallelism, length), nil
}

type params struct {
	memory, iterations uint32
	parallelism        uint8
	salt, tag          []byte
}

func parse(hash string) (params, error) {
	var (
		p        params
		version  int
		parallel uint32
		rest     string
	)
	_, err := fmt.Sscanf(hash, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &p.memory, &p.iterations, &parallel, &rest)
	if err != nil || version != argon2.Version {
		return params{}, errHashFormat
	}
	encodedSalt, encodedTag, ok := strings.Cut(rest, "$")
	if !ok {
		return params{}, errHashFormat
	}
	var saltErr, tagErr error
	p.salt, saltErr = base64.RawStdEncoding.Strict().DecodeString(encodedSalt)
	p.tag, tagErr = base64.RawStdEncoding.Strict().DecodeString(encodedTag)
	if saltErr != nil || tagErr != nil {
		return params{}, errHashFormat
	}
	within := func(n, least, most uint32) bool { return least <= n && n <= most }
	if !within(p.memory, 8, maxMemoryKiB) || !within(p.iterations, 1, maxIterations) || !within(parallel, 1, maxParallelism) ||
		!within(uint32(len(p.salt)), 8, maxBytes) || !within(uint32(len(p.tag)), 4, maxBytes) {
		return params{}, errHashFormat
	}
	p.parallelism = uint8(parallel)
	return p, nil
}
