package domain

import "math"

// Metrics are how far a person has come.
type Metrics struct {
	CompletedInterviews int
	// QuestionsAsked counts the questions of completed sessions, answered or
	// not.
	QuestionsAsked int
	Feedbacks      int // how many
	ScoreSum       int // of their overall scores
	// MostPracticed are up to [MaxPracticedRoles] postings with completed
	// sessions, the most practised first, among equals the one whose
	// session was started last.
	MostPracticed []PracticedRole
}

// MaxPracticedRoles is how many roles [Metrics] names.
const MaxPracticedRoles = 5

// PracticedRole is a posting with its number of completed sessions.
type PracticedRole struct {
	Posting JobPostingHeadline
	Count   int
}

// AverageScore returns the mean overall score to one decimal, rounded half to
// even, or false if there is no feedback.
func (m Metrics) AverageScore() (score float64, ok bool) {
	if m.Feedbacks == 0 {
		return 0, false
	}
	return math.RoundToEven(10*float64(m.ScoreSum)/float64(m.Feedbacks)) / 10, true
}
