package httpapi

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// assessmentBody is what feedback says.
type assessmentBody struct {
	TechnicalAccuracyScore    int      `json:"technical_accuracy_score"`
	CommunicationClarityScore int      `json:"communication_clarity_score"`
	ProblemSolvingScore       int      `json:"problem_solving_score"`
	RelevanceScore            int      `json:"relevance_score"`
	OverallScore              int      `json:"overall_score"`
	TechnicalFeedback         string   `json:"technical_feedback"`
	CommunicationFeedback     string   `json:"communication_feedback"`
	ProblemSolvingFeedback    string   `json:"problem_solving_feedback"`
	RelevanceFeedback         string   `json:"relevance_feedback"`
	OverallComments           *string  `json:"overall_comments"`
	KnowledgeGaps             []string `json:"knowledge_gaps"`
	LearningRecommendations   []string `json:"learning_recommendations"`
	Method                    *string  `json:"method"`
}

func toAssessmentBody(a domain.Assessment, overall int) assessmentBody {
	return assessmentBody{
		TechnicalAccuracyScore: a.TechnicalAccuracy.Score, CommunicationClarityScore: a.CommunicationClarity.Score,
		ProblemSolvingScore: a.ProblemSolving.Score, RelevanceScore: a.Relevance.Score, OverallScore: overall,
		TechnicalFeedback: a.TechnicalAccuracy.Text, CommunicationFeedback: a.CommunicationClarity.Text,
		ProblemSolvingFeedback: a.ProblemSolving.Text, RelevanceFeedback: a.Relevance.Text,
		OverallComments: orNull(a.OverallComments),
		KnowledgeGaps:   a.KnowledgeGaps, LearningRecommendations: a.LearningRecommendations,
		Method: orNull(string(a.Method)),
	}
}

type feedbackBody struct {
	ID        uuid.UUID `json:"id"`
	SessionID uuid.UUID `json:"session_id"`
	assessmentBody
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
}

func toFeedbackBody(f domain.Feedback) feedbackBody {
	return feedbackBody{
		ID: f.ID, SessionID: f.SessionID, assessmentBody: toAssessmentBody(f.Assessment, f.OverallScore),
		CreatedAt: instant(f.CreatedAt), UpdatedAt: instant(f.UpdatedAt),
	}
}

func (s *server) getFeedback(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	feedback, err := s.UseCases.GetFeedback.Execute(r.Context(), caller, sessionID(r))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, toFeedbackBody(feedback))
}
