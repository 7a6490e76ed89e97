package tokenversions

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// storage has one version for everybody, and counts who asks.
type storage struct {
	version, asked int
	err            error
}

func (s *storage) FindTokenVersion(context.Context, uuid.UUID) (int, error) {
	s.asked++
	return s.version, s.err
}

func (s *storage) EndTokens(context.Context, uuid.UUID, time.Time) (int, error) {
	s.version++
	return s.version, s.err
}

func (s *storage) ReplacePassword(context.Context, uuid.UUID, string, string, time.Time) (int, error) {
	s.version++
	return s.version, s.err
}

func (s *storage) DeleteUser(context.Context, uuid.UUID) error {
	s.err = domain.ErrUserNotFound
	return nil
}

func TestVersionIsKeptForItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &storage{version: 7}
		cache, user := New(s), uuid.New()
		find := func(want, asked int) {
			t.Helper()
			if got, err := cache.FindTokenVersion(t.Context(), user); err != nil || got != want || s.asked != asked {
				t.Errorf("the version is %d, %v after %d reads; want %d after %d", got, err, s.asked, want, asked)
			}
		}
		find(7, 1)
		s.version = 8 // by another process
		time.Sleep(MaxAge / 2)
		find(7, 1)
		time.Sleep(MaxAge/2 + time.Millisecond) // being used makes it no younger
		find(8, 2)
	})
}

func TestChangesHoldAtOnce(t *testing.T) {
	user := uuid.New()
	for name, change := range map[string]func(*Cache) error{
		"EndTokens":       func(c *Cache) error { _, err := c.EndTokens(t.Context(), user, time.Time{}); return err },
		"ReplacePassword": func(c *Cache) error { _, err := c.ReplacePassword(t.Context(), user, "", "", time.Time{}); return err },
	} {
		s := &storage{version: 7}
		cache := New(s)
		cache.FindTokenVersion(t.Context(), user)
		if err := change(cache); err != nil {
			t.Fatal(err)
		}
		if got, err := cache.FindTokenVersion(t.Context(), user); got != 8 || err != nil || s.asked != 1 {
			t.Errorf("after %s: %d, %v, read %d times", name, got, err, s.asked)
		}
		// Whether it was done is not known.
		s.err = domain.ErrOutcomeUnknown
		if err := change(cache); !errors.Is(err, domain.ErrOutcomeUnknown) {
			t.Errorf("%s: %v", name, err)
		}
		s.err = nil
		if got, err := cache.FindTokenVersion(t.Context(), user); got != 9 || err != nil {
			t.Errorf("after %s with an unknown outcome: %d, %v", name, got, err)
		}
	}

	cache := New(&storage{})
	cache.FindTokenVersion(t.Context(), user)
	cache.DeleteUser(t.Context(), user)
	if _, err := cache.FindTokenVersion(t.Context(), user); !errors.Is(err, domain.ErrUserNotFound) {
		t.Errorf("after the account was deleted: %v", err)
	}
}

func TestNoMoreUsersAreKept(t *testing.T) {
	cache := New(&storage{})
	for range MaxUsers + 100 {
		cache.FindTokenVersion(t.Context(), uuid.New())
	}
	if n := cache.versions.Len(); n != MaxUsers {
		t.Errorf("%d users are kept", n)
	}
}
