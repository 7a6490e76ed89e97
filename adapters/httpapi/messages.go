package httpapi

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

type messageBody struct {
	ID           uuid.UUID `json:"id"`
	SessionID    uuid.UUID `json:"session_id"`
	MessageType  string    `json:"message_type"`
	Content      string    `json:"content"`
	QuestionType *string   `json:"question_type"`
	CreatedAt    string    `json:"created_at"`
}

func toMessageBody(m domain.Message) messageBody {
	return messageBody{
		ID: m.ID, SessionID: m.SessionID, MessageType: string(m.Type), Content: m.Content,
		QuestionType: orNull(string(m.QuestionType)), CreatedAt: instant(m.CreatedAt),
	}
}

func toMessageBodies(messages []domain.Message) []messageBody {
	bodies := make([]messageBody, 0, len(messages))
	for _, message := range messages {
		bodies = append(bodies, toMessageBody(message))
	}
	return bodies
}

func (s *server) listMessages(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	q := readQuery(r)
	var page *app.MessagePage
	if limit, asked := q.page(); asked {
		page = &app.MessagePage{After: q.messagePlace(), Limit: limit}
	}
	if err := q.bad.asError(); err != nil {
		return err
	}
	messages, next, err := s.UseCases.ListMessages.Execute(r.Context(), caller, sessionID(r), page)
	if err != nil {
		return err
	}
	if next != nil {
		q.linkNext(w, r, cursor(next.Seq, next.CreatedAt, next.ID))
	}
	return writeJSON(w, http.StatusOK, toMessageBodies(messages))
}

func (s *server) submitAnswer(w http.ResponseWriter, r *http.Request, caller uuid.UUID) error {
	body, err := readObject(w, r, maxAnswerBody)
	if err != nil {
		return err
	}
	text := body.text("answer_text")
	if err := body.verdict(domain.CheckAnswer(text)); err != nil {
		return err
	}
	message, err := s.UseCases.SubmitAnswer.Execute(r.Context(), caller, sessionID(r), text)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, toMessageBody(message))
}
