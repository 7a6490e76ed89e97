package argon2id

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func TestHashesVerify(t *testing.T) {
	h := New()
	for _, password := range []string{"correct horse", "", " ", strings.Repeat("🐎", 128), "pass\tword"} {
		hash, err := h.HashPassword(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("hash is %s", hash)
		}
		for _, attempt := range []string{password, password + "x"} {
			ok, err := h.VerifyPassword(t.Context(), hash, attempt)
			if err != nil || ok != (attempt == password) {
				t.Errorf("%q against the hash of %q: %v, %v", attempt, password, ok, err)
			}
		}
	}
}

func TestEqualPasswordsHaveDifferentHashes(t *testing.T) {
	h := New()
	a, _ := h.HashPassword(t.Context(), "the same")
	b, _ := h.HashPassword(t.Context(), "the same")
	if a == b || a == "" {
		t.Errorf("%s and %s", a, b)
	}
}

func TestHashOfOtherParametersVerifies(t *testing.T) {
	salt := []byte("8 bytes.")
	tag := argon2.IDKey([]byte("secret"), salt, 3, 64, 2, 16)
	enc := base64.RawStdEncoding
	hash := fmt.Sprintf("$argon2id$v=19$m=64,t=3,p=2$%s$%s", enc.EncodeToString(salt), enc.EncodeToString(tag))
	ok, err := New().VerifyPassword(t.Context(), hash, "secret")
	if !ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestNeedsRehash(t *testing.T) {
	h := New()
	current, err := h.HashPassword(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	const salt, tag = "c2FsdHNhbHRzYWx0c2FsdA", "dGFndGFndGFndGFndGFndGFndGFndGFndGFndGFndGE"
	for hash, want := range map[string]bool{
		current: false,
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + tag:                  false,
		"$argon2id$v=19$m=12288,t=2,p=1$" + salt + "$" + tag:                  true, // cheaper
		"$argon2id$v=19$m=47104,t=2,p=1$" + salt + "$" + tag:                  true, // dearer
		"$argon2id$v=19$m=19456,t=1,p=1$" + salt + "$" + tag:                  true,
		"$argon2id$v=19$m=19456,t=2,p=2$" + salt + "$" + tag:                  true,
		"$argon2id$v=19$m=19456,t=2,p=1$" + "OCBieXRlcy4" + "$" + tag:         true, // a salt of 8 bytes
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + "dGFndGFndGFndGFndA": true, // a tag of 13 bytes
		"$2b$12$abcdefghijklmnopqrstuv":                                       true,
	} {
		if got := h.NeedsRehash(hash); got != want {
			t.Errorf("%s: %v, want %v", hash, got, want)
		}
	}
}

func TestNoAccountCostsAsMuchAndNeverMatches(t *testing.T) {
	p, err := parse(noAccount)
	if err != nil || p.memory != memoryKiB || p.iterations != iterations || p.parallelism != parallelism || len(p.tag) != tagBytes {
		t.Errorf("the hash of no account is %+v, %v", p, err)
	}
	for _, password := range []string{"", "password"} {
		if ok, err := New().VerifyPassword(t.Context(), "", password); ok || err != nil {
			t.Errorf("%q: %v, %v", password, ok, err)
		}
	}
}

func TestUnreadableHashesAreErrors(t *testing.T) {
	const salt, tag = "c2FsdHNhbHRzYWx0c2FsdA", "dGFndGFndGFndGFndGFndGFndGFndGFndGFndGFndGE"
	for _, hash := range []string{
		"plain", "$2b$12$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=19456,t=2,p=1$" + salt + "$" + tag,
		"$argon2id$v=16$m=19456,t=2,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=4194304,t=2,p=1$" + salt + "$" + tag, // 4 GiB
		"$argon2id$v=19$m=19456,t=1000000,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=19456,t=2,p=255$" + salt + "$" + tag,
		"$argon2id$v=19$m=19456,t=2,p=257$" + salt + "$" + tag,
		"$argon2id$v=19$m=19456,t=0,p=1$" + salt + "$" + tag,
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt,
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$",
		"$argon2id$v=19$m=19456,t=2,p=1$$" + tag,
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + tag + "$x",
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + strings.Repeat(tag, 9),
	} {
		if ok, err := New().VerifyPassword(t.Context(), hash, "password"); ok || !errors.Is(err, errHashFormat) {
			t.Errorf("%s: %v, %v", hash, ok, err)
		}
	}
}

// TestBusy uses a bubble whose clock jumps ahead when everybody waits.
func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New()
		if n := runtime.NumCPU(); cap(h.slots) != n {
			t.Errorf("%d run at once on %d processors", cap(h.slots), n)
		}
		for range cap(h.slots) {
			h.slots <- struct{}{}
		}
		_, err := h.HashPassword(t.Context(), "waits too long")
		if !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("hash: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := h.VerifyPassword(ctx, "", "gone"); !errors.Is(err, context.Canceled) {
			t.Errorf("verify for a caller who is gone: %v", err)
		}
		<-h.slots
		if _, err := h.HashPassword(t.Context(), "has a turn"); err != nil {
			t.Errorf("after one is free: %v", err)
		}
	})
}

func TestTooManyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New()
		for range cap(h.slots) {
			h.slots <- struct{}{}
			h.inside <- struct{}{}
		}
		ctx, leave := context.WithCancel(t.Context())
		for range maxWaiting {
			go h.VerifyPassword(ctx, "", "waits")
		}
		synctest.Wait()
		begin := time.Now()
		if _, err := h.HashPassword(t.Context(), "one too many"); !errors.Is(err, domain.ErrUnavailable) || time.Since(begin) > 0 {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		leave()
		synctest.Wait()
		if n := len(h.inside); n != cap(h.slots) {
			t.Errorf("%d are inside", n)
		}
	})
}
