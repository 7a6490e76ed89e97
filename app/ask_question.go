package app

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// AskQuestion runs an operation that generates a question.
type AskQuestion struct {
	Sessions    ports.SessionDetailReader
	Messages    ports.MessageLister
	Asked       ports.AskedQuestionLister
	Interviewer ports.QuestionAsker
	Questions   ports.QuestionWriter
	Clock       Clock
}

// Execute lets the interviewer ask the next question of the operation's
// session and stores it with the operation, completed. If another question is
// stored while the interviewer thinks, it asks again, for the number after.
// It returns a [domain.OperationFailure] that ends the operation, or
// [ports.ErrLeaseLost], or another error, after which the same may succeed.
func (u AskQuestion) Execute(ctx context.Context, operation domain.Operation) error {
	for {
		interview, err := readInterview(ctx, u.Sessions, u.Messages, operation)
		if err != nil {
			return err
		}
		if interview.AskedBefore, err = u.Asked.ListAskedBefore(ctx, operation.UserID, operation.SessionID); err != nil {
			return err
		}
		if interview.Session.State().Status == domain.SessionCompleted {
			return domain.FailureSessionNotActive // before anybody thinks in vain
		}
		text, err := u.Interviewer.AskQuestion(ctx, interview)
		if err != nil {
			return err
		}
		now := u.Clock.now()
		session := interview.Session
		question, err := session.Ask(uuid.New(), text, now)
		if err != nil {
			return domain.FailureSessionNotActive
		}
		completed := operation
		completed.CompleteQuestion(question, now)
		// Each time around, another question was stored: it ends.
		if err := u.Questions.SaveQuestion(ctx, completed, session, question); !errors.Is(err, ports.ErrChanged) {
			return err
		}
	}
}

// readInterview gathers what an interviewer has to know.
func readInterview(ctx context.Context, sessions ports.SessionDetailReader, messages ports.MessageLister, operation domain.Operation) (domain.Interview, error) {
	detail, err := sessions.FindSessionDetail(ctx, operation.UserID, operation.SessionID)
	if errors.Is(err, domain.ErrSessionNotFound) {
		return domain.Interview{}, domain.FailureSessionNotFound
	}
	if err != nil {
		return domain.Interview{}, err
	}
	if detail.Posting == nil {
		return domain.Interview{}, domain.FailureJobPostingRequired
	}
	interview := domain.Interview{Session: detail.Session, Posting: *detail.Posting}
	if detail.Resume != nil {
		interview.Resume = detail.Resume.Content
	}
	interview.Messages, err = messages.ListMessages(ctx, operation.UserID, operation.SessionID, nil, 0)
	if errors.Is(err, domain.ErrSessionNotFound) {
		return domain.Interview{}, domain.FailureSessionNotFound
	}
	return interview, err
}
