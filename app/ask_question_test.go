package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// askQuestion is the use case with ports that expect no call: a writer that is
// told nothing more proves that no question is stored.
type askQuestion struct {
	app.AskQuestion
	sessions    *mocks.MockSessionDetailReader
	messages    *mocks.MockMessageLister
	asked       *mocks.MockAskedQuestionLister
	interviewer *mocks.MockQuestionAsker
	questions   *mocks.MockQuestionWriter
}

func newAskQuestion(t *testing.T) askQuestion {
	ctrl := gomock.NewController(t)
	f := askQuestion{
		sessions:    mocks.NewMockSessionDetailReader(ctrl),
		messages:    mocks.NewMockMessageLister(ctrl),
		asked:       mocks.NewMockAskedQuestionLister(ctrl),
		interviewer: mocks.NewMockQuestionAsker(ctrl),
		questions:   mocks.NewMockQuestionWriter(ctrl),
	}
	f.AskQuestion = app.AskQuestion{
		Sessions: f.sessions, Messages: f.messages, Asked: f.asked, Interviewer: f.interviewer, Questions: f.questions, Clock: clock,
	}
	return f
}

func (f askQuestion) finds(detail domain.SessionDetail, err error) {
	f.sessions.EXPECT().FindSessionDetail(gomock.Any(), owner, sessionID).Return(detail, err)
}

func (f askQuestion) lists(messages []domain.Message, err error) {
	f.messages.EXPECT().ListMessages(gomock.Any(), owner, sessionID, (*domain.MessagePlace)(nil), 0).Return(messages, err)
}

func (f askQuestion) listsAsked(texts []string, err error) {
	f.asked.EXPECT().ListAskedBefore(gomock.Any(), owner, sessionID).Return(texts, err)
}

// reads expects that all is read of a session without a message.
func (f askQuestion) reads(session domain.InterviewSession) {
	f.finds(detailOf(session), nil)
	f.lists([]domain.Message{}, nil)
	f.listsAsked(nil, nil)
}

// asks expects that the interviewer is asked with the session as it was read.
func (f askQuestion) asks(session domain.InterviewSession) *gomock.Call {
	return f.interviewer.EXPECT().AskQuestion(gomock.Any(), domain.Interview{
		Session: session, Posting: ownPosting(), Resume: ownResume().Content, Messages: []domain.Message{},
	})
}

// stores expects that a question is stored, and checks it against the session
// before it and the text.
func (f askQuestion) stores(t *testing.T, before domain.InterviewSession, text string, typ domain.QuestionType, err error) {
	t.Helper()
	f.questions.EXPECT().SaveQuestion(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).
		DoAndReturn(func(_ context.Context, operation domain.Operation, session domain.InterviewSession, question domain.Message) error {
			newID(t, question.ID)
			equal(t, "question", question, domain.Message{
				ID: question.ID, UserID: owner, SessionID: sessionID,
				Type: domain.MessageQuestion, Content: text, QuestionType: typ, CreatedAt: now,
			})
			state := before.State()
			state.CurrentQuestionNumber++
			state.UpdatedAt = now
			equal(t, "session", session.State(), state)
			want := ownOperation(domain.QuestionGeneration)
			want.Status, want.UpdatedAt = domain.OperationCompleted, now
			want.Result = &domain.OperationResult{Question: &domain.QuestionResult{Text: text, Type: typ}}
			equal(t, "operation", operation, want)
			return err
		})
}

func sessionAt(number int, status domain.SessionStatus) domain.InterviewSession {
	return sessionWith(func(s *domain.SessionState) { s.CurrentQuestionNumber, s.Status = number, status })
}

