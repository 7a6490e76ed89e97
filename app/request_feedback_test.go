package app_test

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/mock/gomock"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/mocks"
)

// requestFeedback is the use case with ports that expect no call: a writer and
// a dispatcher that are told nothing more prove that a refused request stores
// and starts nothing, a reader that is told nothing that an earlier refusal
// came first.
type requestFeedback struct {
	app.RequestFeedback
	sessions   *mocks.MockSessionReader
	feedbacks  *mocks.MockFeedbackReader
	resumes    *mocks.MockResumeReader
	operations *mocks.MockOperationWriter
	dispatcher *mocks.MockOperationDispatcher
}

func newRequestFeedback(t *testing.T) requestFeedback {
	ctrl := gomock.NewController(t)
	f := requestFeedback{
		sessions:   mocks.NewMockSessionReader(ctrl),
		feedbacks:  mocks.NewMockFeedbackReader(ctrl),
		resumes:    mocks.NewMockResumeReader(ctrl),
		operations: mocks.NewMockOperationWriter(ctrl),
		dispatcher: mocks.NewMockOperationDispatcher(ctrl),
	}
	f.RequestFeedback = app.RequestFeedback{
		Sessions: f.sessions, Feedbacks: f.feedbacks, Resumes: f.resumes,
		Operations: f.operations, Dispatcher: f.dispatcher, Clock: clock,
	}
	return f
}

func (f requestFeedback) finds(session domain.SessionSummary, err error) {
	f.sessions.EXPECT().FindSession(gomock.Any(), owner, sessionID).Return(session, err)
}

func (f requestFeedback) findsFeedback(err error) {
	f.feedbacks.EXPECT().FindFeedback(gomock.Any(), owner, sessionID).Return(domain.Feedback{}, err)
}

func (f requestFeedback) findsResume(err error) {
	f.resumes.EXPECT().FindResume(gomock.Any(), owner).Return(domain.Resume{}, err)
}

// passes expects that nothing stands in the way of feedback.
func (f requestFeedback) passes() {
	f.finds(summaryOf(sessionIn(domain.SessionCompleted)), nil)
	f.findsFeedback(domain.ErrFeedbackNotFound)
	f.findsResume(nil)
}

func (f requestFeedback) stores() *gomock.Call {
	return f.operations.EXPECT().CreateOperation(gomock.Any(), gomock.AssignableToTypeOf(domain.Operation{}), domain.SessionCompleted)
}

func TestRequestFeedback(t *testing.T) {
	f := newRequestFeedback(t)
	f.passes()
	saved := saves(f.stores())
	dispatched := dispatches(f.dispatcher)
	got, err := f.Execute(t.Context(), owner, sessionID)
	equal(t, "error", err, nil)
	newOperation(t, domain.FeedbackAnalysis, *saved, *dispatched, got)
}

func TestRequestFeedbackStartsNothingWhen(t *testing.T) {
	completed := summaryOf(sessionIn(domain.SessionCompleted))
	withoutPosting := domain.SessionSummary{Session: sessionIn(domain.SessionCompleted)}
	unavailable := fmt.Errorf("dial: %w", domain.ErrUnavailable)

	for _, test := range []struct {
		name   string
		expect func(requestFeedback)
		want   error
	}{
		{"the session is absent or not the owner's", func(f requestFeedback) {
			f.finds(domain.SessionSummary{}, domain.ErrSessionNotFound)
		}, domain.ErrSessionNotFound},
		{"the session is active", func(f requestFeedback) {
			f.finds(domain.SessionSummary{Session: ownSession()}, nil)
		}, domain.ErrSessionNotCompleted},
		{"the session is paused", func(f requestFeedback) {
			f.finds(summaryOf(sessionIn(domain.SessionPaused)), nil)
		}, domain.ErrSessionNotCompleted},
		{"there is feedback, which it says before that the posting is gone", func(f requestFeedback) {
			f.finds(withoutPosting, nil)
			f.findsFeedback(nil)
		}, domain.ErrFeedbackAlreadyExists},
		{"the posting is gone, which it says before it looks for the résumé", func(f requestFeedback) {
			f.finds(withoutPosting, nil)
			f.findsFeedback(domain.ErrFeedbackNotFound)
		}, domain.ErrJobPostingRequired},
		{"there is no résumé", func(f requestFeedback) {
			f.finds(completed, nil)
			f.findsFeedback(domain.ErrFeedbackNotFound)
			f.findsResume(domain.ErrResumeNotFound)
		}, domain.ErrResumeRequired},
		{"the session is gone before its feedback is looked for", func(f requestFeedback) {
			f.finds(completed, nil)
			f.findsFeedback(domain.ErrSessionNotFound)
		}, domain.ErrSessionNotFound},
		{"the sessions are unavailable", func(f requestFeedback) {
			f.finds(domain.SessionSummary{}, unavailable)
		}, domain.ErrUnavailable},
		{"the feedback is unavailable", func(f requestFeedback) {
			f.finds(completed, nil)
			f.findsFeedback(unavailable)
		}, domain.ErrUnavailable},
		{"the résumé is unavailable", func(f requestFeedback) {
			f.finds(completed, nil)
			f.findsFeedback(domain.ErrFeedbackNotFound)
			f.findsResume(unavailable)
		}, domain.ErrUnavailable},
		{"the writer is unavailable", func(f requestFeedback) {
			f.passes()
			f.stores().Return(unavailable)
		}, domain.ErrUnavailable},
		{"the writer fails", func(f requestFeedback) {
			f.passes()
			f.stores().Return(errStorage)
		}, errStorage},
		{"the session is gone by the time it is stored", func(f requestFeedback) {
			f.passes()
			f.stores().Return(ports.ErrChanged)
			f.finds(domain.SessionSummary{}, domain.ErrSessionNotFound)
		}, domain.ErrSessionNotFound},
		{"the session changes again and again", func(f requestFeedback) {
			for range 3 {
				f.passes()
				f.stores().Return(ports.ErrChanged)
			}
		}, domain.ErrUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newRequestFeedback(t)
			test.expect(f)
			got, err := f.Execute(t.Context(), owner, sessionID)
			refused(t, got, err, test.want)
		})
	}

	t.Run("the caller went away before the operation was stored", func(t *testing.T) {
		f := newRequestFeedback(t)
		f.passes()
		f.stores().DoAndReturn(func(ctx context.Context, _ domain.Operation, _ domain.SessionStatus) error { return ctx.Err() })
		got, err := f.Execute(cancelled(t), owner, sessionID)
		refused(t, got, err, context.Canceled)
	})
}
