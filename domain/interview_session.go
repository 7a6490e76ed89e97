package domain

import (
	"time"

	"github.com/google/uuid"
)

// SessionStatus is where an interview stands.
type SessionStatus string

// The statuses of a session. Completed is final.
const (
	SessionActive    SessionStatus = "active"
	SessionPaused    SessionStatus = "paused"
	SessionCompleted SessionStatus = "completed"
)

// ParseSessionStatus returns the status that s names, or
// [ErrInvalidStatusFilter].
func ParseSessionStatus(s string) (SessionStatus, error) {
	switch status := SessionStatus(s); status {
	case SessionActive, SessionPaused, SessionCompleted:
		return status, nil
	}
	return "", ErrInvalidStatusFilter
}

// SessionState is all that an [InterviewSession] holds, for adapters that
// store and show it.
type SessionState struct {
	ID                    uuid.UUID
	UserID                uuid.UUID     // the owner
	JobPostingID          uuid.NullUUID // none once the posting is deleted
	Status                SessionStatus
	CurrentQuestionNumber int           // questions asked so far, from 0
	RetakeNumber          int           // 1 for the first attempt
	OriginalSessionID     uuid.NullUUID // the first attempt, none in itself
	CreatedAt             time.Time
	UpdatedAt             time.Time
}

// InterviewSession is one attempt at an interview for a posting. It changes
// only through its methods.
type InterviewSession struct {
	state SessionState
}

// NewInterviewSession starts the owner's first attempt at a posting: active,
// at question 0. A posting of anybody else is [ErrJobPostingNotFound], as if
// it did not exist.
func NewInterviewSession(id, owner uuid.UUID, posting JobPosting, now time.Time) (InterviewSession, error) {
	if posting.UserID != owner {
		return InterviewSession{}, ErrJobPostingNotFound
	}
	return InterviewSession{SessionState{
		ID:           id,
		UserID:       owner,
		JobPostingID: uuid.NullUUID{UUID: posting.ID, Valid: true},
		Status:       SessionActive,
		RetakeNumber: 1,
		CreatedAt:    now,
		UpdatedAt:    now,
	}}, nil
}

// RestoreInterviewSession rebuilds a session that was stored. It is for
// storage adapters, and checks nothing.
func RestoreInterviewSession(state SessionState) InterviewSession {
	return InterviewSession{state}
}

// Pause puts an active session aside. In any other state it returns
// [ErrInvalidSessionState] and changes nothing.
func (s *InterviewSession) Pause(now time.Time) error {
	if s.state.Status != SessionActive {
		return ErrInvalidSessionState.saying("Only an active session can be paused; this one is " + string(s.state.Status))
	}
	s.move(SessionPaused, now)
	return nil
}

// Resume takes a paused session up again. In any other state it returns
// [ErrInvalidSessionState] and changes nothing.
func (s *InterviewSession) Resume(now time.Time) error {
	if s.state.Status != SessionPaused {
		return ErrInvalidSessionState.saying("Only a paused session can be resumed; this one is " + string(s.state.Status))
	}
	s.move(SessionActive, now)
	return nil
}

// Complete ends the session for good, with or without questions. A second
// time it returns [ErrSessionAlreadyCompleted] and changes nothing.
func (s *InterviewSession) Complete(now time.Time) error {
	if s.state.Status == SessionCompleted {
		return ErrSessionAlreadyCompleted
	}
	s.move(SessionCompleted, now)
	return nil
}

func (s *InterviewSession) move(status SessionStatus, now time.Time) {
	s.state.Status, s.state.UpdatedAt = status, now
}

// AllowQuestion returns nil if a question may be asked for, which is while the
// session is active, else [ErrSessionNotActive].
func (s InterviewSession) AllowQuestion() error {
	if s.state.Status != SessionActive {
		return ErrSessionNotActive.saying("Only active sessions get questions; this one is " + string(s.state.Status))
	}
	return nil
}

// NextQuestion returns the number, from 1, and the type of the question that
// comes next. The types take turns: technical, behavioral, situational.
func (s InterviewSession) NextQuestion() (number int, typ QuestionType) {
	return s.state.CurrentQuestionNumber + 1, QuestionTypes[s.state.CurrentQuestionNumber%len(QuestionTypes)]
}

