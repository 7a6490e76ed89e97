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
			got, err := f.Execute(t.Context(), owner, test.query)
			equal(t, "error", err, nil)
			equal(t, "list", got, []domain.SessionSummary{})
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
		got, err := f.Execute(t.Context(), owner, app.SessionQuery{
			Status:            new("paused"),
			StartDate:         day(2026, 2, 1),
			EndDate:           day(2026, 2, 28),
			JobPostingID:      thePosting,
			OriginalSessionID: theOriginal,
		})
		equal(t, "error", err, nil)
		equal(t, "list", got, want)
	})

	t.Run("leaves the days of the query as they were", func(t *testing.T) {
		f := newListSessions(t)
		query := app.SessionQuery{StartDate: day(2026, 2, 3), EndDate: day(2026, 2, 3)}
		f.sessions.EXPECT().ListSessions(gomock.Any(), owner,
			domain.SessionFilter{CreatedFrom: *day(2026, 2, 3), CreatedUntil: *day(2026, 2, 4)}).Return(nil, nil)
		_, err := f.Execute(t.Context(), owner, query)
		equal(t, "error", err, nil)
		equal(t, "query", query, app.SessionQuery{StartDate: day(2026, 2, 3), EndDate: day(2026, 2, 3)})
	})
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
			got, err := newListSessions(t).Execute(t.Context(), owner, test.query)
			refused(t, got, err, test.want)
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
			got, err := f.Execute(t.Context(), owner, app.SessionQuery{Status: new("active"), JobPostingID: thePosting})
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away", func(t *testing.T) {
		f := newListSessions(t)
		f.postings.EXPECT().FindJobPosting(gomock.Any(), owner, postingID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.JobPosting, error) {
				return domain.JobPosting{}, ctx.Err()
			})
		got, err := f.Execute(cancelled(t), owner, app.SessionQuery{JobPostingID: thePosting})
		refused(t, got, err, context.Canceled)
	})
}

func TestListSessionsPassesOnThat(t *testing.T) {
	for _, test := range failures {
		t.Run("the lister "+test.name, func(t *testing.T) {
			f := newListSessions(t)
			f.sessions.EXPECT().ListSessions(gomock.Any(), owner, domain.SessionFilter{}).Return(nil, test.err)
			got, err := f.Execute(t.Context(), owner, app.SessionQuery{})
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away", func(t *testing.T) {
		f := newListSessions(t)
		f.sessions.EXPECT().ListSessions(gomock.Any(), owner, domain.SessionFilter{}).
			DoAndReturn(func(ctx context.Context, _ uuid.UUID, _ domain.SessionFilter) ([]domain.SessionSummary, error) {
				return nil, ctx.Err()
			})
		got, err := f.Execute(cancelled(t), owner, app.SessionQuery{})
		refused(t, got, err, context.Canceled)
	})
}
