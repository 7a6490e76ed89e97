package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// SessionReader reads one session.
type SessionReader interface {
	// FindSession returns the owner's session with its posting's headline, or
	// [domain.ErrSessionNotFound].
	FindSession(ctx context.Context, owner, id uuid.UUID) (domain.SessionSummary, error)
}

// SessionDetailReader reads one session with what belongs to it.
type SessionDetailReader interface {
	// FindSessionDetail returns the owner's session, its posting and the
	// owner's résumé, all as they were at one moment, or
	// [domain.ErrSessionNotFound].
	FindSessionDetail(ctx context.Context, owner, id uuid.UUID) (domain.SessionDetail, error)
}

// SessionLister lists sessions.
type SessionLister interface {
	// ListSessions returns the owner's sessions that pass the filter, newest
	// first (by creation time, then id).
	ListSessions(ctx context.Context, owner uuid.UUID, filter domain.SessionFilter) ([]domain.SessionSummary, error)
}

// SessionScoreLister lists what the owner achieved.
type SessionScoreLister interface {
	// ListSessionScores returns the owner's completed sessions that have
	// feedback and still have their posting, oldest first (by creation time,
	// then id).
	ListSessionScores(ctx context.Context, owner uuid.UUID) ([]domain.SessionScore, error)
}

// AttemptLister lists the attempts of a chain.
type AttemptLister interface {
	// ListAttempts returns all sessions of the chain that the owner's session
	// is part of, with their feedback, by retake number (then creation time,
	// then id), or [domain.ErrSessionNotFound].
	ListAttempts(ctx context.Context, owner, id uuid.UUID) ([]domain.Attempt, error)
}

// SessionWriter stores new sessions.
type SessionWriter interface {
	// CreateSession stores the session, or returns
	// [domain.ErrJobPostingNotFound] if its owner has no such posting, or no
	// account, by the time it is stored.
	CreateSession(ctx context.Context, session domain.InterviewSession) error
}

// RetakeWriter stores new attempts.
type RetakeWriter interface {
	// CreateRetake stores the session as the newest of its chain and returns
	// it: its retake number is raised if one as high is there already, so that
	// simultaneous retakes get different ones. It returns [ErrChanged] if the
	// chain's first attempt is gone by the time it is stored, else
	// [domain.ErrMissingJobPosting] if the posting is.
	CreateRetake(ctx context.Context, retake domain.InterviewSession) (domain.InterviewSession, error)
}

// SessionStatusWriter stores transitions of sessions.
type SessionStatusWriter interface {
	// SaveSessionStatus stores the session's status and update time, nothing
	// else of it, if its stored status still is from, and returns the session
	// as it is now stored. Otherwise, also if the session is gone, it returns
	// [ErrChanged].
	SaveSessionStatus(ctx context.Context, session domain.InterviewSession, from domain.SessionStatus) (domain.InterviewSession, error)
}

// SessionDeleter deletes sessions.
type SessionDeleter interface {
	// DeleteSession removes the owner's session with its messages, feedback
	// and operations, and the reference to it from its retakes, which stay;
	// nothing else of them changes. It returns [domain.ErrSessionNotFound] if
	// there is none.
	DeleteSession(ctx context.Context, owner, id uuid.UUID) error
}
