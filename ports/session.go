package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// SessionReader reads one session.
type SessionReader interface {
	// FindSession returns the owner's session with its posting, both as they
	// were at one moment, or [domain.ErrSessionNotFound].
	FindSession(ctx context.Context, owner, id uuid.UUID) (domain.SessionDetail, error)
}

// SessionLister lists sessions.
type SessionLister interface {
	// ListSessions returns all of the owner's sessions that pass the filter,
	// newest first (by creation time, then id).
	ListSessions(ctx context.Context, owner uuid.UUID, filter domain.SessionFilter) ([]domain.SessionSummary, error)
}

// SessionWriter stores new sessions.
type SessionWriter interface {
	// CreateSession stores the session, or returns
	// [domain.ErrJobPostingNotFound] if its owner has no such posting, or no
	// account, by the time it is stored.
	CreateSession(ctx context.Context, session domain.InterviewSession) error
}
