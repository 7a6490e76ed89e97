package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

func answerRoundTrip(t *testing.T, f fixture) {
	session := f.active()
	var want []domain.Message
	for i, text := range []string{oddText, " \t\n ", "a", strings.Repeat("🚀", domain.MaxAnswerLength)} {
		answer := f.newAnswer(session, text, at(i))
		answer.Seq = 99 // is the storage's to give
		got, err := f.CreateAnswer(t.Context(), answer)
		f.must(err)
		answer.Seq = i + 1
		equal(f, "returned", got, answer)
		want = append(want, answer)
	}
	f.hasMessages("stored", session, want...)
	f.hasSession("its session, its update time included", session)
}

func answerRefused(t *testing.T, f fixture) {
	session := f.active()
	other := f.session(f.posting(session.UserID(), at(0)), at(1))
	for name, key := range f.foreign(session.UserID(), session.ID()) {
		answer := f.newAnswer(session, "a", at(1))
		answer.UserID, answer.SessionID = key[0], key[1]
		_, err := f.CreateAnswer(t.Context(), answer)
		f.wants(name, err, ports.ErrChanged)
	}
	kept := f.answer(session, "b", at(1))
	late := f.newAnswer(session, "c", at(2))
	paused := f.save(session, (*domain.InterviewSession).Pause, at(3))
	_, err := f.CreateAnswer(t.Context(), late)
	f.wants("paused", err, ports.ErrChanged)
	completed := f.save(paused, (*domain.InterviewSession).Complete, at(4))
	_, err = f.CreateAnswer(t.Context(), late)
	f.wants("completed", err, ports.ErrChanged)
	f.hasMessages("what is left", session, kept)
	f.hasSession("its session", completed)

	f.must(f.DeleteSession(t.Context(), session.UserID(), session.ID()))
	_, err = f.CreateAnswer(t.Context(), late)
	f.wants("deleted", err, ports.ErrChanged)
	f.hasMessages("another session's", other)
}

func answerDuplicateID(t *testing.T, f fixture) {
	session := f.active()
	other := f.session(f.posting(session.UserID(), at(0)), at(1))
	first := f.answer(session, "first", at(1))
	for name, session := range map[string]domain.InterviewSession{"the same": session, "another": other} {
		again := f.newAnswer(session, "again", at(2))
		again.ID = first.ID
		if _, err := f.CreateAnswer(t.Context(), again); err == nil {
			t.Errorf("an answer with the id of another was stored in %s session", name)
		}
	}
	f.hasMessages("another session's", other)
	second := f.answer(session, "second", at(3))
	equal(f, "place after a failure", second.Seq, 2)
	f.hasMessages("messages", session, first, second)
}

func answerAtOnce(t *testing.T, f fixture) {
	session := f.active()
	answers := f.newAnswers(session, 16)
	for _, err := range atOnce(len(answers), func(i int) (err error) {
		answers[i], err = f.CreateAnswer(t.Context(), answers[i])
		return err
	}) {
		f.must(err)
	}
	f.hasMessages("all of them", session, bySeq(answers)...)
	f.places(session, len(answers))
	f.hasSession("its session", session)
}

func (f fixture) newAnswers(session domain.InterviewSession, n int) []domain.Message {
	f.t.Helper()
	answers := make([]domain.Message, n)
	for i := range answers {
		answers[i] = f.newAnswer(session, fmt.Sprint(i), at(-i))
	}
	return answers
}

func bySeq(messages []domain.Message) []domain.Message {
	return slices.SortedFunc(slices.Values(messages), func(a, b domain.Message) int { return a.Seq - b.Seq })
}

// places checks that the session has so many messages, at places from 1
// without gaps.
func (f fixture) places(session domain.InterviewSession, want int) {
	f.t.Helper()
	messages, err := f.ListMessages(f.t.Context(), session.UserID(), session.ID(), nil, 0)
	f.must(err)
	var got, places []int
	for i, message := range messages {
		got, places = append(got, message.Seq), append(places, i+1)
	}
	equal(f, "places", got, places)
	equal(f, "number of messages", len(messages), want)
}