func TestAskQuestion(t *testing.T) {
	for _, test := range []struct {
		number int
		status domain.SessionStatus
		want   domain.QuestionType
	}{
		{0, domain.SessionActive, domain.QuestionTechnical},
		{1, domain.SessionActive, domain.QuestionBehavioral},
		{2, domain.SessionActive, domain.QuestionSituational},
		{3, domain.SessionActive, domain.QuestionTechnical},
		{7, domain.SessionPaused, domain.QuestionBehavioral},
	} {
		t.Run(fmt.Sprintf("stores a %s question after %d in a session that is %s", test.want, test.number, test.status), func(t *testing.T) {
			f := newAskQuestion(t)
			session := sessionAt(test.number, test.status)
			f.reads(session)
			f.asks(session).Return("  Why Go?\n", nil)
			f.stores(t, session, "  Why Go?\n", test.want, nil)
			operation := ownOperation(domain.QuestionGeneration)
			equal(t, "error", f.Execute(t.Context(), operation), nil)
			equal(t, "operation of the caller", operation, ownOperation(domain.QuestionGeneration))
		})
	}

	t.Run("tells the interviewer the messages so far and what was asked before", func(t *testing.T) {
		f := newAskQuestion(t)
		messages := []domain.Message{question(1, "Why Go?"), answer(2, "It is small."), answer(3, "And quick.")}
		f.finds(detailOf(ownSession()), nil)
		f.lists(messages, nil)
		f.listsAsked([]string{"Why here?", "Why now?"}, nil)
		f.interviewer.EXPECT().AskQuestion(gomock.Any(), domain.Interview{
			Session: ownSession(), Posting: ownPosting(), Resume: ownResume().Content,
			Messages: messages, AskedBefore: []string{"Why here?", "Why now?"},
		}).Return("Why not?", nil)
		f.stores(t, ownSession(), "Why not?", domain.QuestionTechnical, nil)
		equal(t, "error", f.Execute(t.Context(), ownOperation(domain.QuestionGeneration)), nil)
	})

	t.Run("asks an owner without a résumé too", func(t *testing.T) {
		f := newAskQuestion(t)
		f.finds(domain.SessionDetail{Session: ownSession(), Posting: new(ownPosting())}, nil)
		f.lists(nil, nil)
		f.listsAsked(nil, nil)
		f.interviewer.EXPECT().AskQuestion(gomock.Any(), domain.Interview{Session: ownSession(), Posting: ownPosting()}).Return("Why Go?", nil)
		f.stores(t, ownSession(), "Why Go?", domain.QuestionTechnical, nil)
		equal(t, "error", f.Execute(t.Context(), ownOperation(domain.QuestionGeneration)), nil)
	})
}

func TestAskQuestionOfASessionThatChangedInBetween(t *testing.T) {
	t.Run("asks again, with all read anew, for the number after", func(t *testing.T) {
		f := newAskQuestion(t)
		f.reads(sessionAt(0, domain.SessionActive))
		f.asks(sessionAt(0, domain.SessionActive)).Return("First?", nil)
		f.stores(t, sessionAt(0, domain.SessionActive), "First?", domain.QuestionTechnical, fmt.Errorf("save: %w", ports.ErrChanged))

		messages := []domain.Message{question(1, "Another?")}
		again := sessionAt(1, domain.SessionActive)
		f.finds(domain.SessionDetail{Session: again, Posting: new(ownPosting())}, nil)
		f.lists(messages, nil)
		f.listsAsked([]string{"Before?"}, nil)
		f.interviewer.EXPECT().AskQuestion(gomock.Any(), domain.Interview{
			Session: again, Posting: ownPosting(), Messages: messages, AskedBefore: []string{"Before?"},
		}).Return("Second?", nil)
		f.stores(t, again, "Second?", domain.QuestionBehavioral, nil)
		equal(t, "error", f.Execute(t.Context(), ownOperation(domain.QuestionGeneration)), nil)
	})

	t.Run("asks as often as other questions are stored", func(t *testing.T) {
		f := newAskQuestion(t)
		const times = 6
		for number := range times {
			session := sessionAt(number, domain.SessionActive)
			f.reads(session)
			f.asks(session).Return("Why?", nil)
			var err error
			if number < times-1 {
				err = ports.ErrChanged
			}
			f.stores(t, session, "Why?", domain.QuestionTypes[number%3], err)
		}
		equal(t, "error", f.Execute(t.Context(), ownOperation(domain.QuestionGeneration)), nil)
	})

	t.Run("ends if it was deleted", func(t *testing.T) {
		f := newAskQuestion(t)
		f.reads(ownSession())
		f.asks(ownSession()).Return("Why?", nil)
		f.stores(t, ownSession(), "Why?", domain.QuestionTechnical, ports.ErrChanged)
		f.finds(domain.SessionDetail{}, domain.ErrSessionNotFound)
		equal(t, "error", f.Execute(t.Context(), ownOperation(domain.QuestionGeneration)), domain.FailureSessionNotFound)
	})

	t.Run("ends if it was completed", func(t *testing.T) {
		f := newAskQuestion(t)
		f.reads(ownSession())
		f.asks(ownSession()).Return("Why?", nil)
		f.stores(t, ownSession(), "Why?", domain.QuestionTechnical, ports.ErrChanged)
		f.reads(sessionIn(domain.SessionCompleted))
		// Whether the interviewer is troubled once more is its own affair.
		f.interviewer.EXPECT().AskQuestion(gomock.Any(), gomock.Any()).Return("Why?", nil).AnyTimes()
		equal(t, "error", f.Execute(t.Context(), ownOperation(domain.QuestionGeneration)), domain.FailureSessionNotActive)
	})
}

