package httpapi

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

type metricsBody struct {
	CompletedInterviews    int                 `json:"completed_interviews"`
	AverageScore           *float64            `json:"average_score"`
	TotalQuestionsAnswered int                 `json:"total_questions_answered"` // asked, in truth
	MostPracticedRoles     []practicedRoleBody `json:"most_practiced_roles"`
}

type practicedRoleBody struct {
	JobPostingID uuid.UUID `json:"job_posting_id"`
	Title        string    `json:"title"`
	Company      *string   `json:"company"`
	Count        int       `json:"count"`
}

func toMetricsBody(m domain.Metrics) metricsBody {
	body := metricsBody{
		CompletedInterviews: m.CompletedInterviews, TotalQuestionsAnswered: m.QuestionsAsked,
		MostPracticedRoles: make([]practicedRoleBody, 0, len(m.MostPracticed)),
	}
	if score, ok := m.AverageScore(); ok {
		body.AverageScore = &score
	}
	for _, role := range m.MostPracticed {
		body.MostPracticedRoles = append(body.MostPracticedRoles,
			practicedRoleBody{role.Posting.ID, role.Posting.Title, orNull(role.Posting.Company), role.Count})
	}
	return body
}

func (s *server) getMetrics(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	metrics, err := s.UseCases.GetMetrics.Execute(r.Context(), caller)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, toMetricsBody(metrics))
}
