package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

func sessionRoundTrip(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.session(posting, at(3))
	retake := f.sessionWith(posting, at(3), func(s *domain.SessionState) {
		s.Status, s.CurrentQuestionNumber = domain.SessionCompleted, 5
		s.RetakeNumber, s.OriginalSessionID = 2, some(first.ID())
		s.UpdatedAt = at(4)
	})
	paused := f.sessionWith(posting, at(3), func(s *domain.SessionState) { s.Status = domain.SessionPaused })
	for _, want := range []domain.InterviewSession{first, retake, paused} {
		got, err := f.FindSession(t.Context(), posting.UserID, want.ID())
		f.must(err)
		equal(f, "session", got.Session, want)
		headline := posting.Headline()
		equal(f, "headline", got.Posting, &headline)
	}
}

func some(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: true} }

func sessionDetail(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	gone := f.posting(posting.UserID, at(0))
	session, bare := f.session(posting, at(3)), f.session(gone, at(3))
	f.must(f.DeleteJobPosting(t.Context(), gone.UserID, gone.ID))
	f.resume(f.user().ID, at(0)) // somebody else's
	check := func(what string, resume *domain.Resume) {
		t.Helper()
		detail, err := f.FindSessionDetail(t.Context(), posting.UserID, session.ID())
		f.must(err)
		equal(f, what, detail.Session, session)
		equal(f, what+": posting", detail.Posting, &posting)
		equal(f, what+": resume", detail.Resume, resume)

		detail, err = f.FindSessionDetail(t.Context(), posting.UserID, bare.ID())
		f.must(err)
		equal(f, what+", no posting", detail.Session, altered(bare, withoutPosting))
		equal(f, what+", no posting: posting", detail.Posting, nil)
		equal(f, what+", no posting: resume", detail.Resume, resume)
	}
	check("no resume", nil)
	resume := f.resume(posting.UserID, at(1))
	check("resume", &resume)
	f.must(resume.Replace("new", at(2)))
	f.must(f.ReplaceResume(t.Context(), resume))
	f.must(posting.Replace(domain.JobPostingDraft{Title: "t", Description: "d"}, at(2)))
	f.must(f.ReplaceJobPosting(t.Context(), posting))
	check("replaced", &resume)
	f.must(f.DeleteResume(t.Context(), posting.UserID))
	check("deleted resume", nil)
}

func withoutPosting(s *domain.SessionState)  { s.JobPostingID = uuid.NullUUID{} }
func withoutOriginal(s *domain.SessionState) { s.OriginalSessionID = uuid.NullUUID{} }

func sessionDetailSharesNoMemory(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	resume, session := f.resume(posting.UserID, at(0)), f.session(posting, at(0))
	for range 2 {
		detail, err := f.FindSessionDetail(t.Context(), posting.UserID, session.ID())
		f.must(err)
		equal(f, "posting", detail.Posting, &posting)
		equal(f, "resume", detail.Resume, &resume)
		detail.Posting.TechStack[0] = "scribble"
		detail.Posting.Title, detail.Resume.Content = "scribble", "scribble"
		summary, err := f.FindSession(t.Context(), posting.UserID, session.ID())
		f.must(err)
		headline := posting.Headline()
		equal(f, "headline", summary.Posting, &headline)
		summary.Posting.Title = "scribble"
	}
}

// sessionDetailOfOneMoment changes the session, then the posting, then the
// résumé, again and again: whoever sees one of them must see what came before
// it, and nothing that came after the next.
func sessionDetailOfOneMoment(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	resume, session := f.resume(posting.UserID, at(0)), f.session(posting, at(0))
	write := func(round int) error {
		now, from := at(round), session.State().Status
		var err error
		if from == domain.SessionActive {
			err = session.Pause(now)
		} else {
			err = session.Resume(now)
		}
		if err == nil {
			session, err = f.SaveSessionStatus(t.Context(), session, from)
		}
		posting.UpdatedAt, resume.UpdatedAt = now, now
		if err == nil {
			err = f.ReplaceJobPosting(t.Context(), posting)
		}
		if err == nil {
			err = f.ReplaceResume(t.Context(), resume)
		}
		return err
	}
	owner, id := session.UserID(), session.ID()
	var reads atomic.Int32
	var done atomic.Bool
	errs := atOnce(3, func(i int) error {
		if i == 0 {
			defer done.Store(true)
			for round := 1; round <= 40 || reads.Load() < 1000; round++ {
				if err := write(round); err != nil {
					return err
				}
			}
			return nil
		}
		defer reads.Add(1000) // whoever fails lets the writer end
		for !done.Load() {
			detail, err := f.FindSessionDetail(t.Context(), owner, id)
			if err != nil {
				return err
			}
			reads.Add(1)
			s, p, r := detail.Session.State().UpdatedAt, detail.Posting.UpdatedAt, detail.Resume.UpdatedAt
			if p.After(s) || r.After(p) || s.After(r.Add(time.Microsecond)) {
				return fmt.Errorf("a session of %v is shown with a posting of %v and a resume of %v", s, p, r)
			}
		}
		return nil
	})
	for _, err := range errs {
		f.must(err)
	}
}

