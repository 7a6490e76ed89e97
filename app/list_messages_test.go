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

// listMessages is the use case with a lister that expects no call.
type listMessages struct {
	app.ListMessages
	messages *mocks.MockMessageLister
}

func newListMessages(t *testing.T) listMessages {
	messages := mocks.NewMockMessageLister(gomock.NewController(t))
	return listMessages{app.ListMessages{Messages: messages}, messages}
}

func (f listMessages) lists(after *domain.MessagePlace, limit int, messages []domain.Message, err error) {
	f.messages.EXPECT().ListMessages(gomock.Any(), owner, sessionID, after, limit).Return(messages, err)
}

func TestListMessages(t *testing.T) {
	messages := []domain.Message{question(1, "Why Go?"), answer(2, "It is small."), answer(3, "And quick."), question(4, "Why not?")}
	place := func(i int) *domain.MessagePlace { return new(messages[i].Place()) }

	for _, test := range []struct {
		name  string
		page  *app.MessagePage
		after *domain.MessagePlace
		limit int
		found []domain.Message
		want  []domain.Message
		next  *domain.MessagePlace
	}{
		{"returns all when no page is asked for", nil, nil, 0, messages, messages, nil},
		{"returns an empty list when there are none", nil, nil, 0, []domain.Message{}, []domain.Message{}, nil},
		{"shows the first page, and the place of the last one shown", &app.MessagePage{Limit: 3}, nil, 4, messages, messages[:3], place(2)},
		{"shows a page of one", &app.MessagePage{Limit: 1}, nil, 2, messages[:2], messages[:1], place(0)},
		{"goes on after a place", &app.MessagePage{After: place(0), Limit: 2}, place(0), 3, messages[1:], messages[1:3], place(2)},
		{"names no place after a last page that is full", &app.MessagePage{After: place(1), Limit: 2}, place(1), 3, messages[2:], messages[2:], nil},
		{"names no place after a last page that is not", &app.MessagePage{Limit: 5}, nil, 6, messages, messages, nil},
		{"names no place after an empty page", &app.MessagePage{After: place(3), Limit: 5}, place(3), 6, []domain.Message{}, []domain.Message{}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newListMessages(t)
			f.lists(test.after, test.limit, test.found, nil)
			got, next, err := f.Execute(t.Context(), owner, sessionID, test.page)
			equal(t, "error", err, nil)
			equal(t, "list", got, test.want)
			equal(t, "next place", next, test.next)
		})
	}

	for _, test := range append(failures[:len(failures):len(failures)], struct {
		name string
		err  error
	}{"knows no such session of the owner's", domain.ErrSessionNotFound}) {
		t.Run("passes on that the lister "+test.name, func(t *testing.T) {
			f := newListMessages(t)
			f.lists(nil, 0, nil, test.err)
			got, next, err := f.Execute(t.Context(), owner, sessionID, nil)
			refused(t, got, err, test.err)
			refused(t, next, err, test.err)
			f.lists(nil, 3, nil, test.err)
			got, next, err = f.Execute(t.Context(), owner, sessionID, &app.MessagePage{Limit: 2})
			refused(t, got, err, test.err)
			refused(t, next, err, test.err)
		})
	}

	t.Run("stops when the caller goes away", func(t *testing.T) {
		f := newListMessages(t)
		f.messages.EXPECT().ListMessages(gomock.Any(), owner, sessionID, (*domain.MessagePlace)(nil), 0).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID, _ *domain.MessagePlace, _ int) ([]domain.Message, error) {
				return nil, ctx.Err()
			})
		got, _, err := f.Execute(cancelled(t), owner, sessionID, nil)
		refused(t, got, err, context.Canceled)
	})
}