// answerWhileCompleted races answers against a completion: whoever sees the
// session completed has seen its last answer.
func answerWhileCompleted(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	for range 15 {
		session := f.session(posting, at(0))
		answers := f.newAnswers(session, 7)
		var seen []domain.Message
		errs := atOnce(len(answers)+1, func(i int) (err error) {
			if i < len(answers) {
				answers[i], err = f.CreateAnswer(t.Context(), answers[i])
				return err
			}
			completed := session
			if err := completed.Complete(at(9)); err != nil {
				return err
			}
			if _, err := f.SaveSessionStatus(t.Context(), completed, domain.SessionActive); err != nil {
				return err
			}
			seen, err = f.ListMessages(t.Context(), session.UserID(), session.ID(), nil, 0)
			return err
		})
		f.must(errs[len(answers)])
		f.outcomes("answer", errs, ports.ErrChanged)
		accepted := []domain.Message{}
		for i, answer := range answers {
			if errs[i] == nil {
				accepted = append(accepted, answer)
			}
		}
		equal(f, "seen at the completion", seen, append([]domain.Message{}, bySeq(accepted)...))
		f.hasMessages("seen later", session, seen...)
		f.places(session, len(accepted))
		_, err := f.CreateAnswer(t.Context(), f.newAnswer(session, "late", at(10)))
		f.wants("an answer after the completion", err, ports.ErrChanged)
	}
}

func questionRoundTrip(t *testing.T, f fixture) {
	session := f.active()
	other := f.session(f.posting(session.UserID(), at(0)), at(1))
	var want []domain.Message
	for i, typ := range append(domain.QuestionTypes[:], domain.QuestionTypes[:]...) {
		operation, asked, question := f.newQuestion(f.operation(session, at(i)), session, fmt.Sprint(i, oddText), at(i+10))
		equal(f, "type", question.QuestionType, typ)
		question.Seq = 99 // is the storage's to give
		f.must(f.SaveQuestion(t.Context(), operation, asked, question))
		question.Seq = 2*i + 1
		session = altered(session, func(s *domain.SessionState) { s.CurrentQuestionNumber, s.UpdatedAt = i+1, at(i+10) })
		f.hasSession("its session", session)
		f.hasOperation("its operation", operation)
		want = append(want, question, f.answer(session, fmt.Sprint("answer ", i), at(i+10)))
	}
	f.hasMessages("stored", session, want...)
	f.hasMessages("another session's", other)
	f.hasSession("another session", other)
}

// questionLeavesTheRest saves a question of a session as it was read before
// it was paused and lost its posting.
func questionLeavesTheRest(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	session := f.session(posting, at(0))
	pending := f.operation(session, at(1))
	f.save(session, (*domain.InterviewSession).Pause, at(2))
	f.must(f.DeleteJobPosting(t.Context(), posting.UserID, posting.ID))

	// The entity would not change more; the storage may not either.
	operation, asked, question := f.newQuestion(pending, session, "Why Go?", at(3))
	asked = altered(asked, func(s *domain.SessionState) {
		s.RetakeNumber, s.OriginalSessionID, s.CreatedAt = 9, some(session.ID()), at(99)
	})
	f.must(f.SaveQuestion(t.Context(), operation, asked, question))
	f.hasSession("its session", altered(session, func(s *domain.SessionState) {
		s.Status, s.CurrentQuestionNumber, s.UpdatedAt = domain.SessionPaused, 1, at(3)
		s.JobPostingID = uuid.NullUUID{}
	}))
	f.hasOperation("its operation", operation)
	question.Seq = 1
	f.hasMessages("stored", session, question)
}

func questionOfChangedSession(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	session := f.session(posting, at(0))
	lost, pending := f.failed(session, at(1)), f.operation(session, at(1))
	_, asked, first := f.question(session, "first", at(2))
	first.Seq = 1

	try := func(what string, session domain.InterviewSession) {
		t.Helper()
		for _, operation := range []domain.Operation{pending, lost} { // the session is looked at first
			completed, asked, question := f.newQuestion(operation, session, "second", at(3))
			f.wants(what, f.SaveQuestion(t.Context(), completed, asked, question), ports.ErrChanged)
		}
	}
	number := func(n int) domain.InterviewSession {
		return altered(session, func(s *domain.SessionState) { s.CurrentQuestionNumber = n })
	}
	try("as it was read", session)
	try("ahead of its time", number(2))
	for name, key := range f.foreign(session.UserID(), session.ID()) {
		try(name, altered(asked, func(s *domain.SessionState) { s.UserID, s.ID = key[0], key[1] }))
	}
	f.hasSession("its session", asked)

	completed := f.save(asked, (*domain.InterviewSession).Complete, at(4))
	try("completed meanwhile", asked)
	f.hasSession("its session", completed)
	f.hasMessages("messages", session, first)
	f.hasOperation("its operation", pending)
	f.hasOperation("the lost operation", lost)

	f.must(f.DeleteSession(t.Context(), session.UserID(), session.ID()))
	try("deleted meanwhile", asked)
	f.hasJustThis(posting)
}

