package app_test

import (
	"errors"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

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
