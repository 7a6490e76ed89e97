package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

func sessionScores(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	gone := f.posting(posting.UserID, at(0))
	anothers := f.completed(f.posting(f.user().ID, at(0)), at(0))
	f.feedback(anothers, 1, at(0))

	newest, oldest := f.completed(posting, at(9)), f.completed(posting, at(-9))
	low, high := f.completed(posting, at(0)), f.completed(posting, at(0)) // of one moment
	if high.ID().String() < low.ID().String() {
		high, low = low, high
	}
	f.completed(posting, at(1))            // has no feedback
	detached := f.completed(gone, at(2))   // loses its posting
	active := f.session(posting, at(3))    // is not completed
	deleted := f.completed(posting, at(4)) // is deleted
	var want []domain.SessionScore
	for i, session := range []domain.InterviewSession{oldest, low, high, newest} {
		f.feedback(session, 20*i, at(20-i)) // given in another order
		want = append(want, domain.SessionScore{Session: session, Posting: posting.Headline(), OverallScore: 20 * i})
	}
	for _, session := range []domain.InterviewSession{detached, active, deleted} {
		f.feedback(session, 100, at(9))
	}
	f.must(f.DeleteJobPosting(t.Context(), gone.UserID, gone.ID))
	f.must(f.DeleteSession(t.Context(), deleted.UserID(), deleted.ID()))

	got, err := f.ListSessionScores(t.Context(), posting.UserID)
	f.must(err)
	equal(f, "scores", got, want)
}

// hasAttempts checks that each member of the chain finds it just so.
func (f fixture) hasAttempts(what string, want ...domain.Attempt) {
	f.t.Helper()
	for i, member := range want {
		got, err := f.ListAttempts(f.t.Context(), member.Session.UserID(), member.Session.ID())
		f.must(err)
		if len(got) != len(want) {
			f.t.Errorf("%s, found by number %d: %d attempts, want %d", what, i, len(got), len(want))
			continue
		}
		for j := range want {
			equal(f, fmt.Sprintf("%s, found by number %d: session of number %d", what, i, j), got[j].Session, want[j].Session)
			equal(f, fmt.Sprintf("%s, found by number %d: feedback of number %d", what, i, j), got[j].Feedback, want[j].Feedback)
		}
	}
}

func sessionAttempts(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	other := f.completed(posting, at(0)) // a chain of its own
	f.retake(other, at(1))
	first := f.completed(posting, at(5))
	f.hasAttempts("the first alone", domain.Attempt{Session: first})
	_, feedback := f.feedback(first, 40, at(6))
	second := f.save(f.retake(first, at(4)), (*domain.InterviewSession).Complete, at(7)) // created before the first
	third := f.retake(second, at(3))
	_, feedbackToo := f.feedback(second, 60, at(8))
	f.hasAttempts("a chain of three", domain.Attempt{Session: first, Feedback: &feedback},
		domain.Attempt{Session: second, Feedback: &feedbackToo}, domain.Attempt{Session: third})

	f.must(f.DeleteSession(t.Context(), posting.UserID, first.ID()))
	f.hasAttempts("the second, once the first is deleted",
		domain.Attempt{Session: altered(second, withoutOriginal), Feedback: &feedbackToo})
	f.hasAttempts("the third, once the first is deleted", domain.Attempt{Session: altered(third, withoutOriginal)})
}

// sessionAttemptsInOrder gives a first attempt and a retake the same number,
// as no use case would, so that their times, then their ids, decide.
func sessionAttemptsInOrder(_ *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	for _, created := range []int{-1, 0, 1} {
		for range 4 {
			first := f.completed(posting, at(0))
			again := f.sessionWith(posting, at(created), func(s *domain.SessionState) { s.OriginalSessionID = some(first.ID()) })
			want := []domain.Attempt{{Session: first}, {Session: again}}
			if created < 0 || created == 0 && again.ID().String() < first.ID().String() {
				slices.Reverse(want)
			}
			f.hasAttempts(fmt.Sprintf("the retake created %d µs later", created), want...)
		}
	}
}