// lostOperations returns operations on the session of which nothing may be
// stored any more, each with how it is stored.
func (f fixture) lostOperations(session domain.InterviewSession) map[string]struct {
	held   domain.Operation
	stored *domain.Operation // nil if it is not
} {
	f.t.Helper()
	type lost = struct {
		held   domain.Operation
		stored *domain.Operation
	}
	pending, claimed, failed := f.operation(session, at(1)), f.operation(session, at(1)), f.operation(session, at(1))
	begun, failure := f.operation(session, at(1)), failed
	taken := claimed
	taken.Claim(at(1).Add(domain.OperationLease))
	f.must(f.ClaimOperation(f.t.Context(), taken, at(1).Add(domain.OperationLease)))
	failure.Fail(domain.FailureUnexpected, at(2))
	f.must(f.UpdateOperation(f.t.Context(), failure))
	begun.Renew(true, at(2))
	f.must(f.UpdateOperation(f.t.Context(), begun))
	ahead := begun
	ahead.Attempt++

	found := map[string]lost{
		"claimed by another":    {claimed, &taken},
		"failed":                {failed, &failure},
		"of an attempt not yet": {ahead, &begun},
		"that was not stored":   {domain.NewOperation(uuid.New(), pending.Type, session, at(1)), nil},
	}
	for name, key := range f.foreign(pending.UserID, pending.ID) {
		foreign := pending
		foreign.UserID, foreign.ID = key[0], key[1]
		found[name] = lost{foreign, nil}
	}
	return found
}

func questionOfLostOperation(t *testing.T, f fixture) {
	session := f.active()
	completed, session, first := f.question(session, "first", at(0))
	first.Seq = 1
	pending := f.operation(session, at(1))
	for name, lost := range f.lostOperations(session) {
		operation, asked, question := f.newQuestion(lost.held, session, "second", at(3))
		f.wants("operation "+name, f.SaveQuestion(t.Context(), operation, asked, question), ports.ErrLeaseLost)
		if lost.stored != nil {
			f.hasOperation("operation "+name, *lost.stored)
		} else {
			_, err := f.FindOperation(t.Context(), operation.UserID, operation.ID)
			f.wants("operation "+name, err, domain.ErrOperationNotFound)
		}
	}
	again, asked, question := f.newQuestion(completed, session, "second", at(3))
	f.wants("completed operation", f.SaveQuestion(t.Context(), again, asked, question), ports.ErrLeaseLost)
	f.hasOperation("completed operation", completed)
	f.hasOperation("an operation that nobody named", pending)
	f.hasSession("its session", session)
	f.hasMessages("messages", session, first)
	equal(f, "place after the failures", f.answer(session, "a", at(4)).Seq, 2)
}

func questionDuplicateID(t *testing.T, f fixture) {
	session := f.active()
	answer := f.answer(session, "first", at(1))
	pending := f.operation(session, at(1))
	operation, asked, question := f.newQuestion(pending, session, "second", at(2))
	question.ID = answer.ID
	if err := f.SaveQuestion(t.Context(), operation, asked, question); err == nil {
		t.Error("a question with the id of another message was stored")
	}
	f.hasOperation("its operation", pending)
	f.hasSession("its session", session)
	second := f.answer(session, "second", at(3))
	equal(f, "place after the failure", second.Seq, 2)
	f.hasMessages("messages", session, answer, second)
}

