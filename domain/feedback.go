package domain

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
)

// FeedbackMethod says how a judgement came to be, so that nobody takes it for
// more than it is.
type FeedbackMethod string

// MethodRules is the judgement of fixed rules, which know words and sentences
// but not truth.
const MethodRules FeedbackMethod = "rules"

// Judgement is what an interviewer thinks of one side of the answers.
type Judgement struct {
	Score int // 0 to 100
	Text  string
}

// Assessment is what an interviewer thinks of a whole interview.
type Assessment struct {
	TechnicalAccuracy       Judgement
	CommunicationClarity    Judgement
	ProblemSolving          Judgement
	Relevance               Judgement
	OverallComments         string   // empty if there are none
	KnowledgeGaps           []string // never nil once it is part of a Feedback
	LearningRecommendations []string // never nil once it is part of a Feedback
	Method                  FeedbackMethod
}

// Feedback is the assessment of a session. A session has at most one, for
// good.
type Feedback struct {
	ID        uuid.UUID
	UserID    uuid.UUID // the session's owner
	SessionID uuid.UUID
	Assessment
	OverallScore int // 0 to 100
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// NewFeedback makes feedback of an assessment of the session: scores are
// clamped to 0–100, and the overall score is their mean, rounded half to even.
func NewFeedback(id uuid.UUID, session InterviewSession, a Assessment, now time.Time) Feedback {
	a = a.Clone()
	sum := 0
	for _, judgement := range []*Judgement{&a.TechnicalAccuracy, &a.CommunicationClarity, &a.ProblemSolving, &a.Relevance} {
		judgement.Score = min(max(judgement.Score, 0), 100)
		sum += judgement.Score
	}
	return Feedback{
		ID: id, UserID: session.UserID(), SessionID: session.ID(),
		Assessment:   a,
		OverallScore: int(math.RoundToEven(float64(sum) / 4)),
		CreatedAt:    now,
		UpdatedAt:    now,
	}
}

// Clone returns a copy that shares no memory with a, and in which no list is
// nil.
func (a Assessment) Clone() Assessment {
	a.KnowledgeGaps = append([]string{}, a.KnowledgeGaps...)
	a.LearningRecommendations = append([]string{}, a.LearningRecommendations...)
	return a
}

// Interview is all that an interviewer knows when it asks or judges.
type Interview struct {
	Session  InterviewSession
	Posting  JobPosting
	Resume   string    // empty if there is none
	Messages []Message // of the session so far, oldest first
	// AskedBefore are the questions of the other attempts of the chain.
	AskedBefore []string
}

// Asked returns every question of the session and of the other attempts of
// its chain.
func (i Interview) Asked() []string {
	asked := slices.Clone(i.AskedBefore)
	for _, message := range i.Messages {
		if message.Type == MessageQuestion {
			asked = append(asked, message.Content)
		}
	}
	return asked
}
