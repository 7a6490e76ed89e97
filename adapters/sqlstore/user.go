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
	CreatedAt      timestamp `db:"created_at"`
	UpdatedAt      timestamp `db:"updated_at"`
}

func (r userRow) toDomain() domain.User {
	return domain.User{ID: r.ID, Email: r.Email, PasswordHash: r.HashedPassword,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time}
}

const selectUser = `SELECT id, email, hashed_password, created_at, updated_at FROM users`

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

const updateAPIKey = `UPDATE users SET encrypted_api_key = $2, updated_at = $3 WHERE id = $1`

// SaveAPIKey implements [ports.APIKeyWriter].
func (s *Store) SaveAPIKey(ctx context.Context, owner uuid.UUID, encrypted string, now time.Time) error {
	return s.one(ctx, "save API key", domain.ErrUserNotFound, updateAPIKey, owner, encrypted, s.engine.EncodeTime(now))
}
