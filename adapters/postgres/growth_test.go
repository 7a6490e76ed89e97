package postgres

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/app"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

// TestBenchmarkSendsWhatACreateSends holds pgbench's script to the statements of
// the store: its comparison is worth nothing otherwise.
func TestBenchmarkSendsWhatACreateSends(t *testing.T) {
	db, sent := openTraced(t)
	user, posting := seed(t, db)
	script, err := os.ReadFile("../../cmd/bench/create.sql")
	if err != nil {
		t.Fatal(err)
	}
	// What pgbench computes stands for a parameter, and it can make neither a
	// UUID nor a time: the server does, in the row's values.
	text := regexp.MustCompile(`(?m)^\\set.*$|\\gset`).ReplaceAllString(string(script), "")
	for i, name := range []string{":user", ":posting"} {
		text = regexp.MustCompile(`\('[-0-9]+' \|\| `+name+`\)::uuid`).ReplaceAllString(text, placeholders[i])
	}
	text = flat(text)
	for _, statement := range sent.of(t, func() error {
		_, err := app.StartSession{Postings: db, Sessions: db, Clock: time.Now}.Execute(t.Context(), user, posting.ID)
		return err
	}) {
		statement, _, _ = strings.Cut(flat(statement), "VALUES (")
		rest, found := strings.CutPrefix(text, statement)
		if !found {
			t.Fatalf("pgbench sends\n%s\nthe store\n%s", text, statement)
		}
		text = strings.TrimSpace(rest)
	}
	if !strings.HasSuffix(text, ");") || strings.Count(text, ";") != 1 {
		t.Errorf("pgbench sends more: %s", text)
	}
}

var placeholders = []string{"$$1", "$$2"}

// TestStatementsDoNotGrowWithTheTables looks at how many pages the statements of
// a create, and of a page of a list, read, as the tables fill with rows of
// others and of the user's own. An index of 100,000 entries is two levels deeper
// than an empty one; nothing else may come on top.
func TestStatementsDoNotGrowWithTheTables(t *testing.T) {
	db, sent := openTraced(t)
	user, posting := seed(t, db)
	fill := func(statement string, args ...any) {
		t.Helper()
		if _, err := db.pools[1].Exec(statement, args...); err != nil {
			t.Fatal(err)
		}
		if _, err := db.pools[1].Exec("VACUUM ANALYZE"); err != nil {
			t.Fatal(err)
		}
	}
	const own = `INSERT INTO interview_sessions (user_id, id, job_posting_id, status, current_question_number, created_at, updated_at)
SELECT $1, gen_random_uuid(), $2, 'active', 0, now() - i * interval '1 hour', now() FROM generate_series($3::int, $4::int) i`

	const page = 50
	calls := []struct {
		name    string
		indexes int // that its statements go down, those of foreign keys included
		ranges  int // of entries or rows, which may begin on one page and end on the next
		call    func() error
	}{
		{"create", 1 + 4 + 2, 0, func() error {
			_, err := app.StartSession{Postings: db, Sessions: db, Clock: time.Now}.Execute(t.Context(), user, posting.ID)
			return err
		}},
		{"page", 2, 2, func() error {
			_, err := db.ListSessions(t.Context(), user, domain.SessionFilter{Limit: page})
			return err
		}},
	}
	statements := map[string]int{}
	look := func(state string) map[string]int {
		t.Helper()
		pages := map[string]int{}
		for _, c := range calls {
			texts := sent.of(t, c.call)
			for i, args := range append([][]any(nil), sent.args...) {
				pages[c.name] += buffers(t, db, texts[i], args)
			}
			if n, known := statements[c.name]; known && n != len(texts) {
				t.Errorf("%s, %s: %d statements, before %d", state, c.name, len(texts), n)
			}
			statements[c.name] = len(texts)
		}
		t.Logf("%s: %d pages of 8 KiB a create, %d a page of %d", state, pages["create"], pages["page"], page)
		return pages
	}

	fill(own, user, posting.ID, 1, page)
	few := look("empty but for 50 own")
	for _, growth := range []struct {
		state string
		fill  func()
	}{
		{"1,000 own", func() { fill(own, user, posting.ID, page+1, 1000) }},
		{"100,000 of others", func() {
			fill(`WITH u AS (INSERT INTO users (id, email, hashed_password, created_at, updated_at)
  SELECT gen_random_uuid(), i || '@example.com', '', now(), now() FROM generate_series(1, 1000) i RETURNING id),
p AS (INSERT INTO job_postings (user_id, id, title, description, created_at, updated_at)
  SELECT id, gen_random_uuid(), 't', 'd', now(), now() FROM u RETURNING user_id, id)
INSERT INTO interview_sessions (user_id, id, job_posting_id, status, current_question_number, created_at, updated_at)
SELECT p.user_id, gen_random_uuid(), p.id, 'active', 0, now() - i * interval '1 hour', now() FROM p, generate_series(1, 100) i`)
		}},
	} {
		growth.fill()
		many := look(growth.state)
		for _, c := range calls {
			if most := few[c.name] + 2*c.indexes + c.ranges; many[c.name] > most {
				t.Errorf("%s: a %s reads %d pages, on small tables %d", growth.state, c.name, many[c.name], few[c.name])
			}
		}
	}
}

// buffers returns how many pages a statement looks at, in memory or not, which
// it then has not done. EXPLAIN leaves out what foreign keys look at, but the
// transaction's own counts do not.
func buffers(t *testing.T, db *DB, statement string, args []any) (n int) {
	t.Helper()
	tx, err := db.pools[1].BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	// A small table is read whole; then there would be nothing to compare.
	if _, err := tx.Exec("SET LOCAL enable_seqscan = off"); err != nil {
		t.Fatal(err)
	}
	insert := strings.HasPrefix(flat(statement), "INSERT")
	parents := func() (pages int) {
		if err := tx.QueryRow(`SELECT coalesce(sum(pg_stat_get_xact_blocks_fetched(c.oid)), 0) FROM pg_class c
  WHERE c.oid IN ('users'::regclass, 'job_postings'::regclass)
     OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid IN ('users'::regclass, 'job_postings'::regclass))`).Scan(&pages); err != nil {
			t.Fatal(err)
		}
		return pages
	}
	for range 2 { // the first time a connection reads the catalogue too
		if insert { // the same row once more, by another id
			args = slices.Clone(args)
			args[1] = uuid.NewString()
		}
		before := parents()
		var text string
		if err := tx.QueryRow("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+statement, args...).Scan(&text); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		var explained []struct {
			Plan struct {
				Hit  int `json:"Shared Hit Blocks"`
				Read int `json:"Shared Read Blocks"`
			}
		}
		if err := json.Unmarshal([]byte(text), &explained); err != nil || len(explained) != 1 {
			t.Fatalf("%s: %v", text, err)
		}
		n = explained[0].Plan.Hit + explained[0].Plan.Read
		if insert {
			looked := parents() - before
			if looked == 0 {
				t.Error("the foreign keys look at nothing")
			}
			n += looked
		}
	}
	return n
}
