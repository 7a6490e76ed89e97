package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/ports"
)

// LogOutEverywhere ends all tokens of a person.
type LogOutEverywhere struct {
	Tokens ports.TokenEnder
	Clock  Clock
}

// Execute ends every token that the user has, the one of this call included. It
// may return [domain.ErrUserNotFound].
func (u LogOutEverywhere) Execute(ctx context.Context, user uuid.UUID) error {
	_, err := u.Tokens.EndTokens(ctx, user, u.Clock.now())
	return err
}
