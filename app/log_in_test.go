package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// logIn is the use case with ports that expect no call: an issuer that is
// told nothing more proves that a refused login gives no token.
type logIn struct {
	app.LogIn
	users     *mocks.MockUserByEmailReader
	passwords *mocks.MockPasswordVerifier
	rehasher  *mocks.MockPasswordRehasher
	hashes    *mocks.MockPasswordHashReplacer
	tokens    *mocks.MockTokenIssuer
}

func newLogIn(t *testing.T) logIn {
	ctrl := gomock.NewController(t)
	f := logIn{
		users:     mocks.NewMockUserByEmailReader(ctrl),
		passwords: mocks.NewMockPasswordVerifier(ctrl),
		rehasher:  mocks.NewMockPasswordRehasher(ctrl),
		hashes:    mocks.NewMockPasswordHashReplacer(ctrl),
		tokens:    mocks.NewMockTokenIssuer(ctrl),
	}
	f.LogIn = app.LogIn{Users: f.users, Passwords: f.passwords, Rehasher: f.rehasher, Hashes: f.hashes,
		Tokens: f.tokens, Clock: clock}
	return f
}

var (
	account = domain.User{ID: owner, Email: "name@example.com", PasswordHash: "$hash$", TokenVersion: 3, CreatedAt: created, UpdatedAt: created}
	typed   = domain.Credentials{Email: " Name@Example.COM ", Password: " My PassWord "}
)

func (f logIn) finds(user domain.User, err error) {
	f.users.EXPECT().FindUserByEmail(gomock.Any(), account.Email).Return(user, err)
}

func (f logIn) verifies(hash string, ok bool, err error) {
	f.passwords.EXPECT().VerifyPassword(gomock.Any(), hash, typed.Password).Return(ok, err)
}

// accepts is an account that is found, with its password.
func (f logIn) accepts(needsRehash bool) {
	f.finds(account, nil)
	f.verifies(account.PasswordHash, true, nil)
	f.rehasher.EXPECT().NeedsRehash(account.PasswordHash).Return(needsRehash)
}

func (f logIn) rehashes(hash string, err error) {
	f.rehasher.EXPECT().HashPassword(gomock.Any(), typed.Password).Return(hash, err)
}

func (f logIn) issues() {
	f.tokens.EXPECT().IssueToken(domain.AccessToken{UserID: owner, Version: 3}, now).Return("a.b.c", nil)
}

func TestLogIn(t *testing.T) {
	t.Run("issues a token for the account with the normalised e-mail, from now on", func(t *testing.T) {
		f := newLogIn(t)
		f.accepts(false)
		f.issues()
		got, err := f.Execute(t.Context(), typed)
		if err != nil || got != "a.b.c" {
			t.Errorf("got %q, %v", got, err)
		}
	})

	t.Run("takes a short password for a wrong one", func(t *testing.T) {
		f := newLogIn(t)
		f.finds(account, nil)
		f.passwords.EXPECT().VerifyPassword(gomock.Any(), account.PasswordHash, "x").Return(false, nil)
		got, err := f.Execute(t.Context(), domain.Credentials{Email: account.Email, Password: "x"})
		refused(t, got, err, domain.ErrInvalidCredentials)
	})

	t.Run("answers an unknown e-mail as it does a wrong password, after verifying an empty hash", func(t *testing.T) {
		wrong := newLogIn(t)
		wrong.finds(account, nil)
		wrong.verifies(account.PasswordHash, false, nil)
		got, wrongErr := wrong.Execute(t.Context(), typed)
		refused(t, got, wrongErr, domain.ErrInvalidCredentials)

		for _, notFound := range []error{domain.ErrUserNotFound, fmt.Errorf("find: %w", domain.ErrUserNotFound)} {
			unknown := newLogIn(t)
			unknown.finds(domain.User{}, notFound)
			unknown.verifies("", false, nil)
			got, err := unknown.Execute(t.Context(), typed)
			refused(t, got, err, domain.ErrInvalidCredentials)
			equal(t, "answer to an unknown e-mail", err, wrongErr)
		}
	})
}

