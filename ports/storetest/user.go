package storetest

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
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

func userReplacePasswordHash(t *testing.T, f fixture) {
	want, other := f.user(), f.user()
	former := want.PasswordHash
	want.PasswordHash = "$new$"
	for _, change := range []struct {
		name         string
		user         uuid.UUID
		former, hash string
	}{
		{"of the former hash", want.ID, former, want.PasswordHash},
		{"of a hash that it has no longer", want.ID, former, "$late$"},
		{"of somebody else's hash", want.ID, other.PasswordHash, "$strange$"},
		{"of an unknown account", uuid.New(), former, "$lost$"},
	} {
		f.must(f.ReplacePasswordHash(t.Context(), change.user, change.former, change.hash))
		got, err := f.FindUser(t.Context(), want.ID)
		f.must(err)
		equal(f, "account after a change "+change.name, got, want)
	}
	got, err := f.FindUser(t.Context(), other.ID)
	f.must(err)
	equal(f, "somebody else", got, other)
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

func userEndTokens(t *testing.T, f fixture) {
	user, other := f.user(), f.user()
	for want := range 3 {
		version, err := f.FindTokenVersion(t.Context(), user.ID)
		f.must(err)
		equal(f, "version", version, want)
		version, err = f.EndTokens(t.Context(), user.ID, at(10+want))
		f.must(err)
		equal(f, "next version", version, want+1)
	}
	user.TokenVersion, user.UpdatedAt = 3, at(12)
	got, err := f.FindUserByEmail(t.Context(), user.Email)
	f.must(err)
	equal(f, "user", got, user)
	version, err := f.FindTokenVersion(t.Context(), other.ID)
	f.must(err)
	equal(f, "somebody else's version", version, 0)
	_, err = f.EndTokens(t.Context(), uuid.New(), at(20))
	f.wants("end those of nobody", err, domain.ErrUserNotFound)
	_, err = f.FindTokenVersion(t.Context(), uuid.New())
	f.wants("version of nobody", err, domain.ErrUserNotFound)
}

func userReplacePassword(t *testing.T, f fixture) {
	user := f.user()
	former := user.PasswordHash
	version, err := f.ReplacePassword(t.Context(), user.ID, former, "another", at(10))
	f.must(err)
	equal(f, "version", version, 1)
	user.PasswordHash, user.TokenVersion, user.UpdatedAt = "another", 1, at(10)
	_, err = f.ReplacePassword(t.Context(), user.ID, former, "a third", at(20))
	f.wants("in the place of one that is none any more", err, domain.ErrWrongPassword)
	got, err := f.FindUser(t.Context(), user.ID)
	f.must(err)
	equal(f, "user", got, user)
	_, err = f.ReplacePassword(t.Context(), uuid.New(), former, "another", at(20))
	f.wants("nobody's", err, domain.ErrUserNotFound)
}

func userReplacePasswordAtOnce(t *testing.T, f fixture) {
	user := f.user()
	errs := atOnce(8, func(i int) error {
		_, err := f.ReplacePassword(t.Context(), user.ID, user.PasswordHash, "new"+string(rune('0'+i)), at(10))
		return err
	})
	if n := f.outcomes("replace", errs, domain.ErrWrongPassword); n != 1 {
		t.Errorf("%d of 8 replaced it", n)
	}
	version, err := f.FindTokenVersion(t.Context(), user.ID)
	f.must(err)
	equal(f, "version", version, 1)
}

func userDelete(t *testing.T, f fixture) {
	ctx, h, other := t.Context(), f.household(), f.household()
	defer other.cleanUp()
	f.must(f.SaveAPIKey(ctx, h.user.ID, "encrypted", at(1)))
	f.retake(h.completed, at(20))
	key := newKey(h.user.ID, "body")
	_, _, err := f.runOnce(key, replies(newReply(201, "", "{}")))
	f.must(err)

	f.must(f.DeleteUser(ctx, h.user.ID))
	for what, call := range map[string]struct {
		call func() error
		want error
	}{
		"user":      {func() error { _, err := f.FindUser(ctx, h.user.ID); return err }, domain.ErrUserNotFound},
		"e-mail":    {func() error { _, err := f.FindUserByEmail(ctx, h.user.Email); return err }, domain.ErrUserNotFound},
		"account":   {func() error { _, err := f.FindAccount(ctx, h.user.ID); return err }, domain.ErrUserNotFound},
		"resume":    {func() error { _, err := f.FindResume(ctx, h.user.ID); return err }, domain.ErrResumeNotFound},
		"posting":   {func() error { _, err := f.FindJobPosting(ctx, h.user.ID, h.posting.ID); return err }, domain.ErrJobPostingNotFound},
		"session":   {func() error { _, err := f.FindSession(ctx, h.user.ID, h.active.ID()); return err }, domain.ErrSessionNotFound},
		"operation": {func() error { _, err := f.FindOperation(ctx, h.user.ID, h.lost.ID); return err }, domain.ErrOperationNotFound},
		"feedback":  {func() error { _, err := f.FindFeedback(ctx, h.user.ID, h.completed.ID()); return err }, domain.ErrSessionNotFound},
		"again":     {func() error { return f.DeleteUser(ctx, h.user.ID) }, domain.ErrUserNotFound},
		"what an operation made": {func() error {
			operation, session, question := f.newQuestion(h.lost, h.active, "And then?", at(9))
			return f.SaveQuestion(ctx, operation, session, question)
		}, ports.ErrChanged},
	} {
		f.wants(what, call.call(), call.want)
	}

	// Whoever has the address, or even the id, next finds nothing of it.
	again := domain.User{ID: h.user.ID, Email: h.user.Email, CreatedAt: at(0), UpdatedAt: at(1)}
	f.must(f.CreateUser(ctx, again))
	account, err := f.FindAccount(ctx, again.ID)
	f.must(err)
	equal(f, "account", account, domain.Account{User: again, Sessions: account.Sessions})
	equal(f, "sessions", len(account.Sessions), 0)
	_, replayed, err := f.runOnce(key, replies(newReply(201, "", "{}")))
	f.must(err)
	equal(f, "replayed", replayed, false)
	other.unchanged()
}

func userAccount(t *testing.T, f fixture) {
	h := f.household()
	defer h.cleanUp()
	f.must(f.SaveAPIKey(t.Context(), h.user.ID, "encrypted", h.user.UpdatedAt))
	got, err := f.FindAccount(t.Context(), h.user.ID)
	f.must(err)

	want := domain.Account{User: h.user, APIKeySaved: true, Resume: &h.resume, Postings: []domain.JobPosting{h.posting},
		Sessions:  got.Sessions,
		Messages:  h.messages,
		Feedbacks: []domain.Feedback{h.feedback}, Operations: got.Operations}
	want.User.PasswordHash = ""
	equal(f, "account", got, want)
	var sessions []domain.InterviewSession
	for _, summary := range got.Sessions {
		sessions = append(sessions, summary.Session)
	}
	equal(f, "sessions", sessions, []domain.InterviewSession{h.active, h.completed})
	if len(got.Operations) != len(h.operations) {
		t.Errorf("there are %d operations, want %d", len(got.Operations), len(h.operations))
	}
	for _, operation := range got.Operations {
		if !slices.ContainsFunc(h.operations, func(o domain.Operation) bool { return reflect.DeepEqual(o, operation) }) {
			t.Errorf("operation %+v", operation)
		}
	}

	// What is handed out is not what is stored.
	got.Postings[0].TechStack[0] = "changed"
	got.Feedbacks[0].Assessment.KnowledgeGaps[0] = "changed"
	h.unchanged()
	_, err = f.FindAccount(t.Context(), uuid.New())
	f.wants("nobody's", err, domain.ErrUserNotFound)
}
