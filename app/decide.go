package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// maxTries is how often a change is decided before the caller is told to come
// back: the first time and twice again.
const maxTries = 3

// decide loads a session, and lets step decide on what was loaded and save its
// decision. If the session changed in between (step returns [ports.ErrChanged]),
// both happen again. When that does not end it returns [domain.ErrUnavailable].
func decide(ctx context.Context, sessions ports.SessionReader, owner, id uuid.UUID, step func(domain.SessionSummary) error) error {
	for range maxTries {
		loaded, err := sessions.FindSession(ctx, owner, id)
		if err != nil {
			return err
		}
		if err := step(loaded); !errors.Is(err, ports.ErrChanged) {
			return err
		}
	}
	return fmt.Errorf("%w: the session changed %d times in between", domain.ErrUnavailable, maxTries)
}

// move changes a session's status as transition decides, and returns the
// session as it is stored then.
func move(ctx context.Context, sessions ports.SessionReader, statuses ports.SessionStatusWriter, owner, id uuid.UUID,
	transition func(*domain.InterviewSession) error) (domain.SessionSummary, error) {
	var moved domain.SessionSummary
	err := decide(ctx, sessions, owner, id, func(loaded domain.SessionSummary) error {
		session, from := loaded.Session, loaded.Session.State().Status
		if err := transition(&session); err != nil {
			return err
		}
		stored, err := statuses.SaveSessionStatus(ctx, session, from)
		if err == nil {
			moved = domain.SessionSummary{Session: stored, Posting: loaded.Posting}
		}
		return err
	})
	return moved, err
}
