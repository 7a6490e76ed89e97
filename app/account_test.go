package app_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

func TestAuthenticate(t *testing.T) {
	for name, test := range map[string]struct {
		stored, said int
		err, want    error
	}{
		"the first version":       {0, 0, nil, nil},
		"a later version":         {3, 3, nil, nil},
		"an ended one":            {1, 0, nil, domain.ErrTokenEnded},
		"one that was never made": {0, 1, nil, domain.ErrTokenEnded},
		"no account":              {0, 0, domain.ErrUserNotFound, domain.ErrUserNotFound},
		"no storage":              {0, 0, errStorage, errStorage},
	} {
		versions := mocks.NewMockTokenVersionReader(gomock.NewController(t))
		versions.EXPECT().FindTokenVersion(gomock.Any(), owner).Return(test.stored, test.err)
		err := app.Authenticate{Versions: versions}.Execute(t.Context(), domain.AccessToken{UserID: owner, Version: test.said})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestLogOutEverywhere(t *testing.T) {
	for _, want := range []error{nil, domain.ErrUserNotFound, errStorage} {
		tokens := mocks.NewMockTokenEnder(gomock.NewController(t))
		tokens.EXPECT().EndTokens(gomock.Any(), owner, now).Return(1, want)
		if err := (app.LogOutEverywhere{Tokens: tokens, Clock: clock}).Execute(t.Context(), owner); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

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

func TestDeleteAccount(t *testing.T) {
	for name, test := range map[string]struct {
		password  string
		ok        bool
		err, want error
		asks      bool
	}{
		"the password is right": {"My PassWord", true, nil, nil, true},
		"the password is wrong": {"x", false, nil, domain.ErrWrongPassword, false},
		"it cannot be checked":  {"x", false, errStorage, errStorage, false},
	} {
		t.Run(name, func(t *testing.T) {
			ctrl := gomock.NewController(t)
			users, verifier, deleter := mocks.NewMockUserReader(ctrl), mocks.NewMockPasswordVerifier(ctrl), mocks.NewMockUserDeleter(ctrl)
			users.EXPECT().FindUser(gomock.Any(), owner).Return(account, nil)
			verifier.EXPECT().VerifyPassword(gomock.Any(), account.PasswordHash, test.password).Return(test.ok, test.err)
			if test.asks {
				deleter.EXPECT().DeleteUser(gomock.Any(), owner)
			}
			err := app.DeleteAccount{Users: users, Verifier: verifier, Deleter: deleter}.Execute(t.Context(), owner, test.password)
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	t.Run("what no password can be is not checked", func(t *testing.T) {
		var failure *domain.Error
		if err := (app.DeleteAccount{}).Execute(t.Context(), owner, "\x00"); !errors.As(err, &failure) || failure.Kind != domain.KindValidation {
			t.Errorf("got %v", err)
		}
	})
}

func TestExportAccount(t *testing.T) {
	want := domain.Account{User: account, Messages: []domain.Message{{ID: uuid.New()}}}
	accounts := mocks.NewMockAccountReader(gomock.NewController(t))
	accounts.EXPECT().FindAccount(gomock.Any(), owner).Return(want, nil)
	got, err := app.ExportAccount{Accounts: accounts}.Execute(t.Context(), owner)
	equal(t, "error", err, nil)
	equal(t, "account", got, want)
}
