package app_test

import (
	"errors"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

func TestLogOutEverywhere(t *testing.T) {
	for _, want := range []error{nil, domain.ErrUserNotFound, errStorage} {
		tokens := mocks.NewMockTokenEnder(gomock.NewController(t))
		tokens.EXPECT().EndTokens(gomock.Any(), owner, now).Return(1, want)
		if err := (app.LogOutEverywhere{Tokens: tokens, Clock: clock}).Execute(t.Context(), owner); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}