func TestAskQuestionStoresNothingWhen(t *testing.T) {
	detail := detailOf(ownSession())
	withoutPosting := domain.SessionDetail{Session: ownSession(), Resume: new(ownResume())}
	completed := detailOf(sessionIn(domain.SessionCompleted))
	provider := domain.OperationFailure{Code: "OPENAI_QUOTA_EXCEEDED", Message: "text"}
	interviewerFails := errors.New("the interviewer is asleep")

	for _, test := range []struct {
		name   string
		expect func(askQuestion)
		want   error
	}{
		{"the session is gone", func(f askQuestion) {
			f.finds(domain.SessionDetail{}, domain.ErrSessionNotFound)
		}, domain.FailureSessionNotFound},
		{"the posting is gone", func(f askQuestion) {
			f.finds(withoutPosting, nil)
		}, domain.FailureJobPostingRequired},
		{"the reader is unavailable", func(f askQuestion) {
			f.finds(domain.SessionDetail{}, fmt.Errorf("dial: %w", domain.ErrUnavailable))
		}, domain.ErrUnavailable},
		{"the reader fails", func(f askQuestion) {
			f.finds(domain.SessionDetail{}, errStorage)
		}, errStorage},
		{"the session is gone before its messages are read", func(f askQuestion) {
			f.finds(detail, nil)
			f.lists(nil, domain.ErrSessionNotFound)
		}, domain.FailureSessionNotFound},
		{"the messages cannot be read", func(f askQuestion) {
			f.finds(detail, nil)
			f.lists(nil, errStorage)
		}, errStorage},
		{"what was asked before cannot be read", func(f askQuestion) {
			f.finds(detail, nil)
			f.lists(nil, nil)
			f.listsAsked(nil, errStorage)
		}, errStorage},
		{"the interviewer says why not", func(f askQuestion) {
			f.reads(ownSession())
			f.asks(ownSession()).Return("", fmt.Errorf("ask: %w", provider))
		}, provider},
		{"the interviewer fails", func(f askQuestion) {
			f.reads(ownSession())
			f.asks(ownSession()).Return("", interviewerFails)
		}, interviewerFails},
		{"the session was completed before it is run", func(f askQuestion) {
			f.finds(completed, nil)
			f.lists(nil, nil)
			f.listsAsked(nil, nil)
			f.interviewer.EXPECT().AskQuestion(gomock.Any(), gomock.Any()).Return("Why?", nil).AnyTimes()
		}, domain.FailureSessionNotActive},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newAskQuestion(t)
			test.expect(f)
			if err := f.Execute(t.Context(), ownOperation(domain.QuestionGeneration)); !errors.Is(err, test.want) {
				t.Errorf("error is %v, want %v", err, test.want)
			}
		})
	}

	t.Run("the time is over", func(t *testing.T) {
		f := newAskQuestion(t)
		f.reads(ownSession())
		f.asks(ownSession()).DoAndReturn(func(ctx context.Context, _ domain.Interview) (string, error) { return "", ctx.Err() })
		if err := f.Execute(cancelled(t), ownOperation(domain.QuestionGeneration)); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestAskQuestionPassesOnThat(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"the lease is lost", fmt.Errorf("save: %w", ports.ErrLeaseLost)},
		{"the writer is unavailable", domain.ErrUnavailable},
		{"the writer fails", errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newAskQuestion(t)
			f.reads(ownSession())
			f.asks(ownSession()).Return("Why?", nil)
			f.stores(t, ownSession(), "Why?", domain.QuestionTechnical, test.err)
			if err := f.Execute(t.Context(), ownOperation(domain.QuestionGeneration)); !errors.Is(err, test.err) {
				t.Errorf("error is %v, want %v", err, test.err)
			}
		})
	}
}

func TestAskQuestionGivesEachQuestionAnID(t *testing.T) {
	f := newAskQuestion(t)
	ids := map[uuid.UUID]bool{}
	for range 3 {
		f.reads(ownSession())
		f.asks(ownSession()).Return("Why?", nil)
		f.questions.EXPECT().SaveQuestion(gomock.Any(), gomock.Any(), gomock.Any(), gomock.Any()).
			DoAndReturn(func(_ context.Context, _ domain.Operation, _ domain.InterviewSession, question domain.Message) error {
				ids[question.ID] = true
				return nil
			})
		equal(t, "error", f.Execute(t.Context(), ownOperation(domain.QuestionGeneration)), nil)
	}
	equal(t, "number of ids", len(ids), 3)
}
