package domain_test

import (
	"fmt"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// assessmentOf has these scores.
func assessmentOf(technical, communication, problemSolving, relevance int) domain.Assessment {
	return domain.Assessment{
		TechnicalAccuracy:       domain.Judgement{Score: technical, Text: "Right."},
		CommunicationClarity:    domain.Judgement{Score: communication, Text: "Clear."},
		ProblemSolving:          domain.Judgement{Score: problemSolving, Text: "Solved."},
		Relevance:               domain.Judgement{Score: relevance, Text: "Relevant."},
		OverallComments:         "Good.",
		KnowledgeGaps:           []string{"Generics"},
		LearningRecommendations: []string{"Read", "Write"},
		Method:                  domain.MethodRules,
	}
}

func TestNewFeedback(t *testing.T) {
	type scores = [4]int
	for _, test := range []struct {
		given, want scores
		overall     int
	}{
		{scores{0, 0, 0, 0}, scores{0, 0, 0, 0}, 0},
		{scores{100, 100, 100, 100}, scores{100, 100, 100, 100}, 100},
		{scores{70, 70, 70, 71}, scores{70, 70, 70, 71}, 70}, // 70.25
		{scores{70, 70, 71, 71}, scores{70, 70, 71, 71}, 70}, // 70.5
		{scores{70, 71, 71, 71}, scores{70, 71, 71, 71}, 71}, // 70.75
		{scores{71, 71, 72, 72}, scores{71, 71, 72, 72}, 72}, // 71.5
		{scores{0, 0, 1, 1}, scores{0, 0, 1, 1}, 0},          // 0.5
		{scores{99, 99, 100, 100}, scores{99, 99, 100, 100}, 100},
		{scores{-1, 101, 0, 100}, scores{0, 100, 0, 100}, 50},
		{scores{-1000, 1000, 1000, 1000}, scores{0, 100, 100, 100}, 75},
	} {
		t.Run(fmt.Sprintf("of %v has %v overall", test.given, test.overall), func(t *testing.T) {
			g, w := test.given, test.want
			got := domain.NewFeedback(messageID, sessionIn(domain.SessionCompleted), assessmentOf(g[0], g[1], g[2], g[3]), later)
			equal(t, "feedback", got, domain.Feedback{
				ID: messageID, UserID: owner, SessionID: sessionID,
				Assessment: assessmentOf(w[0], w[1], w[2], w[3]), OverallScore: test.overall,
				CreatedAt: later, UpdatedAt: later,
			})
		})
	}

	t.Run("has empty lists for absent ones", func(t *testing.T) {
		got := domain.NewFeedback(messageID, sessionIn(domain.SessionCompleted), domain.Assessment{}, later)
		equal(t, "gaps", got.KnowledgeGaps, []string{})
		equal(t, "recommendations", got.LearningRecommendations, []string{})
	})

	t.Run("shares no memory with the assessment, and leaves it as it is", func(t *testing.T) {
		given := assessmentOf(-1, 0, 0, 0)
		got := domain.NewFeedback(messageID, sessionIn(domain.SessionCompleted), given, later)
		equal(t, "assessment", given, assessmentOf(-1, 0, 0, 0))
		given.KnowledgeGaps[0], given.LearningRecommendations[0] = "changed", "changed"
		equal(t, "gaps", got.KnowledgeGaps, []string{"Generics"})
		equal(t, "recommendations", got.LearningRecommendations, []string{"Read", "Write"})
	})
}

func TestCloneOfAnAssessment(t *testing.T) {
	original := assessmentOf(1, 2, 3, 4)
	clone := original.Clone()
	equal(t, "clone", clone, original)
	clone.KnowledgeGaps[0], clone.LearningRecommendations[1] = "changed", "changed"
	equal(t, "original", original, assessmentOf(1, 2, 3, 4))
}
