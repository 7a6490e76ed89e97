package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jmoiron/sqlx"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// statements counts what is sent to the server.
type statements struct {
	mu   sync.Mutex
	sql  []string
	args [][]any // of each
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sql, s.args = append(s.sql, data.SQL), append(s.args, data.Args)
	return ctx
}

func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (s *statements) of(t *testing.T, call func() error) []string {
	t.Helper()
	s.mu.Lock()
	s.sql, s.args = nil, nil
	s.mu.Unlock()
	if err := call(); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sql
}

// openTraced returns a migrated database and what is sent to it.
func openTraced(t *testing.T) (*DB, *statements) {
	t.Helper()
	config, err := pgx.ParseConfig(postgrestest.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	sent := &statements{}
	config.Tracer = sent
	db, err := open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Schema.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db, sent
}

func TestStatementsPerUseCase(t *testing.T) {
	db, sent := openTraced(t)
	user, posting := seed(t, db)
	start := app.StartSession{Postings: db, Sessions: db, Clock: time.Now}
	var session domain.SessionSummary
	once := app.RunOnce{Keys: db, Clock: time.Now, Retention: time.Hour}
	startOnce := func() error {
		key := domain.IdempotencyKey{UserID: user, Method: "POST", Path: "/api/v1/sessions", Key: "key"}
		_, _, err := once.Execute(t.Context(), key, func(ctx context.Context) (domain.Reply, error) {
			_, err := start.Execute(ctx, user, posting.ID)
			return domain.Reply{Status: 201}, err
		})
		return err
	}
	dispatched := dispatcher{}
	bank := asker{}
	var operation domain.Operation
	for _, test := range []struct {
		name string
		want int
		call func() error
	}{
		{"start a session", 2, func() (err error) {
			session, err = start.Execute(t.Context(), user, posting.ID)
			return err
		}},
		{"start another", 2, func() error {
			_, err := start.Execute(t.Context(), user, posting.ID)
			return err
		}},
		// Around the two: begin, the limit of waiting, the key; its reply, commit.
		{"start one with a key", 7, startOnce},
		// Begin, the limit of waiting, the key, its reply, commit.
		{"start it again", 5, startOnce},
		// With begin and commit: of the transaction, two statements.
		{"submit an answer", 5, func() error {
			_, err := app.SubmitAnswer{Sessions: db, Answers: db, Clock: time.Now}.Execute(t.Context(), user, session.Session.ID(), "x")
			return err
		}},
		{"ask for a question", 2, func() (err error) {
			operation, err = app.RequestQuestion{Sessions: db, Operations: db, Dispatcher: dispatched, Clock: time.Now}.
				Execute(t.Context(), user, session.Session.ID())
			return err
		}},
		// Three to read, and with begin and commit five to write.
		{"generate the question", 8, func() error {
			return app.AskQuestion{Sessions: db, Messages: db, Asked: db, Interviewer: bank, Questions: db, Clock: time.Now}.
				Execute(t.Context(), operation)
		}},
		{"poll the operation", 1, func() error {
			_, err := app.GetOperation{Operations: db}.Execute(t.Context(), user, operation.ID)
			return err
		}},
		{"look for lost operations, of which there is none", 1, func() error {
			_, _, err := app.TakeUpOperations{Claimer: db, Operations: db, Clock: time.Now, Attempts: 1}.Execute(t.Context(), 10, func(uuid.UUID) bool { return false })
			return err
		}},
		{"ask for feedback on an active session", 1, func() error {
			_, err := app.RequestFeedback{Sessions: db, Feedbacks: db, Resumes: db, Operations: db, Dispatcher: dispatched, Clock: time.Now}.
				Execute(t.Context(), user, session.Session.ID())
			if errors.Is(err, domain.ErrSessionNotCompleted) {
				return nil
			}
			return err
		}},
		{"complete a session", 2, func() error {
			_, err := app.CompleteSession{Sessions: db, Statuses: db, Clock: time.Now}.Execute(t.Context(), user, session.Session.ID())
			return err
		}},
		{"read feedback that there is not", 1, func() error {
			_, err := app.GetFeedback{Feedbacks: db}.Execute(t.Context(), user, session.Session.ID())
			if errors.Is(err, domain.ErrFeedbackNotFound) {
				return nil
			}
			return err
		}},
		{"open a session of 202 messages", 2, func() error {
			_, messages, err := app.GetSession{Sessions: db, Messages: db}.Execute(t.Context(), user, session.Session.ID())
			if len(messages) != 202 {
				t.Errorf("%d messages", len(messages))
			}
			return err
		}},
		{"list 1,003 sessions", 1, func() error {
			sessions, _, err := app.ListSessions{Postings: db, Sessions: db}.Execute(t.Context(), user, app.SessionQuery{})
			if len(sessions) != 1003 {
				t.Errorf("%d sessions", len(sessions))
			}
			return err
		}},
		{"list sessions of a posting", 2, func() error {
			_, _, err := app.ListSessions{Postings: db, Sessions: db}.
				Execute(t.Context(), user, app.SessionQuery{JobPostingID: uuid.NullUUID{UUID: posting.ID, Valid: true}})
			return err
		}},
		{"list scores", 1, func() error {
			_, err := app.ListSessionScores{Sessions: db}.Execute(t.Context(), user)
			return err
		}},
		{"list attempts", 1, func() error {
			_, err := app.ListAttempts{Sessions: db}.Execute(t.Context(), user, session.Session.ID())
			return err
		}},
		{"read the dashboard", 3, func() error {
			_, err := app.GetMetrics{Metrics: db}.Execute(t.Context(), user)
			return err
		}},
	} {
		if strings.HasPrefix(test.name, "open a session") {
			fill(t, db, user, posting.ID, session.Session.ID())
		}
		if got := sent.of(t, test.call); len(got) != test.want {
			t.Errorf("%s: %d statements, want %d: %q", test.name, len(got), test.want, got)
		}
	}
}

// dispatcher leaves every operation to the test.
type dispatcher struct{}

func (dispatcher) Dispatch(domain.Operation) {}

// asker asks one thing.
type asker struct{}

func (asker) AskQuestion(context.Context, domain.Interview) (string, error) { return "Why?", nil }

// fill adds 200 messages to a session, and 1,000 sessions.
func fill(t *testing.T, db *DB, user, posting, session uuid.UUID) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO session_messages SELECT $1, gen_random_uuid(), $3, 100 + i, 'answer', 'x', NULL, now() FROM generate_series(1, 200) i WHERE $2::uuid IS NOT NULL`,
		`INSERT INTO interview_sessions SELECT $1, gen_random_uuid(), $2, 'active', 0, 1, NULL, now(), now() FROM generate_series(1, 1000) i WHERE $3::uuid IS NOT NULL`,
	} {
		if _, err := db.pools[1].Exec(statement, user, posting, session); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEveryQueryHasItsIndex asks the planner, on tables of some size, how it
// runs the store's own statements: none may read a whole table, and there is
// no index that none of them uses.
func TestEveryQueryHasItsIndex(t *testing.T) {
	db, sent := openTraced(t)
	user, posting := seed(t, db)
	explain := sqlx.NewDb(db.pools[1], "pgx")
	for _, statement := range []string{
		`INSERT INTO users SELECT gen_random_uuid(), i || '@example.com', '', NULL, now(), now() FROM generate_series(1, 500) i`,
		`INSERT INTO job_postings SELECT u.id, gen_random_uuid(), 't', NULL, 'd', NULL, NULL, 'en', now() - i * interval '1 hour', now()
		   FROM users u, generate_series(1, 20) i`,
		`INSERT INTO interview_sessions SELECT p.user_id, gen_random_uuid(), p.id, 'active', 0, 1, NULL, now() - i * interval '1 hour', now()
		   FROM job_postings p, generate_series(1, 1) i`,
		`INSERT INTO interview_sessions SELECT '` + user.String() + `', gen_random_uuid(), '` + posting.ID.String() + `', 'active', 0, 1, NULL, now() - i * interval '1 hour', now()
		   FROM generate_series(1, 2000) i`,
		`INSERT INTO session_messages SELECT s.user_id, gen_random_uuid(), s.id, i, 'question', 'q', 'technical', now()
		   FROM interview_sessions s, generate_series(1, 2) i`,
		`INSERT INTO operations SELECT s.user_id, gen_random_uuid(), s.id, 'question_generation', 'failed', NULL, NULL, 'm', NULL, 0, 1, now(), now(),
		   now() - row_number() OVER () * interval '1 minute' FROM interview_sessions s`,
		`INSERT INTO operations SELECT user_id, gen_random_uuid(), session_id, operation_type, 'pending', NULL, NULL, NULL, id, 1, 1, now(), now(), now()
		   FROM operations LIMIT 500`,
		`INSERT INTO interview_feedbacks SELECT s.user_id, gen_random_uuid(), s.id, 1, 1, 1, 1, 1, '', '', '', '', NULL, '[]', '[]', NULL, now(), now()
		   FROM interview_sessions s`,
		`INSERT INTO resumes SELECT id, gen_random_uuid(), 'x', now(), now() FROM users`,
		`INSERT INTO idempotency_keys SELECT s.user_id, 'POST', '/', s.id, '', 201, NULL, '', s.created_at FROM interview_sessions s`,
		`ANALYZE`,
	} {
		if _, err := explain.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}

	id := uuid.NullUUID{UUID: uuid.New(), Valid: true}
	used := map[string]bool{ // by foreign keys, when the row that they refer to is deleted: EXPLAIN does not show that
		"operations_session": true,
		"operations_parent":  true,
	}
	for _, query := range []struct {
		name string
		call func() error
	}{
		{"user by id", func() error { _, err := db.FindUser(t.Context(), user); return err }},
		{"user by e-mail", func() error { _, err := db.FindUserByEmail(t.Context(), "1@example.com"); return err }},
		{"posting", func() error { _, err := db.FindJobPosting(t.Context(), user, posting.ID); return err }},
		{"postings", func() error { _, err := db.ListJobPostings(t.Context(), user, 10, 0); return err }},
		{"replace posting", func() error { return db.ReplaceJobPosting(t.Context(), posting) }},
		{"sessions", func() error {
			_, err := db.ListSessions(t.Context(), user, domain.SessionFilter{})
			return err
		}},
		{"sessions of a day", func() error {
			_, err := db.ListSessions(t.Context(), user, domain.SessionFilter{CreatedFrom: time.Now().Add(-24 * time.Hour), CreatedUntil: time.Now()})
			return err
		}},
		{"sessions of a posting", func() error {
			_, err := db.ListSessions(t.Context(), user, domain.SessionFilter{JobPostingID: id})
			return err
		}},
		{"sessions of a chain", func() error {
			_, err := db.ListSessions(t.Context(), user, domain.SessionFilter{OriginalSessionID: id})
			return err
		}},
		{"sessions after a place", func() error {
			_, err := db.ListSessions(t.Context(), user, domain.SessionFilter{After: &domain.SessionPlace{CreatedAt: time.Now(), ID: uuid.New()}, Limit: 10})
			return err
		}},
		{"session", absent(domain.ErrSessionNotFound, func() error { _, err := db.FindSession(t.Context(), user, uuid.New()); return err })},
		{"session detail", absent(domain.ErrSessionNotFound, func() error { _, err := db.FindSessionDetail(t.Context(), user, uuid.New()); return err })},
		{"scores", func() error { _, err := db.ListSessionScores(t.Context(), user); return err }},
		{"attempts", absent(domain.ErrSessionNotFound, func() error { _, err := db.ListAttempts(t.Context(), user, uuid.New()); return err })},
		{"messages", absent(domain.ErrSessionNotFound, func() error {
			_, err := db.ListMessages(t.Context(), user, uuid.New(), &domain.MessagePlace{CreatedAt: time.Now()}, 10)
			return err
		})},
		{"asked before", func() error { _, err := db.ListAskedBefore(t.Context(), user, uuid.New()); return err }},
		{"status", absent(ports.ErrChanged, func() error {
			_, err := db.SaveSessionStatus(t.Context(), domain.RestoreInterviewSession(domain.SessionState{ID: uuid.New(), UserID: user}), domain.SessionActive)
			return err
		})},
		{"answer", absent(ports.ErrChanged, func() error {
			_, err := db.CreateAnswer(t.Context(), domain.Message{UserID: user, SessionID: uuid.New()})
			return err
		})},
		{"retake", func() error {
			original := domain.RestoreInterviewSession(domain.SessionState{ID: uuid.New(), UserID: user, Status: domain.SessionCompleted,
				JobPostingID: uuid.NullUUID{UUID: posting.ID, Valid: true}, RetakeNumber: 1})
			retake, err := original.Retake(uuid.New(), time.Now())
			if err != nil {
				return err
			}
			if err := db.CreateSession(t.Context(), original); err != nil {
				return err
			}
			_, err = db.CreateRetake(t.Context(), retake)
			return err
		}},
		{"delete session", func() error {
			session := domain.RestoreInterviewSession(domain.SessionState{ID: uuid.New(), UserID: user, Status: domain.SessionActive, RetakeNumber: 1})
			if err := db.CreateSession(t.Context(), session); err != nil {
				return err
			}
			return db.DeleteSession(t.Context(), user, session.ID())
		}},
		{"feedback", absent(domain.ErrSessionNotFound, func() error { _, err := db.FindFeedback(t.Context(), user, uuid.New()); return err })},
		{"metrics", func() error { _, err := db.ReadMetrics(t.Context(), user); return err }},
		{"résumé", func() error { _, err := db.FindResume(t.Context(), user); return err }},
		{"operation", absent(domain.ErrOperationNotFound, func() error { _, err := db.FindOperation(t.Context(), user, uuid.New()); return err })},
		{"new operation", absent(ports.ErrChanged, func() error {
			return db.CreateOperation(t.Context(), domain.Operation{ID: uuid.New(), UserID: user, SessionID: uuid.New()}, domain.SessionActive)
		})},
		{"update operation", absent(ports.ErrLeaseLost, func() error {
			return db.UpdateOperation(t.Context(), domain.Operation{ID: uuid.New(), UserID: user})
		})},
		{"claim operation", absent(ports.ErrLeaseLost, func() error {
			return db.ClaimOperation(t.Context(), domain.Operation{ID: uuid.New(), UserID: user}, time.Now())
		})},
		{"unfinished operations", func() error { _, err := db.ListUnfinished(t.Context(), 10); return err }},
		{"count of unfinished operations", func() error { _, err := db.CountUnfinished(t.Context()); return err }},
		{"prune operations", func() error {
			session := domain.RestoreInterviewSession(domain.SessionState{ID: uuid.New(), UserID: user, Status: domain.SessionActive, RetakeNumber: 1})
			old := domain.NewOperation(uuid.New(), domain.QuestionGeneration, session, time.Unix(0, 0))
			err := errors.Join(db.CreateSession(t.Context(), session), db.CreateOperation(t.Context(), old, domain.SessionActive))
			old.Fail(domain.FailureUnexpected, time.Unix(0, 0))
			err = errors.Join(err, db.UpdateOperation(t.Context(), old))
			removed, pruned := db.PruneOperations(t.Context(), time.Unix(1, 0))
			if removed != 1 {
				t.Errorf("%d operations were pruned, want 1", removed)
			}
			return errors.Join(err, pruned)
		}},
		{"idempotency key", func() error {
			key := domain.IdempotencyKey{UserID: user, Method: "POST", Path: "/", Key: "key"}
			for range 2 {
				_, _, err := db.RunOnce(t.Context(), key, time.Now(), time.Unix(0, 0), func(context.Context) (domain.Reply, error) {
					return domain.Reply{Status: 201}, nil
				})
				if err != nil {
					return err
				}
			}
			_, err := db.PruneIdempotencyKeys(t.Context(), time.Unix(0, 0))
			return err
		}},
		{"delete posting", func() error { return db.DeleteJobPosting(t.Context(), user, posting.ID) }},
	} {
		for _, statement := range sent.of(t, query.call) {
			if strings.HasPrefix(statement, "SET ") || statement == "begin" || statement == "commit" || statement == "rollback" {
				continue
			}
			plan := strings.Join(planOf(t, explain, statement), "\n")
			if strings.Contains(plan, "Seq Scan") {
				t.Errorf("%s reads a whole table:\n%s\n%s", query.name, statement, plan)
			}
			for _, match := range regexp.MustCompile(`(?:using|Bitmap Index Scan on) (\w+)`).FindAllStringSubmatch(plan, -1) {
				used[match[1]] = true
			}
		}
	}
	var indexes []string
	if err := explain.Select(&indexes, `
		SELECT indexname FROM pg_indexes
		 WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%' AND indexname NOT IN (SELECT conname FROM pg_constraint)`); err != nil {
		t.Fatal(err)
	}
	for _, index := range indexes {
		if !used[index] {
			t.Errorf("no query uses the index %s", index)
		}
	}
}

// absent makes a call that finds nothing succeed.
func absent(want error, call func() error) func() error {
	return func() error {
		if err := call(); !errors.Is(err, want) {
			return fmt.Errorf("error is %v, want %v", err, want)
		}
		return nil
	}
}

// planOf returns the generic plan of a statement: the one for any parameters.
func planOf(t *testing.T, db *sqlx.DB, statement string) (plan []string) {
	t.Helper()
	tx, err := db.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	parameters := map[string]bool{}
	for _, place := range regexp.MustCompile(`\$\d+`).FindAllString(statement, -1) {
		parameters[place] = true
	}
	var nulls string
	if len(parameters) > 0 {
		nulls = "(NULL" + strings.Repeat(", NULL", len(parameters)-1) + ")"
	}
	for _, s := range []string{"SET LOCAL plan_cache_mode = force_generic_plan", "PREPARE q AS " + statement} {
		if _, err := tx.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := tx.Select(&plan, "EXPLAIN EXECUTE q "+nulls); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return plan
}
