package domain_test

import (
	"errors"
	"testing"

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
