package torture

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/ai-interviewer/ai-interviewer/adapters/argon2id"
)

// migrateTo brings an empty or older database to a version of the schema, as a
// program of that time did.
func (d database) migrateTo(t testing.TB, version int) {
	t.Helper()
	if d.engine == "sqlite" {
		if err := os.MkdirAll(filepath.Dir(d.file()), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	db := d.open(t)
	defer db.Close()
	dialect := map[string]goose.Dialect{"sqlite": goose.DialectSQLite3, "postgres": goose.DialectPostgres}[d.engine]
	files := os.DirFS("../../../../adapters/" + d.engine + "/migrations")
	provider, err := goose.NewProvider(dialect, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), int64(version)); err != nil {
		t.Fatal(err)
	}
}

// versions is how many versions of the schema there are.
func versions(t testing.TB, d database) int {
	t.Helper()
	files, err := os.ReadDir("../../../../adapters/" + d.engine + "/migrations")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// veteran is a user whose rows were stored under a version of the schema.
type veteran struct{ version int }

func (v veteran) email() string { return fmt.Sprintf("veteran%d@example.com", v.version) }

// id makes an identifier, the same in each database.
func (v veteran) id(n int) string {
	return fmt.Sprintf("00000000-0000-4000-8000-%04d%08d", v.version, n)
}

// yesterday is when veterans stored their rows: what is much older is pruned.
var yesterday = time.Now().UTC().Add(-24 * time.Hour).Truncate(time.Microsecond)

const veteransPassword = "correct horse"

// veteransHash is made once, since that is meant to be slow.
var veteransHash = sync.OnceValues(func() (string, error) {
	return argon2id.New().HashPassword(context.Background(), veteransPassword)
})

// stored is a row as a program stored it, since a version.
type stored struct {
	since   int
	table   string
	columns map[string]any
}

func (v veteran) rows(hash string) []stored {
	at := func(seconds int) time.Time { return yesterday.Add(time.Duration(seconds) * time.Second) }
	user, posting, session, retake := v.id(1), v.id(2), v.id(4), v.id(5)
	// owned adds to a row what all have.
	owned := func(id string, seconds int, more map[string]any) map[string]any {
		more["id"], more["user_id"], more["created_at"] = id, user, at(seconds)
		if _, isMessage := more["message_type"]; !isMessage {
			more["updated_at"] = at(seconds + 1)
		}
		return more
	}
	rows := []stored{
		{1, "users", map[string]any{"id": user, "email": v.email(), "hashed_password": hash, "created_at": at(0), "updated_at": at(0)}},
		{1, "job_postings", owned(posting, 1, map[string]any{"title": "Go engineer 漢", "company": "Initech", "description": "Build",
			"experience_level": "senior", "tech_stack": `["Go", "SQL"]`, "language": "ua"})},
		{1, "job_postings", owned(v.id(3), 2, map[string]any{"title": "Bare", "description": "Nothing else"})},
		{1, "interview_sessions", owned(session, 3, map[string]any{"job_posting_id": posting, "status": "completed", "current_question_number": 1})},
		{1, "interview_sessions", owned(retake, 4, map[string]any{"job_posting_id": posting, "status": "active", "current_question_number": 0,
			"retake_number": 2, "original_session_id": session})},
		{2, "resumes", owned(v.id(6), 5, map[string]any{"content": "I build."})},
		{2, "session_messages", owned(v.id(7), 6, map[string]any{"session_id": session, "seq": 1, "message_type": "question",
			"content": "Why?", "question_type": "technical"})},
		{2, "session_messages", owned(v.id(8), 7, map[string]any{"session_id": session, "seq": 2, "message_type": "answer", "content": "Because."})},
		{2, "operations", owned(v.id(9), 8, map[string]any{"session_id": session, "operation_type": "question_generation", "status": "completed",
			"result": `{"question_text": "Why?", "question_type": "technical"}`, "attempts": 1})},
		{2, "operations", owned(v.id(10), 9, map[string]any{"session_id": session, "operation_type": "feedback_analysis", "status": "failed",
			"error_code": "INTERNAL_ERROR", "error_message": "No.", "attempts": 4})},
		{2, "operations", owned(v.id(11), 10, map[string]any{"session_id": session, "operation_type": "feedback_analysis", "status": "completed",
			"result": `{}`, "attempts": 1, "parent_operation_id": v.id(10), "retry_count": 1})},
		{2, "interview_feedbacks", owned(v.id(12), 11, map[string]any{"session_id": session, "technical_accuracy_score": 1,
			"communication_clarity_score": 2, "problem_solving_score": 3, "relevance_score": 4, "overall_score": 5,
			"technical_feedback": "a", "communication_feedback": "b", "problem_solving_feedback": "c", "relevance_feedback": "d",
			"knowledge_gaps": `["e"]`, "learning_recommendations": `[]`, "method": "rules"})},
		{4, "idempotency_keys", map[string]any{"user_id": user, "method": "POST", "path": "/api/v1/job-postings", "idempotency_key": "kept",
			"fingerprint": []byte(strings.Repeat("f", 32)), "status": 201, "body": []byte(fmt.Sprintf(`{"id":%q}`, posting)), "created_at": time.Now().UTC()}},
	}
	for _, r := range rows { // columns that came later than their tables
		switch {
		case r.columns["id"] == session && v.version >= 2:
			r.columns["message_seq"] = 2
		case r.columns["id"] == v.id(10) && v.version >= 3:
			r.columns["failures"] = 4
		}
	}
	return slices.DeleteFunc(rows, func(r stored) bool { return r.since > v.version })
}

func (v veteran) operations() []string {
	if v.version < 2 {
		return nil
	}
	return []string{v.id(9), v.id(10), v.id(11)}
}

// enlist stores a veteran's rows in a database of his version or a later one.
func (d database) enlist(t testing.TB, v veteran) {
	t.Helper()
	hash, err := veteransHash()
	if err != nil {
		t.Fatal(err)
	}
	db := d.open(t)
	defer db.Close()
	for _, r := range v.rows(hash) {
		var columns, places []string
		var values []any
		for column, value := range r.columns {
			if at, isTime := value.(time.Time); isTime && d.engine == "sqlite" {
				value = at.UnixMicro()
			}
			columns, values = append(columns, column), append(values, value)
			places = append(places, fmt.Sprintf("$%d", len(values)))
		}
		statement := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", r.table, strings.Join(columns, ", "), strings.Join(places, ", "))
		if _, err := db.Exec(statement, values...); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// logIn returns a token for a veteran, which every service of the kit takes.
func (s *service) logIn(t testing.TB, v veteran) string {
	t.Helper()
	credentials := map[string]string{"email": v.email(), "password": veteransPassword}
	return s.call(t, "POST", "/api/v1/auth/login", "", credentials, 200)["access_token"].(string)
}

// recall reads all that is a veteran's.
func (s *service) recall(t testing.TB, v veteran, token string) answers {
	t.Helper()
	all := s.answersTo(t, token, v.operations())
	if all["/api/v1/sessions/"+v.id(4)] == "" || all["/api/v1/job-postings/"+v.id(3)] == "" {
		t.Errorf("%s has lost rows: %v", v.email(), all)
	}
	return all
}

// schema describes all tables, indexes and constraints.
func (d database) schema(t testing.TB) []string {
	t.Helper()
	if d.engine == "sqlite" {
		return d.strings(t, `SELECT name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1`)
	}
	return d.strings(t, `
SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace
ORDER BY 1`)
}
