package app_test

import (
	"errors"
	"testing"

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
