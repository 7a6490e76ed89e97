package domain_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

func TestNewInterviewSession(t *testing.T) {
	t.Run("starts the owner's first attempt, active, at question 0", func(t *testing.T) {
		session, err := domain.NewInterviewSession(sessionID, owner, domain.JobPosting{ID: postingID, UserID: owner}, created)
		equal(t, "error", err, nil)
		equal(t, "state", session.State(), domain.SessionState{
			ID:                    sessionID,
			UserID:                owner,
			JobPostingID:          uuid.NullUUID{UUID: postingID, Valid: true},
			Status:                domain.SessionActive,
			CurrentQuestionNumber: 0,
			RetakeNumber:          1,
			OriginalSessionID:     uuid.NullUUID{},
			CreatedAt:             created,
			UpdatedAt:             created,
		})
		equal(t, "id", session.ID(), sessionID)
		equal(t, "owner", session.UserID(), owner)
	})
	for _, test := range []struct {
		name    string
		posting domain.JobPosting
	}{
		{"refuses another user's posting as if it did not exist", domain.JobPosting{ID: postingID, UserID: stranger}},
		{"refuses a posting without an owner", domain.JobPosting{ID: postingID}},
		{"refuses no posting at all", domain.JobPosting{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			session, err := domain.NewInterviewSession(sessionID, owner, test.posting, created)
			if !errors.Is(err, domain.ErrJobPostingNotFound) {
				t.Errorf("got %v", err)
			}
			equal(t, "session", session, domain.InterviewSession{})
		})
	}
}

func TestRestoreInterviewSession(t *testing.T) {
	for _, test := range []struct {
		name  string
		state domain.SessionState
	}{
		{"gives back every member", domain.SessionState{
			ID:                    sessionID,
			UserID:                owner,
			JobPostingID:          uuid.NullUUID{UUID: postingID, Valid: true},
			Status:                domain.SessionCompleted,
			CurrentQuestionNumber: 7,
			RetakeNumber:          3,
			OriginalSessionID:     uuid.NullUUID{UUID: stranger, Valid: true},
			CreatedAt:             created,
			UpdatedAt:             later,
		}},
		{"takes a session whose posting is gone", domain.SessionState{
			ID: sessionID, UserID: owner, Status: domain.SessionPaused, RetakeNumber: 1, CreatedAt: created, UpdatedAt: created,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			session := domain.RestoreInterviewSession(test.state)
			equal(t, "state", session.State(), test.state)
			equal(t, "id", session.ID(), test.state.ID)
			equal(t, "owner", session.UserID(), test.state.UserID)
			equal(t, "session restored again", domain.RestoreInterviewSession(session.State()), session)
		})
	}
}

func TestStateIsACopy(t *testing.T) {
	session := domain.RestoreInterviewSession(domain.SessionState{ID: sessionID, Status: domain.SessionActive})
	state := session.State()
	state.Status = domain.SessionCompleted
	equal(t, "status", session.State().Status, domain.SessionActive)
}

