package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// longAgo is before the times of all rows but those that say so.
var longAgo = time.Date(2001, 1, 2, 3, 4, 5, 678_901_000, time.UTC)

// household is an account with one row or more of each kind.
type household struct {
	fixture
	user, newcomer domain.User // the newcomer has nothing yet
	leaver         domain.User // nothing either
	posting        domain.JobPosting
	resume         domain.Resume
	active         domain.InterviewSession
	messages       []domain.Message // of the active session
	completed      domain.InterviewSession
	feedback       domain.Feedback    // of the completed session
	operations     []domain.Operation // lost and failed among them
	lost           domain.Operation   // unfinished, its lease long past
	failed         domain.Operation   // long ago
}

func (f fixture) household() household {
	f.t.Helper()
	h := household{fixture: f, user: f.user(), newcomer: f.user(), leaver: f.user()}
	h.posting = f.posting(h.user.ID, at(0))
	h.resume = f.resume(h.user.ID, at(0))
	h.completed = f.completed(h.posting, at(0))
	judged, feedback := f.feedback(h.completed, 70, at(1))
	asked, active, question := f.question(f.session(h.posting, at(2)), "Why Go?", at(3))
	question.Seq = 1
	h.feedback, h.active = feedback, active
	h.messages = []domain.Message{question, f.answer(active, "It is small.", at(4))}
	h.lost, h.failed = f.operation(active, longAgo), f.failed(active, longAgo)
	h.operations = []domain.Operation{judged, asked, h.lost, h.failed}
	return h
}

