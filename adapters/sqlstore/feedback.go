package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// nullableFeedbackRow is a session's feedback, or all NULL where there is none.
type nullableFeedbackRow struct {
	FeedbackID             uuid.NullUUID  `db:"f_id"`
	TechnicalAccuracy      sql.NullInt64  `db:"f_technical_accuracy"`
	CommunicationClarity   sql.NullInt64  `db:"f_communication_clarity"`
	ProblemSolving         sql.NullInt64  `db:"f_problem_solving"`
	Relevance              sql.NullInt64  `db:"f_relevance"`
	Overall                sql.NullInt64  `db:"f_overall"`
	TechnicalFeedback      sql.NullString `db:"f_technical_feedback"`
	CommunicationFeedback  sql.NullString `db:"f_communication_feedback"`
	ProblemSolvingFeedback sql.NullString `db:"f_problem_solving_feedback"`
	RelevanceFeedback      sql.NullString `db:"f_relevance_feedback"`
	OverallComments        sql.NullString `db:"f_overall_comments"`
	KnowledgeGaps          stringList     `db:"f_knowledge_gaps"`
	Recommendations        stringList     `db:"f_recommendations"`
	Method                 sql.NullString `db:"f_method"`
	FeedbackCreatedAt      *timestamp     `db:"f_created_at"`
	FeedbackUpdatedAt      *timestamp     `db:"f_updated_at"`
}

const nullableFeedbackColumns = `f.id AS f_id,
       f.technical_accuracy_score AS f_technical_accuracy, f.communication_clarity_score AS f_communication_clarity,
       f.problem_solving_score AS f_problem_solving, f.relevance_score AS f_relevance, f.overall_score AS f_overall,
       f.technical_feedback AS f_technical_feedback, f.communication_feedback AS f_communication_feedback,
       f.problem_solving_feedback AS f_problem_solving_feedback, f.relevance_feedback AS f_relevance_feedback,
       f.overall_comments AS f_overall_comments, f.knowledge_gaps AS f_knowledge_gaps,
       f.learning_recommendations AS f_recommendations, f.method AS f_method,
       f.created_at AS f_created_at, f.updated_at AS f_updated_at`

func (r nullableFeedbackRow) toDomain(owner, sessionID uuid.UUID) *domain.Feedback {
	if !r.FeedbackID.Valid {
		return nil
	}
	return &domain.Feedback{
		ID: r.FeedbackID.UUID, UserID: owner, SessionID: sessionID,
		Assessment: domain.Assessment{
			TechnicalAccuracy:    domain.Judgement{Score: int(r.TechnicalAccuracy.Int64), Text: r.TechnicalFeedback.String},
			CommunicationClarity: domain.Judgement{Score: int(r.CommunicationClarity.Int64), Text: r.CommunicationFeedback.String},
			ProblemSolving:       domain.Judgement{Score: int(r.ProblemSolving.Int64), Text: r.ProblemSolvingFeedback.String},
			Relevance:            domain.Judgement{Score: int(r.Relevance.Int64), Text: r.RelevanceFeedback.String},
			OverallComments:      r.OverallComments.String,
			KnowledgeGaps:        r.KnowledgeGaps, LearningRecommendations: r.Recommendations,
			Method: domain.FeedbackMethod(r.Method.String),
		},
		OverallScore: int(r.Overall.Int64),
		CreatedAt:    r.FeedbackCreatedAt.Time, UpdatedAt: r.FeedbackUpdatedAt.Time,
	}
}

const selectFeedback = `SELECT ` + nullableFeedbackColumns + `
  FROM interview_sessions s
  LEFT JOIN interview_feedbacks f ON f.user_id = s.user_id AND f.session_id = s.id
 WHERE s.user_id = $1 AND s.id = $2`

// FindFeedback implements [ports.FeedbackReader].
func (s *Store) FindFeedback(ctx context.Context, owner, sessionID uuid.UUID) (domain.Feedback, error) {
	var row nullableFeedbackRow
	err := s.get(ctx, "find feedback", &row, selectFeedback, owner, sessionID)
	if errors.Is(err, sql.ErrNoRows) {
		return domain.Feedback{}, domain.ErrSessionNotFound
	}
	if err != nil {
		return domain.Feedback{}, err
	}
	feedback := row.toDomain(owner, sessionID)
	if feedback == nil {
		return domain.Feedback{}, domain.ErrFeedbackNotFound
	}
	return *feedback, nil
}

const insertFeedback = `
INSERT INTO interview_feedbacks
  (user_id, id, session_id, technical_accuracy_score, communication_clarity_score, problem_solving_score, relevance_score,
   overall_score, technical_feedback, communication_feedback, problem_solving_feedback, relevance_feedback,
   overall_comments, knowledge_gaps, learning_recommendations, method, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`

// SaveFeedback implements [ports.FeedbackWriter].
func (s *Store) SaveFeedback(ctx context.Context, operation domain.Operation, f domain.Feedback) error {
	gaps, err := encodeStrings(f.KnowledgeGaps)
	if err != nil {
		return s.fail(ctx, "save feedback", err)
	}
	recommendations, err := encodeStrings(f.LearningRecommendations)
	if err != nil {
		return s.fail(ctx, "save feedback", err)
	}
	err = s.inTx(ctx, "save feedback", func(tx querier) error {
		_, err := tx.ExecContext(ctx, insertFeedback, f.UserID, f.ID, f.SessionID,
			f.TechnicalAccuracy.Score, f.CommunicationClarity.Score, f.ProblemSolving.Score, f.Relevance.Score, f.OverallScore,
			f.TechnicalAccuracy.Text, f.CommunicationClarity.Text, f.ProblemSolving.Text, f.Relevance.Text,
			orNull(f.OverallComments), gaps, recommendations, orNull(string(f.Method)),
			s.engine.EncodeTime(f.CreatedAt), s.engine.EncodeTime(f.UpdatedAt))
		if err != nil {
			return err
		}
		return s.completeOperation(ctx, tx, operation)
	})
	switch {
	case err == nil, errors.Is(err, ports.ErrLeaseLost):
		return err
	case s.engine.Classify(err) == Duplicate:
		return domain.ErrFeedbackAlreadyExists
	case s.engine.Classify(err) == MissingParent:
		return domain.ErrSessionNotFound
	}
	return s.fail(ctx, "save feedback", err)
}
