package storetest

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func resumeRoundTrip(t *testing.T, f fixture) {
	for name, content := range map[string]string{
		"odd text":           oddText,
		"white space":        " \t\n\u2028 ",
		"one letter":         "r",
		"50,000 emoji":       strings.Repeat("🚀", domain.MaxResumeLength),
		"50,000 odd letters": strings.Repeat("\u2028\"", domain.MaxResumeLength/2),
	} {
		want, err := domain.NewResume(uuid.New(), f.user().ID, content, at(3))
		f.must(err)
		want.UpdatedAt = at(4)
		f.must(f.CreateResume(t.Context(), want))
		got, err := f.FindResume(t.Context(), want.UserID)
		f.must(err)
		if got != want {
			t.Errorf("%s comes back changed: %d bytes of %d, created %v, updated %v", name, len(got.Content), len(content), got.CreatedAt, got.UpdatedAt)
		}
	}
}

func resumeUnknownOrAnothers(t *testing.T, f fixture) {
	resume := f.resume(f.user().ID, at(0))
	for name, owner := range map[string]uuid.UUID{"unknown": f.user().ID, "no user": uuid.New()} {
		_, err := f.FindResume(t.Context(), owner)
		f.wants("find "+name, err, domain.ErrResumeNotFound)
		f.wants("delete "+name, f.DeleteResume(t.Context(), owner), domain.ErrResumeNotFound)
	}
	for name, key := range f.foreign(resume.UserID, resume.ID) {
		changed := resume
		changed.UserID, changed.ID, changed.Content = key[0], key[1], "stolen"
		f.wants("replace "+name, f.ReplaceResume(t.Context(), changed), domain.ErrResumeNotFound)
	}
	f.hasResume("the owner's", resume)
}

// hasResume checks that the résumé is stored just so.
func (f fixture) hasResume(what string, want domain.Resume) {
	f.t.Helper()
	got, err := f.FindResume(f.t.Context(), want.UserID)
	f.must(err)
	equal(f, what, got, want)
}

func resumeOneEach(t *testing.T, f fixture) {
	first := f.resume(f.user().ID, at(0))
	sameID := first
	sameID.Content = "second"
	f.wants("same id", f.CreateResume(t.Context(), sameID), domain.ErrResumeAlreadyExists)
	f.wants("another id", f.CreateResume(t.Context(), f.newResume(first.UserID, at(1))), domain.ErrResumeAlreadyExists)
	f.hasResume("first", first)

	// An id is the owner's own: somebody else may have the same.
	sameID.UserID = f.user().ID
	f.must(f.CreateResume(t.Context(), sameID))
	f.hasResume("somebody else's", sameID)
	f.must(f.DeleteResume(t.Context(), sameID.UserID))
	f.hasResume("first", first)
}

func resumeOneEachOfMany(t *testing.T, f fixture) {
	owner := f.user().ID
	resumes := make([]domain.Resume, 8)
	for i := range resumes {
		resumes[i] = f.newResume(owner, at(i))
	}
	errs := atOnce(len(resumes), func(i int) error { return f.CreateResume(t.Context(), resumes[i]) })
	if stored, refused := count(errs, nil), count(errs, domain.ErrResumeAlreadyExists); stored != 1 || refused != 7 {
		t.Errorf("%d stored and %d refused, want 1 and 7: %v", stored, refused, errs)
	}
	for i, err := range errs {
		if err == nil {
			f.hasResume("the one that was stored", resumes[i])
		}
	}
}

func resumeNoAccount(t *testing.T, f fixture) {
	resume := f.newResume(uuid.New(), at(0))
	f.wants("create", f.CreateResume(t.Context(), resume), domain.ErrUserNotFound)
	_, err := f.FindResume(t.Context(), resume.UserID)
	f.wants("find", err, domain.ErrResumeNotFound)
}

func resumeReplace(t *testing.T, f fixture) {
	resume, other := f.resume(f.user().ID, at(0)), f.resume(f.user().ID, at(0))
	replaced := resume
	f.must(replaced.Replace("new", at(5)))
	replaced.CreatedAt = at(4)
	f.must(f.ReplaceResume(t.Context(), replaced))
	replaced.CreatedAt = resume.CreatedAt
	f.hasResume("replaced", replaced)
	f.hasResume("the other", other)
}

func resumeDelete(t *testing.T, f fixture) {
	resume, other := f.resume(f.user().ID, at(0)), f.resume(f.user().ID, at(0))
	f.must(f.DeleteResume(t.Context(), resume.UserID))
	_, err := f.FindResume(t.Context(), resume.UserID)
	f.wants("find", err, domain.ErrResumeNotFound)
	f.wants("delete again", f.DeleteResume(t.Context(), resume.UserID), domain.ErrResumeNotFound)
	f.wants("replace", f.ReplaceResume(t.Context(), resume), domain.ErrResumeNotFound)
	f.hasResume("the other", other)

	second := f.resume(resume.UserID, at(9))
	f.wants("replace the first", f.ReplaceResume(t.Context(), resume), domain.ErrResumeNotFound)
	f.hasResume("the second", second)
}

func resumeDeleteAtOnce(t *testing.T, f fixture) {
	resume := f.resume(f.user().ID, at(0))
	errs := atOnce(6, func(int) error { return f.DeleteResume(t.Context(), resume.UserID) })
	if done, absent := count(errs, nil), count(errs, domain.ErrResumeNotFound); done != 1 || absent != 5 {
		t.Errorf("%d deleted it and %d found none, want 1 and 5: %v", done, absent, errs)
	}
}
