package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

type jobPostingItemRow struct {
	ID              uuid.UUID      `db:"id"`
	Title           string         `db:"title"`
	Company         sql.NullString `db:"company"`
	ExperienceLevel sql.NullString `db:"experience_level"`
	TechStack       stringList     `db:"tech_stack"`
	Language        string         `db:"language"`
	CreatedAt       timestamp      `db:"created_at"`
}

func (r jobPostingItemRow) toDomain() domain.JobPostingItem {
	return domain.JobPostingItem{
		ID: r.ID, Title: r.Title, Company: r.Company.String, ExperienceLevel: r.ExperienceLevel.String,
		TechStack: r.TechStack, Language: domain.Language(r.Language), CreatedAt: r.CreatedAt.Time,
	}
}

type jobPostingRow struct {
	jobPostingItemRow
	UserID      uuid.UUID `db:"user_id"`
	Description string    `db:"description"`
	UpdatedAt   timestamp `db:"updated_at"`
}

func (r jobPostingRow) toDomain() domain.JobPosting {
	return domain.JobPosting{
		ID: r.ID, UserID: r.UserID,
		Title: r.Title, Company: r.Company.String, Description: r.Description,
		ExperienceLevel: r.ExperienceLevel.String, TechStack: r.TechStack, Language: domain.Language(r.Language),
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
}

const jobPostingItemColumns = `id, title, company, experience_level, tech_stack, language, created_at`

const selectJobPosting = `SELECT ` + jobPostingItemColumns + `, user_id, description, updated_at
  FROM job_postings WHERE user_id = $1 AND id = $2`

// FindJobPosting implements [ports.JobPostingReader].
func (s *Store) FindJobPosting(ctx context.Context, owner, id uuid.UUID) (domain.JobPosting, error) {
	var row jobPostingRow
	err := s.get(ctx, "find job posting", &row, selectJobPosting, owner, id)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.JobPosting{}, domain.ErrJobPostingNotFound
	}
	if err != nil {
		return domain.JobPosting{}, err
	}
	return row.toDomain(), nil
}

// selectJobPostingItems leaves the descriptions, the bulk of the rows, unread.
const selectJobPostingItems = `SELECT ` + jobPostingItemColumns + `
  FROM job_postings WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`

// ListJobPostings implements [ports.JobPostingLister].
func (s *Store) ListJobPostings(ctx context.Context, owner uuid.UUID, limit, offset int) ([]domain.JobPostingItem, error) {
	var rows []jobPostingItemRow
	err := s.list(ctx, "list job postings", &rows, selectJobPostingItems, owner, limit, offset)
	if err != nil {
		return nil, err
	}
	postings := make([]domain.JobPostingItem, 0, len(rows))
	for _, row := range rows {
		postings = append(postings, row.toDomain())
	}
	return postings, nil
}

const insertJobPosting = `
INSERT INTO job_postings
  (user_id, id, title, company, description, experience_level, tech_stack, language, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

// CreateJobPosting implements [ports.JobPostingWriter].
func (s *Store) CreateJobPosting(ctx context.Context, p domain.JobPosting) error {
	techStack, err := encodeStrings(p.TechStack)
	if err != nil {
		return s.fail(ctx, "create job posting", err)
	}
	_, err = s.exec(ctx, "create job posting", insertJobPosting, p.UserID, p.ID,
		p.Title, orNull(p.Company), p.Description, orNull(p.ExperienceLevel), techStack, string(p.Language),
		s.engine.EncodeTime(p.CreatedAt), s.engine.EncodeTime(p.UpdatedAt))
	switch {
	case err == nil:
		return nil
	case s.engine.Classify(err) == MissingParent:
		return domain.ErrUserNotFound
	}
	return s.fail(ctx, "create job posting", err)
}

const updateJobPosting = `
UPDATE job_postings
   SET title = $3, company = $4, description = $5, experience_level = $6, tech_stack = $7, language = $8, updated_at = $9
 WHERE user_id = $1 AND id = $2`

// ReplaceJobPosting implements [ports.JobPostingReplacer].
func (s *Store) ReplaceJobPosting(ctx context.Context, p domain.JobPosting) error {
	techStack, err := encodeStrings(p.TechStack)
	if err != nil {
		return s.fail(ctx, "replace job posting", err)
	}
	return s.one(ctx, "replace job posting", domain.ErrJobPostingNotFound, updateJobPosting, p.UserID, p.ID,
		p.Title, orNull(p.Company), p.Description, orNull(p.ExperienceLevel), techStack, string(p.Language),
		s.engine.EncodeTime(p.UpdatedAt))
}

const (
	lockJobPosting   = `SELECT id FROM job_postings WHERE user_id = $1 AND id = $2`
	lockItsSessions  = `SELECT id FROM interview_sessions WHERE user_id = $1 AND job_posting_id = $2 ORDER BY id`
	detachJobPosting = `UPDATE interview_sessions SET job_posting_id = NULL WHERE user_id = $1 AND job_posting_id = $2`
	deleteJobPosting = `DELETE FROM job_postings WHERE user_id = $1 AND id = $2`
)

// DeleteJobPosting implements [ports.JobPostingDeleter]. It locks the posting
// first: an insert of a session holds a lock on its posting until it commits,
// so each insert comes either wholly before the detaching or after the delete,
// where the foreign key refuses it. Without the lock an insert between the two
// statements would make the DELETE fail. The sessions are locked in the order
// of their ids, as DeleteSession does.
func (s *Store) DeleteJobPosting(ctx context.Context, owner, id uuid.UUID) error {
	err := s.inTx(ctx, "delete job posting", func(tx querier) error {
		var found uuid.UUID
		if err := tx.GetContext(ctx, &found, lockJobPosting+s.engine.ForUpdate, owner, id); err != nil {
			return err
		}
		var sessions []uuid.UUID
		if err := tx.SelectContext(ctx, &sessions, lockItsSessions+s.engine.ForUpdate, owner, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, detachJobPosting, owner, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, deleteJobPosting, owner, id)
		return err
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return domain.ErrJobPostingNotFound
	}
	return s.fail(ctx, "delete job posting", err)
}
