package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// StartSession starts an interview session for a posting.
type StartSession struct {
	Postings ports.JobPostingReader
	Sessions ports.SessionWriter
	Clock    Clock
}

// Execute stores and returns a new session of the owner's for their posting.
// A posting that is absent, somebody else's, or deleted meanwhile is
// [domain.ErrJobPostingNotFound], and nothing is stored.
func (u StartSession) Execute(ctx context.Context, owner, postingID uuid.UUID) (domain.SessionSummary, error) {
	posting, err := u.Postings.FindJobPosting(ctx, owner, postingID)
	if err != nil {
		return domain.SessionSummary{}, err
	}
	session, err := domain.NewInterviewSession(uuid.New(), owner, posting, u.Clock.now())
	if err != nil {
		return domain.SessionSummary{}, err
	}
	if err := u.Sessions.CreateSession(ctx, session); err != nil {
		return domain.SessionSummary{}, err
	}
	headline := posting.Headline()
	return domain.SessionSummary{Session: session, Posting: &headline}, nil
}
