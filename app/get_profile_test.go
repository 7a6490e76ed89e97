package app_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// getProfile is the use case with a reader that expects no call.
type getProfile struct {
	app.GetProfile
	users *mocks.MockUserReader
}

func newGetProfile(t *testing.T) getProfile {
	users := mocks.NewMockUserReader(gomock.NewController(t))
	return getProfile{app.GetProfile{Users: users}, users}
}

func TestGetProfile(t *testing.T) {
	t.Run("returns the caller's account", func(t *testing.T) {
		f := newGetProfile(t)
		f.users.EXPECT().FindUser(gomock.Any(), owner).Return(account, nil)
		got, err := f.Execute(t.Context(), owner)
		equal(t, "error", err, nil)
		equal(t, "account", got, account)
	})

	t.Run("says that the account is gone", func(t *testing.T) {
		f := newGetProfile(t)
		f.users.EXPECT().FindUser(gomock.Any(), owner).Return(domain.User{}, domain.ErrUserNotFound)
		got, err := f.Execute(t.Context(), owner)
		refused(t, got, err, domain.ErrUserNotFound)
	})

	for _, test := range failures {
		t.Run("passes on that the reader "+test.name, func(t *testing.T) {
			f := newGetProfile(t)
			f.users.EXPECT().FindUser(gomock.Any(), owner).Return(domain.User{}, test.err)
			got, err := f.Execute(t.Context(), owner)
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newGetProfile(t)
		f.users.EXPECT().FindUser(gomock.Any(), owner).
			DoAndReturn(func(ctx context.Context, _ uuid.UUID) (domain.User, error) { return domain.User{}, ctx.Err() })
		got, err := f.Execute(cancelled(t), owner)
		refused(t, got, err, context.Canceled)
	})
}
