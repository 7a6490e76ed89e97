package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ListMessages lists the messages of a session.
type ListMessages struct {
	Messages ports.MessageLister
}

// MessagePage asks for a part of a list: at most Limit messages after a place.
type MessagePage struct {
	After *domain.MessagePlace // nil for the first part
	Limit int                  // 1 or more
}

// Execute returns the messages of the owner's session, oldest first: all, or
// the page. The place is where the next page begins, nil if there is none. It
// returns [domain.ErrSessionNotFound].
func (u ListMessages) Execute(ctx context.Context, owner, sessionID uuid.UUID, page *MessagePage) ([]domain.Message, *domain.MessagePlace, error) {
	if page == nil {
		messages, err := u.Messages.ListMessages(ctx, owner, sessionID, nil, 0)
		return messages, nil, err
	}
	messages, err := u.Messages.ListMessages(ctx, owner, sessionID, page.After, page.Limit+1)
	if err != nil || len(messages) <= page.Limit {
		return messages, nil, err
	}
	messages = messages[:page.Limit]
	next := messages[page.Limit-1].Place()
	return messages, &next, nil
}
