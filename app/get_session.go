package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// GetSession opens one session.
type GetSession struct {
	Sessions ports.SessionDetailReader
	Messages ports.MessageLister
}

// Execute returns the owner's session with its posting, the owner's résumé
// and the messages so far, oldest first, or [domain.ErrSessionNotFound].
func (u GetSession) Execute(ctx context.Context, owner, id uuid.UUID) (domain.SessionDetail, []domain.Message, error) {
	detail, err := u.Sessions.FindSessionDetail(ctx, owner, id)
	if err != nil {
		return domain.SessionDetail{}, nil, err
	}
	messages, err := u.Messages.ListMessages(ctx, owner, id, nil, 0)
	if err != nil {
		return domain.SessionDetail{}, nil, err
	}
	return detail, messages, nil
}
