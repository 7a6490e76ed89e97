package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

const selectAccount = `
SELECT id, email, token_version, created_at, updated_at, encrypted_api_key IS NOT NULL AS api_key_saved
  FROM users WHERE id = $1`

// FindAccount implements [ports.AccountReader], by one statement for each table
// in one transaction.
func (s *Store) FindAccount(ctx context.Context, user uuid.UUID) (domain.Account, error) {
	tx, err := s.engine.Read.BeginTxx(ctx, s.engine.Snapshot)
	if err != nil {
		return domain.Account{}, s.fail(ctx, "find account", err)
	}
	defer tx.Rollback()
	return s.findAccount(context.WithValue(ctx, joined{s}, querier(tx)), user)
}

func (s *Store) findAccount(ctx context.Context, user uuid.UUID) (account domain.Account, err error) {
	var row struct {
		userRow
		APIKeySaved bool `db:"api_key_saved"`
	}
	switch err := s.get(ctx, "find account", &row, selectAccount, user); {
	case errors.Is(err, sql.ErrNoRows):
		return domain.Account{}, domain.ErrUserNotFound
	case err != nil:
		return domain.Account{}, err
	}
	account.User, account.APIKeySaved = row.userRow.toDomain(), row.APIKeySaved

	switch resume, err := s.FindResume(ctx, user); {
	case err == nil:
		account.Resume = &resume
	case !errors.Is(err, domain.ErrResumeNotFound):
		return domain.Account{}, err
	}
	if account.Postings, err = s.allJobPostings(ctx, user); err != nil {
		return domain.Account{}, err
	}
	if account.Sessions, err = s.ListSessions(ctx, user, domain.SessionFilter{}); err != nil {
		return domain.Account{}, err
	}
	if account.Messages, err = s.allMessages(ctx, user); err != nil {
		return domain.Account{}, err
	}
	if account.Feedbacks, err = s.allFeedbacks(ctx, user); err != nil {
		return domain.Account{}, err
	}
	account.Operations, err = s.allOperations(ctx, user)
	return account, err
}

func (s *Store) allJobPostings(ctx context.Context, user uuid.UUID) (postings []domain.JobPosting, err error) {
	var rows []jobPostingRow
	err = s.list(ctx, "list account's job postings", &rows, `SELECT `+jobPostingItemColumns+`, user_id, description, updated_at
  FROM job_postings WHERE user_id = $1 ORDER BY created_at, id`, user)
	for _, row := range rows {
		postings = append(postings, row.toDomain())
	}
	return postings, err
}

func (s *Store) allMessages(ctx context.Context, user uuid.UUID) (messages []domain.Message, err error) {
	var rows []struct {
		messageRow
		SessionID uuid.UUID `db:"session_id"`
	}
	err = s.list(ctx, "list account's messages", &rows, `
SELECT id, session_id, COALESCE(seq, 0) AS seq, message_type, content, question_type, created_at
  FROM session_messages WHERE user_id = $1 ORDER BY session_id, COALESCE(seq, 0), created_at, id`, user)
	for _, row := range rows {
		messages = append(messages, row.toDomain(user, row.SessionID))
	}
	return messages, err
}

func (s *Store) allFeedbacks(ctx context.Context, user uuid.UUID) (feedbacks []domain.Feedback, err error) {
	var rows []struct {
		nullableFeedbackRow
		SessionID uuid.UUID `db:"session_id"`
	}
	err = s.list(ctx, "list account's feedbacks", &rows, `SELECT f.session_id, `+nullableFeedbackColumns+`
  FROM interview_feedbacks f WHERE f.user_id = $1 ORDER BY f.created_at, f.id`, user)
	for _, row := range rows {
		feedbacks = append(feedbacks, *row.toDomain(user, row.SessionID))
	}
	return feedbacks, err
}

func (s *Store) allOperations(ctx context.Context, user uuid.UUID) (operations []domain.Operation, err error) {
	var rows []operationRow
	if err := s.list(ctx, "list account's operations", &rows, selectOperations+` WHERE user_id = $1 ORDER BY created_at, id`, user); err != nil {
		return nil, err
	}
	for _, row := range rows {
		operation, err := row.toDomain()
		if err != nil {
			return nil, s.fail(ctx, "list account's operations", err)
		}
		operations = append(operations, operation)
	}
	return operations, nil
}