func TestParseSessionStatus(t *testing.T) {
	for _, test := range []struct {
		name, in string
		want     domain.SessionStatus // none if refused
	}{
		{"knows active", "active", domain.SessionActive},
		{"knows paused", "paused", domain.SessionPaused},
		{"knows completed", "completed", domain.SessionCompleted},
		{"refuses nothing", "", ""},
		{"refuses another word", "abandoned", ""},
		{"refuses upper case", "Active", ""},
		{"refuses white space", " active", ""},
		{"refuses two statuses", "active,paused", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := domain.ParseSessionStatus(test.in)
			if got != test.want || (test.want == "") != errors.Is(err, domain.ErrInvalidStatusFilter) || test.want != "" && err != nil {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

// sessionIn is a stored session in a status, at its second question.
func sessionIn(status domain.SessionStatus) domain.InterviewSession {
	return domain.RestoreInterviewSession(domain.SessionState{
		ID:                    sessionID,
		UserID:                owner,
		JobPostingID:          uuid.NullUUID{UUID: postingID, Valid: true},
		Status:                status,
		CurrentQuestionNumber: 2,
		RetakeNumber:          1,
		CreatedAt:             created,
		UpdatedAt:             created,
	})
}

func TestSessionCalls(t *testing.T) {
	const active, paused, completed = domain.SessionActive, domain.SessionPaused, domain.SessionCompleted
	type session = domain.InterviewSession
	calls := map[string]func(*session) error{
		"pause":             func(s *session) error { return s.Pause(later) },
		"resume":            func(s *session) error { return s.Resume(later) },
		"complete":          func(s *session) error { return s.Complete(later) },
		"generate-question": func(s *session) error { return s.AllowQuestion() },
		"answers":           func(s *session) error { _, err := s.Answer(messageID, "text", later); return err },
		"generate-feedback": func(s *session) error { return s.AllowFeedback() },
		"retake":            func(s *session) error { _, err := s.Retake(messageID, later); return err },
	}
	for _, test := range []struct {
		call     string
		status   domain.SessionStatus
		want     domain.SessionStatus // unless it is refused
		err      error
		messages string // what its message says
	}{
		{"pause", active, paused, nil, ""},
		{"pause", paused, "", domain.ErrInvalidSessionState, "paused"},
		{"pause", completed, "", domain.ErrInvalidSessionState, "completed"},
		{"resume", active, "", domain.ErrInvalidSessionState, "active"},
		{"resume", paused, active, nil, ""},
		{"resume", completed, "", domain.ErrInvalidSessionState, "completed"},
		{"complete", active, completed, nil, ""},
		{"complete", paused, completed, nil, ""},
		{"complete", completed, "", domain.ErrSessionAlreadyCompleted, "already"},
		{"generate-question", active, active, nil, ""},
		{"generate-question", paused, "", domain.ErrSessionNotActive, "paused"},
		{"generate-question", completed, "", domain.ErrSessionNotActive, "completed"},
		{"answers", active, active, nil, ""},
		{"answers", paused, "", domain.ErrSessionNotActive, "Only active sessions accept answers"},
		{"answers", completed, "", domain.ErrSessionNotActive, "Only active sessions accept answers"},
		{"generate-feedback", active, "", domain.ErrSessionNotCompleted, "must be completed"},
		{"generate-feedback", paused, "", domain.ErrSessionNotCompleted, "must be completed"},
		{"generate-feedback", completed, completed, nil, ""},
		{"retake", active, "", domain.ErrSessionNotCompleted, "must be completed"},
		{"retake", paused, "", domain.ErrSessionNotCompleted, "must be completed"},
		{"retake", completed, completed, nil, ""},
	} {
		t.Run(fmt.Sprintf("%s while it is %s", test.call, test.status), func(t *testing.T) {
			session := sessionIn(test.status)
			want := session.State()
			err := calls[test.call](&session)
			if !errors.Is(err, test.err) {
				t.Fatalf("error is %v, want %v", err, test.err)
			}
			if test.err != nil {
				var e *domain.Error
				if !errors.As(err, &e) || !strings.Contains(e.Message, test.messages) {
					t.Errorf("error is %v, want %q in it", err, test.messages)
				}
				equal(t, "state after a refusal", session.State(), want)
				return
			}
			if want.Status != test.want {
				want.Status, want.UpdatedAt = test.want, later
			}
			equal(t, "state", session.State(), want)
		})
	}
}

func TestRefusalsLeaveTheFailuresAsTheyAre(t *testing.T) {
	before := *domain.ErrSessionNotActive
	session := sessionIn(domain.SessionPaused)
	if err := session.AllowQuestion(); err == nil || err.Error() == domain.ErrSessionNotActive.Error() {
		t.Errorf("error is %v, want one that says more", err)
	}
	equal(t, "failure", *domain.ErrSessionNotActive, before)
}

func TestCompletingNeedsNoQuestion(t *testing.T) {
	session, err := domain.NewInterviewSession(sessionID, owner, domain.JobPosting{ID: postingID, UserID: owner}, created)
	equal(t, "error", err, nil)
	equal(t, "error", session.Complete(later), nil)
	equal(t, "status", session.State().Status, domain.SessionCompleted)
	equal(t, "question number", session.State().CurrentQuestionNumber, 0)
}

func TestAsk(t *testing.T) {
	for _, status := range []domain.SessionStatus{domain.SessionActive, domain.SessionPaused} {
		t.Run(fmt.Sprintf("counts the question and moves the update time of a session that is %s", status), func(t *testing.T) {
			session := sessionIn(status)
			want := session.State()
			want.CurrentQuestionNumber, want.UpdatedAt = 3, later
			question, err := session.Ask(messageID, " Why?\n", later)
			equal(t, "error", err, nil)
			equal(t, "question", question, domain.Message{
				ID: messageID, UserID: owner, SessionID: sessionID, Type: domain.MessageQuestion,
				Content: " Why?\n", QuestionType: domain.QuestionSituational, CreatedAt: later,
			})
			equal(t, "state", session.State(), want)
		})
	}

	t.Run("is refused by a completed session, which stays as it is", func(t *testing.T) {
		session := sessionIn(domain.SessionCompleted)
		question, err := session.Ask(messageID, "Why?", later)
		if !errors.Is(err, domain.ErrSessionNotActive) || !strings.Contains(err.Error(), "completed") {
			t.Errorf("error is %v", err)
		}
		equal(t, "question", question, domain.Message{})
		equal(t, "session", session, sessionIn(domain.SessionCompleted))
	})

	t.Run("takes the types in turn, as NextQuestion says before", func(t *testing.T) {
		session, err := domain.NewInterviewSession(sessionID, owner, domain.JobPosting{ID: postingID, UserID: owner}, created)
		equal(t, "error", err, nil)
		for i, want := range []domain.QuestionType{
			domain.QuestionTechnical, domain.QuestionBehavioral, domain.QuestionSituational,
			domain.QuestionTechnical, domain.QuestionBehavioral, domain.QuestionSituational, domain.QuestionTechnical,
		} {
			number, typ := session.NextQuestion()
			equal(t, "number", number, i+1)
			equal(t, "type", typ, want)
			question, err := session.Ask(messageID, "Why?", later)
			equal(t, "error", err, nil)
			equal(t, "type of the question", question.QuestionType, want)
			equal(t, "number in the session", session.State().CurrentQuestionNumber, i+1)
		}
	})
}

func TestAnswer(t *testing.T) {
	t.Run("is a message of the session, as it was given, and moves nothing", func(t *testing.T) {
		session := sessionIn(domain.SessionActive)
		answer, err := session.Answer(messageID, " Because.\n", later)
		equal(t, "error", err, nil)
		equal(t, "answer", answer, domain.Message{
			ID: messageID, UserID: owner, SessionID: sessionID, Type: domain.MessageAnswer, Content: " Because.\n", CreatedAt: later,
		})
		equal(t, "session", session, sessionIn(domain.SessionActive))
	})

	for _, status := range []domain.SessionStatus{domain.SessionActive, domain.SessionCompleted} {
		t.Run(fmt.Sprintf("is refused for its text first by a session that is %s", status), func(t *testing.T) {
			answer, err := sessionIn(status).Answer(messageID, "", later)
			equal(t, "broken rules", brokenRules(t, err),
				[]domain.FieldError{{Path: []any{"answer_text"}, Rule: domain.RuleTooShort, Limit: 1}})
			equal(t, "answer", answer, domain.Message{})
		})
	}
}

func TestRetake(t *testing.T) {
	first := uuid.NullUUID{UUID: stranger, Valid: true}
	for _, test := range []struct {
		name     string
		number   int
		original uuid.NullUUID
		chain    uuid.UUID
	}{
		{"of the first attempt names it as the original", 1, uuid.NullUUID{}, sessionID},
		{"of a retake names the first attempt, not the retake", 3, first, stranger},
		{"of a retake whose first attempt was deleted begins its own chain", 3, uuid.NullUUID{}, sessionID},
	} {
		t.Run(test.name, func(t *testing.T) {
			state := sessionIn(domain.SessionCompleted).State()
			state.RetakeNumber, state.OriginalSessionID = test.number, test.original
			session := domain.RestoreInterviewSession(state)
			equal(t, "chain", session.ChainID(), test.chain)
			retake, err := session.Retake(messageID, later)
			equal(t, "error", err, nil)
			equal(t, "retake", retake.State(), domain.SessionState{
				ID:                messageID,
				UserID:            owner,
				JobPostingID:      uuid.NullUUID{UUID: postingID, Valid: true},
				Status:            domain.SessionActive,
				RetakeNumber:      test.number + 1,
				OriginalSessionID: uuid.NullUUID{UUID: test.chain, Valid: true},
				CreatedAt:         later,
				UpdatedAt:         later,
			})
			equal(t, "chain of the retake", retake.ChainID(), test.chain)
			equal(t, "retaken session", session.State(), state)
		})
	}

	for _, test := range []struct {
		status domain.SessionStatus
		want   error
	}{
		{domain.SessionActive, domain.ErrSessionNotCompleted},
		{domain.SessionPaused, domain.ErrSessionNotCompleted},
		{domain.SessionCompleted, domain.ErrMissingJobPosting},
	} {
		t.Run(fmt.Sprintf("is refused without a posting while the session is %s", test.status), func(t *testing.T) {
			state := sessionIn(test.status).State()
			state.JobPostingID = uuid.NullUUID{}
			retake, err := domain.RestoreInterviewSession(state).Retake(messageID, later)
			if !errors.Is(err, test.want) {
				t.Errorf("error is %v, want %v", err, test.want)
			}
			equal(t, "retake", retake, domain.InterviewSession{})
		})
	}
}

func TestSessionPlace(t *testing.T) {
	state := sessionIn(domain.SessionPaused).State()
	state.UpdatedAt = later.Add(time.Hour)
	equal(t, "place", domain.RestoreInterviewSession(state).Place(), domain.SessionPlace{CreatedAt: created, ID: sessionID})
}
