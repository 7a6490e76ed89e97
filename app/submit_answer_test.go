package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// submitAnswer is the use case with ports that expect no call: a writer that
// is told nothing more proves that a refused answer is not stored.
type submitAnswer struct {
	app.SubmitAnswer
	sessions *mocks.MockSessionReader
	answers  *mocks.MockAnswerWriter
}

func newSubmitAnswer(t *testing.T) submitAnswer {
	ctrl := gomock.NewController(t)
	sessions, answers := mocks.NewMockSessionReader(ctrl), mocks.NewMockAnswerWriter(ctrl)
	return submitAnswer{app.SubmitAnswer{Sessions: sessions, Answers: answers, Clock: clock}, sessions, answers}
}

func (f submitAnswer) finds(session domain.SessionSummary, err error) {
	f.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).Return(session, err)
}

func (f submitAnswer) stores() *gomock.Call {
	return f.answers.EXPECT().CreateAnswer(gomock.Any(), gomock.AssignableToTypeOf(domain.Message{}))
}

func TestSubmitAnswer(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"stores the text as it is and returns the message with its place", " It is small.\r\n\tAnd quick. "},
		{"stores blanks", " \n"},
		{"stores the longest text", strings.Repeat("é", domain.MaxAnswerLength)},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newSubmitAnswer(t)
			f.finds(summaryOf(ownSession()), nil)
			var saved domain.Message
			f.stores().DoAndReturn(func(_ context.Context, answer domain.Message) (domain.Message, error) {
				saved = answer
				answer.Seq = 7
				return answer, nil
			})
			got, err := f.Execute(t.Context(), owner, sessionID, test.text)
			equal(t, "error", err, nil)
			newID(t, saved.ID)
			want := domain.Message{
				ID: saved.ID, UserID: owner, SessionID: sessionID, Type: domain.MessageAnswer, Content: test.text, CreatedAt: now,
			}
			equal(t, "saved message", saved, want)
			want.Seq = 7
			equal(t, "returned message", got, want)
		})
	}

	for name, text := range map[string]string{
		"no text":             "",
		"a text too long":     strings.Repeat("é", domain.MaxAnswerLength+1),
		"a text with a NUL":   "It\x00",
		"what is not Unicode": "It\xff",
	} {
		t.Run("calls no port with "+name, func(t *testing.T) {
			got, err := newSubmitAnswer(t).Execute(t.Context(), owner, sessionID, text)
			refusedFields(t, got, err, "answer_text")
		})
	}
}

func TestSubmitAnswerStoresNothingWhen(t *testing.T) {
	for _, test := range []struct {
		name  string
		found domain.SessionSummary
		err   error
		want  error
	}{
		{"the session is absent or not the owner's", domain.SessionSummary{}, domain.ErrSessionNotFound, domain.ErrSessionNotFound},
		{"the session is paused", summaryOf(sessionIn(domain.SessionPaused)), nil, domain.ErrSessionNotActive},
		{"the session is completed", summaryOf(sessionIn(domain.SessionCompleted)), nil, domain.ErrSessionNotActive},
		{"the reader is unavailable", domain.SessionSummary{}, fmt.Errorf("dial: %w", domain.ErrUnavailable), domain.ErrUnavailable},
		{"the reader fails", domain.SessionSummary{}, errStorage, errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newSubmitAnswer(t)
			f.finds(test.found, test.err)
			got, err := f.Execute(t.Context(), owner, sessionID, "text")
			refused(t, got, err, test.want)
		})
	}

	t.Run("the caller went away", func(t *testing.T) {
		f := newSubmitAnswer(t)
		f.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).
			DoAndReturn(func(ctx context.Context, _, _ uuid.UUID) (domain.SessionSummary, error) {
				return domain.SessionSummary{}, ctx.Err()
			})
		got, err := f.Execute(cancelled(t), owner, sessionID, "text")
		refused(t, got, err, context.Canceled)
	})
}

func TestSubmitAnswerToASessionThatChangedInBetween(t *testing.T) {
	t.Run("loads it and decides again", func(t *testing.T) {
		f := newSubmitAnswer(t)
		want := answer(3, "text")
		f.finds(summaryOf(ownSession()), nil)
		f.stores().Return(domain.Message{}, ports.ErrChanged)
		f.finds(summaryOf(ownSession()), nil)
		f.stores().Return(want, nil)
		got, err := f.Execute(t.Context(), owner, sessionID, "text")
		equal(t, "error", err, nil)
		equal(t, "message", got, want)
	})

	t.Run("is refused if it is completed by now", func(t *testing.T) {
		f := newSubmitAnswer(t)
		f.finds(summaryOf(ownSession()), nil)
		f.stores().Return(answer(0, "what comes with an error is not returned"), ports.ErrChanged)
		f.finds(summaryOf(sessionIn(domain.SessionCompleted)), nil)
		got, err := f.Execute(t.Context(), owner, sessionID, "text")
		refused(t, got, err, domain.ErrSessionNotActive)
	})

	t.Run("says that it is gone by now", func(t *testing.T) {
		f := newSubmitAnswer(t)
		f.finds(summaryOf(ownSession()), nil)
		f.stores().Return(domain.Message{}, ports.ErrChanged)
		f.finds(domain.SessionSummary{}, domain.ErrSessionNotFound)
		got, err := f.Execute(t.Context(), owner, sessionID, "text")
		refused(t, got, err, domain.ErrSessionNotFound)
	})

	t.Run("gives up after three times", func(t *testing.T) {
		f := newSubmitAnswer(t)
		for range 3 {
			f.finds(summaryOf(ownSession()), nil)
			f.stores().Return(domain.Message{}, ports.ErrChanged)
		}
		got, err := f.Execute(t.Context(), owner, sessionID, "text")
		refused(t, got, err, domain.ErrUnavailable)
	})
}

func TestSubmitAnswerPassesOnThat(t *testing.T) {
	for _, test := range failures {
		t.Run("the writer "+test.name, func(t *testing.T) {
			f := newSubmitAnswer(t)
			f.finds(summaryOf(ownSession()), nil)
			f.stores().Return(domain.Message{}, test.err)
			got, err := f.Execute(t.Context(), owner, sessionID, "text")
			refused(t, got, err, test.err)
		})
	}

	t.Run("the caller went away before the answer was stored", func(t *testing.T) {
		f := newSubmitAnswer(t)
		f.finds(summaryOf(ownSession()), nil)
		f.stores().DoAndReturn(func(ctx context.Context, _ domain.Message) (domain.Message, error) {
			return domain.Message{}, ctx.Err()
		})
		got, err := f.Execute(cancelled(t), owner, sessionID, "text")
		refused(t, got, err, context.Canceled)
	})
}
