package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ExportAccount gives a person all that is stored about them.
type ExportAccount struct {
	Accounts ports.AccountReader
}

// Execute returns the user's account, or [domain.ErrUserNotFound].
func (u ExportAccount) Execute(ctx context.Context, user uuid.UUID) (domain.Account, error) {
	return u.Accounts.FindAccount(ctx, user)
}
