package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// MessageLister lists the messages of a session.
type MessageLister interface {
	// ListMessages returns the messages of the owner's session after a place,
	// oldest first: all, or at most limit if that is not 0. A nil place is
	// before the first. It returns [domain.ErrSessionNotFound] if there is no
	// such session.
	ListMessages(ctx context.Context, owner, sessionID uuid.UUID, after *domain.MessagePlace, limit int) ([]domain.Message, error)
}

// AskedQuestionLister lists what was asked before.
type AskedQuestionLister interface {
	// ListAskedBefore returns the texts of the questions of the other
	// attempts of the chain that the owner's session is part of, in no
	// particular order. An unknown session has none.
	ListAskedBefore(ctx context.Context, owner, sessionID uuid.UUID) ([]string, error)
}

// AnswerWriter stores answers.
type AnswerWriter interface {
	// CreateAnswer stores the answer as the last message of its session and
	// returns it with its Seq. If the session is not active by then, or gone,
	// it returns [ErrChanged]: an answer is either before a completion of its
	// session or refused. The session's update time stays.
	CreateAnswer(ctx context.Context, answer domain.Message) (domain.Message, error)
}

// QuestionWriter stores questions.
type QuestionWriter interface {
	// SaveQuestion stores, all or nothing, the question as the last message of
	// its session; the session's question number and update time, nothing else
	// of it; and the operation that asked, completed. It returns [ErrChanged]
	// if the stored question number is not the one before the session's, if
	// the session was completed meanwhile, or is gone; else [ErrLeaseLost] as
	// [OperationUpdater] does.
	SaveQuestion(ctx context.Context, operation domain.Operation, session domain.InterviewSession, question domain.Message) error
}
