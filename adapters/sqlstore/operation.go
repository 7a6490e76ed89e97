package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

type operationRow struct {
	ID           uuid.UUID      `db:"id"`
	UserID       uuid.UUID      `db:"user_id"`
	SessionID    uuid.NullUUID  `db:"session_id"`
	Type         string         `db:"operation_type"`
	Status       string         `db:"status"`
	Result       sql.NullString `db:"result"`
	ErrorCode    sql.NullString `db:"error_code"`
	ErrorMessage sql.NullString `db:"error_message"`
	ParentID     uuid.NullUUID  `db:"parent_operation_id"`
	RetryCount   int            `db:"retry_count"`
	Attempts     int            `db:"attempts"`
	Failures     int            `db:"failures"`
	LeaseUntil   *timestamp     `db:"lease_until"`
	CreatedAt    timestamp      `db:"created_at"`
	UpdatedAt    timestamp      `db:"updated_at"`
}

func (r operationRow) toDomain() (domain.Operation, error) {
	operation := domain.Operation{
		ID: r.ID, UserID: r.UserID, SessionID: r.SessionID.UUID,
		Type: domain.OperationType(r.Type), Status: domain.OperationStatus(r.Status),
		ParentID: r.ParentID, RetryCount: r.RetryCount, Attempt: r.Attempts, Failures: r.Failures,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
	if r.LeaseUntil != nil {
		operation.LeaseUntil = r.LeaseUntil.Time
	}
	if r.ErrorMessage.Valid {
		operation.Failure = &domain.OperationFailure{Code: r.ErrorCode.String, Message: r.ErrorMessage.String}
	}
	if !r.Result.Valid {
		return operation, nil
	}
	result, err := decodeResult([]byte(r.Result.String))
	operation.Result = &result
	return operation, err
}

// questionJSON and assessmentJSON are the forms in which results are stored.
type questionJSON struct {
	QuestionText string `json:"question_text"`
	QuestionType string `json:"question_type"`
}

type assessmentJSON struct {
	TechnicalAccuracyScore    int      `json:"technical_accuracy_score"`
	CommunicationClarityScore int      `json:"communication_clarity_score"`
	ProblemSolvingScore       int      `json:"problem_solving_score"`
	RelevanceScore            int      `json:"relevance_score"`
	OverallScore              int      `json:"overall_score"`
	TechnicalFeedback         string   `json:"technical_feedback"`
	CommunicationFeedback     string   `json:"communication_feedback"`
	ProblemSolvingFeedback    string   `json:"problem_solving_feedback"`
	RelevanceFeedback         string   `json:"relevance_feedback"`
	OverallComments           string   `json:"overall_comments,omitempty"`
	KnowledgeGaps             []string `json:"knowledge_gaps"`
	LearningRecommendations   []string `json:"learning_recommendations"`
	Method                    string   `json:"method,omitempty"`
}

func encodeResult(result domain.OperationResult) (string, error) {
	var form any
	if q := result.Question; q != nil {
		form = questionJSON{q.Text, string(q.Type)}
	} else {
		f := result.Feedback
		form = assessmentJSON{
			f.TechnicalAccuracy.Score, f.CommunicationClarity.Score, f.ProblemSolving.Score, f.Relevance.Score, f.OverallScore,
			f.TechnicalAccuracy.Text, f.CommunicationClarity.Text, f.ProblemSolving.Text, f.Relevance.Text,
			f.OverallComments, f.KnowledgeGaps, f.LearningRecommendations, string(f.Method),
		}
	}
	data, err := json.Marshal(form)
	return string(data), err
}

// decodeResult tells the two forms apart by the text that every question has.
func decodeResult(data []byte) (domain.OperationResult, error) {
	var q questionJSON
	if err := json.Unmarshal(data, &q); err != nil || q.QuestionText != "" {
		return domain.OperationResult{Question: &domain.QuestionResult{Text: q.QuestionText, Type: domain.QuestionType(q.QuestionType)}}, err
	}
	var a assessmentJSON
	err := json.Unmarshal(data, &a)
	return domain.OperationResult{Feedback: &domain.FeedbackResult{
		Assessment: domain.Assessment{
			TechnicalAccuracy:    domain.Judgement{Score: a.TechnicalAccuracyScore, Text: a.TechnicalFeedback},
			CommunicationClarity: domain.Judgement{Score: a.CommunicationClarityScore, Text: a.CommunicationFeedback},
			ProblemSolving:       domain.Judgement{Score: a.ProblemSolvingScore, Text: a.ProblemSolvingFeedback},
			Relevance:            domain.Judgement{Score: a.RelevanceScore, Text: a.RelevanceFeedback},
			OverallComments:      a.OverallComments,
			KnowledgeGaps:        a.KnowledgeGaps, LearningRecommendations: a.LearningRecommendations,
			Method: domain.FeedbackMethod(a.Method),
		}.Clone(),
		OverallScore: a.OverallScore,
	}}, err
}

const selectOperations = `
SELECT id, user_id, session_id, operation_type, status, result, error_code, error_message, parent_operation_id,
       retry_count, attempts, failures, lease_until, created_at, updated_at
  FROM operations`

// FindOperation implements [ports.OperationReader].
func (s *Store) FindOperation(ctx context.Context, owner, id uuid.UUID) (domain.Operation, error) {
	var row operationRow
	err := s.get(ctx, "find operation", &row, selectOperations+` WHERE user_id = $1 AND id = $2`, owner, id)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.Operation{}, domain.ErrOperationNotFound
	}
	if err != nil {
		return domain.Operation{}, err
	}
	operation, err := row.toDomain()
	if err != nil {
		return domain.Operation{}, s.fail(ctx, "find operation", err)
	}
	return operation, nil
}

