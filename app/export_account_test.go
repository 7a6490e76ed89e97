package app_test

import (
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

func TestExportAccount(t *testing.T) {
	want := domain.Account{User: account, Messages: []domain.Message{{ID: uuid.New()}}}
	accounts := mocks.NewMockAccountReader(gomock.NewController(t))
	accounts.EXPECT().FindAccount(gomock.Any(), owner).Return(want, nil)
	got, err := app.ExportAccount{Accounts: accounts}.Execute(t.Context(), owner)
	equal(t, "error", err, nil)
	equal(t, "account", got, want)
}
