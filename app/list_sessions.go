package app

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// ListSessions lists a person's sessions.
type ListSessions struct {
	Postings ports.JobPostingReader
	Sessions ports.SessionLister
}

// SessionQuery is what a person asks the list for. Its members combine with
// AND; one that is absent picks all.
type SessionQuery struct {
	Status *string // a [domain.SessionStatus]
	// StartDate and EndDate are whole UTC days on which a session was
	// created, both inclusive, given as their midnight.
	StartDate, EndDate *time.Time
	JobPostingID       uuid.NullUUID
	OriginalSessionID  uuid.NullUUID // that session and its retakes
	Page               *SessionPage  // nil for the whole list
}

// SessionPage asks for a part of a list: at most Limit sessions after a place.
type SessionPage struct {
	After *domain.SessionPlace // nil for the first part
	Limit int                  // 1 or more
}

// Execute returns the owner's sessions, newest first, and the place where the
// next page begins, nil if there is none. It refuses, in this order, an unknown status ([domain.ErrInvalidStatusFilter]), days in the
// wrong order ([domain.ErrInvalidDateRange]), and a posting that the owner
// does not have ([domain.ErrJobPostingNotFound]).
func (u ListSessions) Execute(ctx context.Context, owner uuid.UUID, query SessionQuery) ([]domain.SessionSummary, *domain.SessionPlace, error) {
	filter := domain.SessionFilter{JobPostingID: query.JobPostingID, OriginalSessionID: query.OriginalSessionID}
	if query.Status != nil {
		status, err := domain.ParseSessionStatus(*query.Status)
		if err != nil {
			return nil, nil, err
		}
		filter.Status = status
	}
	if query.StartDate != nil {
		filter.CreatedFrom = *query.StartDate
	}
	if query.EndDate != nil {
		filter.CreatedUntil = query.EndDate.AddDate(0, 0, 1)
	}
	if query.StartDate != nil && query.EndDate != nil && query.StartDate.After(*query.EndDate) {
		return nil, nil, domain.ErrInvalidDateRange
	}
	if query.JobPostingID.Valid {
		if _, err := u.Postings.FindJobPosting(ctx, owner, query.JobPostingID.UUID); err != nil {
			return nil, nil, err
		}
	}
	if query.Page == nil {
		sessions, err := u.Sessions.ListSessions(ctx, owner, filter)
		return sessions, nil, err
	}
	limit := query.Page.Limit
	filter.After, filter.Limit = query.Page.After, limit+1
	sessions, err := u.Sessions.ListSessions(ctx, owner, filter)
	if err != nil || len(sessions) <= limit {
		return sessions, nil, err
	}
	next := sessions[limit-1].Session.Place()
	return sessions[:limit], &next, nil
}
