package postgres

import (
	"context"
	"errors"
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
)

// statements counts what is sent to the server.
type statements struct {
	mu  sync.Mutex
	sql []string
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sql = append(s.sql, data.SQL)
	return ctx
}

func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (s *statements) of(t *testing.T, call func() error) []string {
	t.Helper()
	s.mu.Lock()
	s.sql = nil
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
		{"get a session", 1, func() error {
			_, err := app.GetSession{Sessions: db}.Execute(t.Context(), user, session.Session.ID())
			return err
		}},
		{"list sessions", 1, func() error {
			_, err := app.ListSessions{Postings: db, Sessions: db}.Execute(t.Context(), user, app.SessionQuery{})
			return err
		}},
	} {
		if got := sent.of(t, test.call); len(got) != test.want {
			t.Errorf("%s: %d statements, want %d: %q", test.name, len(got), test.want, got)
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
		   FROM job_postings p, generate_series(1, 5) i`,
		`INSERT INTO interview_sessions SELECT '` + user.String() + `', gen_random_uuid(), '` + posting.ID.String() + `', 'active', 0, 1, NULL, now() - i * interval '1 hour', now()
		   FROM generate_series(1, 5000) i`,
		`ANALYZE`,
	} {
		if _, err := explain.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}

	id := uuid.NullUUID{UUID: uuid.New(), Valid: true}
	used := map[string]bool{}
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
		{"session", func() error {
			if _, err := db.FindSession(t.Context(), user, uuid.New()); !errors.Is(err, domain.ErrSessionNotFound) {
				return err
			}
			return nil
		}},
		{"delete posting", func() error { return db.DeleteJobPosting(t.Context(), user, posting.ID) }},
	} {
		for _, statement := range sent.of(t, query.call) {
			if statement == "begin" || statement == "commit" {
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
	if err := explain.Select(&indexes, `SELECT indexname FROM pg_indexes WHERE tablename IN ('users', 'job_postings', 'interview_sessions')`); err != nil {
		t.Fatal(err)
	}
	for _, index := range indexes {
		if !used[index] {
			t.Errorf("no query uses the index %s", index)
		}
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
	nulls := strings.TrimSuffix(strings.Repeat("NULL, ", len(parameters)), ", ")
	for _, s := range []string{"SET LOCAL plan_cache_mode = force_generic_plan", "PREPARE q AS " + statement} {
		if _, err := tx.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := tx.Select(&plan, "EXPLAIN EXECUTE q ("+nulls+")"); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return plan
}