func sessionUnknownOrAnothers(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	f.resume(posting.UserID, at(0))
	session := f.session(posting, at(0))
	for name, key := range f.foreign(session.UserID(), session.ID()) {
		_, err := f.FindSession(t.Context(), key[0], key[1])
		f.wants(name, err, domain.ErrSessionNotFound)
		_, err = f.FindSessionDetail(t.Context(), key[0], key[1])
		f.wants("detail of "+name, err, domain.ErrSessionNotFound)
		_, err = f.ListAttempts(t.Context(), key[0], key[1])
		f.wants("attempts of "+name, err, domain.ErrSessionNotFound)
		paused := altered(session, func(s *domain.SessionState) {
			s.UserID, s.ID, s.Status = key[0], key[1], domain.SessionPaused
		})
		_, err = f.SaveSessionStatus(t.Context(), paused, domain.SessionActive)
		f.wants("save "+name, err, ports.ErrChanged)
		f.wants("delete "+name, f.DeleteSession(t.Context(), key[0], key[1]), domain.ErrSessionNotFound)
	}
	f.hasJustThis(posting, session)
	stranger := f.user().ID
	list, err := f.ListSessions(t.Context(), stranger, domain.SessionFilter{})
	f.must(err)
	equal(f, "the stranger's list", list, []domain.SessionSummary{})
	scores, err := f.ListSessionScores(t.Context(), stranger)
	f.must(err)
	equal(f, "the stranger's scores", scores, []domain.SessionScore{})
}

func sessionDuplicateID(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.session(posting, at(0))
	second := altered(first, func(s *domain.SessionState) { s.Status = domain.SessionPaused })
	if err := f.CreateSession(t.Context(), second); err == nil {
		t.Error("a second session with the same id was stored")
	}
	f.hasJustThis(posting, first)
}

