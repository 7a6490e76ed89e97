package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func TestQuestionsAskedForAtOnceHaveNumbersInOrder(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		var operations []map[string]any
		for range 4 {
			operations = append(operations, p.of(p.session, "POST", "/generate-question", nil).wants(202))
		}
		for i, operation := range operations {
			if typ := p.ended(operation)["result"].(map[string]any)["question_type"]; typ != string(domain.QuestionTypes[i%3]) {
				t.Errorf("question %d is %v", i+1, typ)
			}
		}
		detail := p.of(p.session, "GET", "", nil).wants(200)
		messages := detail["messages"].([]any)
		if detail["current_question_number"] != 4.0 || len(messages) != 4 {
			t.Fatalf("the session is %v", detail)
		}
		for i, message := range messages {
			if message.(map[string]any)["question_type"] != string(domain.QuestionTypes[i%3]) {
				t.Errorf("message %d is %v", i, message)
			}
		}
	})
}

func TestFeedbackNeedsItsParts(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		p.saveResume()
		p.complete(p.session)
		p.failed(p.ended(p.of(p.session, "POST", "/generate-feedback", nil).wants(202)), "NO_ANSWERS")
		p.call("DELETE", "/job-postings/"+id(p.posting), nil)
		p.of(p.session, "POST", "/generate-feedback", nil).wantsError(400, "JOB_POSTING_REQUIRED", "")
		p.of(p.session, "POST", "/retake", nil).wantsError(400, "MISSING_JOB_POSTING", "")
	})
}

func TestRetryOperation(t *testing.T) {
	onEachStorage(t, func(t *testing.T, a api) {
		p := newPractice(t, a)
		done := p.ask(p.session)
		p.call("POST", "/operations/"+id(done)+"/retry", nil).wantsError(400, "OPERATION_NOT_FAILED", "only retry failed operations")
		p.call("GET", "/operations/"+strings.ToUpper(compact(done)), nil).wants(200)
		for _, path := range []string{"GET /operations/x", "POST /operations/x/retry"} {
			method, path, _ := strings.Cut(path, " ")
			p.do(t, request{method: method, path: "/api/v1" + path, token: p.token, bad: true}).wantsInvalid(`["path","operation_id"] uuid_parsing`)
		}

		session := a.startSession(t, p.token, p.posting)
		p.saveResume()
		p.complete(session)
		failed := p.ended(p.of(session, "POST", "/generate-feedback", nil).wants(202))
		p.failed(failed, "NO_ANSWERS")
		retried := p.call("POST", "/operations/"+id(failed)+"/retry", nil)
		retry := retried.wants(200)
		if id(retry) == id(failed) || retry["status"] != "pending" || retry["parent_operation_id"] != id(failed) || retry["retry_count"] != 1.0 ||
			retry["operation_type"] != "feedback_analysis" || retry["error_message"] != nil || retried.header.Get("Location") != "/api/v1/operations/"+id(retry) {
			t.Errorf("the retry is %v", retry)
		}
		p.failed(p.ended(retry), "NO_ANSWERS") // it ran
	})
}

// moody is an interviewer who fails as often as told.
type moody struct {
	mu       sync.Mutex
	failures int
	calls    int
	err      error
}

func (m *moody) AskQuestion(context.Context, domain.Interview) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if m.calls <= m.failures {
		return "", m.err
	}
	return "Why Go?", nil
}

func (m *moody) GiveFeedback(context.Context, domain.Interview) (domain.Assessment, error) {
	panic("nobody can judge this")
}

func TestInterviewerFailures(t *testing.T) {
	secret := errors.New("sk-secret at /home/operator")
	start := func(t *testing.T, m *moody) practice {
		storage, err := openStorage(t.Context(), "memory:")
		if err != nil {
			t.Fatal(err)
		}
		return newPractice(t, newAPIIn(t, world{clock: time.Now, interviewer: m}, storage).work(t))
	}
	t.Run("once: it is tried again", func(t *testing.T) {
		p := start(t, &moody{failures: 1, err: secret})
		if result := p.ask(p.session)["result"].(map[string]any); result["question_text"] != "Why Go?" {
			t.Errorf("the result is %v", result)
		}
	})
	t.Run("again and again: the operation fails in words for people, and its retry runs", func(t *testing.T) {
		p := start(t, &moody{failures: 2, err: secret})
		failed := p.ended(p.of(p.session, "POST", "/generate-question", nil).wants(202))
		p.failed(failed, "UNEXPECTED_ERROR")
		if strings.Contains(fmt.Sprint(failed), "secret") || !strings.Contains(p.log.String(), "sk-secret") {
			t.Errorf("the cause belongs into the log alone: %v", failed)
		}
		if detail := p.of(p.session, "GET", "", nil).wants(200); detail["current_question_number"] != 0.0 || len(detail["messages"].([]any)) != 0 {
			t.Errorf("the failure left %v", detail)
		}
		retry := p.ended(p.call("POST", "/operations/"+id(failed)+"/retry", nil).wants(200))
		if retry["status"] != "completed" {
			t.Errorf("the retry is %v", retry)
		}
	})
	t.Run("a panic fails one operation and nothing else", func(t *testing.T) {
		p := start(t, &moody{})
		p.ask(p.session)
		p.saveResume()
		p.complete(p.session)
		p.failed(p.ended(p.of(p.session, "POST", "/generate-feedback", nil).wants(202)), "UNEXPECTED_ERROR")
		again := p.of(p.session, "POST", "/retake", nil).wants(201)
		p.ask(again)
	})
}
