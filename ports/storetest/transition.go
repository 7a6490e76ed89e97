package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

func sessionSaveStatus(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	other := f.session(posting, at(1))
	session := f.session(posting, at(0))
	for i, transition := range []struct {
		to    domain.SessionStatus
		apply func(*domain.InterviewSession) error
	}{
		{domain.SessionPaused, func(s *domain.InterviewSession) error { return s.Pause(at(10)) }},
		{domain.SessionActive, func(s *domain.InterviewSession) error { return s.Resume(at(11)) }},
		{domain.SessionCompleted, func(s *domain.InterviewSession) error { return s.Complete(at(12)) }},
	} {
		from := session.State().Status
		want := altered(session, func(s *domain.SessionState) { s.Status, s.UpdatedAt = transition.to, at(10+i) })
		f.must(transition.apply(&session))
		// All but the status and the time are the storage's.
		scribbled := altered(session, func(s *domain.SessionState) {
			s.JobPostingID, s.OriginalSessionID = uuid.NullUUID{}, some(other.ID())
			s.CurrentQuestionNumber, s.RetakeNumber = 9, 9
			s.CreatedAt = at(99)
		})
		got, err := f.SaveSessionStatus(t.Context(), scribbled, from)
		f.must(err)
		equal(f, "returned", got, want)
		f.hasJustThis(posting, other, want)
		session = got
	}
}

// sessionSaveStatusOfChanged saves what was read before others saved.
func sessionSaveStatusOfChanged(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	read := f.session(posting, at(0))
	completed := read
	f.must(completed.Complete(at(9)))

	// What others changed besides the status is no hindrance, and stays.
	_, asked, _ := f.question(read, "Why Go?", at(1))
	f.must(f.DeleteJobPosting(t.Context(), posting.UserID, posting.ID))
	paused := altered(f.save(asked, (*domain.InterviewSession).Pause, at(2)), withoutPosting)
	f.hasSession("paused", paused)

	for name, status := range map[string]domain.SessionStatus{"active": domain.SessionActive, "completed": domain.SessionCompleted} {
		_, err := f.SaveSessionStatus(t.Context(), completed, status)
		f.wants("save over what is no longer "+name, err, ports.ErrChanged)
	}
	f.hasSession("still paused", paused)

	want := altered(paused, func(s *domain.SessionState) { s.Status, s.UpdatedAt = domain.SessionCompleted, at(9) })
	got, err := f.SaveSessionStatus(t.Context(), completed, domain.SessionPaused)
	f.must(err)
	equal(f, "returned", got, want)
	f.hasSession("completed", want)

	f.must(f.DeleteSession(t.Context(), read.UserID(), read.ID()))
	_, err = f.SaveSessionStatus(t.Context(), completed, domain.SessionCompleted)
	f.wants("save over what is gone", err, ports.ErrChanged)
	_, err = f.FindSession(t.Context(), read.UserID(), read.ID())
	f.wants("find", err, domain.ErrSessionNotFound)
}

func sessionCompleteAtOnce(t *testing.T, f fixture) {
	for _, status := range []domain.SessionStatus{domain.SessionActive, domain.SessionPaused} {
		session := f.sessionWith(f.posting(f.user().ID, at(0)), at(0), func(s *domain.SessionState) { s.Status = status })
		saved := make([]domain.InterviewSession, 8)
		errs := atOnce(len(saved), func(i int) (err error) {
			completed := session
			if err := completed.Complete(at(i + 1)); err != nil {
				return err
			}
			saved[i], err = f.SaveSessionStatus(t.Context(), completed, status)
			return err
		})
		if done, changed := count(errs, nil), count(errs, ports.ErrChanged); done != 1 || changed != 7 {
			t.Errorf("%d completed the %s session and %d found it changed, want 1 and 7: %v", done, status, changed, errs)
		}
		for i, err := range errs {
			if err == nil {
				equal(f, "time of the completion", saved[i].State().UpdatedAt, at(i+1))
				f.hasSession("completed", saved[i])
			}
		}
	}
}

