package app_test

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// registerUser is the use case with ports that expect no call.
type registerUser struct {
	app.RegisterUser
	users     *mocks.MockUserWriter
	passwords *mocks.MockPasswordHasher
}

func newRegisterUser(t *testing.T) registerUser {
	ctrl := gomock.NewController(t)
	users, passwords := mocks.NewMockUserWriter(ctrl), mocks.NewMockPasswordHasher(ctrl)
	return registerUser{app.RegisterUser{Users: users, Passwords: passwords, Clock: clock}, users, passwords}
}

func (f registerUser) stores() *gomock.Call {
	return f.users.EXPECT().CreateUser(gomock.Any(), gomock.AssignableToTypeOf(domain.User{}))
}

func TestRegisterUser(t *testing.T) {
	t.Run("stores the hash in the place of the password, under the normalised e-mail", func(t *testing.T) {
		f := newRegisterUser(t)
		f.passwords.EXPECT().HashPassword(gomock.Any(), " My PassWord ").Return("$hash$", nil)
		var saved domain.User
		f.stores().DoAndReturn(func(_ context.Context, user domain.User) error {
			saved = user
			return nil
		})

		got, err := f.Execute(t.Context(), domain.Credentials{Email: " Name@Example.COM\n", Password: " My PassWord "})
		if err != nil {
			t.Fatal(err)
		}
		newID(t, saved.ID)
		equal(t, "saved account", saved, domain.User{
			ID:           saved.ID,
			Email:        "name@example.com",
			PasswordHash: "$hash$",
			CreatedAt:    now,
			UpdatedAt:    now,
		})
		equal(t, "returned account", got, saved)
	})
}

func TestRegisterUserCallsNoPortWhen(t *testing.T) {
	for _, test := range []struct {
		name            string
		email, password string
		fields          []any
	}{
		{"the e-mail is bad", "name@localhost", "8 horses", []any{"email"}},
		{"the password is short", "name@example.com", "1234567", []any{"password"}},
		{"both are bad, which it says at once", "", "", []any{"email", "password"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := newRegisterUser(t).Execute(t.Context(), domain.Credentials{Email: test.email, Password: test.password})
			refusedFields(t, got, err, test.fields...)
		})
	}
}

func TestRegisterUserStoresNothingWhen(t *testing.T) {
	credentials := domain.Credentials{Email: "name@example.com", Password: "8 horses"}
	for _, test := range []struct {
		name string
		err  error
	}{
		{"the hasher is busy", fmt.Errorf("wait for a turn: %w", domain.ErrUnavailable)},
		{"the hasher fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newRegisterUser(t)
			f.passwords.EXPECT().HashPassword(gomock.Any(), credentials.Password).Return("", test.err)
			got, err := f.Execute(t.Context(), credentials)
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away", func(t *testing.T) {
		f := newRegisterUser(t)
		f.passwords.EXPECT().HashPassword(gomock.Any(), credentials.Password).
			DoAndReturn(func(ctx context.Context, _ string) (string, error) { return "", ctx.Err() })
		got, err := f.Execute(cancelled(t), credentials)
		refused(t, got, err, context.Canceled)
	})
}

func TestRegisterUserPassesOnThat(t *testing.T) {
	credentials := domain.Credentials{Email: "name@example.com", Password: "8 horses"}
	for _, test := range []struct {
		name string
		err  error
	}{
		{"the e-mail is taken", domain.ErrEmailAlreadyRegistered},
		{"the writer is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"the writer fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newRegisterUser(t)
			f.passwords.EXPECT().HashPassword(gomock.Any(), credentials.Password).Return("$hash$", nil)
			f.stores().Return(test.err)
			got, err := f.Execute(t.Context(), credentials)
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away before the account was stored", func(t *testing.T) {
		f := newRegisterUser(t)
		f.passwords.EXPECT().HashPassword(gomock.Any(), credentials.Password).Return("$hash$", nil)
		f.stores().DoAndReturn(func(ctx context.Context, _ domain.User) error { return ctx.Err() })
		got, err := f.Execute(cancelled(t), credentials)
		refused(t, got, err, context.Canceled)
	})
}