func questionSharesNoMemory(t *testing.T, f fixture) {
	session := f.active()
	operation, asked, question := f.newQuestion(f.operation(session, at(1)), session, "Why Go?", at(2))
	want := operation.Clone()
	f.must(f.SaveQuestion(t.Context(), operation, asked, question))
	operation.Result.Question.Text = "scribble"
	for range 2 {
		got, err := f.FindOperation(t.Context(), want.UserID, want.ID)
		f.must(err)
		equal(f, "stored", got, want)
		got.Result.Question.Text = "scribble"
	}
}

// questionOfManyOperations lets several operations ask the next question of
// the session as all of them read it.
func questionOfManyOperations(t *testing.T, f fixture) {
	session := f.active()
	pending := make([]domain.Operation, 8)
	for i := range pending {
		pending[i] = f.operation(session, at(i))
	}
	errs, completed, asked, questions := f.askAtOnce(session, pending)
	if done, changed := count(errs, nil), count(errs, ports.ErrChanged); done != 1 || changed != 7 {
		t.Errorf("%d asked and %d found the session changed, want 1 and 7: %v", done, changed, errs)
	}
	for i, err := range errs {
		if err == nil {
			f.hasOperation("the winner", completed[i])
			f.hasSession("its session", asked[i])
			f.hasMessages("messages", session, questions[i])
		} else {
			f.hasOperation("a loser", pending[i])
		}
	}
}

// questionOfOneOperation lets several that hold the same operation finish it.
func questionOfOneOperation(t *testing.T, f fixture) {
	session := f.active()
	pending := f.operation(session, at(0))
	errs, completed, asked, questions := f.askAtOnce(session, slices.Repeat([]domain.Operation{pending}, 8))
	if done, changed := count(errs, nil), count(errs, ports.ErrChanged); done != 1 || changed != 7 {
		t.Errorf("%d asked and %d found the session changed, want 1 and 7: %v", done, changed, errs)
	}
	if winner := slices.Index(errs, nil); winner >= 0 {
		f.hasOperation("the operation", completed[winner])
		f.hasSession("its session", asked[winner])
		f.hasMessages("messages", session, questions[winner])
	}
}

// askAtOnce lets each operation ask the next question of the session as it was
// read. The questions are returned as the winner's is stored.
func (f fixture) askAtOnce(session domain.InterviewSession, operations []domain.Operation) ([]error, []domain.Operation, []domain.InterviewSession, []domain.Message) {
	f.t.Helper()
	n := len(operations)
	completed, asked, questions := make([]domain.Operation, n), make([]domain.InterviewSession, n), make([]domain.Message, n)
	for i, operation := range operations {
		completed[i], asked[i], questions[i] = f.newQuestion(operation, session, fmt.Sprint(i), at(i+10))
		questions[i].Seq = 1
	}
	return atOnce(n, func(i int) error {
		return f.SaveQuestion(f.t.Context(), completed[i], asked[i], questions[i])
	}), completed, asked, questions
}

// questionWhileCompleted races a question against a completion of its session.
func questionWhileCompleted(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	for range 15 {
		session := f.session(posting, at(0))
		pending := f.operation(session, at(0))
		operation, asked, question := f.newQuestion(pending, session, "Why Go?", at(2))
		var completed domain.InterviewSession
		errs := atOnce(2, func(i int) (err error) {
			if i == 0 {
				return f.SaveQuestion(t.Context(), operation, asked, question)
			}
			ended := session
			if err := ended.Complete(at(1)); err != nil {
				return err
			}
			completed, err = f.SaveSessionStatus(t.Context(), ended, domain.SessionActive)
			return err
		})
		f.must(errs[1])
		if f.outcomes("question", errs[:1], ports.ErrChanged) == 1 {
			f.hasOperation("operation", operation)
			equal(f, "number at the completion", completed.State().CurrentQuestionNumber, 1)
			f.places(session, 1)
		} else {
			f.hasOperation("operation", pending)
			equal(f, "number at the completion", completed.State().CurrentQuestionNumber, 0)
			f.places(session, 0)
		}
		equal(f, "time of the completion", completed.State().UpdatedAt, at(1))
		f.hasSession("its session", completed)
	}
}