// sessionSameIDs gives two owners rows of the same ids, which nothing forbids:
// what happens to the one's must leave the other's alone.
func sessionSameIDs(t *testing.T, f fixture) {
	one := f.posting(f.user().ID, at(0))
	first := f.completed(one, at(1))
	second := f.retake(first, at(2))
	asked, second, question := f.question(second, "Why Go?", at(3))
	pending := f.operation(second, at(3))
	answer := f.answer(second, "It is small.", at(4))
	judged, feedback := f.feedback(first, 70, at(5))

	owner := f.user().ID
	other := one.Clone()
	other.UserID, other.Title = owner, "the other's"
	f.must(f.CreateJobPosting(t.Context(), other))
	his := func(s *domain.SessionState) { s.UserID = owner }
	hisFirst, hisSecond := altered(first, his), altered(second, his)
	f.must(f.CreateSession(t.Context(), hisFirst))
	f.must(f.CreateSession(t.Context(), altered(hisSecond, func(s *domain.SessionState) { s.CurrentQuestionNumber = 0 })))
	hisQuestion, hisAnswer, hisFeedback := question, answer, feedback
	hisQuestion.UserID, hisAnswer.UserID, hisFeedback.UserID = owner, owner, owner
	hisAsked, hisJudged, hisPending := asked.Clone(), judged.Clone(), pending
	for _, operation := range []*domain.Operation{&hisAsked, &hisJudged, &hisPending} {
		operation.UserID = owner
		created := *operation
		created.Status, created.Result = domain.OperationPending, nil
		status := domain.SessionActive
		if operation.SessionID == first.ID() {
			status = domain.SessionCompleted
		}
		f.must(f.CreateOperation(t.Context(), created, status))
	}
	f.must(f.SaveQuestion(t.Context(), hisAsked, hisSecond, hisQuestion))
	_, err := f.CreateAnswer(t.Context(), hisAnswer)
	f.must(err)
	f.must(f.SaveFeedback(t.Context(), hisJudged, hisFeedback))
	hisQuestion.Seq = 1
	unchanged := func() {
		t.Helper()
		f.hasJustThis(other, hisSecond, hisFirst)
		f.hasMessages("the other's messages", hisSecond, hisQuestion, hisAnswer)
		f.hasFeedback("the other's feedback", hisFeedback)
		for _, operation := range []domain.Operation{hisAsked, hisJudged, hisPending} {
			f.hasOperation("the other's operation", operation)
		}
		detail, err := f.FindSessionDetail(t.Context(), owner, second.ID())
		f.must(err)
		equal(f, "the other's posting", detail.Posting, &other)
		attempts, err := f.ListAttempts(t.Context(), owner, first.ID())
		f.must(err)
		asked, err := f.ListAskedBefore(t.Context(), owner, first.ID())
		f.must(err)
		equal(f, "the other's questions", asked, []string{"Why Go?"})
		equal(f, "the other's attempts", attempts, []domain.Attempt{{Session: hisFirst, Feedback: &hisFeedback}, {Session: hisSecond}})
	}
	unchanged()

	changed := one.Clone()
	changed.Title = "changed"
	f.must(f.ReplaceJobPosting(t.Context(), changed))
	pending.Fail(domain.FailureUnexpected, at(6))
	f.must(f.UpdateOperation(t.Context(), pending))
	f.answer(second, "And quick.", at(6))
	second = f.save(second, (*domain.InterviewSession).Complete, at(7))
	unchanged()
	f.must(f.DeleteJobPosting(t.Context(), one.UserID, one.ID))
	unchanged()
	f.must(f.DeleteSession(t.Context(), one.UserID, first.ID()))
	unchanged()
	f.must(f.DeleteSession(t.Context(), one.UserID, second.ID()))
	unchanged()
}

func sessionMissingPosting(t *testing.T, f fixture) {
	owner := f.user().ID
	deleted := f.posting(owner, at(0))
	f.must(f.DeleteJobPosting(t.Context(), owner, deleted.ID))
	anothers := f.posting(f.user().ID, at(0))
	anothers.UserID = owner // what the entity would refuse, the storage refuses too
	for name, posting := range map[string]domain.JobPosting{
		"never stored": f.newPosting(owner, at(0)),
		"deleted":      deleted,
		"another's":    anothers,
	} {
		f.wants(name, f.CreateSession(t.Context(), f.newSession(posting, at(0))), domain.ErrJobPostingNotFound)
	}
	list, err := f.ListSessions(t.Context(), owner, domain.SessionFilter{})
	f.must(err)
	equal(f, "what is left", list, []domain.SessionSummary{})
}

func sessionMissingOriginal(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	anothers := f.active()
	deleted := f.session(posting, at(0))
	f.must(f.DeleteSession(t.Context(), posting.UserID, deleted.ID()))
	for name, original := range map[string]uuid.UUID{"never stored": uuid.New(), "another's": anothers.ID(), "deleted": deleted.ID()} {
		retake := altered(f.newSession(posting, at(0)), func(s *domain.SessionState) {
			s.RetakeNumber, s.OriginalSessionID = 2, some(original)
		})
		if err := f.CreateSession(t.Context(), retake); err == nil {
			t.Errorf("%s: a retake of it was stored", name)
		}
	}
	f.hasJustThis(posting)
}

func sessionRetakeNumberTaken(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.completed(posting, at(0))
	retake := f.retake(first, at(1))
	second := func(s *domain.SessionState) { s.RetakeNumber, s.OriginalSessionID = 2, some(first.ID()) }
	if err := f.CreateSession(t.Context(), altered(f.newSession(posting, at(2)), second)); err == nil {
		t.Error("a retake with the number of another was stored")
	}
	f.hasJustThis(posting, retake, first)

	other := f.completed(posting, at(3))
	retakeOfOther := f.retake(other, at(4))
	equal(f, "number in another chain", retakeOfOther.State().RetakeNumber, 2)
	f.hasJustThis(posting, retakeOfOther, other, retake, first)
}

