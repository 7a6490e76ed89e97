package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
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

const withPosting = ` FROM interview_sessions s
  LEFT JOIN job_postings p ON p.user_id = s.user_id AND p.id = s.job_posting_id`

// sessionSummaryRow joins a session with the headline of its posting, whose
// columns are NULL when there is none.
type sessionSummaryRow struct {
	sessionRow
	Title   sql.NullString `db:"p_title"`
	Company sql.NullString `db:"p_company"`
}

func (r sessionSummaryRow) toDomain() domain.SessionSummary {
	summary := domain.SessionSummary{Session: r.sessionRow.toDomain()}
	if r.JobPostingID.Valid {
		summary.Posting = &domain.JobPostingHeadline{ID: r.JobPostingID.UUID, Title: r.Title.String, Company: r.Company.String}
	}
	return summary
}

const selectSessionSummaries = `SELECT ` + sessionColumns + `, p.title AS p_title, p.company AS p_company` +
	withPosting + ` WHERE s.user_id = $1`

// FindSession implements [ports.SessionReader].
func (s *Store) FindSession(ctx context.Context, owner, id uuid.UUID) (domain.SessionSummary, error) {
	var row sessionSummaryRow
	err := s.get(ctx, "find session", &row, selectSessionSummaries+` AND s.id = $2`, owner, id)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.SessionSummary{}, domain.ErrSessionNotFound
	}
	if err != nil {
		return domain.SessionSummary{}, err
	}
	return row.toDomain(), nil
}

// sessionDetailRow joins a session with its posting and its owner's résumé,
// whose columns are NULL when there is none.
type sessionDetailRow struct {
	sessionSummaryRow
	Description      sql.NullString `db:"p_description"`
	ExperienceLevel  sql.NullString `db:"p_experience_level"`
	TechStack        stringList     `db:"p_tech_stack"`
	Language         sql.NullString `db:"p_language"`
	PostingCreatedAt *timestamp     `db:"p_created_at"`
	PostingUpdatedAt *timestamp     `db:"p_updated_at"`
	ResumeID         uuid.NullUUID  `db:"r_id"`
	ResumeContent    sql.NullString `db:"r_content"`
	ResumeCreatedAt  *timestamp     `db:"r_created_at"`
	ResumeUpdatedAt  *timestamp     `db:"r_updated_at"`
}

const selectSessionDetail = `SELECT ` + sessionColumns + `,
       p.title AS p_title, p.company AS p_company, p.description AS p_description,
       p.experience_level AS p_experience_level, p.tech_stack AS p_tech_stack, p.language AS p_language,
       p.created_at AS p_created_at, p.updated_at AS p_updated_at,
       r.id AS r_id, r.content AS r_content, r.created_at AS r_created_at, r.updated_at AS r_updated_at` + withPosting + `
  LEFT JOIN resumes r ON r.user_id = s.user_id
 WHERE s.user_id = $1 AND s.id = $2`

// FindSessionDetail implements [ports.SessionDetailReader].
func (s *Store) FindSessionDetail(ctx context.Context, owner, id uuid.UUID) (domain.SessionDetail, error) {
	var row sessionDetailRow
	err := s.get(ctx, "find session detail", &row, selectSessionDetail, owner, id)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.SessionDetail{}, domain.ErrSessionNotFound
	}
	if err != nil {
		return domain.SessionDetail{}, err
	}
	detail := domain.SessionDetail{Session: row.sessionRow.toDomain()}
	if row.JobPostingID.Valid {
		detail.Posting = &domain.JobPosting{
			ID: row.JobPostingID.UUID, UserID: row.UserID,
			Title: row.Title.String, Company: row.Company.String, Description: row.Description.String,
			ExperienceLevel: row.ExperienceLevel.String, TechStack: row.TechStack,
			Language:  domain.Language(row.Language.String),
			CreatedAt: row.PostingCreatedAt.Time, UpdatedAt: row.PostingUpdatedAt.Time,
		}
	}
	if row.ResumeID.Valid {
		detail.Resume = &domain.Resume{ID: row.ResumeID.UUID, UserID: row.UserID, Content: row.ResumeContent.String,
			CreatedAt: row.ResumeCreatedAt.Time, UpdatedAt: row.ResumeUpdatedAt.Time}
	}
	return detail, nil
}

