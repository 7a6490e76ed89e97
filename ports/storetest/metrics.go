package storetest

import (
	"testing"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// hasMetrics checks the owner's metrics.
func (f fixture) hasMetrics(what string, owner uuid.UUID, want domain.Metrics) {
	f.t.Helper()
	got, err := f.ReadMetrics(f.t.Context(), owner)
	f.must(err)
	if want.MostPracticed == nil {
		want.MostPracticed = []domain.PracticedRole{}
	}
	equal(f, what, got, want)
}

func metricsNone(_ *testing.T, f fixture) {
	anothers := f.completed(f.posting(f.user().ID, at(0)), at(0))
	f.feedback(anothers, 50, at(1))
	f.hasMetrics("of somebody without an account", uuid.New(), domain.Metrics{})
	owner := f.user().ID
	f.hasMetrics("of a newcomer", owner, domain.Metrics{})
	posting := f.posting(owner, at(0))
	session := f.session(posting, at(0))
	_, session, _ = f.question(session, "Why Go?", at(1))
	f.hasMetrics("of an active session", owner, domain.Metrics{})
	session = f.save(session, (*domain.InterviewSession).Pause, at(2))
	f.hasMetrics("of a paused session", owner, domain.Metrics{})
	f.save(session, (*domain.InterviewSession).Complete, at(3))
	f.hasMetrics("of a completed session", owner, domain.Metrics{CompletedInterviews: 1, QuestionsAsked: 1,
		MostPracticed: []domain.PracticedRole{{Posting: posting.Headline(), Count: 1}}})
}

func metricsCounts(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	gone := f.posting(posting.UserID, at(0))
	completed := func(posting domain.JobPosting, questions int) domain.InterviewSession {
		t.Helper()
		return f.sessionWith(posting, at(0), func(s *domain.SessionState) {
			s.Status, s.CurrentQuestionNumber = domain.SessionCompleted, questions
		})
	}
	zero, three, detached, deleted := completed(posting, 0), completed(posting, 3), completed(gone, 5), completed(posting, 7)
	active := f.sessionWith(posting, at(0), func(s *domain.SessionState) { s.CurrentQuestionNumber = 11 })
	for i, session := range []domain.InterviewSession{zero, three, detached, deleted, active} {
		f.feedback(session, []int{0, 33, 20, 100, 1}[i], at(1))
	}
	f.must(f.DeleteJobPosting(t.Context(), gone.UserID, gone.ID))
	f.must(f.DeleteSession(t.Context(), deleted.UserID(), deleted.ID()))
	f.hasMetrics("metrics", posting.UserID, domain.Metrics{
		CompletedInterviews: 3, QuestionsAsked: 8,
		Feedbacks: 4, ScoreSum: 54, // of an active session too
		MostPracticed: []domain.PracticedRole{{Posting: posting.Headline(), Count: 2}},
	})
	f.retake(three, at(2)) // is active
	f.hasMetrics("with a retake", posting.UserID, domain.Metrics{
		CompletedInterviews: 3, QuestionsAsked: 8, Feedbacks: 4, ScoreSum: 54,
		MostPracticed: []domain.PracticedRole{{Posting: posting.Headline(), Count: 2}},
	})
}

func metricsMostPracticed(t *testing.T, f fixture) {
	owner := f.user().ID
	practice := func(title string, completed ...int) domain.PracticedRole {
		t.Helper()
		posting := f.newPosting(owner, at(0))
		posting.Title = title
		if title == "bare" {
			posting.Company = ""
		}
		f.must(f.CreateJobPosting(t.Context(), posting))
		for _, created := range completed {
			f.completed(posting, at(created))
		}
		for i := range 9 {
			f.session(posting, at(1000+i)) // is active, so that it does not count
		}
		return domain.PracticedRole{Posting: posting.Headline(), Count: len(completed)}
	}
	check := func(what string, want ...domain.PracticedRole) {
		t.Helper()
		got, err := f.ReadMetrics(t.Context(), owner)
		f.must(err)
		equal(f, what, got.MostPracticed, append([]domain.PracticedRole{}, want...))
	}
	practice("never")
	once := practice("once", 50)
	thrice := practice("thrice", 1, 2, 3)
	twice := practice("bare", 4, 10)
	check("three roles", thrice, twice, once)
	// Among equals the last session decides, whenever the others were.
	twiceLater := practice("twice, later", 11, 0)
	twiceBefore := practice("twice, before", 8, 9)
	check("five roles", thrice, twiceLater, twice, twiceBefore, once)
	onceLater := practice("once, later", 60)
	check("the first five of six", thrice, twiceLater, twice, twiceBefore, onceLater)
	for _, role := range []domain.PracticedRole{thrice, twiceLater} {
		f.must(f.DeleteJobPosting(t.Context(), owner, role.Posting.ID))
	}
	check("what is left of six", twice, twiceBefore, onceLater, once)
	got, err := f.ReadMetrics(t.Context(), owner)
	f.must(err)
	equal(f, "completed interviews", got.CompletedInterviews, 11)
}
