package app_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// deleteSession is the use case with a deleter that expects no call.
type deleteSession struct {
	app.DeleteSession
	sessions *mocks.MockSessionDeleter
}

func newDeleteSession(t *testing.T) deleteSession {
	sessions := mocks.NewMockSessionDeleter(gomock.NewController(t))
	return deleteSession{app.DeleteSession{Sessions: sessions}, sessions}
}

func TestDeleteSession(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"deletes the owner's session", nil},
		{"says that the session is absent or not the owner's", domain.ErrSessionNotFound},
		{"passes on that the deleter is unavailable", domain.ErrUnavailable},
		{"passes on that the deleter fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newDeleteSession(t)
			f.sessions.EXPECT().DeleteSession(gomock.Any(), owner, sessionID).Return(test.err)
			if err := f.Execute(t.Context(), owner, sessionID); !errors.Is(err, test.err) {
				t.Errorf("error is %v, want %v", err, test.err)
			}
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newDeleteSession(t)
		f.sessions.EXPECT().DeleteSession(gomock.Any(), owner, sessionID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) error { return ctx.Err() })
		if err := f.Execute(cancelled(t), owner, sessionID); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	})
}