// calls lists each method once, with arguments that exist: unless the context
// keeps it from doing so, each answers, and each that writes has an effect.
func (h household) calls() map[string]func(context.Context) error {
	owner, id := h.user.ID, uuid.New()
	return map[string]func(context.Context) error{
		"FindUser":        func(ctx context.Context) error { _, err := h.FindUser(ctx, owner); return err },
		"FindUserByEmail": func(ctx context.Context) error { _, err := h.FindUserByEmail(ctx, h.user.Email); return err },
		"CreateUser": func(ctx context.Context) error {
			return h.CreateUser(ctx, domain.User{ID: id, Email: id.String() + "@example.com", CreatedAt: at(0), UpdatedAt: at(0)})
		},
		"FindTokenVersion": func(ctx context.Context) error { _, err := h.FindTokenVersion(ctx, owner); return err },
		"EndTokens":        func(ctx context.Context) error { _, err := h.EndTokens(ctx, owner, at(99)); return err },
		"ReplacePassword": func(ctx context.Context) error {
			_, err := h.ReplacePassword(ctx, owner, h.user.PasswordHash, "another", at(99))
			return err
		},
		"DeleteUser":  func(ctx context.Context) error { return h.DeleteUser(ctx, h.leaver.ID) },
		"FindAccount": func(ctx context.Context) error { _, err := h.FindAccount(ctx, owner); return err },
		"ReplacePasswordHash": func(ctx context.Context) error {
			return h.ReplacePasswordHash(ctx, owner, h.user.PasswordHash, "$another$")
		},
		"SaveAPIKey": func(ctx context.Context) error { return h.SaveAPIKey(ctx, owner, "encrypted", at(99)) },

		"FindJobPosting":   func(ctx context.Context) error { _, err := h.FindJobPosting(ctx, owner, h.posting.ID); return err },
		"ListJobPostings":  func(ctx context.Context) error { _, err := h.ListJobPostings(ctx, owner, 10, 0); return err },
		"CreateJobPosting": func(ctx context.Context) error { return h.CreateJobPosting(ctx, h.newPosting(owner, at(0))) },
		"ReplaceJobPosting": func(ctx context.Context) error {
			replaced := h.posting.Clone()
			replaced.Title = "changed"
			return h.ReplaceJobPosting(ctx, replaced)
		},
		"DeleteJobPosting": func(ctx context.Context) error { return h.DeleteJobPosting(ctx, owner, h.posting.ID) },

		"FindResume":   func(ctx context.Context) error { _, err := h.FindResume(ctx, owner); return err },
		"CreateResume": func(ctx context.Context) error { return h.CreateResume(ctx, h.newResume(h.newcomer.ID, at(0))) },
		"ReplaceResume": func(ctx context.Context) error {
			replaced := h.resume
			replaced.Content = "changed"
			return h.ReplaceResume(ctx, replaced)
		},
		"DeleteResume": func(ctx context.Context) error { return h.DeleteResume(ctx, owner) },

		"FindSession":       func(ctx context.Context) error { _, err := h.FindSession(ctx, owner, h.active.ID()); return err },
		"FindSessionDetail": func(ctx context.Context) error { _, err := h.FindSessionDetail(ctx, owner, h.active.ID()); return err },
		"ListSessions": func(ctx context.Context) error {
			_, err := h.ListSessions(ctx, owner, domain.SessionFilter{})
			return err
		},
		"ListSessionScores": func(ctx context.Context) error { _, err := h.ListSessionScores(ctx, owner); return err },
		"ListAttempts":      func(ctx context.Context) error { _, err := h.ListAttempts(ctx, owner, h.active.ID()); return err },
		"CreateSession":     func(ctx context.Context) error { return h.CreateSession(ctx, h.newSession(h.posting, at(0))) },
		"CreateRetake": func(ctx context.Context) error {
			retake, err := h.completed.Retake(id, at(9))
			h.must(err)
			_, err = h.CreateRetake(ctx, retake)
			return err
		},
		"SaveSessionStatus": func(ctx context.Context) error {
			paused := h.active
			h.must(paused.Pause(at(9)))
			_, err := h.SaveSessionStatus(ctx, paused, domain.SessionActive)
			return err
		},
		"DeleteSession": func(ctx context.Context) error { return h.DeleteSession(ctx, owner, h.active.ID()) },

		"ListMessages": func(ctx context.Context) error {
			_, err := h.ListMessages(ctx, owner, h.active.ID(), nil, 0)
			return err
		},
		"ListAskedBefore": func(ctx context.Context) error { _, err := h.ListAskedBefore(ctx, owner, h.active.ID()); return err },
		"CreateAnswer": func(ctx context.Context) error {
			_, err := h.CreateAnswer(ctx, h.newAnswer(h.active, "I see.", at(9)))
			return err
		},
		"SaveQuestion": func(ctx context.Context) error {
			operation, session, question := h.newQuestion(h.lost, h.active, "And then?", at(9))
			return h.SaveQuestion(ctx, operation, session, question)
		},

		"FindOperation": func(ctx context.Context) error { _, err := h.FindOperation(ctx, owner, h.lost.ID); return err },
		"CreateOperation": func(ctx context.Context) error {
			return h.CreateOperation(ctx, domain.NewOperation(id, domain.QuestionGeneration, h.active, at(9)), domain.SessionActive)
		},
		"CreateRetry": func(ctx context.Context) error {
			retry, err := h.failed.Retry(uuid.New(), at(9))
			h.must(err)
			return h.CreateRetry(ctx, retry)
		},
		"UpdateOperation": func(ctx context.Context) error {
			begun := h.lost
			begun.Renew(true, at(9))
			return h.UpdateOperation(ctx, begun)
		},
		"CountUnfinished": func(ctx context.Context) error { _, err := h.CountUnfinished(ctx); return err },
		"ListUnfinished":  func(ctx context.Context) error { _, err := h.ListUnfinished(ctx, 1); return err },
		"ClaimOperation": func(ctx context.Context) error {
			claimed := h.lost
			claimed.Claim(at(9))
			return h.ClaimOperation(ctx, claimed, at(9))
		},
		"PruneOperations": func(ctx context.Context) error {
			_, err := h.PruneOperations(ctx, longAgo.Add(time.Microsecond))
			return err
		},

		"FindFeedback": func(ctx context.Context) error { _, err := h.FindFeedback(ctx, owner, h.completed.ID()); return err },
		"SaveFeedback": func(ctx context.Context) error {
			operation, feedback := h.newFeedback(h.lost, h.active, 80, at(9))
			return h.SaveFeedback(ctx, operation, feedback)
		},

		"RunOnce": func(ctx context.Context) error {
			_, _, err := h.RunOnce(ctx, newKey(owner, "body"), at(9), longAgo, func(ctx context.Context) (domain.Reply, error) {
				return newReply(201, "", "{}"), h.CreateSession(ctx, h.newSession(h.posting, at(0)))
			})
			return err
		},
		"PruneIdempotencyKeys": func(ctx context.Context) error {
			_, err := h.PruneIdempotencyKeys(ctx, longAgo.Add(-time.Hour))
			return err
		},

		"ReadMetrics": func(ctx context.Context) error { _, err := h.ReadMetrics(ctx, owner); return err },
	}
}