func sessionNoAccount(t *testing.T, f fixture) {
	session := f.newSession(f.newPosting(uuid.New(), at(0)), at(0))
	f.wants("create", f.CreateSession(t.Context(), session), domain.ErrJobPostingNotFound)
	_, err := f.FindSession(t.Context(), session.UserID(), session.ID())
	f.wants("find", err, domain.ErrSessionNotFound)
}

func sessionList(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	gone := f.posting(posting.UserID, at(0))
	f.session(f.posting(f.user().ID, at(0)), at(9)) // somebody else's
	oldest := f.session(gone, at(-1))
	high, low := f.session(posting, at(0)), f.session(posting, at(0))
	if high.ID().String() < low.ID().String() {
		high, low = low, high
	}
	newest := f.session(posting, at(1))
	f.must(f.DeleteJobPosting(t.Context(), gone.UserID, gone.ID))

	list, err := f.ListSessions(t.Context(), posting.UserID, domain.SessionFilter{})
	f.must(err)
	equal(f, "order", ids(list), []uuid.UUID{newest.ID(), high.ID(), low.ID(), oldest.ID()})
	for _, summary := range list[:3] {
		if summary.Posting == nil {
			t.Fatal("a session lacks its posting")
		}
		equal(f, "headline", *summary.Posting, posting.Headline())
	}
	if list[3].Posting != nil {
		t.Errorf("the session of a deleted posting shows %+v", *list[3].Posting)
	}
	equal(f, "newest", list[0].Session, newest)
}

func sessionListFilters(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	other := f.posting(posting.UserID, at(0))
	day := 24 * time.Hour
	a := f.session(posting, at(0)).ID()
	b := f.sessionWith(other, at(0).Add(day), func(s *domain.SessionState) { s.Status = domain.SessionPaused }).ID()
	c := f.sessionWith(posting, at(0).Add(2*day), func(s *domain.SessionState) {
		s.Status, s.OriginalSessionID = domain.SessionCompleted, some(a)
	}).ID()

	for _, test := range []struct {
		name   string
		filter domain.SessionFilter
		want   []uuid.UUID
	}{
		{"none", domain.SessionFilter{}, []uuid.UUID{c, b, a}},
		{"active", domain.SessionFilter{Status: domain.SessionActive}, []uuid.UUID{a}},
		{"paused", domain.SessionFilter{Status: domain.SessionPaused}, []uuid.UUID{b}},
		{"completed", domain.SessionFilter{Status: domain.SessionCompleted}, []uuid.UUID{c}},
		{"from is inclusive", domain.SessionFilter{CreatedFrom: at(0).Add(day)}, []uuid.UUID{c, b}},
		{"from, a microsecond later", domain.SessionFilter{CreatedFrom: at(1).Add(day)}, []uuid.UUID{c}},
		{"until is exclusive", domain.SessionFilter{CreatedUntil: at(0).Add(day)}, []uuid.UUID{a}},
		{"until, a microsecond later", domain.SessionFilter{CreatedUntil: at(1).Add(day)}, []uuid.UUID{b, a}},
		{"posting", domain.SessionFilter{JobPostingID: some(posting.ID)}, []uuid.UUID{c, a}},
		{"posting without sessions", domain.SessionFilter{JobPostingID: some(uuid.New())}, nil},
		{"original and its retakes", domain.SessionFilter{OriginalSessionID: some(a)}, []uuid.UUID{c, a}},
		{"a retake has no retakes", domain.SessionFilter{OriginalSessionID: some(c)}, []uuid.UUID{c}},
		{"unknown original", domain.SessionFilter{OriginalSessionID: some(uuid.New())}, nil},
		{"all together", domain.SessionFilter{Status: domain.SessionCompleted, CreatedFrom: at(0), CreatedUntil: at(0).Add(3 * day),
			JobPostingID: some(posting.ID), OriginalSessionID: some(a)}, []uuid.UUID{c}},
		{"all together, one misses", domain.SessionFilter{Status: domain.SessionActive, CreatedFrom: at(1),
			JobPostingID: some(posting.ID), OriginalSessionID: some(a)}, nil},
		{"after a place", domain.SessionFilter{After: &domain.SessionPlace{CreatedAt: at(0).Add(day), ID: b}}, []uuid.UUID{a}},
		{"at most one", domain.SessionFilter{Limit: 1}, []uuid.UUID{c}},
		{"at most one of those that pass", domain.SessionFilter{Limit: 1, JobPostingID: some(other.ID)}, []uuid.UUID{b}},
		{"all together, on a page", domain.SessionFilter{Status: domain.SessionActive, CreatedFrom: at(0), CreatedUntil: at(0).Add(3 * day),
			JobPostingID: some(posting.ID), OriginalSessionID: some(a),
			After: &domain.SessionPlace{CreatedAt: at(0).Add(2 * day), ID: c}, Limit: 1}, []uuid.UUID{a}},
	} {
		list, err := f.ListSessions(t.Context(), posting.UserID, test.filter)
		f.must(err)
		equal(f, test.name, ids(list), test.want)
	}
}