func sessionDelete(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	resume := f.resume(posting.UserID, at(0))
	first := f.session(posting, at(0))
	asked, first, _ := f.question(first, "Why Go?", at(1))
	f.answer(first, "It is small.", at(2))
	pending, failed := f.operation(first, at(2)), f.failed(first, at(2))
	first = f.save(first, (*domain.InterviewSession).Complete, at(3))
	judged, _ := f.feedback(first, 70, at(4))
	retry, err := failed.Retry(uuid.New(), at(5))
	f.must(err)
	f.must(f.CreateRetry(t.Context(), retry))

	second := f.retake(first, at(6))
	askedToo, second, question := f.question(second, "Why not?", at(7))
	question.Seq = 1
	answer := f.answer(second, "I know it.", at(8))
	second = f.save(second, (*domain.InterviewSession).Complete, at(9))
	judgedToo, feedback := f.feedback(second, 80, at(10))
	third := f.save(f.retake(first, at(11)), (*domain.InterviewSession).Pause, at(12))
	apart := f.session(posting, at(13))

	f.must(f.DeleteSession(t.Context(), posting.UserID, first.ID()))

	_, err = f.FindSession(t.Context(), posting.UserID, first.ID())
	f.wants("find", err, domain.ErrSessionNotFound)
	_, err = f.FindSessionDetail(t.Context(), posting.UserID, first.ID())
	f.wants("find detail", err, domain.ErrSessionNotFound)
	_, err = f.ListAttempts(t.Context(), posting.UserID, first.ID())
	f.wants("list attempts", err, domain.ErrSessionNotFound)
	_, err = f.ListMessages(t.Context(), posting.UserID, first.ID(), nil, 0)
	f.wants("list messages", err, domain.ErrSessionNotFound)
	_, err = f.FindFeedback(t.Context(), posting.UserID, first.ID())
	f.wants("find feedback", err, domain.ErrSessionNotFound)
	for _, operation := range []domain.Operation{asked, pending, failed, judged, retry} {
		_, err = f.FindOperation(t.Context(), operation.UserID, operation.ID)
		f.wants("find operation", err, domain.ErrOperationNotFound)
	}
	f.wants("delete again", f.DeleteSession(t.Context(), posting.UserID, first.ID()), domain.ErrSessionNotFound)

	second, third = altered(second, withoutOriginal), altered(third, withoutOriginal)
	f.hasJustThis(posting, apart, third, second)
	f.hasResume("resume", resume)
	f.hasMessages("messages of a retake", second, question, answer)
	f.hasFeedback("feedback of a retake", feedback)
	f.hasOperation("operation of a retake", askedToo)
	f.hasOperation("operation of a retake", judgedToo)

	// Nothing comes back with a session of the same id.
	again := altered(first, func(s *domain.SessionState) { s.Status, s.CurrentQuestionNumber = domain.SessionActive, 0 })
	f.must(f.CreateSession(t.Context(), again))
	f.hasMessages("messages of a new session with the same id", again)
	_, err = f.FindFeedback(t.Context(), again.UserID(), again.ID())
	f.wants("find feedback of a new session with the same id", err, domain.ErrFeedbackNotFound)
	equal(f, "place of its first answer", f.answer(again, "Here I am.", at(20)).Seq, 1)
	f.hasSession("retake", second)
}

func sessionDeleteRetake(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.completed(posting, at(0))
	second, third := f.retake(first, at(1)), f.retake(first, at(2))
	f.must(f.DeleteSession(t.Context(), posting.UserID, second.ID()))
	f.hasJustThis(posting, third, first)
	f.hasAttempts("the rest of the chain", domain.Attempt{Session: first}, domain.Attempt{Session: third})
}

func sessionDeleteAtOnce(t *testing.T, f fixture) {
	first := f.completed(f.posting(f.user().ID, at(0)), at(0))
	retake := f.retake(first, at(1))
	f.feedback(first, 50, at(2))
	errs := atOnce(6, func(int) error { return f.DeleteSession(t.Context(), first.UserID(), first.ID()) })
	if done, absent := count(errs, nil), count(errs, domain.ErrSessionNotFound); done != 1 || absent != 5 {
		t.Errorf("%d deleted it and %d found none, want 1 and 5: %v", done, absent, errs)
	}
	f.hasSessions("what is left", first.UserID(), altered(retake, withoutOriginal))
}

