package sqlstore

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

const (
	selectPracticed = `
SELECT count(*) AS completed, COALESCE(sum(current_question_number), 0) AS questions
  FROM interview_sessions WHERE user_id = $1 AND status = 'completed'`

	selectScores = `
SELECT count(*) AS feedbacks, COALESCE(sum(overall_score), 0) AS scores
  FROM interview_feedbacks WHERE user_id = $1`

	selectMostPracticed = `
SELECT p.id, p.title, COALESCE(p.company, '') AS company, count(*) AS sessions
  FROM interview_sessions s
  JOIN job_postings p ON p.user_id = s.user_id AND p.id = s.job_posting_id
 WHERE s.user_id = $1 AND s.status = 'completed'
 GROUP BY p.id, p.title, p.company
 ORDER BY count(*) DESC, max(s.created_at) DESC, p.id
 LIMIT $2`
)

// ReadMetrics implements [ports.MetricsReader].
func (s *Store) ReadMetrics(ctx context.Context, owner uuid.UUID) (domain.Metrics, error) {
	var practiced struct{ Completed, Questions int }
	if err := s.get(ctx, "read metrics", &practiced, selectPracticed, owner); err != nil {
		return domain.Metrics{}, err
	}
	var scored struct{ Feedbacks, Scores int }
	if err := s.get(ctx, "read metrics", &scored, selectScores, owner); err != nil {
		return domain.Metrics{}, err
	}
	var roles []struct {
		ID             uuid.UUID
		Title, Company string
		Sessions       int
	}
	if err := s.list(ctx, "read metrics", &roles, selectMostPracticed, owner, domain.MaxPracticedRoles); err != nil {
		return domain.Metrics{}, err
	}
	metrics := domain.Metrics{
		CompletedInterviews: practiced.Completed, QuestionsAsked: practiced.Questions,
		Feedbacks: scored.Feedbacks, ScoreSum: scored.Scores,
		MostPracticed: make([]domain.PracticedRole, 0, len(roles)),
	}
	for _, role := range roles {
		metrics.MostPracticed = append(metrics.MostPracticed, domain.PracticedRole{
			Posting: domain.JobPostingHeadline{ID: role.ID, Title: role.Title, Company: role.Company}, Count: role.Sessions})
	}
	return metrics, nil
}