func sessionAttemptsShareNoMemory(t *testing.T, f fixture) {
	session := f.completed(f.posting(f.user().ID, at(0)), at(0))
	_, feedback := f.feedback(session, 40, at(1))
	for range 2 {
		attempts, err := f.ListAttempts(t.Context(), session.UserID(), session.ID())
		f.must(err)
		equal(f, "attempts", attempts, []domain.Attempt{{Session: session, Feedback: &feedback}})
		attempts[0].Feedback.KnowledgeGaps[0] = "scribble"
		attempts[0].Feedback.LearningRecommendations[0] = "scribble"
		attempts[0].Feedback.OverallScore = 0
	}
	f.hasFeedback("feedback", feedback)
}

func sessionRetake(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.sessionWith(posting, at(0), func(s *domain.SessionState) {
		s.Status, s.CurrentQuestionNumber = domain.SessionCompleted, 3
	})
	for number := 2; number <= 4; number++ {
		retake, err := first.Retake(uuid.New(), at(number))
		f.must(err)
		want := altered(retake, func(s *domain.SessionState) { s.RetakeNumber = number })
		got, err := f.CreateRetake(t.Context(), retake)
		f.must(err)
		equal(f, "returned", got, want)
		f.hasSession("stored", want)
		f.hasMessages("messages", want)
	}
	f.hasSession("first", first)
}

func sessionRetakeRaisesNumber(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.completed(posting, at(0))
	create := func(session domain.InterviewSession, number int) domain.InterviewSession {
		t.Helper()
		retake := altered(f.newSession(posting, at(1)), func(s *domain.SessionState) {
			s.RetakeNumber, s.OriginalSessionID = number, some(session.ID())
		})
		stored, err := f.CreateRetake(t.Context(), retake)
		f.must(err)
		return stored
	}
	for _, step := range []struct{ asked, got int }{{2, 2}, {2, 3}, {3, 4}, {9, 9}, {2, 10}, {10, 11}, {12, 12}} {
		stored := create(first, step.asked)
		equal(f, fmt.Sprintf("number, of a retake with %d", step.asked), stored.State().RetakeNumber, step.got)
		f.hasSession("stored", stored)
	}
	// Deleting the newest makes its number free again.
	newest := create(first, 2)
	f.must(f.DeleteSession(t.Context(), newest.UserID(), newest.ID()))
	equal(f, "number after the newest was deleted", create(first, 2).State().RetakeNumber, 13)

	// A first attempt need not have number 1: it may be what is left of a chain.
	left := f.sessionWith(posting, at(0), func(s *domain.SessionState) { s.RetakeNumber = 7 })
	equal(f, "number after a first attempt of 7", create(left, 2).State().RetakeNumber, 8)
}

func sessionRetakeDuplicateID(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.completed(posting, at(0))
	retake := f.retake(first, at(1))
	for name, id := range map[string]uuid.UUID{"the first's": first.ID(), "another's": retake.ID()} {
		again, err := first.Retake(id, at(2))
		f.must(err)
		if _, err := f.CreateRetake(t.Context(), again); err == nil {
			t.Errorf("a retake with the id of %s was stored", name)
		}
	}
	f.hasJustThis(posting, retake, first)
}

func sessionRetakeWithoutFirst(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.completed(posting, at(0))
	second := f.save(f.retake(first, at(1)), (*domain.InterviewSession).Complete, at(2))
	f.must(f.DeleteSession(t.Context(), posting.UserID, first.ID()))
	for name, session := range map[string]domain.InterviewSession{"first": first, "second": second} {
		retake, err := session.Retake(uuid.New(), at(3))
		f.must(err)
		_, err = f.CreateRetake(t.Context(), retake)
		f.wants("retake of the "+name+" as it was read", err, ports.ErrChanged)
	}
	for name, key := range f.foreign(second.UserID(), second.ID()) {
		retake := altered(f.newSession(posting, at(3)), func(s *domain.SessionState) {
			s.UserID, s.OriginalSessionID, s.RetakeNumber = key[0], some(key[1]), 3
		})
		_, err := f.CreateRetake(t.Context(), retake)
		f.wants("retake of "+name, err, ports.ErrChanged)
	}
	second = altered(second, withoutOriginal)
	f.hasJustThis(posting, second)

	third := f.retake(second, at(4))
	equal(f, "number", third.State().RetakeNumber, 3)
	f.hasJustThis(posting, third, second)
	f.hasAttempts("the new chain", domain.Attempt{Session: second}, domain.Attempt{Session: third})
}