// ListSessions implements [ports.SessionLister].
func (s *Store) ListSessions(ctx context.Context, owner uuid.UUID, filter domain.SessionFilter) ([]domain.SessionSummary, error) {
	query := strings.Builder{}
	query.WriteString(selectSessionSummaries)
	args := []any{owner}
	place := func(arg any) string {
		args = append(args, arg)
		return placeholder(len(args))
	}
	and := func(condition string, arg any) {
		query.WriteString(" AND " + strings.ReplaceAll(condition, "?", place(arg)))
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
	if after := filter.After; after != nil {
		query.WriteString(" AND (s.created_at, s.id) < (" + place(s.engine.EncodeTime(after.CreatedAt)) + ", " + place(after.ID) + ")")
	}
	query.WriteString(" ORDER BY s.created_at DESC, s.id DESC")
	if filter.Limit > 0 {
		query.WriteString(" LIMIT " + place(filter.Limit))
	}

	var rows []sessionSummaryRow
	if err := s.list(ctx, "list sessions", &rows, query.String(), args...); err != nil {
		return nil, err
	}
	sessions := make([]domain.SessionSummary, 0, len(rows))
	for _, row := range rows {
		sessions = append(sessions, row.toDomain())
	}
	return sessions, nil
}

const selectSessionScores = `SELECT ` + sessionColumns + `, p.title AS p_title, p.company AS p_company, f.overall_score
  FROM interview_sessions s
  JOIN job_postings p ON p.user_id = s.user_id AND p.id = s.job_posting_id
  JOIN interview_feedbacks f ON f.user_id = s.user_id AND f.session_id = s.id
 WHERE s.user_id = $1 AND s.status = 'completed'
 ORDER BY s.created_at, s.id`

// ListSessionScores implements [ports.SessionScoreLister].
func (s *Store) ListSessionScores(ctx context.Context, owner uuid.UUID) ([]domain.SessionScore, error) {
	var rows []struct {
		sessionSummaryRow
		OverallScore int `db:"overall_score"`
	}
	if err := s.list(ctx, "list session scores", &rows, selectSessionScores, owner); err != nil {
		return nil, err
	}
	scores := make([]domain.SessionScore, 0, len(rows))
	for _, row := range rows {
		summary := row.toDomain()
		scores = append(scores, domain.SessionScore{Session: summary.Session, Posting: *summary.Posting, OverallScore: row.OverallScore})
	}
	return scores, nil
}

// selectAttempts finds the chain by any of its members.
const selectAttempts = `SELECT ` + sessionColumns + `, ` + nullableFeedbackColumns + `
  FROM interview_sessions a
  JOIN interview_sessions s ON s.user_id = a.user_id
   AND (s.id = COALESCE(a.original_session_id, a.id) OR s.original_session_id = COALESCE(a.original_session_id, a.id))
  LEFT JOIN interview_feedbacks f ON f.user_id = s.user_id AND f.session_id = s.id
 WHERE a.user_id = $1 AND a.id = $2
 ORDER BY s.retake_number, s.created_at, s.id`

// ListAttempts implements [ports.AttemptLister].
func (s *Store) ListAttempts(ctx context.Context, owner, id uuid.UUID) ([]domain.Attempt, error) {
	var rows []struct {
		sessionRow
		nullableFeedbackRow
	}
	if err := s.list(ctx, "list attempts", &rows, selectAttempts, owner, id); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, domain.ErrSessionNotFound
	}
	attempts := make([]domain.Attempt, 0, len(rows))
	for _, row := range rows {
		attempts = append(attempts, domain.Attempt{
			Session: row.sessionRow.toDomain(), Feedback: row.nullableFeedbackRow.toDomain(row.UserID, row.ID)})
	}
	return attempts, nil
}

