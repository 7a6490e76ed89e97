package storetest

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func postingRoundTrip(t *testing.T, f fixture) {
	owner := f.user().ID
	full := f.posting(owner, at(0))
	got, err := f.FindJobPosting(t.Context(), owner, full.ID)
	f.must(err)
	equal(f, "full", got, full)

	bare, err := domain.NewJobPosting(uuid.New(), owner, domain.JobPostingDraft{Title: "t", Description: "d"}, at(7))
	f.must(err)
	f.must(f.CreateJobPosting(t.Context(), bare))
	got, err = f.FindJobPosting(t.Context(), owner, bare.ID)
	f.must(err)
	equal(f, "bare", got, bare)
	if got.TechStack == nil {
		t.Error("an empty stack comes back nil")
	}
}

func postingSharesNoMemory(t *testing.T, f fixture) {
	posting := f.newPosting(f.user().ID, at(0))
	want := posting.Clone()
	f.must(f.CreateJobPosting(t.Context(), posting))
	posting.TechStack[0] = "scribble"
	for range 2 {
		got, err := f.FindJobPosting(t.Context(), want.UserID, want.ID)
		f.must(err)
		equal(f, "stored", got, want)
		got.TechStack[0] = "scribble"

		list, err := f.ListJobPostings(t.Context(), want.UserID, 10, 0)
		f.must(err)
		equal(f, "listed", list, []domain.JobPostingItem{want.Item()})
		for _, item := range list {
			item.TechStack[0] = "scribble"
		}
	}
}

func postingUnknownOrAnothers(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	for name, key := range f.foreign(posting.UserID, posting.ID) {
		_, err := f.FindJobPosting(t.Context(), key[0], key[1])
		f.wants("find "+name, err, domain.ErrJobPostingNotFound)
		f.wants("delete "+name, f.DeleteJobPosting(t.Context(), key[0], key[1]), domain.ErrJobPostingNotFound)
		changed := posting
		changed.UserID, changed.ID, changed.Title = key[0], key[1], "stolen"
		f.wants("replace "+name, f.ReplaceJobPosting(t.Context(), changed), domain.ErrJobPostingNotFound)
	}
	got, err := f.FindJobPosting(t.Context(), posting.UserID, posting.ID)
	f.must(err)
	equal(f, "the owner's", got, posting)
	list, err := f.ListJobPostings(t.Context(), f.user().ID, 10, 0)
	f.must(err)
	equal(f, "the stranger's list", list, []domain.JobPostingItem{})
}

func postingDuplicateID(t *testing.T, f fixture) {
	first := f.posting(f.user().ID, at(0))
	second := first
	second.Title = "second"
	if err := f.CreateJobPosting(t.Context(), second); err == nil {
		t.Error("a second posting with the same id was stored")
	}
	got, err := f.FindJobPosting(t.Context(), first.UserID, first.ID)
	f.must(err)
	equal(f, "first", got, first)
}

func postingNoAccount(t *testing.T, f fixture) {
	posting := f.newPosting(uuid.New(), at(0))
	f.wants("create", f.CreateJobPosting(t.Context(), posting), domain.ErrUserNotFound)
	_, err := f.FindJobPosting(t.Context(), posting.UserID, posting.ID)
	f.wants("find", err, domain.ErrJobPostingNotFound)
}

func postingList(t *testing.T, f fixture) {
	owner := f.user().ID
	f.posting(f.user().ID, at(9)) // somebody else's
	oldest := f.posting(owner, at(-1))
	// Two with equal times are ordered by id, so that pages never overlap.
	high, low := f.posting(owner, at(0)), f.posting(owner, at(0))
	if high.ID.String() < low.ID.String() {
		high, low = low, high
	}
	newest := f.posting(owner, at(1))
	want := []domain.JobPostingItem{newest.Item(), high.Item(), low.Item(), oldest.Item()}
	for _, page := range []struct{ limit, offset, from, to int }{
		{100, 0, 0, 4}, {2, 0, 0, 2}, {2, 2, 2, 4}, {3, 3, 3, 4}, {100, 4, 4, 4}, {1, 1 << 40, 4, 4}, {0, 0, 0, 0},
	} {
		got, err := f.ListJobPostings(t.Context(), owner, page.limit, page.offset)
		f.must(err)
		equal(f, fmt.Sprintf("limit %d offset %d", page.limit, page.offset), got, want[page.from:page.to])
		if got == nil {
			t.Error("an empty page is nil")
		}
	}
}

func postingReplace(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	other := f.posting(posting.UserID, at(0))
	f.must(posting.Replace(domain.JobPostingDraft{Title: "new", Description: "new too"}, at(5)))
	f.must(f.ReplaceJobPosting(t.Context(), posting))
	got, err := f.FindJobPosting(t.Context(), posting.UserID, posting.ID)
	f.must(err)
	equal(f, "replaced", got, posting)
	got, err = f.FindJobPosting(t.Context(), other.UserID, other.ID)
	f.must(err)
	equal(f, "the other", got, other)
}

func postingReplaceAtOnce(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	versions := make([]domain.JobPosting, 8)
	for i := range versions {
		versions[i] = posting.Clone()
		text := fmt.Sprintf("version %d", i)
		f.must(versions[i].Replace(domain.JobPostingDraft{Title: text, Description: text}, at(i)))
	}
	for _, err := range atOnce(len(versions), func(i int) error { return f.ReplaceJobPosting(t.Context(), versions[i]) }) {
		f.must(err)
	}
	got, err := f.FindJobPosting(t.Context(), posting.UserID, posting.ID)
	f.must(err)
	if got.Title != got.Description {
		t.Errorf("a mixture of two versions was stored: %q, %q", got.Title, got.Description)
	}
}

func postingDelete(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	kept := f.posting(posting.UserID, at(1))
	detached := f.session(posting, at(2))
	other := f.session(kept, at(3))
	f.must(f.DeleteJobPosting(t.Context(), posting.UserID, posting.ID))

	_, err := f.FindJobPosting(t.Context(), posting.UserID, posting.ID)
	f.wants("find", err, domain.ErrJobPostingNotFound)
	f.wants("delete again", f.DeleteJobPosting(t.Context(), posting.UserID, posting.ID), domain.ErrJobPostingNotFound)

	want := detached.State()
	want.JobPostingID = uuid.NullUUID{}
	detail, err := f.FindSessionDetail(t.Context(), posting.UserID, detached.ID())
	f.must(err)
	equal(f, "its session", detail.Session.State(), want)
	if detail.Posting != nil {
		t.Error("its session still shows the posting")
	}
	detail, err = f.FindSessionDetail(t.Context(), posting.UserID, other.ID())
	f.must(err)
	equal(f, "the other session", detail.Session, other)
	equal(f, "the other posting", detail.Posting, &kept)
}

func postingDeleteAtOnce(t *testing.T, f fixture) {
	posting := f.posting(f.user().ID, at(0))
	f.session(posting, at(0))
	errs := atOnce(6, func(int) error { return f.DeleteJobPosting(t.Context(), posting.UserID, posting.ID) })
	if done, absent := count(errs, nil), count(errs, domain.ErrJobPostingNotFound); done != 1 || absent != 5 {
		t.Errorf("%d deleted it and %d found none, want 1 and 5: %v", done, absent, errs)
	}
}
