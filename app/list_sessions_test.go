package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// listSessions is the use case with ports that expect no call: a reader that
// is told nothing proves that no posting is looked up, a lister that is told
// nothing that a refused query reads no session.
type listSessions struct {
	app.ListSessions
	postings *mocks.MockJobPostingReader
	sessions *mocks.MockSessionLister
}

func newListSessions(t *testing.T) listSessions {
	ctrl := gomock.NewController(t)
	postings, sessions := mocks.NewMockJobPostingReader(ctrl), mocks.NewMockSessionLister(ctrl)
	return listSessions{app.ListSessions{Postings: postings, Sessions: sessions}, postings, sessions}
}

func (f listSessions) finds(posting domain.JobPosting, err error) {
	f.postings.EXPECT().FindJobPosting(gomock.Any(), owner, postingID).Return(posting, err)
}

func day(year int, month time.Month, day int) *time.Time {
	return new(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

var (
	thePosting  = uuid.NullUUID{UUID: postingID, Valid: true}
	theOriginal = uuid.NullUUID{UUID: sessionID, Valid: true}
)

func TestListSessions(t *testing.T) {
	for _, test := range []struct {
		name  string
		query app.SessionQuery
		want  domain.SessionFilter
	}{
		{"asks for all when the query is empty", app.SessionQuery{}, domain.SessionFilter{}},
		{"asks for a status", app.SessionQuery{Status: new("completed")},
			domain.SessionFilter{Status: domain.SessionCompleted}},
		{"asks for sessions from the midnight that begins the first day", app.SessionQuery{StartDate: day(2026, 2, 3)},
			domain.SessionFilter{CreatedFrom: *day(2026, 2, 3)}},
		{"asks for sessions until the midnight that ends the last day", app.SessionQuery{EndDate: day(2026, 2, 3)},
			domain.SessionFilter{CreatedUntil: *day(2026, 2, 4)}},
		{"counts the last day across the end of a month", app.SessionQuery{EndDate: day(2026, 2, 28)},
			domain.SessionFilter{CreatedUntil: *day(2026, 3, 1)}},
		{"counts the last day across a leap day", app.SessionQuery{EndDate: day(2028, 2, 28)},
			domain.SessionFilter{CreatedUntil: *day(2028, 2, 29)}},
		{"counts the last day across the end of a year", app.SessionQuery{EndDate: day(2026, 12, 31)},
			domain.SessionFilter{CreatedUntil: *day(2027, 1, 1)}},
		{"asks for one whole day when both days are the same",
			app.SessionQuery{StartDate: day(2026, 2, 3), EndDate: day(2026, 2, 3)},
			domain.SessionFilter{CreatedFrom: *day(2026, 2, 3), CreatedUntil: *day(2026, 2, 4)}},
		{"asks for a session and its retakes without looking anything up", app.SessionQuery{OriginalSessionID: theOriginal},
			domain.SessionFilter{OriginalSessionID: theOriginal}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newListSessions(t)
			f.sessions.EXPECT().ListSessions(gomock.Any(), owner, test.want).Return([]domain.SessionSummary{}, nil)
			got, next, err := f.Execute(t.Context(), owner, test.query)
			equal(t, "error", err, nil)
			equal(t, "list", got, []domain.SessionSummary{})
			equal(t, "next place", next, (*domain.SessionPlace)(nil))
		})
	}

	t.Run("combines every filter, looks the posting up, and returns the list as it comes", func(t *testing.T) {
		f := newListSessions(t)
		headline := ownPosting().Headline()
		want := []domain.SessionSummary{{Session: ownSession(), Posting: &headline}, {Session: ownSession()}}
		f.finds(ownPosting(), nil)
		f.sessions.EXPECT().ListSessions(gomock.Any(), owner, domain.SessionFilter{
			Status:            domain.SessionPaused,
			CreatedFrom:       *day(2026, 2, 1),
			CreatedUntil:      *day(2026, 3, 1),
			JobPostingID:      thePosting,
			OriginalSessionID: theOriginal,
		}).Return(want, nil)
		got, next, err := f.Execute(t.Context(), owner, app.SessionQuery{
			Status:            new("paused"),
			StartDate:         day(2026, 2, 1),
			EndDate:           day(2026, 2, 28),
			JobPostingID:      thePosting,
			OriginalSessionID: theOriginal,
		})
		equal(t, "error", err, nil)
		equal(t, "list", got, want)
		equal(t, "next place", next, (*domain.SessionPlace)(nil))
	})

	t.Run("leaves the days of the query as they were", func(t *testing.T) {
		f := newListSessions(t)
		query := app.SessionQuery{StartDate: day(2026, 2, 3), EndDate: day(2026, 2, 3)}
		f.sessions.EXPECT().ListSessions(gomock.Any(), owner,
			domain.SessionFilter{CreatedFrom: *day(2026, 2, 3), CreatedUntil: *day(2026, 2, 4)}).Return(nil, nil)
		_, _, err := f.Execute(t.Context(), owner, query)
		equal(t, "error", err, nil)
		equal(t, "query", query, app.SessionQuery{StartDate: day(2026, 2, 3), EndDate: day(2026, 2, 3)})
	})
}

func TestListSessionsByPages(t *testing.T) {
	// sessions are so many, newest first, the last two of the same time.
	sessions := make([]domain.SessionSummary, 4)
	for i := range sessions {
		sessions[i] = domain.SessionSummary{Session: sessionWith(func(s *domain.SessionState) {
			s.ID[15] = byte(i)
			s.CreatedAt = created.Add(-time.Duration(min(i, 2)) * time.Hour)
		})}
	}
	place := func(i int) *domain.SessionPlace { return new(sessions[i].Session.Place()) }

	for _, test := range []struct {
		name  string
		page  app.SessionPage
		found []domain.SessionSummary
		want  []domain.SessionSummary
		next  *domain.SessionPlace
	}{
		{"shows the first page, and the place of the last one shown", app.SessionPage{Limit: 3}, sessions[:4], sessions[:3], place(2)},
		{"shows a page of one", app.SessionPage{Limit: 1}, sessions[:2], sessions[:1], place(0)},
		{"goes on after a place", app.SessionPage{After: place(0), Limit: 2}, sessions[1:4], sessions[1:3], place(2)},
		{"names no place after a last page that is full", app.SessionPage{After: place(1), Limit: 2}, sessions[2:4], sessions[2:4], nil},
		{"names no place after a last page that is not", app.SessionPage{After: place(1), Limit: 3}, sessions[2:4], sessions[2:4], nil},
		{"names no place after an empty page", app.SessionPage{After: place(3), Limit: 3}, []domain.SessionSummary{}, []domain.SessionSummary{}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newListSessions(t)
			f.sessions.EXPECT().ListSessions(gomock.Any(), owner, domain.SessionFilter{
				Status: domain.SessionPaused, After: test.page.After, Limit: test.page.Limit + 1,
			}).Return(test.found, nil)
			got, next, err := f.Execute(t.Context(), owner, app.SessionQuery{Status: new("paused"), Page: &test.page})
			equal(t, "error", err, nil)
			equal(t, "list", got, test.want)
			equal(t, "next place", next, test.next)
		})
	}

	for _, test := range failures {
		t.Run("passes on that the lister "+test.name, func(t *testing.T) {
			f := newListSessions(t)
			f.sessions.EXPECT().ListSessions(gomock.Any(), owner, domain.SessionFilter{Limit: 3}).Return(nil, test.err)
			got, next, err := f.Execute(t.Context(), owner, app.SessionQuery{Page: &app.SessionPage{Limit: 2}})
			refused(t, got, err, test.err)
			refused(t, next, err, test.err)
		})
	}
}

