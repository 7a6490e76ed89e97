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

// SessionDetail is a session as its own page shows it.
type SessionDetail struct {
	Session InterviewSession
	Posting *JobPosting // nil once the posting is deleted
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
}
