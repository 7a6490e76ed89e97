package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// startSession is the use case with ports that expect no call: a writer that
// is told nothing more proves that a refused start stores nothing.
type startSession struct {
	app.StartSession
	postings *mocks.MockJobPostingReader
	sessions *mocks.MockSessionWriter
}

func newStartSession(t *testing.T) startSession {
	ctrl := gomock.NewController(t)
	postings, sessions := mocks.NewMockJobPostingReader(ctrl), mocks.NewMockSessionWriter(ctrl)
	return startSession{app.StartSession{Postings: postings, Sessions: sessions, Clock: clock}, postings, sessions}
}

func (f startSession) finds(posting domain.JobPosting, err error) {
	f.postings.EXPECT().FindJobPosting(gomock.Any(), owner, postingID).Return(posting, err)
}

func (f startSession) stores() *gomock.Call {
	return f.sessions.EXPECT().CreateSession(gomock.Any(), gomock.AssignableToTypeOf(domain.InterviewSession{}))
}

func TestStartSession(t *testing.T) {
	t.Run("stores an active first attempt at question 0 and returns it with the posting's headline", func(t *testing.T) {
		f := newStartSession(t)
		f.finds(ownPosting(), nil)
		var saved domain.InterviewSession
		f.stores().DoAndReturn(func(_ context.Context, session domain.InterviewSession) error {
			saved = session
			return nil
		})

		got, err := f.Execute(t.Context(), owner, postingID)
		if err != nil {
			t.Fatal(err)
		}
		newID(t, saved.ID())
		equal(t, "saved session", saved.State(), domain.SessionState{
			ID:                    saved.ID(),
			UserID:                owner,
			JobPostingID:          uuid.NullUUID{UUID: postingID, Valid: true},
			Status:                domain.SessionActive,
			CurrentQuestionNumber: 0,
			RetakeNumber:          1,
			OriginalSessionID:     uuid.NullUUID{},
			CreatedAt:             now,
			UpdatedAt:             now,
		})
		equal(t, "returned session", got.Session, saved)
		equal(t, "headline", got.Posting, &domain.JobPostingHeadline{ID: postingID, Title: "Go Developer", Company: "Acme"})
	})

	t.Run("starts as many sessions for a posting as it is asked for", func(t *testing.T) {
		f := newStartSession(t)
		ids := map[uuid.UUID]bool{}
		for range 3 {
			f.finds(ownPosting(), nil)
			f.stores().Return(nil)
			got, err := f.Execute(t.Context(), owner, postingID)
			if err != nil {
				t.Fatal(err)
			}
			ids[got.Session.ID()] = true
		}
		equal(t, "number of ids", len(ids), 3)
	})
}

func TestStartSessionStoresNothingWhen(t *testing.T) {
	anothers := ownPosting()
	anothers.UserID = stranger
	for _, test := range []struct {
		name    string
		posting domain.JobPosting
		err     error
		want    error
	}{
		{"the posting is absent or not the owner's", domain.JobPosting{}, domain.ErrJobPostingNotFound, domain.ErrJobPostingNotFound},
		{"the reader wrongly returns another user's posting", anothers, nil, domain.ErrJobPostingNotFound},
		{"the reader is unavailable", domain.JobPosting{}, fmt.Errorf("dial: %w", domain.ErrUnavailable), domain.ErrUnavailable},
		{"the reader fails", domain.JobPosting{}, errStorage, errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newStartSession(t)
			f.finds(test.posting, test.err)
			got, err := f.Execute(t.Context(), owner, postingID)
			refused(t, got, err, test.want)
		})
	}

	t.Run("the caller went away before the posting was read", func(t *testing.T) {
		f := newStartSession(t)
		f.postings.EXPECT().FindJobPosting(gomock.Any(), owner, postingID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.JobPosting, error) {
				return domain.JobPosting{}, ctx.Err()
			})
		got, err := f.Execute(cancelled(t), owner, postingID)
		refused(t, got, err, context.Canceled)
	})
}

func TestStartSessionPassesOnThat(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"the posting was deleted meanwhile", domain.ErrJobPostingNotFound},
		{"the writer is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable)},
		{"the writer fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newStartSession(t)
			f.finds(ownPosting(), nil)
			f.stores().Return(test.err)
			got, err := f.Execute(t.Context(), owner, postingID)
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away before the session was stored", func(t *testing.T) {
		f := newStartSession(t)
		f.finds(ownPosting(), nil)
		f.stores().DoAndReturn(func(ctx context.Context, _ domain.InterviewSession) error { return ctx.Err() })
		got, err := f.Execute(cancelled(t), owner, postingID)
		refused(t, got, err, context.Canceled)
	})
}
