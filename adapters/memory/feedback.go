package memory

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// FindFeedback implements [ports.FeedbackReader].
func (s *Store) FindFeedback(ctx context.Context, owner, sessionID uuid.UUID) (feedback domain.Feedback, err error) {
	err = s.read(ctx, func() error {
		session := key{owner, sessionID}
		if _, ok := s.sessions[session]; !ok {
			return domain.ErrSessionNotFound
		}
		found, ok := s.feedbacks[session]
		if !ok {
			return domain.ErrFeedbackNotFound
		}
		feedback = found
		feedback.Assessment = found.Assessment.Clone()
		return nil
	})
	return feedback, err
}

// SaveFeedback implements [ports.FeedbackWriter].
func (s *Store) SaveFeedback(ctx context.Context, operation domain.Operation, feedback domain.Feedback) error {
	return s.write(ctx, func() error {
		session := key{feedback.UserID, feedback.SessionID}
		if _, ok := s.sessions[session]; !ok {
			return domain.ErrSessionNotFound
		}
		if _, ok := s.feedbacks[session]; ok {
			return domain.ErrFeedbackAlreadyExists
		}
		for k, other := range s.feedbacks {
			if k.owner == feedback.UserID && other.ID == feedback.ID {
				return errDuplicate
			}
		}
		if err := s.completeOperation(operation); err != nil {
			return err
		}
		feedback.Assessment = feedback.Assessment.Clone()
		s.feedbacks[session] = feedback
		return nil
	})
}
