package app_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

var (
	owner     = uuid.MustParse("0d7c2f4e-8a53-4f0b-9c55-6a3a2b1c4d5e")
	stranger  = uuid.MustParse("1b6f0c6a-3f0e-4c58-8c5b-0a9d8e7f6a5b")
	postingID = uuid.MustParse("2c9a1f7b-5d4e-4a3b-9f8e-7d6c5b4a3f2e")
	sessionID = uuid.MustParse("3d8b2e6c-4c5f-4b2a-8e7d-6c5b4a3f2e1d")

	operationID = uuid.MustParse("4e7a1d5b-3b6e-4c1a-9d8c-5b4a3f2e1d0c")
	messageID   = uuid.MustParse("5f6b0c4a-2a7d-4d0b-8c7b-4a3f2e1d0c9b")

	// created is when what is stored already was made, now when a use case
	// runs.
	created = time.Date(2026, 2, 1, 8, 0, 0, 0, time.UTC)
	now     = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

	errStorage = errors.New("the disk is full of eels")
)

// clock shows now as a wall clock does: in a zone, finer than a microsecond.
func clock() time.Time {
	return now.Add(789 * time.Nanosecond).In(time.FixedZone("Kyiv", 2*60*60))
}

// ownPosting is a stored posting of the owner's.
func ownPosting() domain.JobPosting {
	return domain.JobPosting{
		ID:              postingID,
		UserID:          owner,
		Title:           "Go Developer",
		Company:         "Acme",
		Description:     "Builds things.",
		ExperienceLevel: "senior",
		TechStack:       []string{"Go", "PostgreSQL"},
		Language:        domain.LanguageUkrainian,
		CreatedAt:       created,
		UpdatedAt:       created,
	}
}

// ownSession is a stored session of the owner's.
func ownSession() domain.InterviewSession {
	return domain.RestoreInterviewSession(domain.SessionState{
		ID:           sessionID,
		UserID:       owner,
		JobPostingID: uuid.NullUUID{UUID: postingID, Valid: true},
		Status:       domain.SessionActive,
		RetakeNumber: 1,
		CreatedAt:    created,
		UpdatedAt:    created,
	})
}

// sessionWith is the owner's session, changed.
func sessionWith(change func(*domain.SessionState)) domain.InterviewSession {
	state := ownSession().State()
	change(&state)
	return domain.RestoreInterviewSession(state)
}

// sessionIn is the owner's session in a status.
func sessionIn(status domain.SessionStatus) domain.InterviewSession {
	return sessionWith(func(s *domain.SessionState) { s.Status = status })
}

// summaryOf is a stored session with its posting's headline.
func summaryOf(session domain.InterviewSession) domain.SessionSummary {
	headline := ownPosting().Headline()
	return domain.SessionSummary{Session: session, Posting: &headline}
}

// detailOf is a stored session with its posting and the owner's résumé.
func detailOf(session domain.InterviewSession) domain.SessionDetail {
	return domain.SessionDetail{Session: session, Posting: new(ownPosting()), Resume: new(ownResume())}
}

// ownResume is the owner's stored résumé.
func ownResume() domain.Resume {
	return domain.Resume{ID: stranger, UserID: owner, Content: " Wrote Go.\n", CreatedAt: created, UpdatedAt: created}
}

// ownOperation is a stored operation on the owner's session.
func ownOperation(typ domain.OperationType) domain.Operation {
	return domain.NewOperation(operationID, typ, ownSession(), created)
}

// question and answer are stored messages of the owner's session.
func question(seq int, text string) domain.Message {
	return domain.Message{
		ID: messageID, UserID: owner, SessionID: sessionID, Seq: seq,
		Type: domain.MessageQuestion, Content: text, QuestionType: domain.QuestionTechnical, CreatedAt: created,
	}
}

func answer(seq int, text string) domain.Message {
	return domain.Message{
		ID: messageID, UserID: owner, SessionID: sessionID, Seq: seq,
		Type: domain.MessageAnswer, Content: text, CreatedAt: created,
	}
}

// failures are the errors that any storage may return, beside its own.
var failures = []struct {
	name string
	err  error
}{
	{"is unavailable", domain.ErrUnavailable},
	{"fails", errStorage},
}

// cancelled returns a context that is over already.
func cancelled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is\n%+v, want\n%+v", what, got, want)
	}
}

// refused checks that a use case gave the error and nothing else.
func refused[T any](t *testing.T, got T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v, want %v", err, want)
	}
	if !reflect.ValueOf(&got).Elem().IsZero() {
		t.Errorf("an error comes with %+v", got)
	}
}

// refusedFields checks that a use case gave a VALIDATION_ERROR of just these
// top-level fields, and nothing else.
func refusedFields[T any](t *testing.T, got T, err error, want ...any) {
	t.Helper()
	var e *domain.Error
	if !errors.As(err, &e) || e.Kind != domain.KindValidation {
		t.Fatalf("error is %v, want a VALIDATION_ERROR", err)
	}
	var fields []any
	for _, field := range e.Fields {
		fields = append(fields, field.Path[0])
	}
	equal(t, "list of bad fields", fields, want)
	if !reflect.ValueOf(&got).Elem().IsZero() {
		t.Errorf("an error comes with %+v", got)
	}
}

// newID checks an identifier that a use case made.
func newID(t *testing.T, id uuid.UUID) {
	t.Helper()
	if id.Version() != 4 || id.Variant() != uuid.RFC4122 {
		t.Errorf("id %v is no version 4 UUID", id)
	}
}
