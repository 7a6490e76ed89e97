package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ListMessages implements [ports.MessageLister].
func (s *Store) ListMessages(ctx context.Context, owner, sessionID uuid.UUID, after *domain.MessagePlace, limit int) (messages []domain.Message, err error) {
	err = s.read(ctx, func() error {
		session := key{owner, sessionID}
		if _, ok := s.sessions[session]; !ok {
			return domain.ErrSessionNotFound
		}
		messages = []domain.Message{}
		for k, message := range s.messages {
			if (key{k.owner, message.SessionID}) == session && (after == nil || oldestFirst(message.Place(), *after) > 0) {
				messages = append(messages, message)
			}
		}
		slices.SortFunc(messages, func(a, b domain.Message) int { return oldestFirst(a.Place(), b.Place()) })
		messages = firstOf(messages, limit)
		return nil
	})
	return messages, err
}

// oldestFirst orders messages by their places in the session.
func oldestFirst(a, b domain.MessagePlace) int {
	return cmp.Or(cmp.Compare(a.Seq, b.Seq), a.CreatedAt.Compare(b.CreatedAt), compareIDs(a.ID, b.ID))
}

// ListAskedBefore implements [ports.AskedQuestionLister].
func (s *Store) ListAskedBefore(ctx context.Context, owner, sessionID uuid.UUID) (asked []string, err error) {
	err = s.read(ctx, func() error {
		asked = []string{}
		session, ok := s.sessions[key{owner, sessionID}]
		if !ok {
			return nil
		}
		chain := session.session().ChainID()
		for k, message := range s.messages {
			if k.owner == owner && message.Type == domain.MessageQuestion && message.SessionID != sessionID &&
				s.sessions[key{owner, message.SessionID}].isOfChain(chain) {
				asked = append(asked, message.Content)
			}
		}
		return nil
	})
	return asked, err
}

// CreateAnswer implements [ports.AnswerWriter].
func (s *Store) CreateAnswer(ctx context.Context, answer domain.Message) (stored domain.Message, err error) {
	err = s.write(ctx, func() error {
		session := key{answer.UserID, answer.SessionID}
		row, ok := s.sessions[session]
		if !ok || row.Status != domain.SessionActive {
			return ports.ErrChanged
		}
		if _, ok := s.messages[key{answer.UserID, answer.ID}]; ok {
			return errDuplicate
		}
		stored = s.appendMessage(&row, answer)
		s.sessions[session] = row
		return nil
	})
	return stored, err
}

// appendMessage stores the message as the last of its session, whose row the
// caller stores.
func (s *Store) appendMessage(row *sessionRow, message domain.Message) domain.Message {
	row.lastSeq++
	message.Seq = row.lastSeq
	s.messages[key{message.UserID, message.ID}] = message
	return message
}

// SaveQuestion implements [ports.QuestionWriter].
func (s *Store) SaveQuestion(ctx context.Context, operation domain.Operation, session domain.InterviewSession, question domain.Message) error {
	return s.write(ctx, func() error {
		state := session.State()
		k := key{state.UserID, state.ID}
		row, ok := s.sessions[k]
		if !ok || row.Status == domain.SessionCompleted || row.CurrentQuestionNumber != state.CurrentQuestionNumber-1 {
			return ports.ErrChanged
		}
		if _, ok := s.messages[key{question.UserID, question.ID}]; ok {
			return errDuplicate
		}
		if err := s.completeOperation(operation); err != nil {
			return err
		}
		s.appendMessage(&row, question)
		row.CurrentQuestionNumber, row.UpdatedAt = state.CurrentQuestionNumber, state.UpdatedAt
		s.sessions[k] = row
		return nil
	})
}
