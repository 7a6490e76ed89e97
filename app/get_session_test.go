package app_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// getSession is the use case with a reader that expects no call.
type getSession struct {
	app.GetSession
	sessions *mocks.MockSessionReader
}

func newGetSession(t *testing.T) getSession {
	sessions := mocks.NewMockSessionReader(gomock.NewController(t))
	return getSession{app.GetSession{Sessions: sessions}, sessions}
}

func TestGetSession(t *testing.T) {
	posting := ownPosting()
	for _, test := range []struct {
		name string
		want domain.SessionDetail
	}{
		{"returns the owner's session with its posting", domain.SessionDetail{Session: ownSession(), Posting: &posting}},
		{"returns a session whose posting is gone", domain.SessionDetail{Session: ownSession()}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newGetSession(t)
			f.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).Return(test.want, nil)
			got, err := f.Execute(t.Context(), owner, sessionID)
			equal(t, "error", err, nil)
			equal(t, "detail", got, test.want)
		})
	}

	t.Run("says that a session is absent or not the owner's", func(t *testing.T) {
		f := newGetSession(t)
		f.sessions.EXPECT().FindSession(gomock.Any(), stranger, sessionID).
			Return(domain.SessionDetail{}, domain.ErrSessionNotFound)
		got, err := f.Execute(t.Context(), stranger, sessionID)
		refused(t, got, err, domain.ErrSessionNotFound)
	})

	for _, test := range failures {
		t.Run("passes on that the reader "+test.name, func(t *testing.T) {
			f := newGetSession(t)
			f.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).Return(domain.SessionDetail{}, test.err)
			got, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newGetSession(t)
		f.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.SessionDetail, error) {
				return domain.SessionDetail{}, ctx.Err()
			})
		got, err := f.Execute(cancelled(t), owner, sessionID)
		refused(t, got, err, context.Canceled)
	})
}
