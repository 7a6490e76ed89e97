package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// giveFeedback is the use case with ports that expect no call: an interviewer
// that is told nothing proves that a session that cannot be judged is not, a
// writer that is told nothing more that no feedback is stored.
type giveFeedback struct {
	app.GiveFeedback
	sessions    *mocks.MockSessionDetailReader
	messages    *mocks.MockMessageLister
	interviewer *mocks.MockFeedbackGiver
	feedbacks   *mocks.MockFeedbackWriter
}

func newGiveFeedback(t *testing.T) giveFeedback {
	ctrl := gomock.NewController(t)
	f := giveFeedback{
		sessions:    mocks.NewMockSessionDetailReader(ctrl),
		messages:    mocks.NewMockMessageLister(ctrl),
		interviewer: mocks.NewMockFeedbackGiver(ctrl),
		feedbacks:   mocks.NewMockFeedbackWriter(ctrl),
	}
	f.GiveFeedback = app.GiveFeedback{
		Sessions: f.sessions, Messages: f.messages, Interviewer: f.interviewer, Feedbacks: f.feedbacks, Clock: clock,
	}
	return f
}

func (f giveFeedback) finds(detail domain.SessionDetail, err error) {
	f.sessions.EXPECT().FindSessionDetail(gomock.Any(), owner, sessionID).Return(detail, err)
}

func (f giveFeedback) lists(messages []domain.Message, err error) {
	f.messages.EXPECT().ListMessages(gomock.Any(), owner, sessionID, (*domain.MessagePlace)(nil), 0).Return(messages, err)
}

// judgedMessages are the messages of judgedSession.
var judgedMessages = []domain.Message{question(1, "Why Go?"), answer(2, "It is small."), question(3, "Why not?")}

func judgedSession() domain.InterviewSession {
	return sessionWith(func(s *domain.SessionState) { s.Status, s.CurrentQuestionNumber = domain.SessionCompleted, 2 })
}

func (f giveFeedback) reads() {
	f.finds(detailOf(judgedSession()), nil)
	f.lists(judgedMessages, nil)
}

func (f giveFeedback) judges() *gomock.Call {
	return f.interviewer.EXPECT().GiveFeedback(gomock.Any(), domain.Interview{
		Session: judgedSession(), Posting: ownPosting(), Resume: ownResume().Content, Messages: judgedMessages,
	})
}

func (f giveFeedback) stores() *gomock.Call {
	return f.feedbacks.EXPECT().SaveFeedback(gomock.Any(),
		gomock.AssignableToTypeOf(domain.Operation{}), gomock.AssignableToTypeOf(domain.Feedback{}))
}

// assessment has a mean of 70.5.
func assessment() domain.Assessment {
	return domain.Assessment{
		TechnicalAccuracy:       domain.Judgement{Score: 70, Text: "Right."},
		CommunicationClarity:    domain.Judgement{Score: 71, Text: "Clear."},
		ProblemSolving:          domain.Judgement{Score: 70, Text: "Solved."},
		Relevance:               domain.Judgement{Score: 71, Text: "Relevant."},
		OverallComments:         "Good.",
		KnowledgeGaps:           []string{"Generics"},
		LearningRecommendations: []string{"Read the specification", "Write more"},
		Method:                  domain.MethodRules,
	}
}

func TestGiveFeedback(t *testing.T) {
	for _, test := range []struct {
		name    string
		change  func(*domain.Assessment)
		want    func(*domain.Assessment)
		overall int
	}{
		{"stores what the interviewer says and the mean of the scores, half to even",
			func(*domain.Assessment) {}, func(*domain.Assessment) {}, 70},
		{"clamps the scores before it takes their mean", func(a *domain.Assessment) {
			a.TechnicalAccuracy.Score, a.CommunicationClarity.Score, a.ProblemSolving.Score, a.Relevance.Score = -1, 101, 1000, 50
		}, func(a *domain.Assessment) {
			a.TechnicalAccuracy.Score, a.CommunicationClarity.Score, a.ProblemSolving.Score, a.Relevance.Score = 0, 100, 100, 50
		}, 62},
		{"stores empty lists for absent ones", func(a *domain.Assessment) {
			a.OverallComments, a.KnowledgeGaps, a.LearningRecommendations = "", nil, nil
		}, func(a *domain.Assessment) {
			a.OverallComments, a.KnowledgeGaps, a.LearningRecommendations = "", []string{}, []string{}
		}, 70},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newGiveFeedback(t)
			given, want := assessment(), assessment()
			test.change(&given)
			test.want(&want)
			f.reads()
			f.judges().Return(given, nil)
			f.stores().DoAndReturn(func(_ context.Context, operation domain.Operation, feedback domain.Feedback) error {
				newID(t, feedback.ID)
				equal(t, "feedback", feedback, domain.Feedback{
					ID: feedback.ID, UserID: owner, SessionID: sessionID,
					Assessment: want, OverallScore: test.overall, CreatedAt: now, UpdatedAt: now,
				})
				completed := ownOperation(domain.FeedbackAnalysis)
				completed.Status, completed.UpdatedAt = domain.OperationCompleted, now
				completed.Result = &domain.OperationResult{Feedback: &domain.FeedbackResult{Assessment: want, OverallScore: test.overall}}
				equal(t, "operation", operation, completed)
				return nil
			})
			operation := ownOperation(domain.FeedbackAnalysis)
			equal(t, "error", f.Execute(t.Context(), operation), nil)
			equal(t, "operation of the caller", operation, ownOperation(domain.FeedbackAnalysis))
		})
	}
}