func sessionRetakeWithoutPosting(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.completed(posting, at(0))
	f.must(f.DeleteJobPosting(t.Context(), posting.UserID, posting.ID))
	retake, err := first.Retake(uuid.New(), at(1))
	f.must(err)
	_, err = f.CreateRetake(t.Context(), retake)
	f.wants("retake", err, domain.ErrMissingJobPosting)
	f.hasSessions("what is left", posting.UserID, altered(first, withoutPosting))
}

func sessionRetakeAtOnce(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.completed(posting, at(0))
	stored := make([]domain.InterviewSession, 8)
	for _, err := range atOnce(len(stored), func(i int) (err error) {
		retake, err := first.Retake(uuid.New(), at(i))
		if err == nil {
			stored[i], err = f.CreateRetake(t.Context(), retake)
		}
		return err
	}) {
		f.must(err)
	}
	slices.SortFunc(stored, func(a, b domain.InterviewSession) int { return a.State().RetakeNumber - b.State().RetakeNumber })
	want := []domain.Attempt{{Session: first}}
	for i, session := range stored {
		equal(f, "number", session.State().RetakeNumber, i+2)
		want = append(want, domain.Attempt{Session: session})
	}
	f.hasAttempts("all of them", want...)
}

// sessionRetakeWhileFirstIsDeleted races retakes against the deletion of the
// first attempt: each is stored and detached, or refused.
func sessionRetakeWhileFirstIsDeleted(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	for range 20 {
		first := f.completed(posting, at(0))
		retakes, errs := f.retakeWhile(first, func() error { return f.DeleteSession(t.Context(), first.UserID(), first.ID()) })
		f.outcomes("retake", errs, ports.ErrChanged)
		for i, retake := range retakes {
			if errs[i] == nil {
				f.hasSession("a retake that was stored", altered(retake, withoutOriginal))
			} else {
				_, err := f.FindSession(t.Context(), first.UserID(), retake.ID())
				f.wants("find refused retake", err, domain.ErrSessionNotFound)
			}
		}
	}
}

// sessionRetakeWhilePostingIsDeleted does the same with the posting.
func sessionRetakeWhilePostingIsDeleted(t *testing.T, f fixture) {
	owner := f.user().ID
	for range 20 {
		posting := f.posting(owner, at(0))
		first := f.completed(posting, at(0))
		retakes, errs := f.retakeWhile(first, func() error { return f.DeleteJobPosting(t.Context(), owner, posting.ID) })
		f.outcomes("retake", errs, domain.ErrMissingJobPosting)
		for i, retake := range retakes {
			if errs[i] == nil {
				f.hasSession("a retake that was stored", altered(retake, withoutPosting))
			} else {
				_, err := f.FindSession(t.Context(), owner, retake.ID())
				f.wants("find refused retake", err, domain.ErrSessionNotFound)
			}
		}
	}
}

// retakeWhile makes retakes of the session at the same time as something
// else, which must succeed. It returns what each retake returned, or, where that
// is an error, the retake that was refused.
func (f fixture) retakeWhile(first domain.InterviewSession, other func() error) ([]domain.InterviewSession, []error) {
	f.t.Helper()
	retakes := make([]domain.InterviewSession, 5)
	for i := range retakes {
		var err error
		retakes[i], err = first.Retake(uuid.New(), at(i))
		f.must(err)
	}
	errs := atOnce(len(retakes)+1, func(i int) error {
		if i == len(retakes) {
			return other()
		}
		stored, err := f.CreateRetake(f.t.Context(), retakes[i])
		if err == nil {
			retakes[i] = stored
		}
		return err
	})
	f.must(errs[len(retakes)])
	return retakes, errs[:len(retakes)]
}