// Ask counts the next question and returns it as a message. A session that
// was paused after the question was asked for still takes it; a completed one
// takes none: [ErrSessionNotActive].
func (s *InterviewSession) Ask(id uuid.UUID, text string, now time.Time) (Message, error) {
	if s.state.Status == SessionCompleted {
		return Message{}, ErrSessionNotActive.saying("The session was completed before its question came")
	}
	number, typ := s.NextQuestion()
	s.state.CurrentQuestionNumber, s.state.UpdatedAt = number, now
	return Message{ID: id, UserID: s.state.UserID, SessionID: s.state.ID,
		Type: MessageQuestion, Content: text, QuestionType: typ, CreatedAt: now}, nil
}

// Answer returns an answer as a message of the session, or a VALIDATION_ERROR
// of the field answer_text (see [CheckAnswer]), or [ErrSessionNotActive].
func (s InterviewSession) Answer(id uuid.UUID, text string, now time.Time) (Message, error) {
	if err := CheckAnswer(text); err != nil {
		return Message{}, err
	}
	if s.state.Status != SessionActive {
		return Message{}, ErrSessionNotActive.saying("Only active sessions accept answers; this one is " + string(s.state.Status))
	}
	return Message{ID: id, UserID: s.state.UserID, SessionID: s.state.ID,
		Type: MessageAnswer, Content: text, CreatedAt: now}, nil
}

// AllowFeedback returns nil if the session can be judged, which is once it is
// completed, else [ErrSessionNotCompleted].
func (s InterviewSession) AllowFeedback() error {
	if s.state.Status != SessionCompleted {
		return ErrSessionNotCompleted.saying("The session must be completed before it gets feedback")
	}
	return nil
}

// Retake returns another attempt at the same posting: active, at question 0,
// of the same chain. Its number is one more than this session's; a storage
// raises it if the chain has a higher one. It returns [ErrSessionNotCompleted],
// or [ErrMissingJobPosting] once the posting is deleted.
func (s InterviewSession) Retake(id uuid.UUID, now time.Time) (InterviewSession, error) {
	switch {
	case s.state.Status != SessionCompleted:
		return InterviewSession{}, ErrSessionNotCompleted.saying("The session must be completed before it can be retaken")
	case !s.state.JobPostingID.Valid:
		return InterviewSession{}, ErrMissingJobPosting
	}
	return InterviewSession{SessionState{
		ID:                id,
		UserID:            s.state.UserID,
		JobPostingID:      s.state.JobPostingID,
		Status:            SessionActive,
		RetakeNumber:      s.state.RetakeNumber + 1,
		OriginalSessionID: uuid.NullUUID{UUID: s.ChainID(), Valid: true},
		CreatedAt:         now,
		UpdatedAt:         now,
	}}, nil
}

// ChainID returns the identifier of the chain of attempts that the session is
// part of, which is that of its first attempt. If the first attempt was
// deleted, each of its retakes is a chain of its own.
func (s InterviewSession) ChainID() uuid.UUID {
	if s.state.OriginalSessionID.Valid {
		return s.state.OriginalSessionID.UUID
	}
	return s.state.ID
}

// ID returns the session's identifier.
func (s InterviewSession) ID() uuid.UUID { return s.state.ID }

// UserID returns the session's owner.
func (s InterviewSession) UserID() uuid.UUID { return s.state.UserID }

// State returns a copy of all that the session holds.
func (s InterviewSession) State() SessionState { return s.state }

// SessionSummary is a session as a list shows it.
type SessionSummary struct {
	Session InterviewSession
	Posting *JobPostingHeadline // nil once the posting is deleted
}

// SessionDetail is a session with all that an interviewer and its own page
// need.
type SessionDetail struct {
	Session InterviewSession
	Posting *JobPosting // nil once the posting is deleted
	Resume  *Resume     // the owner's present one, nil if there is none
}

// SessionScore is a completed session with its score.
type SessionScore struct {
	Session      InterviewSession
	Posting      JobPostingHeadline
	OverallScore int
}

// Attempt is a member of a chain of attempts.
type Attempt struct {
	Session  InterviewSession
	Feedback *Feedback // nil if there is none
}

// SessionFilter picks sessions of one owner; its members combine with AND,
// and a zero member picks all.
type SessionFilter struct {
	Status       SessionStatus
	CreatedFrom  time.Time // inclusive
	CreatedUntil time.Time // exclusive
	JobPostingID uuid.NullUUID
	// OriginalSessionID picks the session with this id and its retakes.
	OriginalSessionID uuid.NullUUID
	// After picks what comes after this place in the list.
	After *SessionPlace
	Limit int // at most so many
}

// SessionPlace is the place of a session in a list, newest first.
type SessionPlace struct {
	CreatedAt time.Time
	ID        uuid.UUID
}

// Place returns the session's place in a list.
func (s InterviewSession) Place() SessionPlace { return SessionPlace{s.state.CreatedAt, s.state.ID} }
