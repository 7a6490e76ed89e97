package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// SubmitAnswer adds an answer to a session.
type SubmitAnswer struct {
	Sessions ports.SessionReader
	Answers  ports.AnswerWriter
	Clock    Clock
}

// Execute stores the text, as it is, as the last message of the owner's
// session and returns the message. It returns a VALIDATION_ERROR of the field
// answer_text, [domain.ErrSessionNotFound], or [domain.ErrSessionNotActive].
func (u SubmitAnswer) Execute(ctx context.Context, owner, sessionID uuid.UUID, text string) (domain.Message, error) {
	if err := domain.CheckAnswer(text); err != nil {
		return domain.Message{}, err
	}
	var stored domain.Message
	err := decide(ctx, u.Sessions, owner, sessionID, func(loaded domain.SessionSummary) error {
		answer, err := loaded.Session.Answer(uuid.New(), text, u.Clock.now())
		if err != nil {
			return err
		}
		stored, err = u.Answers.CreateAnswer(ctx, answer)
		return err
	})
	if err != nil {
		return domain.Message{}, err
	}
	return stored, nil
}
