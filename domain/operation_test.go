package domain_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

var operationID = uuid.MustParse("4e7a1d5b-3b6e-4c1a-9d8c-5b4a3f2e1d0c")

// newOperation is one that was just asked for.
func newOperation() domain.Operation {
	return domain.NewOperation(operationID, domain.FeedbackAnalysis, sessionIn(domain.SessionCompleted), created)
}

// changed returns what a change makes of a new operation.
func changed(change func(*domain.Operation)) domain.Operation {
	operation := newOperation()
	change(&operation)
	return operation
}

func TestNewOperation(t *testing.T) {
	equal(t, "operation", newOperation(), domain.Operation{
		ID: operationID, UserID: owner, SessionID: sessionID, Type: domain.FeedbackAnalysis, Status: domain.OperationPending,
		Attempt: 1, LeaseUntil: created.Add(domain.OperationLease), CreatedAt: created, UpdatedAt: created,
	})
}

func TestOperationChanges(t *testing.T) {
	const pending, processing = domain.OperationPending, domain.OperationProcessing
	lease := later.Add(domain.OperationLease)
	failure := domain.FailureNoAnswers
	feedback := domain.NewFeedback(messageID, sessionIn(domain.SessionCompleted), assessmentOf(1, 2, 3, 4), later)
	asked := domain.Message{ID: messageID, Type: domain.MessageQuestion, Content: "Why?", QuestionType: domain.QuestionBehavioral}

	for _, test := range []struct {
		name   string
		status domain.OperationStatus
		change func(*domain.Operation)
		want   func(*domain.Operation)
	}{
		{"Claim counts the attempt and leases a pending one", pending,
			func(o *domain.Operation) { o.Claim(later) },
			func(o *domain.Operation) { o.Attempt, o.LeaseUntil = 2, lease }},
		{"Claim counts a failure of one whose holder died at work", processing,
			func(o *domain.Operation) { o.Claim(later) },
			func(o *domain.Operation) {
				o.Attempt, o.LeaseUntil = 2, lease
				o.Failures, o.Status, o.UpdatedAt = 1, pending, later
			}},
		{"Renew moves the lease alone before the work", pending,
			func(o *domain.Operation) { o.Renew(false, later) },
			func(o *domain.Operation) { o.LeaseUntil = lease }},
		{"Renew says that the work has begun", pending,
			func(o *domain.Operation) { o.Renew(true, later) },
			func(o *domain.Operation) { o.LeaseUntil, o.Status, o.UpdatedAt = lease, processing, later }},
		{"Renew says so once", processing,
			func(o *domain.Operation) { o.Renew(true, later) },
			func(o *domain.Operation) { o.LeaseUntil = lease }},
		{"Renew takes nothing back", processing,
			func(o *domain.Operation) { o.Renew(false, later) },
			func(o *domain.Operation) { o.LeaseUntil = lease }},
		{"GiveBack lets anybody have it at once and counts nothing", processing,
			func(o *domain.Operation) { o.GiveBack(later) },
			func(o *domain.Operation) {
				o.Status, o.LeaseUntil, o.UpdatedAt = pending, later, later
			}},
		{"Postpone makes it wait until a time and counts the failure", processing,
			func(o *domain.Operation) { o.Postpone(later.Add(time.Hour), later) },
			func(o *domain.Operation) {
				o.Status, o.LeaseUntil, o.UpdatedAt, o.Failures = pending, later.Add(time.Hour), later, 1
			}},
		{"Fail ends it without a result", processing,
			func(o *domain.Operation) { o.Fail(failure, later) },
			func(o *domain.Operation) {
				o.Status, o.Failure, o.UpdatedAt = domain.OperationFailed, &failure, later
			}},
		{"CompleteQuestion ends it with the question", processing,
			func(o *domain.Operation) { o.CompleteQuestion(asked, later) },
			func(o *domain.Operation) {
				o.Status, o.UpdatedAt = domain.OperationCompleted, later
				o.Result = &domain.OperationResult{Question: &domain.QuestionResult{Text: "Why?", Type: domain.QuestionBehavioral}}
			}},
		{"CompleteFeedback ends it with the feedback", pending,
			func(o *domain.Operation) { o.CompleteFeedback(feedback, later) },
			func(o *domain.Operation) {
				o.Status, o.UpdatedAt = domain.OperationCompleted, later
				o.Result = &domain.OperationResult{Feedback: &domain.FeedbackResult{
					Assessment: assessmentOf(1, 2, 3, 4), OverallScore: feedback.OverallScore}}
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, want := newOperation(), newOperation()
			got.Status, want.Status = test.status, test.status
			test.change(&got)
			test.want(&want)
			equal(t, "operation", got, want)
		})
	}
}

func TestFinished(t *testing.T) {
	for status, want := range map[domain.OperationStatus]bool{
		domain.OperationPending:    false,
		domain.OperationProcessing: false,
		domain.OperationCompleted:  true,
		domain.OperationFailed:     true,
	} {
		if got := (domain.Operation{Status: status}).Finished(); got != want {
			t.Errorf("%s: got %t", status, got)
		}
	}
}

