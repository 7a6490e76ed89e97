package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

type userRow struct {
	ID             uuid.UUID `db:"id"`
	Email          string    `db:"email"`
	HashedPassword string    `db:"hashed_password"`
	TokenVersion   int       `db:"token_version"`
	CreatedAt      timestamp `db:"created_at"`
	UpdatedAt      timestamp `db:"updated_at"`
}

func (r userRow) toDomain() domain.User {
	return domain.User{ID: r.ID, Email: r.Email, PasswordHash: r.HashedPassword, TokenVersion: r.TokenVersion,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time}
}

const selectUser = `SELECT id, email, hashed_password, token_version, created_at, updated_at FROM users`

// FindUser implements [ports.UserReader].
func (s *Store) FindUser(ctx context.Context, id uuid.UUID) (domain.User, error) {
	return s.findUser(ctx, selectUser+` WHERE id = $1`, id)
}

// FindUserByEmail implements [ports.UserByEmailReader].
func (s *Store) FindUserByEmail(ctx context.Context, email string) (domain.User, error) {
	return s.findUser(ctx, selectUser+` WHERE email = $1`, email)
}

func (s *Store) findUser(ctx context.Context, query string, key any) (domain.User, error) {
	var row userRow
	err := s.get(ctx, "find user", &row, query, key)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.User{}, domain.ErrUserNotFound
	}
	if err != nil {
		return domain.User{}, err
	}
	return row.toDomain(), nil
}

const insertUser = `INSERT INTO users (id, email, hashed_password, created_at, updated_at) VALUES ($1, $2, $3, $4, $5)`

// CreateUser implements [ports.UserWriter].
func (s *Store) CreateUser(ctx context.Context, user domain.User) error {
	_, err := s.exec(ctx, "create user", insertUser, user.ID, user.Email, user.PasswordHash,
		s.engine.EncodeTime(user.CreatedAt), s.engine.EncodeTime(user.UpdatedAt))
	switch {
	case err == nil:
		return nil
	case s.engine.Classify(err) == Duplicate:
		return domain.ErrEmailAlreadyRegistered
	}
	return s.fail(ctx, "create user", err)
}

const replacePasswordHash = `UPDATE users SET hashed_password = $3 WHERE id = $1 AND hashed_password = $2`

// ReplacePasswordHash implements [ports.PasswordHashReplacer].
func (s *Store) ReplacePasswordHash(ctx context.Context, user uuid.UUID, former, hash string) error {
	if _, err := s.exec(ctx, "replace password hash", replacePasswordHash, user, former, hash); err != nil {
		return s.fail(ctx, "replace password hash", err)
	}
	return nil
}

const updateAPIKey = `UPDATE users SET encrypted_api_key = $2, updated_at = $3 WHERE id = $1`

// SaveAPIKey implements [ports.APIKeyWriter].
func (s *Store) SaveAPIKey(ctx context.Context, owner uuid.UUID, encrypted string, now time.Time) error {
	return s.one(ctx, "save API key", domain.ErrUserNotFound, updateAPIKey, owner, encrypted, s.engine.EncodeTime(now))
}

// FindTokenVersion implements [ports.TokenVersionReader].
func (s *Store) FindTokenVersion(ctx context.Context, user uuid.UUID) (version int, err error) {
	err = s.get(ctx, "find token version", &version, `SELECT token_version FROM users WHERE id = $1`, user)
	if errors.Is(err, sql.ErrNoRows) {
		err = domain.ErrUserNotFound
	}
	return version, err
}

const endTokens = `UPDATE users SET token_version = token_version + 1, updated_at = $2 WHERE id = $1 RETURNING token_version`

// EndTokens implements [ports.TokenEnder].
func (s *Store) EndTokens(ctx context.Context, user uuid.UUID, now time.Time) (version int, err error) {
	err = s.write(ctx, "end tokens", func(db querier) error {
		return db.GetContext(ctx, &version, endTokens, user, s.engine.EncodeTime(now))
	})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, domain.ErrUserNotFound
	}
	if err != nil {
		return 0, s.fail(ctx, "end tokens", err)
	}
	return version, nil
}

const replacePassword = `
UPDATE users SET hashed_password = $3, token_version = token_version + 1, updated_at = $4
 WHERE id = $1 AND hashed_password = $2 RETURNING token_version`

// ReplacePassword implements [ports.PasswordReplacer].
func (s *Store) ReplacePassword(ctx context.Context, user uuid.UUID, former, hash string, now time.Time) (version int, err error) {
	err = s.write(ctx, "replace password", func(db querier) error {
		return db.GetContext(ctx, &version, replacePassword, user, former, hash, s.engine.EncodeTime(now))
	})
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := s.FindTokenVersion(ctx, user); err != nil {
			return 0, err
		}
		return 0, domain.ErrWrongPassword
	}
	if err != nil {
		return 0, s.fail(ctx, "replace password", err)
	}
	return version, nil
}

// DeleteUser implements [ports.UserDeleter]. What belongs to the account goes
// with it, by the foreign keys.
func (s *Store) DeleteUser(ctx context.Context, id uuid.UUID) error {
	return s.one(ctx, "delete user", domain.ErrUserNotFound, `DELETE FROM users WHERE id = $1`, id)
}
