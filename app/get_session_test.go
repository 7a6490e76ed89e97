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

// getSession is the use case with readers that expect no call: a lister that
// is told nothing proves that no messages of an absent session are read.
type getSession struct {
	app.GetSession
	sessions *mocks.MockSessionDetailReader
	messages *mocks.MockMessageLister
}

func newGetSession(t *testing.T) getSession {
	ctrl := gomock.NewController(t)
	sessions, messages := mocks.NewMockSessionDetailReader(ctrl), mocks.NewMockMessageLister(ctrl)
	return getSession{app.GetSession{Sessions: sessions, Messages: messages}, sessions, messages}
}

func (f getSession) finds(detail domain.SessionDetail, err error) {
	f.sessions.EXPECT().FindSessionDetail(gomock.Any(), owner, sessionID).Return(detail, err)
}

func (f getSession) lists(messages []domain.Message, err error) {
	f.messages.EXPECT().ListMessages(gomock.Any(), owner, sessionID, (*domain.MessagePlace)(nil), 0).Return(messages, err)
}

func TestGetSession(t *testing.T) {
	for _, test := range []struct {
		name     string
		want     domain.SessionDetail
		messages []domain.Message
	}{
		{"returns the owner's session with its posting, the résumé and every message in the lister's order",
			detailOf(ownSession()), []domain.Message{question(1, "Why Go?"), answer(2, "It is small."), question(3, "Why not?")}},
		{"returns a session whose posting is gone and whose owner has no résumé",
			domain.SessionDetail{Session: ownSession()}, []domain.Message{answer(1, "Hello?")}},
		{"returns an empty list of messages", detailOf(sessionIn(domain.SessionCompleted)), []domain.Message{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newGetSession(t)
			f.finds(test.want, nil)
			f.lists(test.messages, nil)
			got, messages, err := f.Execute(t.Context(), owner, sessionID)
			equal(t, "error", err, nil)
			equal(t, "detail", got, test.want)
			equal(t, "list of messages", messages, test.messages)
		})
	}

	t.Run("says that a session is absent or not the owner's", func(t *testing.T) {
		f := newGetSession(t)
		f.sessions.EXPECT().FindSessionDetail(gomock.Any(), stranger, sessionID).
			Return(domain.SessionDetail{}, domain.ErrSessionNotFound)
		got, messages, err := f.Execute(t.Context(), stranger, sessionID)
		refused(t, got, err, domain.ErrSessionNotFound)
		refused(t, messages, err, domain.ErrSessionNotFound)
	})

	t.Run("says that the session was deleted before its messages were read", func(t *testing.T) {
		f := newGetSession(t)
		f.finds(detailOf(ownSession()), nil)
		f.lists(nil, domain.ErrSessionNotFound)
		got, messages, err := f.Execute(t.Context(), owner, sessionID)
		refused(t, got, err, domain.ErrSessionNotFound)
		refused(t, messages, err, domain.ErrSessionNotFound)
	})

	for _, test := range failures {
		t.Run("passes on that the reader "+test.name, func(t *testing.T) {
			f := newGetSession(t)
			f.finds(domain.SessionDetail{}, test.err)
			got, messages, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, test.err)
			refused(t, messages, err, test.err)
		})

		t.Run("passes on that the lister "+test.name, func(t *testing.T) {
			f := newGetSession(t)
			f.finds(detailOf(ownSession()), nil)
			f.lists(nil, test.err)
			got, messages, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, test.err)
			refused(t, messages, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newGetSession(t)
		f.sessions.EXPECT().FindSessionDetail(gomock.Any(), owner, sessionID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.SessionDetail, error) {
				return domain.SessionDetail{}, ctx.Err()
			})
		got, _, err := f.Execute(cancelled(t), owner, sessionID)
		refused(t, got, err, context.Canceled)
	})
}