func sessionListPages(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	var all []domain.InterviewSession
	for i := range 7 {
		all = append(all, f.session(posting, at(i/3))) // several of one moment
	}
	slices.SortFunc(all, func(a, b domain.InterviewSession) int {
		return cmp.Or(b.State().CreatedAt.Compare(a.State().CreatedAt), strings.Compare(b.ID().String(), a.ID().String()))
	})
	var want []uuid.UUID
	for _, session := range all {
		want = append(want, session.ID())
	}
	for limit := 1; limit <= len(all)+1; limit++ {
		var got []uuid.UUID
		filter := domain.SessionFilter{Limit: limit}
		for len(got) <= len(all) { // a list that never ends is wrong already
			page, err := f.ListSessions(t.Context(), posting.UserID, filter)
			f.must(err)
			if page == nil {
				t.Error("an empty page is nil")
			}
			if len(page) == 0 {
				break
			}
			if len(page) > limit {
				t.Errorf("a page of %d has %d", limit, len(page))
			}
			got = append(got, ids(page)...)
			place := page[len(page)-1].Session.Place()
			filter.After = &place
		}
		equal(f, fmt.Sprintf("pages of %d", limit), got, want)
	}
	for i, session := range all {
		place := session.Place()
		list, err := f.ListSessions(t.Context(), posting.UserID, domain.SessionFilter{After: &place})
		f.must(err)
		equal(f, fmt.Sprintf("after the place of %d", i), ids(list), append([]uuid.UUID(nil), want[i+1:]...))
	}
	// A place stays one when its session is gone.
	gone := all[2].Place()
	f.must(f.DeleteSession(t.Context(), posting.UserID, gone.ID))
	list, err := f.ListSessions(t.Context(), posting.UserID, domain.SessionFilter{After: &gone, Limit: 2})
	f.must(err)
	equal(f, "after a place that is gone", ids(list), want[3:5])
}

func sessionCreateAtOnce(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	sessions := make([]domain.InterviewSession, 16)
	for i := range sessions {
		sessions[i] = f.newSession(posting, at(len(sessions)-i))
	}
	for _, err := range atOnce(len(sessions), func(i int) error { return f.CreateSession(t.Context(), sessions[i]) }) {
		f.must(err)
	}
	f.hasSessions("all of them", posting.UserID, sessions...)
}

// sessionCreateWhileDeleted races starts against the delete of their posting:
// each start is stored and detached, or refused; the delete always succeeds.
func sessionCreateWhileDeleted(t *testing.T, f fixture) {
	owner := f.user().ID
	for range 20 {
		posting := f.posting(owner, at(0))
		sessions := make([]domain.InterviewSession, 7)
		for i := range sessions {
			sessions[i] = f.newSession(posting, at(0))
		}
		var deleted error
		errs := atOnce(len(sessions)+1, func(i int) error {
			if i == len(sessions) {
				deleted = f.DeleteJobPosting(t.Context(), owner, posting.ID)
				return nil
			}
			return f.CreateSession(t.Context(), sessions[i])
		})
		f.must(deleted)
		for i, session := range sessions {
			detail, err := f.FindSessionDetail(t.Context(), owner, session.ID())
			switch {
			case errs[i] == nil:
				f.must(err)
				if detail.Session.State().JobPostingID.Valid || detail.Posting != nil {
					t.Error("a session was stored that refers to the deleted posting")
				}
			default:
				f.wants("refused start", errs[i], domain.ErrJobPostingNotFound)
				f.wants("find refused start", err, domain.ErrSessionNotFound)
			}
		}
	}
}

func ids(list []domain.SessionSummary) (ids []uuid.UUID) {
	for _, summary := range list {
		ids = append(ids, summary.Session.ID())
	}
	return ids
}