// sessionDeleteWhileItGoesOn races everything that a session can be written
// by against its deletion: each is stored and gone, or refused.
func sessionDeleteWhileItGoesOn(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	for range 15 {
		session := f.session(posting, at(0))
		_, session, _ = f.question(session, "Why Go?", at(1))
		failed, pending, due := f.failed(session, at(2)), f.operation(session, at(2)), f.operation(session, at(2))
		question, asked, message := f.newQuestion(f.operation(session, at(2)), session, "And then?", at(3))
		judgement, feedback := f.newFeedback(f.operation(session, at(2)), session, 50, at(3))
		created := domain.NewOperation(uuid.New(), domain.QuestionGeneration, session, at(3))
		retry, err := failed.Retry(uuid.New(), at(3))
		f.must(err)
		begun, claimed := pending, due
		begun.Renew(true, at(3))
		claimed.Claim(due.LeaseUntil)
		answers := f.newAnswers(session, 2)
		retake := altered(f.newSession(posting, at(3)), func(s *domain.SessionState) {
			s.RetakeNumber, s.OriginalSessionID = 2, some(session.ID())
		})

		writes := []struct {
			name  string
			write func() error
			// refused is what the write returns if the deletion came first.
			refused error
		}{
			{"answer", func() error { _, err := f.CreateAnswer(t.Context(), answers[0]); return err }, ports.ErrChanged},
			{"another answer", func() error { _, err := f.CreateAnswer(t.Context(), answers[1]); return err }, ports.ErrChanged},
			{"question", func() error { return f.SaveQuestion(t.Context(), question, asked, message) }, ports.ErrChanged},
			{"feedback", func() error { return f.SaveFeedback(t.Context(), judgement, feedback) }, domain.ErrSessionNotFound},
			{"operation", func() error { return f.CreateOperation(t.Context(), created, domain.SessionActive) }, ports.ErrChanged},
			{"retry", func() error { return f.CreateRetry(t.Context(), retry) }, domain.ErrOperationNotFound},
			{"renewal", func() error { return f.UpdateOperation(t.Context(), begun) }, ports.ErrLeaseLost},
			{"claim", func() error { return f.ClaimOperation(t.Context(), claimed, due.LeaseUntil) }, ports.ErrLeaseLost},
			{"retake", func() error { _, err := f.CreateRetake(t.Context(), retake); return err }, ports.ErrChanged},
			{"deletion", func() error { return f.DeleteSession(t.Context(), session.UserID(), session.ID()) }, nil},
		}
		for i, err := range atOnce(len(writes), func(i int) error { return writes[i].write() }) {
			f.outcomes(writes[i].name, []error{err}, writes[i].refused)
		}

		_, err = f.ListMessages(t.Context(), session.UserID(), session.ID(), nil, 0)
		f.wants("list messages", err, domain.ErrSessionNotFound)
		_, err = f.FindFeedback(t.Context(), session.UserID(), session.ID())
		f.wants("find feedback", err, domain.ErrSessionNotFound)
		for _, operation := range []domain.Operation{failed, pending, due, question, judgement, created, retry} {
			_, err := f.FindOperation(t.Context(), operation.UserID, operation.ID)
			f.wants("find operation", err, domain.ErrOperationNotFound)
		}
		if stored, err := f.FindSession(t.Context(), retake.UserID(), retake.ID()); err == nil {
			equal(f, "a retake that was stored", stored.Session, altered(retake, withoutOriginal))
		} else if !errors.Is(err, domain.ErrSessionNotFound) {
			t.Error(err)
		}
		metrics, err := f.ReadMetrics(t.Context(), session.UserID())
		f.must(err)
		equal(f, "feedback that is left", metrics.Feedbacks, 0)
	}
}

// sessionDeleteWithAllAroundIt deletes all attempts of a chain and their
// posting at once, while the old operations of the chain are forgotten: what
// takes several locks must not wait in a circle.
func sessionDeleteWithAllAroundIt(t *testing.T, f fixture) {
	before := longAgo.Add(time.Hour)
	for range 15 {
		posting := f.posting(f.user().ID, at(0))
		chain := []domain.InterviewSession{f.completed(posting, at(0))}
		for i := range 6 {
			chain = append(chain, altered(f.newSession(posting, at(1+i)), func(s *domain.SessionState) {
				s.RetakeNumber, s.OriginalSessionID = 2+i, some(chain[0].ID())
			}))
			f.must(f.CreateSession(t.Context(), chain[1+i]))
		}
		for _, session := range chain {
			for range 3 {
				failed := f.failed(session, longAgo)
				retry, err := failed.Retry(uuid.New(), at(9))
				f.must(err)
				f.must(f.CreateRetry(t.Context(), retry))
			}
		}
		errs := atOnce(len(chain)+2, func(i int) error {
			switch i {
			case len(chain):
				return f.DeleteJobPosting(t.Context(), posting.UserID, posting.ID)
			case len(chain) + 1:
				_, err := f.PruneOperations(t.Context(), before)
				return err
			default:
				return f.DeleteSession(t.Context(), posting.UserID, chain[i].ID())
			}
		})
		f.outcomes("deletion", errs, nil)
		left, err := f.ListSessions(t.Context(), posting.UserID, domain.SessionFilter{})
		f.must(err)
		equal(f, "how many are left", len(left), 0)
	}
}
