package domain

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// MaxAnswerLength is how long an answer may be, in Unicode code points.
const MaxAnswerLength = 20_000

// MessageType says who speaks.
type MessageType string

// The types of messages.
const (
	MessageQuestion MessageType = "question"
	MessageAnswer   MessageType = "answer"
)

// QuestionType says what a question is after.
type QuestionType string

// The types of questions.
const (
	QuestionTechnical   QuestionType = "technical"
	QuestionBehavioral  QuestionType = "behavioral"
	QuestionSituational QuestionType = "situational"
)

// QuestionTypes are the types in the order in which an interview takes them,
// again and again.
var QuestionTypes = [...]QuestionType{QuestionTechnical, QuestionBehavioral, QuestionSituational}

// Message is a question or an answer in a session. It never changes.
type Message struct {
	ID        uuid.UUID
	UserID    uuid.UUID // the session's owner
	SessionID uuid.UUID
	// Seq is the message's place in its session, from 1; the storage gives
	// it. It is 0 in messages of before there were places: they come first, in
	// the order of their times.
	Seq          int
	Type         MessageType
	Content      string
	QuestionType QuestionType // of questions only
	CreatedAt    time.Time
}

// MessagePlace is the place of a message in its session, oldest first.
type MessagePlace struct {
	Seq       int
	CreatedAt time.Time
	ID        uuid.UUID
}

// Place returns the message's place in its session.
func (m Message) Place() MessagePlace { return MessagePlace{m.Seq, m.CreatedAt, m.ID} }

// CheckAnswer returns a VALIDATION_ERROR of the field answer_text unless the
// text has 1 to [MaxAnswerLength] code points and can be stored. Blanks count:
// an answer is kept as it was given.
func CheckAnswer(text string) error {
	return checkText("answer_text", text, MaxAnswerLength)
}

// checkText refuses a text that is empty, too long or cannot be stored.
func checkText(field, text string, limit int) error {
	broken := FieldError{Path: []any{field}}
	switch {
	case text == "":
		broken.Rule, broken.Limit, broken.Message = RuleTooShort, 1, "must not be empty"
	case utf8.RuneCountInString(text) > limit:
		broken.Rule, broken.Limit, broken.Message = RuleTooLong, limit, fmt.Sprintf("must have at most %d characters", limit)
	case !isText(text):
		broken.Rule, broken.Message = RuleValue, textRule
	default:
		return nil
	}
	return validation([]FieldError{broken})
}

// Exchange is a question with its answer.
type Exchange struct {
	Question Message
	// Answer is the last answer before the next question; nil if there is
	// none.
	Answer *Message
}

// Transcript returns the questions of a session with their answers. Answers
// before the first question belong to none.
func Transcript(messages []Message) []Exchange {
	var exchanges []Exchange
	for i := range messages {
		switch {
		case messages[i].Type == MessageQuestion:
			exchanges = append(exchanges, Exchange{Question: messages[i]})
		case len(exchanges) > 0:
			exchanges[len(exchanges)-1].Answer = &messages[i]
		}
	}
	return exchanges
}