// unchanged checks that the household is as it was made.
func (h household) unchanged() {
	h.t.Helper()
	ctx, owner := h.t.Context(), h.user.ID
	user, err := h.FindUser(ctx, owner)
	h.must(err)
	equal(h.fixture, "user", user, h.user)
	_, err = h.FindUser(ctx, h.leaver.ID)
	h.must(err)
	resume, err := h.FindResume(ctx, owner)
	h.must(err)
	equal(h.fixture, "resume", resume, h.resume)
	_, err = h.FindResume(ctx, h.newcomer.ID)
	h.wants("the newcomer's resume", err, domain.ErrResumeNotFound)
	h.hasJustThis(h.posting, h.active, h.completed)
	h.hasMessages("messages", h.active, h.messages...)
	h.hasMessages("messages of the completed session", h.completed)
	for _, operation := range h.operations {
		h.hasOperation("operation", operation)
	}
	h.hasFeedback("feedback", h.feedback)
	_, err = h.FindFeedback(ctx, owner, h.active.ID())
	h.wants("feedback of the active session", err, domain.ErrFeedbackNotFound)
}

// hasJustThis checks that the posting's owner has it and these sessions, newest
// first, and no others.
func (f fixture) hasJustThis(posting domain.JobPosting, sessions ...domain.InterviewSession) {
	f.t.Helper()
	postings, err := f.ListJobPostings(f.t.Context(), posting.UserID, 10, 0)
	f.must(err)
	equal(f, "postings", postings, []domain.JobPostingItem{posting.Item()})
	stored, err := f.FindJobPosting(f.t.Context(), posting.UserID, posting.ID)
	f.must(err)
	equal(f, "posting", stored, posting)
	f.hasSessions("sessions", posting.UserID, sessions...)
}

// hasSessions checks that the owner has just these sessions, newest first.
func (f fixture) hasSessions(what string, owner uuid.UUID, want ...domain.InterviewSession) {
	f.t.Helper()
	list, err := f.ListSessions(f.t.Context(), owner, domain.SessionFilter{})
	f.must(err)
	var got []domain.InterviewSession
	for _, summary := range list {
		got = append(got, summary.Session)
	}
	equal(f, what, got, want)
}

// contextEveryMethod shows that the other tests here miss no method, and that
// what they try would have worked.
func contextEveryMethod(t *testing.T, f fixture) {
	storage := reflect.TypeFor[ports.Storage]()
	if n := len(f.household().calls()); n != storage.NumMethod() {
		t.Errorf("%d methods are tried of %d", n, storage.NumMethod())
	}
	for i := range storage.NumMethod() {
		name := storage.Method(i).Name
		h := f.household()
		if call, ok := h.calls()[name]; !ok {
			t.Errorf("%s is not tried", name)
		} else if err := call(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		h.cleanUp()
	}
}

func contextCancelled(t *testing.T, f fixture) {
	h := f.household()
	defer h.cleanUp()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range h.calls() {
		f.wants(name, call(ctx), context.Canceled)
	}
	h.unchanged()
}

func contextDeadlinePassed(t *testing.T, f fixture) {
	h := f.household()
	defer h.cleanUp()
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for name, call := range h.calls() {
		f.wants(name, call(ctx), domain.ErrUnavailable)
	}
	h.unchanged()
}

// cleanUp removes the operations that are due by their times, with their
// session.
func (h household) cleanUp() { h.forget(h.active) }

// forget deletes sessions, so that nobody who shares the storage finds their
// operations.
func (f fixture) forget(sessions ...domain.InterviewSession) {
	f.t.Helper()
	for _, session := range sessions {
		if err := f.DeleteSession(f.t.Context(), session.UserID(), session.ID()); err != nil && !errors.Is(err, domain.ErrSessionNotFound) {
			f.t.Fatal(err)
		}
	}
}