func TestLogInCallsNoPortWhen(t *testing.T) {
	for _, test := range []struct {
		name            string
		email, password string
		fields          []any
	}{
		{"the e-mail is bad", "Name <a@b.c>", "12345678", []any{"email"}},
		{"the password is too long", "name@example.com", strings.Repeat("p", 129), []any{"password"}},
		{"both are bad, which it says at once", "", "\x00", []any{"email", "password"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := newLogIn(t).Execute(t.Context(), domain.Credentials{Email: test.email, Password: test.password})
			refusedFields(t, got, err, test.fields...)
		})
	}
}

func TestLogInVerifiesNothingWhen(t *testing.T) {
	for _, test := range failures {
		t.Run("the reader "+test.name, func(t *testing.T) {
			f := newLogIn(t)
			f.finds(domain.User{}, test.err)
			got, err := f.Execute(t.Context(), typed)
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away", func(t *testing.T) {
		f := newLogIn(t)
		f.users.EXPECT().FindUserByEmail(gomock.Any(), account.Email).
			DoAndReturn(func(ctx context.Context, _ string) (domain.User, error) { return domain.User{}, ctx.Err() })
		got, err := f.Execute(cancelled(t), typed)
		refused(t, got, err, context.Canceled)
	})
}

func TestLogInIssuesNothingWhen(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"the verifier is busy", fmt.Errorf("wait for a turn: %w", domain.ErrUnavailable)},
		{"the stored hash cannot be read", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newLogIn(t)
			f.finds(account, nil)
			f.verifies(account.PasswordHash, false, test.err)
			got, err := f.Execute(t.Context(), typed)
			refused(t, got, err, test.err)
		})
	}

	t.Run("the verifier is busy with an unknown e-mail", func(t *testing.T) {
		f := newLogIn(t)
		f.finds(domain.User{}, domain.ErrUserNotFound)
		f.verifies("", false, domain.ErrUnavailable)
		got, err := f.Execute(t.Context(), typed)
		refused(t, got, err, domain.ErrUnavailable)
	})

	t.Run("the caller went away while the password was verified", func(t *testing.T) {
		f := newLogIn(t)
		f.finds(account, nil)
		f.passwords.EXPECT().VerifyPassword(gomock.Any(), account.PasswordHash, typed.Password).
			DoAndReturn(func(ctx context.Context, _, _ string) (bool, error) { return false, ctx.Err() })
		got, err := f.Execute(cancelled(t), typed)
		refused(t, got, err, context.Canceled)
	})
}

func TestLogInPassesOnThatTheIssuerFails(t *testing.T) {
	f := newLogIn(t)
	f.accepts(false)
	f.tokens.EXPECT().IssueToken(domain.AccessToken{UserID: owner, Version: 3}, now).Return("", errStorage)
	got, err := f.Execute(t.Context(), typed)
	refused(t, got, err, errStorage)
}

func TestLogInRehashes(t *testing.T) {
	logsIn := func(t *testing.T, f logIn) {
		t.Helper()
		f.issues()
		if got, err := f.Execute(t.Context(), typed); err != nil || got != "a.b.c" {
			t.Errorf("got %q, %v", got, err)
		}
	}

	t.Run("a password that was hashed with other parameters", func(t *testing.T) {
		f := newLogIn(t)
		f.accepts(true)
		f.rehashes("$new$", nil)
		f.hashes.EXPECT().ReplacePasswordHash(gomock.Any(), owner, account.PasswordHash, "$new$").Return(nil)
		logsIn(t, f)
	})

	t.Run("nothing when the hasher is busy, and logs in", func(t *testing.T) {
		f := newLogIn(t)
		f.accepts(true)
		f.rehashes("", domain.ErrUnavailable)
		logsIn(t, f)
	})

	for _, test := range failures {
		t.Run("in vain when the storage "+test.name+", and logs in", func(t *testing.T) {
			f := newLogIn(t)
			f.accepts(true)
			f.rehashes("$new$", nil)
			f.hashes.EXPECT().ReplacePasswordHash(gomock.Any(), owner, account.PasswordHash, "$new$").Return(test.err)
			logsIn(t, f)
		})
	}
}
