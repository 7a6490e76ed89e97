package app_test

import (
	"errors"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// changePassword is the use case with ports that expect no call.
type changePassword struct {
	app.ChangePassword
	users    *mocks.MockUserReader
	verifier *mocks.MockPasswordVerifier
	hasher   *mocks.MockPasswordHasher
	replacer *mocks.MockPasswordReplacer
	tokens   *mocks.MockTokenIssuer
}

func newChangePassword(t *testing.T) changePassword {
	ctrl := gomock.NewController(t)
	f := changePassword{users: mocks.NewMockUserReader(ctrl), verifier: mocks.NewMockPasswordVerifier(ctrl),
		hasher: mocks.NewMockPasswordHasher(ctrl), replacer: mocks.NewMockPasswordReplacer(ctrl), tokens: mocks.NewMockTokenIssuer(ctrl)}
	f.ChangePassword = app.ChangePassword{Users: f.users, Verifier: f.verifier, Hasher: f.hasher, Replacer: f.replacer,
		Tokens: f.tokens, Clock: clock}
	return f
}

func TestChangePassword(t *testing.T) {
	change := domain.PasswordChange{Current: " My PassWord ", New: "a better one"}
	t.Run("stores the hash and gives a token of the next version", func(t *testing.T) {
		f := newChangePassword(t)
		f.users.EXPECT().FindUser(gomock.Any(), owner).Return(account, nil)
		f.verifier.EXPECT().VerifyPassword(gomock.Any(), account.PasswordHash, change.Current).Return(true, nil)
		f.hasher.EXPECT().HashPassword(gomock.Any(), change.New).Return("$new$", nil)
		f.replacer.EXPECT().ReplacePassword(gomock.Any(), owner, account.PasswordHash, "$new$", now).Return(4, nil)
		f.tokens.EXPECT().IssueToken(domain.AccessToken{UserID: owner, Version: 4}, now).Return("a.b.c", nil)
		token, err := f.Execute(t.Context(), owner, change)
		equal(t, "error", err, nil)
		equal(t, "token", token, "a.b.c")
	})

	t.Run("stores nothing if the current password is wrong", func(t *testing.T) {
		f := newChangePassword(t)
		f.users.EXPECT().FindUser(gomock.Any(), owner).Return(account, nil)
		f.verifier.EXPECT().VerifyPassword(gomock.Any(), account.PasswordHash, change.Current).Return(false, nil)
		token, err := f.Execute(t.Context(), owner, change)
		refused(t, token, err, domain.ErrWrongPassword)
	})

	t.Run("gives no token if the password was changed meanwhile", func(t *testing.T) {
		f := newChangePassword(t)
		f.users.EXPECT().FindUser(gomock.Any(), owner).Return(account, nil)
		f.verifier.EXPECT().VerifyPassword(gomock.Any(), gomock.Any(), gomock.Any()).Return(true, nil)
		f.hasher.EXPECT().HashPassword(gomock.Any(), change.New).Return("$new$", nil)
		f.replacer.EXPECT().ReplacePassword(gomock.Any(), owner, account.PasswordHash, "$new$", now).Return(0, domain.ErrWrongPassword)
		token, err := f.Execute(t.Context(), owner, change)
		refused(t, token, err, domain.ErrWrongPassword)
	})

	t.Run("asks nothing about what breaks a rule, and names each field", func(t *testing.T) {
		f := newChangePassword(t)
		token, err := f.Execute(t.Context(), owner, domain.PasswordChange{Current: "\x00", New: "short"})
		var failure *domain.Error
		if !errors.As(err, &failure) || len(failure.Fields) != 2 || token != "" {
			t.Errorf("got %q, %v", token, err)
		}
	})

	t.Run("says that the account is gone", func(t *testing.T) {
		f := newChangePassword(t)
		f.users.EXPECT().FindUser(gomock.Any(), owner).Return(domain.User{}, domain.ErrUserNotFound)
		token, err := f.Execute(t.Context(), owner, change)
		refused(t, token, err, domain.ErrUserNotFound)
	})
}
