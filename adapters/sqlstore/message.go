package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// messageRow is a message, or all NULL where a session has none.
type messageRow struct {
	ID           uuid.NullUUID  `db:"id"`
	Seq          int            `db:"seq"`
	Type         sql.NullString `db:"message_type"`
	Content      sql.NullString `db:"content"`
	QuestionType sql.NullString `db:"question_type"`
	CreatedAt    *timestamp     `db:"created_at"`
}

func (r messageRow) toDomain(owner, sessionID uuid.UUID) domain.Message {
	return domain.Message{
		ID: r.ID.UUID, UserID: owner, SessionID: sessionID, Seq: r.Seq,
		Type: domain.MessageType(r.Type.String), Content: r.Content.String,
		QuestionType: domain.QuestionType(r.QuestionType.String), CreatedAt: r.CreatedAt.Time,
	}
}

const selectMessages = `
SELECT m.id, COALESCE(m.seq, 0) AS seq, m.message_type, m.content, m.question_type, m.created_at
  FROM interview_sessions s
  LEFT JOIN session_messages m ON m.user_id = s.user_id AND m.session_id = s.id`

// ListMessages implements [ports.MessageLister]. A session without messages
// gives one row of NULL, one that is absent gives none.
func (s *Store) ListMessages(ctx context.Context, owner, sessionID uuid.UUID, after *domain.MessagePlace, limit int) ([]domain.Message, error) {
	query, args := selectMessages, []any{owner, sessionID}
	if after != nil {
		query += ` AND (COALESCE(m.seq, 0), m.created_at, m.id) > ($3, $4, $5)`
		args = append(args, after.Seq, s.engine.EncodeTime(after.CreatedAt), after.ID)
	}
	query += ` WHERE s.user_id = $1 AND s.id = $2 ORDER BY COALESCE(m.seq, 0), m.created_at, m.id`
	if limit > 0 {
		query += ` LIMIT ` + placeholder(len(args)+1)
		args = append(args, limit)
	}
	var rows []messageRow
	if err := s.list(ctx, "list messages", &rows, query, args...); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, domain.ErrSessionNotFound
	}
	messages := make([]domain.Message, 0, len(rows))
	for _, row := range rows {
		if !row.ID.Valid {
			continue
		}
		messages = append(messages, row.toDomain(owner, sessionID))
	}
	return messages, nil
}

const selectAskedBefore = `
SELECT m.content
  FROM interview_sessions a
  JOIN interview_sessions s ON s.user_id = a.user_id AND s.id <> a.id
   AND (s.id = COALESCE(a.original_session_id, a.id) OR s.original_session_id = COALESCE(a.original_session_id, a.id))
  JOIN session_messages m ON m.user_id = s.user_id AND m.session_id = s.id AND m.message_type = 'question'
 WHERE a.user_id = $1 AND a.id = $2`

// ListAskedBefore implements [ports.AskedQuestionLister].
func (s *Store) ListAskedBefore(ctx context.Context, owner, sessionID uuid.UUID) ([]string, error) {
	asked := []string{}
	if err := s.list(ctx, "list asked questions", &asked, selectAskedBefore, owner, sessionID); err != nil {
		return nil, err
	}
	return asked, nil
}

const takeAnswerSeq = `
UPDATE interview_sessions SET message_seq = message_seq + 1
 WHERE user_id = $1 AND id = $2 AND status = 'active'
RETURNING message_seq`

const insertMessage = `
INSERT INTO session_messages (user_id, id, session_id, seq, message_type, content, question_type, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

func (s *Store) insertMessage(ctx context.Context, tx querier, m domain.Message) error {
	_, err := tx.ExecContext(ctx, insertMessage, m.UserID, m.ID, m.SessionID, m.Seq, string(m.Type), m.Content,
		orNull(string(m.QuestionType)), s.engine.EncodeTime(m.CreatedAt))
	return err
}

// CreateAnswer implements [ports.AnswerWriter]. It takes the number first: the
// lock on the session's row, until the commit, puts the answer before or after
// a completion, and gives simultaneous answers different numbers.
func (s *Store) CreateAnswer(ctx context.Context, answer domain.Message) (domain.Message, error) {
	err := s.inTx(ctx, "create answer", func(tx querier) error {
		if err := tx.GetContext(ctx, &answer.Seq, takeAnswerSeq, answer.UserID, answer.SessionID); err != nil {
			return err
		}
		return s.insertMessage(ctx, tx, answer)
	})
	switch {
	case err == nil:
		return answer, nil
	case errors.Is(err, sql.ErrNoRows):
		return domain.Message{}, ports.ErrChanged
	}
	return domain.Message{}, s.fail(ctx, "create answer", err)
}

// countQuestion lets no question in that was made for another number.
const countQuestion = `
UPDATE interview_sessions
   SET message_seq = message_seq + 1, current_question_number = current_question_number + 1, updated_at = $4
 WHERE user_id = $1 AND id = $2 AND current_question_number = $3 - 1 AND status <> 'completed'
RETURNING message_seq`

// SaveQuestion implements [ports.QuestionWriter]. It locks the session before
// the operation, as DeleteSession does.
func (s *Store) SaveQuestion(ctx context.Context, operation domain.Operation, session domain.InterviewSession, question domain.Message) error {
	st := session.State()
	err := s.inTx(ctx, "save question", func(tx querier) error {
		err := tx.GetContext(ctx, &question.Seq, countQuestion, st.UserID, st.ID, st.CurrentQuestionNumber, s.engine.EncodeTime(st.UpdatedAt))
		if errors.Is(err, sql.ErrNoRows) {
			return ports.ErrChanged
		}
		if err != nil {
			return err
		}
		if err := s.insertMessage(ctx, tx, question); err != nil {
			return err
		}
		return s.completeOperation(ctx, tx, operation)
	})
	if err == nil || errors.Is(err, ports.ErrChanged) || errors.Is(err, ports.ErrLeaseLost) {
		return err
	}
	return s.fail(ctx, "save question", err)
}