func messageList(t *testing.T, f fixture) {
	session := f.active()
	f.hasMessages("none", session)
	// The places decide, whatever the times say.
	first, second := f.answer(session, "first", at(9)), f.answer(session, "second", at(5))
	_, session, question := f.question(session, "third", at(1))
	question.Seq = 3
	fourth := f.answer(session, "fourth", at(-3))
	f.hasMessages("all", session, first, second, question, fourth)
	after := first.Place()
	got, err := f.ListMessages(t.Context(), session.UserID(), session.ID(), &after, 0)
	f.must(err)
	equal(f, "after the first", got, []domain.Message{second, question, fourth})
}

func messageListPages(t *testing.T, f fixture) {
	session := f.active()
	all := []domain.Message{}
	for i := range 5 {
		all = append(all, f.answer(session, fmt.Sprint(i), at(-i)))
	}
	list := func(what string, after *domain.MessagePlace, limit int, want []domain.Message) {
		t.Helper()
		got, err := f.ListMessages(t.Context(), session.UserID(), session.ID(), after, limit)
		f.must(err)
		equal(f, what, got, want)
	}
	for limit := range len(all) + 2 {
		list(fmt.Sprintf("at most %d", limit), nil, limit, all[:atMost(limit, len(all))])
		for i, message := range all {
			place, rest := message.Place(), all[i+1:]
			list(fmt.Sprintf("at most %d after %d", limit, i), &place, limit, rest[:atMost(limit, len(rest))])
		}
	}
	// Of one place in the session the time decides, then the id.
	place := all[2].Place()
	place.CreatedAt = place.CreatedAt.Add(-time.Microsecond)
	list("after an earlier time", &place, 0, all[2:])
	place.CreatedAt = place.CreatedAt.Add(2 * time.Microsecond)
	list("after a later time", &place, 0, all[3:])
	place = all[2].Place()
	place.ID = uuid.Nil
	list("after a lower id", &place, 0, all[2:])
	place.ID = uuid.Max
	list("after a higher id", &place, 0, all[3:])
	list("after the place before all", &domain.MessagePlace{}, 0, all)
}

// atMost is how many there are of n under a limit, where 0 is none.
func atMost(limit, n int) int {
	if limit == 0 {
		return n
	}
	return min(limit, n)
}

func messageUnknownOrAnothers(t *testing.T, f fixture) {
	session := f.active()
	f.question(session, "Why Go?", at(0))
	for name, key := range f.foreign(session.UserID(), session.ID()) {
		_, err := f.ListMessages(t.Context(), key[0], key[1], nil, 0)
		f.wants("list "+name, err, domain.ErrSessionNotFound)
		_, err = f.ListMessages(t.Context(), key[0], key[1], &domain.MessagePlace{Seq: 5}, 1)
		f.wants("list a page of "+name, err, domain.ErrSessionNotFound)
		asked, err := f.ListAskedBefore(t.Context(), key[0], key[1])
		f.must(err)
		equal(f, "asked before "+name, asked, []string{})
	}
}

func messageAskedBefore(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	ask := func(session domain.InterviewSession, texts ...string) domain.InterviewSession {
		t.Helper()
		for i, text := range texts {
			f.answer(session, "answer before "+text, at(i))
			_, session, _ = f.question(session, text, at(i))
		}
		return f.save(session, (*domain.InterviewSession).Complete, at(9))
	}
	ask(f.session(posting, at(0)), "of another chain")
	first := ask(f.session(posting, at(1)), "a", "b "+oddText)
	second := ask(f.retake(first, at(2)), "c", "d")
	third := ask(f.retake(second, at(3)), "e")
	fourth := f.retake(first, at(4)) // asks nothing
	check := func(what string, session domain.InterviewSession, want ...string) {
		t.Helper()
		got, err := f.ListAskedBefore(t.Context(), session.UserID(), session.ID())
		f.must(err)
		slices.Sort(got)
		equal(f, what, got, append([]string{}, want...))
	}
	check("before the first", first, "c", "d", "e")
	check("before the second", second, "a", "b "+oddText, "e")
	check("before the third", third, "a", "b "+oddText, "c", "d")
	check("before the fourth", fourth, "a", "b "+oddText, "c", "d", "e")
	f.must(f.DeleteSession(t.Context(), second.UserID(), second.ID()))
	check("once the second is deleted", fourth, "a", "b "+oddText, "e")
	f.must(f.DeleteSession(t.Context(), first.UserID(), first.ID()))
	check("once the first is deleted", fourth)
	check("once the first is deleted, of the third", third)
}
