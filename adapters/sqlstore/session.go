package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

type sessionRow struct {
	ID                    uuid.UUID     `db:"id"`
	UserID                uuid.UUID     `db:"user_id"`
	JobPostingID          uuid.NullUUID `db:"job_posting_id"`
	Status                string        `db:"status"`
	CurrentQuestionNumber int           `db:"current_question_number"`
	RetakeNumber          int           `db:"retake_number"`
	OriginalSessionID     uuid.NullUUID `db:"original_session_id"`
	CreatedAt             timestamp     `db:"created_at"`
	UpdatedAt             timestamp     `db:"updated_at"`
}

func (r sessionRow) toDomain() domain.InterviewSession {
	return domain.RestoreInterviewSession(domain.SessionState{
		ID: r.ID, UserID: r.UserID, JobPostingID: r.JobPostingID,
		Status:                domain.SessionStatus(r.Status),
		CurrentQuestionNumber: r.CurrentQuestionNumber,
		RetakeNumber:          r.RetakeNumber, OriginalSessionID: r.OriginalSessionID,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	})
}

const sessionColumns = `s.id, s.user_id, s.job_posting_id, s.status, s.current_question_number,
       s.retake_number, s.original_session_id, s.created_at, s.updated_at`

const fromSessions = ` FROM interview_sessions s
  LEFT JOIN job_postings p ON p.user_id = s.user_id AND p.id = s.job_posting_id
 WHERE s.user_id = $1`

// sessionDetailRow joins a session with its posting, whose columns are NULL
// when there is none.
type sessionDetailRow struct {
	sessionRow
	Title            sql.NullString `db:"p_title"`
	Company          sql.NullString `db:"p_company"`
	Description      sql.NullString `db:"p_description"`
	ExperienceLevel  sql.NullString `db:"p_experience_level"`
	TechStack        stringList     `db:"p_tech_stack"`
	Language         sql.NullString `db:"p_language"`
	PostingCreatedAt *timestamp     `db:"p_created_at"`
	PostingUpdatedAt *timestamp     `db:"p_updated_at"`
}

const selectSessionDetail = `SELECT ` + sessionColumns + `,
       p.title AS p_title, p.company AS p_company, p.description AS p_description,
       p.experience_level AS p_experience_level, p.tech_stack AS p_tech_stack, p.language AS p_language,
       p.created_at AS p_created_at, p.updated_at AS p_updated_at` + fromSessions + ` AND s.id = $2`

// FindSession implements [ports.SessionReader].
func (s *Store) FindSession(ctx context.Context, owner, id uuid.UUID) (domain.SessionDetail, error) {
	var row sessionDetailRow
	err := s.engine.Read.GetContext(ctx, &row, selectSessionDetail, owner, id)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.SessionDetail{}, domain.ErrSessionNotFound
	}
	if err != nil {
		return domain.SessionDetail{}, s.fail(ctx, "find session", err)
	}
	detail := domain.SessionDetail{Session: row.toDomain()}
	if row.JobPostingID.Valid {
		detail.Posting = &domain.JobPosting{
			ID: row.JobPostingID.UUID, UserID: row.UserID,
			Title: row.Title.String, Company: row.Company.String, Description: row.Description.String,
			ExperienceLevel: row.ExperienceLevel.String, TechStack: row.TechStack,
			Language:  domain.Language(row.Language.String),
			CreatedAt: row.PostingCreatedAt.Time, UpdatedAt: row.PostingUpdatedAt.Time,
		}
	}
	return detail, nil
}

type sessionSummaryRow struct {
	sessionRow
	Title   sql.NullString `db:"p_title"`
	Company sql.NullString `db:"p_company"`
}

const selectSessionSummaries = `SELECT ` + sessionColumns + `, p.title AS p_title, p.company AS p_company` + fromSessions

// ListSessions implements [ports.SessionLister].
func (s *Store) ListSessions(ctx context.Context, owner uuid.UUID, filter domain.SessionFilter) ([]domain.SessionSummary, error) {
	query := strings.Builder{}
	query.WriteString(selectSessionSummaries)
	args := []any{owner}
	and := func(condition string, arg any) {
		args = append(args, arg)
		placeholder := fmt.Sprintf("$%d", len(args))
		query.WriteString(" AND " + strings.ReplaceAll(condition, "?", placeholder))
	}
	if filter.Status != "" {
		and("s.status = ?", string(filter.Status))
	}
	if !filter.CreatedFrom.IsZero() {
		and("s.created_at >= ?", s.engine.EncodeTime(filter.CreatedFrom))
	}
	if !filter.CreatedUntil.IsZero() {
		and("s.created_at < ?", s.engine.EncodeTime(filter.CreatedUntil))
	}
	if filter.JobPostingID.Valid {
		and("s.job_posting_id = ?", filter.JobPostingID.UUID)
	}
	if filter.OriginalSessionID.Valid {
		and("(s.id = ? OR s.original_session_id = ?)", filter.OriginalSessionID.UUID)
	}
	query.WriteString(" ORDER BY s.created_at DESC, s.id DESC")

	var rows []sessionSummaryRow
	if err := s.engine.Read.SelectContext(ctx, &rows, query.String(), args...); err != nil {
		return nil, s.fail(ctx, "list sessions", err)
	}
	sessions := make([]domain.SessionSummary, 0, len(rows))
	for _, row := range rows {
		summary := domain.SessionSummary{Session: row.toDomain()}
		if row.JobPostingID.Valid {
			summary.Posting = &domain.JobPostingHeadline{
				ID: row.JobPostingID.UUID, Title: row.Title.String, Company: row.Company.String}
		}
		sessions = append(sessions, summary)
	}
	return sessions, nil
}

const insertSession = `
INSERT INTO interview_sessions
  (user_id, id, job_posting_id, status, current_question_number, retake_number, original_session_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

// CreateSession implements [ports.SessionWriter].
func (s *Store) CreateSession(ctx context.Context, session domain.InterviewSession) error {
	st := session.State()
	_, err := s.engine.Write.ExecContext(ctx, insertSession, st.UserID, st.ID, st.JobPostingID, string(st.Status),
		st.CurrentQuestionNumber, st.RetakeNumber, st.OriginalSessionID,
		s.engine.EncodeTime(st.CreatedAt), s.engine.EncodeTime(st.UpdatedAt))
	switch {
	case err == nil:
		return nil
	case s.engine.Classify(err) == MissingParent:
		return domain.ErrJobPostingNotFound
	}
	return s.fail(ctx, "create session", err)
}