func TestGiveFeedbackStoresNothingWhen(t *testing.T) {
	withoutPosting, withoutResume := detailOf(judgedSession()), detailOf(judgedSession())
	withoutPosting.Posting, withoutResume.Resume = nil, nil
	provider := domain.OperationFailure{Code: "OPENAI_QUOTA_EXCEEDED", Message: "text"}
	interviewerFails := errors.New("the interviewer is asleep")

	for _, test := range []struct {
		name   string
		expect func(giveFeedback)
		want   error
	}{
		{"the session is gone", func(f giveFeedback) {
			f.finds(domain.SessionDetail{}, domain.ErrSessionNotFound)
		}, domain.FailureSessionNotFound},
		{"the session is gone before its messages are read", func(f giveFeedback) {
			f.finds(detailOf(judgedSession()), nil)
			f.lists(nil, domain.ErrSessionNotFound)
		}, domain.FailureSessionNotFound},
		{"the posting is gone", func(f giveFeedback) {
			f.finds(withoutPosting, nil)
		}, domain.FailureJobPostingRequired},
		{"the owner has no résumé", func(f giveFeedback) {
			f.finds(withoutResume, nil)
			f.lists(judgedMessages, nil)
		}, domain.FailureResumeRequired},
		{"the owner has no résumé, which it says before that there is no question", func(f giveFeedback) {
			f.finds(withoutResume, nil)
			f.lists([]domain.Message{}, nil)
		}, domain.FailureResumeRequired},
		{"there is no message", func(f giveFeedback) {
			f.finds(detailOf(judgedSession()), nil)
			f.lists([]domain.Message{}, nil)
		}, domain.FailureNoAnswers},
		{"there is no question", func(f giveFeedback) {
			f.finds(detailOf(judgedSession()), nil)
			f.lists([]domain.Message{answer(1, "Hello?"), answer(2, "Anybody?")}, nil)
		}, domain.FailureNoAnswers},
		{"the reader is unavailable", func(f giveFeedback) {
			f.finds(domain.SessionDetail{}, fmt.Errorf("dial: %w", domain.ErrUnavailable))
		}, domain.ErrUnavailable},
		{"the messages cannot be read", func(f giveFeedback) {
			f.finds(detailOf(judgedSession()), nil)
			f.lists(nil, errStorage)
		}, errStorage},
		{"the interviewer says why not", func(f giveFeedback) {
			f.reads()
			f.judges().Return(domain.Assessment{}, fmt.Errorf("judge: %w", provider))
		}, provider},
		{"the interviewer fails", func(f giveFeedback) {
			f.reads()
			f.judges().Return(domain.Assessment{}, interviewerFails)
		}, interviewerFails},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newGiveFeedback(t)
			test.expect(f)
			if err := f.Execute(t.Context(), ownOperation(domain.FeedbackAnalysis)); !errors.Is(err, test.want) {
				t.Errorf("error is %v, want %v", err, test.want)
			}
		})
	}

	t.Run("the time is over", func(t *testing.T) {
		f := newGiveFeedback(t)
		f.reads()
		f.judges().DoAndReturn(func(ctx context.Context, _ domain.Interview) (domain.Assessment, error) {
			return domain.Assessment{}, ctx.Err()
		})
		if err := f.Execute(cancelled(t), ownOperation(domain.FeedbackAnalysis)); !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestGiveFeedbackSaysThat(t *testing.T) {
	for _, test := range []struct {
		name      string
		err, want error
	}{
		{"the session has feedback already", domain.ErrFeedbackAlreadyExists, domain.FailureFeedbackExists},
		{"the session was deleted meanwhile", domain.ErrSessionNotFound, domain.FailureSessionNotFound},
		{"the lease is lost", fmt.Errorf("save: %w", ports.ErrLeaseLost), ports.ErrLeaseLost},
		{"the writer is unavailable", fmt.Errorf("dial: %w", domain.ErrUnavailable), domain.ErrUnavailable},
		{"the writer fails", errStorage, errStorage},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newGiveFeedback(t)
			f.reads()
			f.judges().Return(assessment(), nil)
			f.stores().Return(test.err)
			if err := f.Execute(t.Context(), ownOperation(domain.FeedbackAnalysis)); !errors.Is(err, test.want) {
				t.Errorf("error is %v, want %v", err, test.want)
			}
		})
	}
}
