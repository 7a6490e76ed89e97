// Package tokenversions keeps the token versions of users for a moment, so that
// not every request asks the storage for one.
package tokenversions

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jellydator/ttlcache/v3"

	"github.com/ai-interviewer/ai-interviewer/ports"
)

// The limits of what is kept.
const (
	MaxUsers = 10_000
	MaxAge   = 10 * time.Second
)

// Storage is what the versions are read from, and whatever changes them.
type Storage interface {
	ports.TokenVersionReader
	ports.TokenEnder
	ports.PasswordReplacer
	ports.UserDeleter
}

// Cache is a Storage that remembers up to [MaxUsers] versions for [MaxAge]. What
// is changed through it holds at once; what is changed elsewhere, or while the
// version is being read, holds when that age is reached.
type Cache struct {
	storage  Storage
	versions *ttlcache.Cache[uuid.UUID, int]
}

var _ Storage = (*Cache)(nil)

// New returns a Cache of the storage.
func New(storage Storage) *Cache {
	return &Cache{storage, ttlcache.New(
		ttlcache.WithTTL[uuid.UUID, int](MaxAge),
		ttlcache.WithCapacity[uuid.UUID, int](MaxUsers),
		ttlcache.WithDisableTouchOnHit[uuid.UUID, int]())}
}

// FindTokenVersion implements [ports.TokenVersionReader]. Whoever has no account
// is asked for each time.
func (c *Cache) FindTokenVersion(ctx context.Context, user uuid.UUID) (int, error) {
	if item := c.versions.Get(user); item != nil {
		return item.Value(), nil
	}
	return c.keep(user)(c.storage.FindTokenVersion(ctx, user))
}

// EndTokens implements [ports.TokenEnder].
func (c *Cache) EndTokens(ctx context.Context, user uuid.UUID, now time.Time) (int, error) {
	return c.keep(user)(c.storage.EndTokens(ctx, user, now))
}

// ReplacePassword implements [ports.PasswordReplacer].
func (c *Cache) ReplacePassword(ctx context.Context, user uuid.UUID, former, hash string, now time.Time) (int, error) {
	return c.keep(user)(c.storage.ReplacePassword(ctx, user, former, hash, now))
}

// DeleteUser implements [ports.UserDeleter].
func (c *Cache) DeleteUser(ctx context.Context, id uuid.UUID) error {
	defer c.versions.Delete(id)
	return c.storage.DeleteUser(ctx, id)
}

// keep remembers the version, or, after an error, that nothing is known: what
// was asked for may be done all the same.
func (c *Cache) keep(user uuid.UUID) func(int, error) (int, error) {
	return func(version int, err error) (int, error) {
		if err != nil {
			c.versions.Delete(user)
			return 0, err
		}
		c.versions.Set(user, version, ttlcache.DefaultTTL)
		return version, nil
	}
}