const insertSession = `
INSERT INTO interview_sessions
  (user_id, id, job_posting_id, status, current_question_number, retake_number, original_session_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

func (s *Store) insertSession(ctx context.Context, db querier, session domain.InterviewSession) error {
	st := session.State()
	_, err := db.ExecContext(ctx, insertSession, st.UserID, st.ID, st.JobPostingID, string(st.Status),
		st.CurrentQuestionNumber, st.RetakeNumber, st.OriginalSessionID,
		s.engine.EncodeTime(st.CreatedAt), s.engine.EncodeTime(st.UpdatedAt))
	return err
}

// CreateSession implements [ports.SessionWriter].
func (s *Store) CreateSession(ctx context.Context, session domain.InterviewSession) error {
	err := s.write(ctx, "create session", func(db querier) error { return s.insertSession(ctx, db, session) })
	switch {
	case err == nil:
		return nil
	case s.engine.Classify(err) == MissingParent:
		return domain.ErrJobPostingNotFound
	}
	return s.fail(ctx, "create session", err)
}

const (
	lockSession         = `SELECT id FROM interview_sessions WHERE user_id = $1 AND id = $2`
	selectHighestRetake = `SELECT max(retake_number) FROM interview_sessions
 WHERE user_id = $1 AND (id = $2 OR original_session_id = $2)`
)

// CreateRetake implements [ports.RetakeWriter]. The lock on the chain's first
// attempt makes simultaneous retakes, and its deletion, take turns. The posting
// is locked before it, as DeleteJobPosting does: in the other order the two
// could wait for each other.
func (s *Store) CreateRetake(ctx context.Context, retake domain.InterviewSession) (domain.InterviewSession, error) {
	var state domain.SessionState
	err := s.inTx(ctx, "create retake", func(tx querier) error {
		state = retake.State()
		first := state.OriginalSessionID.UUID
		var found uuid.UUID
		postingErr := tx.GetContext(ctx, &found, lockJobPosting+s.engine.ForUpdate, state.UserID, state.JobPostingID)
		if postingErr != nil && !errors.Is(postingErr, sql.ErrNoRows) {
			return postingErr
		}
		switch err := tx.GetContext(ctx, &found, lockSession+s.engine.ForUpdate, state.UserID, first); {
		case errors.Is(err, sql.ErrNoRows):
			return ports.ErrChanged
		case err != nil:
			return err
		case postingErr != nil:
			return domain.ErrMissingJobPosting
		}
		var highest int
		if err := tx.GetContext(ctx, &highest, selectHighestRetake, state.UserID, first); err != nil {
			return err
		}
		state.RetakeNumber = max(state.RetakeNumber, highest+1)
		return s.insertSession(ctx, tx, domain.RestoreInterviewSession(state))
	})
	switch {
	case err == nil:
		return domain.RestoreInterviewSession(state), nil
	case errors.Is(err, domain.ErrMissingJobPosting), errors.Is(err, ports.ErrChanged):
		return domain.InterviewSession{}, err
	}
	return domain.InterviewSession{}, s.fail(ctx, "create retake", err)
}

const updateSessionStatus = `
UPDATE interview_sessions SET status = $4, updated_at = $5
 WHERE user_id = $1 AND id = $2 AND status = $3
RETURNING id, user_id, job_posting_id, status, current_question_number,
       retake_number, original_session_id, created_at, updated_at`

// SaveSessionStatus implements [ports.SessionStatusWriter].
func (s *Store) SaveSessionStatus(ctx context.Context, session domain.InterviewSession, from domain.SessionStatus) (domain.InterviewSession, error) {
	st := session.State()
	var row sessionRow
	err := s.write(ctx, "save session status", func(db querier) error {
		return db.GetContext(ctx, &row, updateSessionStatus, st.UserID, st.ID, string(from),
			string(st.Status), s.engine.EncodeTime(st.UpdatedAt))
	})
	switch {
	case err == nil:
		return row.toDomain(), nil
	case errors.Is(err, sql.ErrNoRows):
		return domain.InterviewSession{}, ports.ErrChanged
	}
	return domain.InterviewSession{}, s.fail(ctx, "save session status", err)
}

const (
	lockWithRetakes = `SELECT id FROM interview_sessions WHERE user_id = $1 AND (id = $2 OR original_session_id = $2) ORDER BY id`
	detachRetakes   = `UPDATE interview_sessions SET original_session_id = NULL WHERE user_id = $1 AND original_session_id = $2`
	deleteSession   = `DELETE FROM interview_sessions WHERE user_id = $1 AND id = $2`
)

// DeleteSession implements [ports.SessionDeleter]. Like DeleteJobPosting it
// locks first, so that a retake comes either before the detaching or after the
// delete, and in the order of the ids, so that neither waits for the other.
func (s *Store) DeleteSession(ctx context.Context, owner, id uuid.UUID) error {
	err := s.inTx(ctx, "delete session", func(tx querier) error {
		var found []uuid.UUID
		if err := tx.SelectContext(ctx, &found, lockWithRetakes+s.engine.ForUpdate, owner, id); err != nil {
			return err
		}
		if !slices.Contains(found, id) {
			return domain.ErrSessionNotFound
		}
		if _, err := tx.ExecContext(ctx, detachRetakes, owner, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, deleteSession, owner, id)
		return err
	})
	if err == nil || errors.Is(err, domain.ErrSessionNotFound) {
		return err
	}
	return s.fail(ctx, "delete session", err)
}
