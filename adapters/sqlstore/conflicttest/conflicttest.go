package conflicttest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// maxConflicts is how often a store repeats what loses one.
const maxConflicts = 5

// Database is what the tests run on.
type Database struct {
	Store    ports.Storage
	Injector *Injector // around each of its connections
	// Conflicts are what the engine's driver says of a conflict, and Lost what
	// it says of a broken connection, nil if it has none to break.
	Conflicts []error
	Lost      error
}

// Run runs the tests.
func Run(t *testing.T, db Database) {
	for _, kind := range writes {
		t.Run(kind.name, func(t *testing.T) {
			for i, conflict := range db.Conflicts {
				t.Run(fmt.Sprintf("conflict %d", i), func(t *testing.T) { conflicts(t, db, kind, conflict) })
			}
			if db.Lost != nil {
				t.Run("lost at the commit", func(t *testing.T) { lostAtCommit(t, db, kind) })
			}
		})
	}
}

// write is something that a store is asked to write.
type write struct {
	name      string
	statement string // that ends it: "commit", or its only one
	do        func(ctx context.Context, db ports.Storage, session domain.InterviewSession) error
	keyed     bool
}

var writes = []write{
	{"one statement", "INSERT INTO interview_sessions", func(ctx context.Context, db ports.Storage, session domain.InterviewSession) error {
		return db.CreateSession(ctx, session)
	}, false},
	{"a transaction", "commit", func(ctx context.Context, db ports.Storage, session domain.InterviewSession) error {
		_, err := db.CreateRetake(ctx, session)
		return err
	}, false},
	{"with a key", "commit", func(ctx context.Context, db ports.Storage, session domain.InterviewSession) error {
		key := domain.IdempotencyKey{UserID: session.UserID(), Method: "POST", Path: "/", Key: session.ID().String()}
		reply, _, err := db.RunOnce(ctx, key, time.Now(), time.Time{}, func(ctx context.Context) (domain.Reply, error) {
			return domain.Reply{Status: 201, Body: []byte("{}")}, db.CreateSession(ctx, session)
		})
		if err == nil && reply.Status != 201 {
			err = fmt.Errorf("the reply is %+v", reply)
		}
		return err
	}, true},
}

// fixture is a chain to add an attempt to.
func fixture(t *testing.T, db ports.Storage) domain.InterviewSession {
	t.Helper()
	ctx, now := context.Background(), time.Now().UTC().Truncate(time.Microsecond)
	user := domain.User{ID: uuid.New(), Email: uuid.NewString() + "@example.com", PasswordHash: "hash", CreatedAt: now, UpdatedAt: now}
	posting := domain.JobPosting{ID: uuid.New(), UserID: user.ID, Title: "t", Description: "d", Language: domain.LanguageEnglish, CreatedAt: now, UpdatedAt: now}
	first := domain.RestoreInterviewSession(domain.SessionState{ID: uuid.New(), UserID: user.ID, JobPostingID: uuid.NullUUID{UUID: posting.ID, Valid: true},
		Status: domain.SessionCompleted, RetakeNumber: 1, CreatedAt: now, UpdatedAt: now})
	if err := errors.Join(db.CreateUser(ctx, user), db.CreateJobPosting(ctx, posting), db.CreateSession(ctx, first)); err != nil {
		t.Fatal(err)
	}
	retake, err := first.Retake(uuid.New(), now)
	if err != nil {
		t.Fatal(err)
	}
	return retake
}

// stored checks whether the session is there.
func stored(t *testing.T, db Database, session domain.InterviewSession, want bool) {
	t.Helper()
	db.Injector.set(nil)
	switch _, err := db.Store.FindSession(t.Context(), session.UserID(), session.ID()); {
	case err != nil && !errors.Is(err, domain.ErrSessionNotFound):
		t.Fatal(err)
	case (err == nil) != want:
		t.Errorf("it is stored: %t, want %t", err == nil, want)
	}
}

// conflicts refuses each statement of the write in turn, so many times.
func conflicts(t *testing.T, db Database, kind write, conflict error) {
	var statements int
	session := fixture(t, db.Store)
	db.Injector.set(func(_ string, do func() error) error { statements++; return do() })
	if err := kind.do(t.Context(), db.Store, session); err != nil {
		t.Fatal(err)
	}
	for number := range statements {
		for _, times := range []int{1, maxConflicts, maxConflicts + 1} {
			session := fixture(t, db.Store)
			seen, left := 0, times
			db.Injector.set(func(statement string, do func() error) error {
				if statement == "begin" {
					seen = 0
				}
				seen++
				if seen-1 == number && left > 0 {
					left--
					if kind.statement != "commit" {
						seen = 0
					}
					return conflict
				}
				return do()
			})
			err := kind.do(t.Context(), db.Store, session)
			if times <= maxConflicts && err != nil || times > maxConflicts && !errors.Is(err, domain.ErrUnavailable) {
				t.Errorf("statement %d, %d conflicts: %v", number, times, err)
			}
			stored(t, db, session, times <= maxConflicts)
			db.Injector.set(nil)
		}
	}

	session = fixture(t, db.Store)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	db.Injector.set(func(string, func() error) error { <-ctx.Done(); return conflict })
	if err := kind.do(ctx, db.Store, session); !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("past the deadline: %v", err)
	}
	stored(t, db, session, false)
}

// lostAtCommit breaks the connection when the write is about to be stored, and
// when it is.
func lostAtCommit(t *testing.T, db Database, kind write) {
	for _, done := range []bool{false, true} {
		session := fixture(t, db.Store)
		lost := false
		db.Injector.set(func(statement string, do func() error) error {
			if lost || !strings.Contains(statement, kind.statement) {
				return do()
			}
			lost = true
			if done {
				if err := do(); err != nil {
					return err
				}
			}
			return db.Lost
		})
		err := kind.do(t.Context(), db.Store, session)
		if kind.keyed && err != nil || !kind.keyed && !errors.Is(err, domain.ErrOutcomeUnknown) {
			t.Errorf("stored %t: %v", done, err)
		}
		stored(t, db, session, done || kind.keyed)
	}
}