const insertOperation = `
INSERT INTO operations
  (user_id, id, session_id, operation_type, status, parent_operation_id, retry_count, attempts, lease_until, created_at, updated_at)
`

// insertOperation runs one of the forms of insertOperation and returns how many rows
// there are more.
func (s *Store) insertOperation(ctx context.Context, operation, insert string, o domain.Operation, args ...any) (int64, error) {
	return s.exec(ctx, operation, insertOperation+insert, append([]any{
		o.UserID, o.ID, o.SessionID, string(o.Type), string(o.Status), o.ParentID, o.RetryCount, o.Attempt,
		s.encodeTimeOrNull(o.LeaseUntil), s.engine.EncodeTime(o.CreatedAt), s.engine.EncodeTime(o.UpdatedAt)}, args...)...)
}

// whileStatus inserts only if the session has the status.
const whileStatus = `
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
  FROM interview_sessions WHERE user_id = $1 AND id = $3 AND status = $12`

// CreateOperation implements [ports.OperationWriter].
func (s *Store) CreateOperation(ctx context.Context, operation domain.Operation, status domain.SessionStatus) error {
	switch n, err := s.insertOperation(ctx, "create operation", whileStatus, operation, string(status)); {
	case err != nil && s.engine.Classify(err) == MissingParent, err == nil && n == 0:
		return ports.ErrChanged
	case err != nil:
		return s.fail(ctx, "create operation", err)
	}
	return nil
}

