package postgres

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/storetest"
)

// The rules by which docs/scale.md promises that the tables can be spread over
// several servers by their user.

func TestSchemaCanBeDistributed(t *testing.T) {
	db, _ := openTraced(t)
	ask := func(query string, args ...any) (found []string) {
		t.Helper()
		rows, err := db.pools[1].QueryContext(t.Context(), query, args...)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			found = append(found, name)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return found
	}

	owned := ask(`SELECT table_name FROM information_schema.tables
 WHERE table_schema = 'public' AND table_name <> 'users' AND table_name NOT LIKE 'goose%' ORDER BY 1`)
	if want := slices.Sorted(slices.Values(distributed)); !slices.Equal(owned, want) {
		t.Errorf("tables of users are %v, distributed are %v", owned, want)
	}
	const noUser = `NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = %s AND a.attname = 'user_id' AND a.attnum = ANY(%s))`
	of := func(table, columns string) string {
		return strings.Replace(strings.Replace(noUser, "%s", table, 1), "%s", columns, 1)
	}
	for _, rule := range []struct{ breach, query string }{
		{"a primary key, a unique constraint or a foreign key of a table of users lacks user_id", `SELECT conname FROM pg_constraint c
 WHERE contype IN ('p', 'u', 'f') AND conrelid::regclass::text = ANY($1) AND ` + of("c.conrelid", "c.conkey")},
		{"a unique index of a table of users lacks user_id", `SELECT indexrelid::regclass::text FROM pg_index i
 WHERE indisunique AND indrelid::regclass::text = ANY($1) AND ` + of("i.indrelid", "i.indkey::int2[]")},
		{"a foreign key does more than NO ACTION or CASCADE", `SELECT conname FROM pg_constraint
 WHERE contype = 'f' AND conrelid::regclass::text = ANY($1) AND (confdeltype NOT IN ('a', 'c') OR confupdtype <> 'a' OR condeferrable)`},
		{"a trigger", `SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY($1 || '{users}'::text[])`},
		{"a default that is not constant: ids and times come from the program", `SELECT adrelid::regclass || '.' || pg_get_expr(adbin, adrelid)
 FROM pg_attrdef WHERE adrelid::regclass::text = ANY($1 || '{users}'::text[]) AND pg_get_expr(adbin, adrelid) LIKE '%(%'`},
	} {
		if found := ask(rule.query, owned); len(found) > 0 {
			t.Errorf("%s: %v", rule.breach, found)
		}
	}
	for _, rule := range []struct{ breach, query string }{
		{"sequences", `SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'goose%'`},
		{"enums", `SELECT typname FROM pg_type WHERE typtype = 'e' AND typnamespace = 'public'::regnamespace`},
		{"functions", `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`},
	} {
		if found := ask(rule.query); len(found) > 0 {
			t.Errorf("%s: %v", rule.breach, found)
		}
	}
}

// acrossUsers are the beginnings of the only statements on tables of users that
// name no user, each with its reason: it looks after those of all, and no request
// waits for it.
var acrossUsers = map[string]string{
	"SELECT id, user_id, session_id, operation_type, status, result, error_code, error_message, parent_operation_id, " +
		"retry_count, attempts, failures, lease_until, created_at, updated_at FROM operations WHERE status IN " +
		"('pending', 'processing') AND lease_until IS NOT NULL": "the sweep finds what dead processes left; each row is then claimed by its user",
	"SELECT DISTINCT user_id, session_id FROM operations WHERE status IN ('completed', 'failed') AND updated_at < $1": "pruning finds the sessions whose operations are old; each is then pruned by its user",
	"DELETE FROM idempotency_keys WHERE created_at < $1":                                                              "pruning: a key of any user is as old as another's",
	"SELECT operation_type, status, count(*)":                                                                         "metrics count what waits, whoever asked for it",
}

// everyNamesItsUser looks at all statements that the conformance suite sends.
func everyNamesItsUser(t *testing.T, statements []string) {
	slices.Sort(statements)
	statements = slices.Compact(statements)
	if len(statements) < 40 {
		t.Fatalf("only %d different statements were sent", len(statements))
	}
	used := map[string]bool{}
	for _, statement := range statements {
		if breach := breaks(statement); breach != "" {
			reason := ""
			for beginning := range acrossUsers {
				if strings.HasPrefix(flat(statement), beginning) {
					reason, used[beginning] = acrossUsers[beginning], true
				}
			}
			if reason == "" {
				t.Errorf("%s: %s", breach, flat(statement))
			}
		}
	}
	for beginning := range acrossUsers {
		if !used[beginning] {
			t.Errorf("nothing begins with %q any more", beginning)
		}
	}
}

var (
	spaces     = regexp.MustCompile(`\s+`)
	ofUsers    = regexp.MustCompile(`(?i)\b(from|into|update|join)\s+(` + strings.Join(distributed, "|") + `)\b`)
	inWhere    = regexp.MustCompile(`(?i)\bwhere\b.*\buser_id\s*(=|\)?\s*IN)`)
	inValues   = regexp.MustCompile(`(?i)^insert into \w+\s*\([^)]*\buser_id\b`)
	ofSessions = regexp.MustCompile(`(?i)^(savepoint|set [^l]|set l[^o]|set lo[^c]|set loc[^a]|listen|prepare|declare|create temp|discard)|advisory|skip locked`)
	volatile   = regexp.MustCompile(`(?i)\b(now|clock_timestamp|random|gen_random_uuid|nextval)\s*\(`)
)

func flat(statement string) string { return strings.TrimSpace(spaces.ReplaceAllString(statement, " ")) }

// breaks returns the rule that a statement breaks, "" if it keeps them.
func breaks(statement string) string {
	statement = flat(statement)
	switch {
	case ofSessions.MatchString(statement):
		return "it depends on the session or on a lock that is not of rows"
	case volatile.MatchString(statement):
		return "its ids and times are not the program's"
	case ofUsers.MatchString(statement) && !inWhere.MatchString(statement) && !inValues.MatchString(statement):
		return "it names no user"
	}
	return ""
}

func TestBrokenRulesAreSeen(t *testing.T) {
	for _, statement := range []string{
		"SELECT id FROM operations WHERE id = $1",
		"UPDATE interview_sessions\n   SET user_id = $1 WHERE id = $2",
		"INSERT INTO resumes (id) VALUES ($1)",
		"DELETE FROM job_postings",
		"SAVEPOINT a",
		"SET lock_timeout = 1",
		"SELECT pg_advisory_lock(1)",
		"SELECT now()",
		"SELECT id FROM operations WHERE user_id = $1 FOR UPDATE SKIP LOCKED",
	} {
		if breaks(statement) == "" {
			t.Errorf("%q is taken", statement)
		}
	}
}

func TestDistributeNeedsCitus(t *testing.T) {
	db, _ := openTraced(t)
	if err := db.Distribute(t.Context()); !errors.Is(err, ErrNoCitus) || strings.Contains(err.Error(), "\n") {
		t.Errorf("without the extension: %v", err)
	}
}

// TestBehindAPooler runs the conformance suite through PgBouncer in
// transaction mode, where a prepared statement may be on another connection than
// the one that prepared it.
func TestBehindAPooler(t *testing.T) {
	url := postgrestest.PoolTransactions(t, postgrestest.NewDatabase(t)) + "&default_query_exec_mode=exec"
	db, err := Open(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Schema.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, func(*testing.T) ports.Storage { return db })
}