func TestListSessionsCallsNoPortWhen(t *testing.T) {
	for _, test := range []struct {
		name  string
		query app.SessionQuery
		want  error
	}{
		{"the status is unknown", app.SessionQuery{Status: new("abandoned")}, domain.ErrInvalidStatusFilter},
		{"the status is empty", app.SessionQuery{Status: new("")}, domain.ErrInvalidStatusFilter},
		{"the days are in the wrong order", app.SessionQuery{StartDate: day(2026, 2, 4), EndDate: day(2026, 2, 3)},
			domain.ErrInvalidDateRange},
		{"the status is unknown, which it says before the days are in the wrong order and the posting is looked up",
			app.SessionQuery{Status: new("all"), StartDate: day(2026, 2, 4), EndDate: day(2026, 2, 3), JobPostingID: thePosting},
			domain.ErrInvalidStatusFilter},
		{"the days are in the wrong order, which it says before the posting is looked up",
			app.SessionQuery{Status: new("active"), StartDate: day(2027, 1, 1), EndDate: day(2026, 12, 31), JobPostingID: thePosting},
			domain.ErrInvalidDateRange},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, next, err := newListSessions(t).Execute(t.Context(), owner, test.query)
			refused(t, got, err, test.want)
			refused(t, next, err, test.want)
		})
	}
}

func TestListSessionsListsNothingWhen(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"the posting is absent or not the owner's", domain.ErrJobPostingNotFound},
		{"the reader is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"the reader fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newListSessions(t)
			f.finds(domain.JobPosting{}, test.err)
			got, _, err := f.Execute(t.Context(), owner, app.SessionQuery{Status: new("active"), JobPostingID: thePosting})
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away", func(t *testing.T) {
		f := newListSessions(t)
		f.postings.EXPECT().FindJobPosting(gomock.Any(), owner, postingID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.JobPosting, error) {
				return domain.JobPosting{}, ctx.Err()
			})
		got, _, err := f.Execute(cancelled(t), owner, app.SessionQuery{JobPostingID: thePosting})
		refused(t, got, err, context.Canceled)
	})
}

func TestListSessionsPassesOnThat(t *testing.T) {
	for _, test := range failures {
		t.Run("the lister "+test.name, func(t *testing.T) {
			f := newListSessions(t)
			f.sessions.EXPECT().ListSessions(gomock.Any(), owner, domain.SessionFilter{}).Return(nil, test.err)
			got, _, err := f.Execute(t.Context(), owner, app.SessionQuery{})
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away", func(t *testing.T) {
		f := newListSessions(t)
		f.sessions.EXPECT().ListSessions(gomock.Any(), owner, domain.SessionFilter{}).
			DoAndReturn(func(ctx context.Context, _ uuid.UUID, _ domain.SessionFilter) ([]domain.SessionSummary, error) {
				return nil, ctx.Err()
			})
		got, _, err := f.Execute(cancelled(t), owner, app.SessionQuery{})
		refused(t, got, err, context.Canceled)
	})
}
