package storetest

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func sessionRoundTrip(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.session(posting, at(3))
	state := first.State()
	state.ID, state.Status = uuid.New(), domain.SessionCompleted
	state.CurrentQuestionNumber, state.RetakeNumber = 5, 2
	state.OriginalSessionID = uuid.NullUUID{UUID: first.ID(), Valid: true}
	state.UpdatedAt = at(4)
	retake := domain.RestoreInterviewSession(state)
	f.must(f.CreateSession(t.Context(), retake))
	for _, want := range []domain.InterviewSession{first, retake} {
		got, err := f.FindSession(t.Context(), posting.UserID, want.ID())
		f.must(err)
		equal(f, "session", got.Session, want)
		if got.Posting == nil {
			t.Fatal("no posting")
		}
		equal(f, "posting", *got.Posting, posting)
	}
}

func sessionUnknownOrAnothers(t *testing.T, f fixture) {
	session := f.session(f.posting(f.user().ID, at(0)), at(0))
	stranger := f.user().ID
	for name, key := range map[string][2]uuid.UUID{
		"unknown":   {session.UserID(), uuid.New()},
		"another's": {stranger, session.ID()},
		"no user":   {uuid.New(), session.ID()},
	} {
		_, err := f.FindSession(t.Context(), key[0], key[1])
		f.wants(name, err, domain.ErrSessionNotFound)
	}
	list, err := f.ListSessions(t.Context(), stranger, domain.SessionFilter{})
	f.must(err)
	equal(f, "the stranger's list", list, []domain.SessionSummary{})
}

func sessionDuplicateID(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	first := f.session(posting, at(0))
	state := first.State()
	state.Status = domain.SessionPaused
	if err := f.CreateSession(t.Context(), domain.RestoreInterviewSession(state)); err == nil {
		t.Error("a second session with the same id was stored")
	}
	f.unchanged(posting, first)
}

// sessionSameIDs gives two owners rows of the same ids, which nothing forbids:
// what happens to the one's must leave the other's alone.
func sessionSameIDs(t *testing.T, f fixture) {
	one := f.posting(f.user().ID, at(0))
	other := one.Clone()
	other.UserID, other.Title = f.user().ID, "the other's"
	f.must(f.CreateJobPosting(t.Context(), other))
	first := f.session(one, at(1))
	state := first.State()
	state.UserID = other.UserID
	second := domain.RestoreInterviewSession(state)
	f.must(f.CreateSession(t.Context(), second))

	changed := one.Clone()
	changed.Title = "changed"
	f.must(f.ReplaceJobPosting(t.Context(), changed))
	f.unchanged(other, second)
	f.must(f.DeleteJobPosting(t.Context(), one.UserID, one.ID))
	f.unchanged(other, second)
	detail, err := f.FindSession(t.Context(), other.UserID, second.ID())
	f.must(err)
	equal(f, "the other's posting", *detail.Posting, other)
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
	create := func(p domain.JobPosting, status domain.SessionStatus, original uuid.NullUUID, created time.Time) uuid.UUID {
		state := f.newSession(p, created).State()
		state.Status, state.OriginalSessionID = status, original
		f.must(f.CreateSession(t.Context(), domain.RestoreInterviewSession(state)))
		return state.ID
	}
	none := uuid.NullUUID{}
	a := create(posting, domain.SessionActive, none, at(0))
	b := create(other, domain.SessionPaused, none, at(0).Add(day))
	c := create(posting, domain.SessionCompleted, uuid.NullUUID{UUID: a, Valid: true}, at(0).Add(2*day))

	some := func(id uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: id, Valid: true} }
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
	} {
		list, err := f.ListSessions(t.Context(), posting.UserID, test.filter)
		f.must(err)
		equal(f, test.name, ids(list), test.want)
	}
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
	list, err := f.ListSessions(t.Context(), posting.UserID, domain.SessionFilter{})
	f.must(err)
	var want []uuid.UUID
	for _, session := range sessions {
		want = append(want, session.ID())
	}
	equal(f, "all of them", ids(list), want)
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
			detail, err := f.FindSession(t.Context(), owner, session.ID())
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
