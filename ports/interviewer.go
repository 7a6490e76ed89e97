package ports

import (
	"context"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// Interviewer asks and judges. It may take its time and may use the network;
// no transaction is open meanwhile. An error that is a
// [domain.OperationFailure] tells the user why; any other error, and the end
// of the context, is a failure that another attempt may mend.
type Interviewer interface {
	QuestionAsker
	FeedbackGiver
}

// QuestionAsker asks the next question of an interview.
type QuestionAsker interface {
	// AskQuestion returns the text of the next question, in the posting's
	// language and of the type that [domain.InterviewSession.NextQuestion] of
	// the interview's session names. The same interview gets the same question,
	// from an interviewer that can.
	AskQuestion(ctx context.Context, interview domain.Interview) (string, error)
}

// FeedbackGiver judges an interview.
type FeedbackGiver interface {
	// GiveFeedback judges the interview, which has at least one question, in
	// the posting's language. It says by which method.
	GiveFeedback(ctx context.Context, interview domain.Interview) (domain.Assessment, error)
}
