package storetest

import (
	"testing"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func userRoundTrip(t *testing.T, f fixture) {
	want := f.user()
	f.user() // somebody else
	got, err := f.FindUser(t.Context(), want.ID)
	f.must(err)
	equal(f, "by id", got, want)
	got, err = f.FindUserByEmail(t.Context(), want.Email)
	f.must(err)
	equal(f, "by e-mail", got, want)
}

func userUnknown(t *testing.T, f fixture) {
	_, err := f.FindUser(t.Context(), uuid.New())
	f.wants("by id", err, domain.ErrUserNotFound)
	_, err = f.FindUserByEmail(t.Context(), uuid.NewString()+"@example.com")
	f.wants("by e-mail", err, domain.ErrUserNotFound)
}

func userEmailTaken(t *testing.T, f fixture) {
	first := f.user()
	second := first
	second.ID = uuid.New()
	f.wants("second", f.CreateUser(t.Context(), second), domain.ErrEmailAlreadyRegistered)
	_, err := f.FindUser(t.Context(), second.ID)
	f.wants("find second", err, domain.ErrUserNotFound)
	got, err := f.FindUserByEmail(t.Context(), first.Email)
	f.must(err)
	equal(f, "first", got, first)
}

func userDuplicateID(t *testing.T, f fixture) {
	first := f.user()
	second := first
	second.Email = "second." + first.Email
	if err := f.CreateUser(t.Context(), second); err == nil {
		t.Error("a second account with the same id was stored")
	}
	got, err := f.FindUser(t.Context(), first.ID)
	f.must(err)
	equal(f, "first", got, first)
}

func userEmailTakenOfMany(t *testing.T, f fixture) {
	email := uuid.NewString() + "@example.com"
	errs := atOnce(8, func(int) error {
		return f.CreateUser(t.Context(), domain.User{ID: uuid.New(), Email: email, CreatedAt: at(0), UpdatedAt: at(0)})
	})
	if stored, refused := count(errs, nil), count(errs, domain.ErrEmailAlreadyRegistered); stored != 1 || refused != 7 {
		t.Errorf("%d stored and %d refused, want 1 and 7: %v", stored, refused, errs)
	}
}

func userSaveAPIKey(t *testing.T, f fixture) {
	want, other := f.user(), f.user()
	for i, encrypted := range []string{"v1.first", "v1.second", oddText} {
		want.UpdatedAt = at(10 + i)
		f.must(f.SaveAPIKey(t.Context(), want.ID, encrypted, want.UpdatedAt))
		got, err := f.FindUser(t.Context(), want.ID)
		f.must(err)
		equal(f, "by id", got, want)
		got, err = f.FindUserByEmail(t.Context(), want.Email)
		f.must(err)
		equal(f, "by e-mail", got, want)
	}
	got, err := f.FindUser(t.Context(), other.ID)
	f.must(err)
	equal(f, "somebody else", got, other)
	f.wants("unknown", f.SaveAPIKey(t.Context(), uuid.New(), "v1.third", at(20)), domain.ErrUserNotFound)
}