// CreateRetry implements [ports.RetryWriter].
func (s *Store) CreateRetry(ctx context.Context, operation domain.Operation) error {
	_, err := s.insertOperation(ctx, "create retry", `VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, operation)
	switch {
	case err == nil:
		return nil
	case s.engine.Classify(err) == MissingParent:
		return domain.ErrOperationNotFound
	}
	return s.fail(ctx, "create retry", err)
}

const updateOperation = `
UPDATE operations SET status = $4, error_code = $5, error_message = $6, failures = $7, lease_until = $8, updated_at = $9
 WHERE user_id = $1 AND id = $2 AND attempts = $3 AND status IN ('pending', 'processing')`

// UpdateOperation implements [ports.OperationUpdater].
func (s *Store) UpdateOperation(ctx context.Context, o domain.Operation) error {
	var code, message any
	if o.Failure != nil {
		code, message = o.Failure.Code, o.Failure.Message
	}
	return s.one(ctx, "update operation", ports.ErrLeaseLost, updateOperation, o.UserID, o.ID, o.Attempt,
		string(o.Status), code, message, o.Failures, s.encodeTimeOrNull(o.LeaseUntil), s.engine.EncodeTime(o.UpdatedAt))
}

const completeOperation = `
UPDATE operations SET status = $4, result = $5, updated_at = $6
 WHERE user_id = $1 AND id = $2 AND attempts = $3 AND status IN ('pending', 'processing')`

// completeOperation ends the operation in the transaction that stores what it
// made.
func (s *Store) completeOperation(ctx context.Context, tx querier, o domain.Operation) error {
	result, err := encodeResult(*o.Result)
	if err != nil {
		return err
	}
	n, err := affected(tx.ExecContext(ctx, completeOperation, o.UserID, o.ID, o.Attempt,
		string(o.Status), result, s.engine.EncodeTime(o.UpdatedAt)))
	if err == nil && n == 0 {
		err = ports.ErrLeaseLost
	}
	return err
}

// ListUnfinished implements [ports.OperationClaimer].
func (s *Store) ListUnfinished(ctx context.Context, limit int) ([]domain.Operation, error) {
	var rows []operationRow
	err := s.list(ctx, "list unfinished operations", &rows, selectOperations+`
 WHERE status IN ('pending', 'processing') AND lease_until IS NOT NULL
 ORDER BY lease_until, user_id, id LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	operations := make([]domain.Operation, 0, len(rows))
	for _, row := range rows {
		operation, err := row.toDomain()
		if err != nil {
			return nil, s.fail(ctx, "list unfinished operations", err)
		}
		operations = append(operations, operation)
	}
	return operations, nil
}

// countUnfinished goes by the index of what is not finished.
const countUnfinished = `
SELECT operation_type, status, count(*) AS count, min(created_at) AS oldest FROM operations
 WHERE status IN ('pending', 'processing') AND lease_until IS NOT NULL
 GROUP BY operation_type, status
 ORDER BY operation_type, status`

// CountUnfinished implements [ports.OperationCounter].
func (s *Store) CountUnfinished(ctx context.Context) ([]domain.UnfinishedOperations, error) {
	var rows []struct {
		Type   string    `db:"operation_type"`
		Status string    `db:"status"`
		Count  int       `db:"count"`
		Oldest timestamp `db:"oldest"`
	}
	if err := s.list(ctx, "count unfinished operations", &rows, countUnfinished); err != nil {
		return nil, err
	}
	counts := make([]domain.UnfinishedOperations, 0, len(rows))
	for _, row := range rows {
		counts = append(counts, domain.UnfinishedOperations{Type: domain.OperationType(row.Type),
			Status: domain.OperationStatus(row.Status), Count: row.Count, Oldest: row.Oldest.Time})
	}
	return counts, nil
}

const claimOperation = `
UPDATE operations SET attempts = $3, status = $4, failures = $5, lease_until = $6, updated_at = $7
 WHERE user_id = $1 AND id = $2 AND attempts = $3 - 1 AND status IN ('pending', 'processing') AND lease_until <= $8`

// ClaimOperation implements [ports.OperationClaimer].
func (s *Store) ClaimOperation(ctx context.Context, o domain.Operation, now time.Time) error {
	return s.one(ctx, "claim operation", ports.ErrLeaseLost, claimOperation, o.UserID, o.ID, o.Attempt,
		string(o.Status), o.Failures, s.encodeTimeOrNull(o.LeaseUntil), s.engine.EncodeTime(o.UpdatedAt), s.engine.EncodeTime(now))
}

const (
	// selectPruned spans all users, as what looks after operations must.
	selectPruned = `
SELECT DISTINCT user_id, session_id FROM operations
 WHERE status IN ('completed', 'failed') AND updated_at < $1
 ORDER BY user_id, session_id`
	detachPruned = `
UPDATE operations SET parent_operation_id = NULL
 WHERE user_id = $1 AND session_id = $2 AND parent_operation_id IN (
       SELECT id FROM operations
        WHERE user_id = $1 AND session_id = $2 AND status IN ('completed', 'failed') AND updated_at < $3)`
	pruneOperations = `
DELETE FROM operations
 WHERE user_id = $1 AND session_id = $2 AND status IN ('completed', 'failed') AND updated_at < $3`
)

// PruneOperations implements [ports.OperationPruner]. It goes from session to
// session and locks each before its operations, as all do: so neither a retry
// nor a deletion comes in between. A retry is always of its parent's session.
func (s *Store) PruneOperations(ctx context.Context, before time.Time) (removed int, err error) {
	var sessions []struct {
		UserID    uuid.UUID `db:"user_id"`
		SessionID uuid.UUID `db:"session_id"`
	}
	if err := s.list(ctx, "prune operations", &sessions, selectPruned, s.engine.EncodeTime(before)); err != nil {
		return 0, err
	}
	for _, of := range sessions {
		var n int64
		err := s.inTx(ctx, "prune operations", func(tx querier) error {
			var found []uuid.UUID
			if err := tx.SelectContext(ctx, &found, lockSession+s.engine.ForUpdate, of.UserID, of.SessionID); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, detachPruned, of.UserID, of.SessionID, s.engine.EncodeTime(before)); err != nil {
				return err
			}
			var err error
			n, err = affected(tx.ExecContext(ctx, pruneOperations, of.UserID, of.SessionID, s.engine.EncodeTime(before)))
			return err
		})
		if err != nil {
			return removed, s.fail(ctx, "prune operations", err)
		}
		removed += int(n)
	}
	return removed, nil
}
