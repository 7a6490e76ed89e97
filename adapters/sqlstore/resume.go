package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

const selectResume = `SELECT id, user_id, content, created_at, updated_at FROM resumes WHERE user_id = $1`

// FindResume implements [ports.ResumeReader].
func (s *Store) FindResume(ctx context.Context, owner uuid.UUID) (domain.Resume, error) {
	var row struct {
		ID        uuid.UUID `db:"id"`
		UserID    uuid.UUID `db:"user_id"`
		Content   string    `db:"content"`
		CreatedAt timestamp `db:"created_at"`
		UpdatedAt timestamp `db:"updated_at"`
	}
	err := s.get(ctx, "find resume", &row, selectResume, owner)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.Resume{}, domain.ErrResumeNotFound
	}
	if err != nil {
		return domain.Resume{}, err
	}
	return domain.Resume{ID: row.ID, UserID: row.UserID, Content: row.Content,
		CreatedAt: row.CreatedAt.Time, UpdatedAt: row.UpdatedAt.Time}, nil
}

const insertResume = `INSERT INTO resumes (user_id, id, content, created_at, updated_at) VALUES ($1, $2, $3, $4, $5)`

// CreateResume implements [ports.ResumeWriter].
func (s *Store) CreateResume(ctx context.Context, r domain.Resume) error {
	_, err := s.exec(ctx, "create resume", insertResume, r.UserID, r.ID, r.Content,
		s.engine.EncodeTime(r.CreatedAt), s.engine.EncodeTime(r.UpdatedAt))
	if err == nil {
		return nil
	}
	switch s.engine.Classify(err) {
	case Duplicate:
		return domain.ErrResumeAlreadyExists
	case MissingParent:
		return domain.ErrUserNotFound
	}
	return s.fail(ctx, "create resume", err)
}

const updateResume = `UPDATE resumes SET content = $3, updated_at = $4 WHERE user_id = $1 AND id = $2`

// ReplaceResume implements [ports.ResumeReplacer].
func (s *Store) ReplaceResume(ctx context.Context, r domain.Resume) error {
	return s.one(ctx, "replace resume", domain.ErrResumeNotFound, updateResume, r.UserID, r.ID, r.Content, s.engine.EncodeTime(r.UpdatedAt))
}

const deleteResume = `DELETE FROM resumes WHERE user_id = $1`

// DeleteResume implements [ports.ResumeDeleter].
func (s *Store) DeleteResume(ctx context.Context, owner uuid.UUID) error {
	return s.one(ctx, "delete resume", domain.ErrResumeNotFound, deleteResume, owner)
}