func TestRetryOperation(t *testing.T) {
	t.Run("does again what failed, as a new operation", func(t *testing.T) {
		failed := changed(func(o *domain.Operation) {
			o.Attempt, o.Failures, o.RetryCount, o.ParentID = 3, 2, 2, uuid.NullUUID{UUID: stranger, Valid: true}
			o.Fail(domain.FailureStorage, created)
		})
		before := failed.Clone()
		retry, err := failed.Retry(messageID, later)
		equal(t, "error", err, nil)
		equal(t, "retry", retry, domain.Operation{
			ID: messageID, UserID: owner, SessionID: sessionID, Type: domain.FeedbackAnalysis, Status: domain.OperationPending,
			ParentID: uuid.NullUUID{UUID: operationID, Valid: true}, RetryCount: 3,
			Attempt: 1, LeaseUntil: later.Add(domain.OperationLease), CreatedAt: later, UpdatedAt: later,
		})
		equal(t, "failed operation", failed, before)
	})

	for _, status := range []domain.OperationStatus{domain.OperationPending, domain.OperationProcessing, domain.OperationCompleted} {
		t.Run(fmt.Sprintf("refuses one that is %s", status), func(t *testing.T) {
			retry, err := changed(func(o *domain.Operation) { o.Status = status }).Retry(messageID, later)
			if !errors.Is(err, domain.ErrOperationNotFailed) {
				t.Errorf("error is %v", err)
			}
			equal(t, "retry", retry, domain.Operation{})
		})
	}
}

func TestCloneOfAnOperationSharesNoMemory(t *testing.T) {
	feedback := domain.NewFeedback(messageID, sessionIn(domain.SessionCompleted), assessmentOf(1, 2, 3, 4), later)
	for _, test := range []struct {
		name   string
		make   func(*domain.Operation)
		change func(*domain.Operation)
	}{
		{"of a new one", func(*domain.Operation) {}, func(o *domain.Operation) { o.Status = domain.OperationFailed }},
		{"of a failed one", func(o *domain.Operation) { o.Fail(domain.FailureStorage, later) },
			func(o *domain.Operation) { o.Failure.Message = "changed" }},
		{"of a question's", func(o *domain.Operation) { o.CompleteQuestion(question("Why?"), later) },
			func(o *domain.Operation) { o.Result.Question.Text = "changed" }},
		{"of a result itself", func(o *domain.Operation) { o.CompleteQuestion(question("Why?"), later) },
			func(o *domain.Operation) { o.Result.Question = nil }},
		{"of a feedback's", func(o *domain.Operation) { o.CompleteFeedback(feedback, later) },
			func(o *domain.Operation) {
				o.Result.Feedback.OverallScore = 99
				o.Result.Feedback.KnowledgeGaps[0], o.Result.Feedback.LearningRecommendations[0] = "changed", "changed"
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			original, want := changed(test.make), changed(test.make)
			clone := original.Clone()
			equal(t, "clone", clone, want)
			test.change(&clone)
			equal(t, "original", original, want)
		})
	}
}

func TestCompletionsShareNoMemory(t *testing.T) {
	feedback := domain.NewFeedback(messageID, sessionIn(domain.SessionCompleted), assessmentOf(1, 2, 3, 4), later)
	completed := changed(func(o *domain.Operation) { o.CompleteFeedback(feedback, later) })
	feedback.KnowledgeGaps[0], feedback.LearningRecommendations[0] = "changed", "changed"
	equal(t, "result", completed.Result.Feedback.Assessment, assessmentOf(1, 2, 3, 4))

	failure := domain.FailureStorage
	changed(func(o *domain.Operation) {
		o.Fail(failure, later)
		o.Failure.Message = "changed"
	})
	equal(t, "failure", failure, domain.FailureStorage)
}

func TestOperationFailures(t *testing.T) {
	code := regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`)
	codes := map[string]bool{}
	for _, test := range []struct {
		failure   domain.OperationFailure
		code      string
		temporary bool
	}{
		{domain.FailureSessionNotFound, "SESSION_NOT_FOUND", false},
		{domain.FailureSessionNotActive, "SESSION_NOT_ACTIVE", false},
		{domain.FailureJobPostingRequired, "JOB_POSTING_REQUIRED", false},
		{domain.FailureResumeRequired, "RESUME_REQUIRED", false},
		{domain.FailureNoAnswers, "NO_ANSWERS", false},
		{domain.FailureFeedbackExists, "FEEDBACK_ALREADY_EXISTS", false},
		{domain.FailureStorage, "DB_WRITE_FAILED", true},
		{domain.FailureUnexpected, "UNEXPECTED_ERROR", true},
	} {
		t.Run(test.code, func(t *testing.T) {
			equal(t, "code", test.failure.Code, test.code)
			equal(t, "whether it is temporary", test.failure.Temporary(), test.temporary)
			happened, action, found := strings.Cut(test.failure.Message, "\n\nWhat to do: ")
			if !found || happened == "" || action == "" || strings.Contains(action, "What to do: ") {
				t.Errorf("message is %q", test.failure.Message)
			}
			if !code.MatchString(test.failure.Code) || codes[test.failure.Code] {
				t.Errorf("code %q is taken, or of another form", test.failure.Code)
			}
			codes[test.failure.Code] = true
			if text := test.failure.Error(); !strings.Contains(text, test.code) {
				t.Errorf("as an error it says %q", text)
			}
		})
	}
}
