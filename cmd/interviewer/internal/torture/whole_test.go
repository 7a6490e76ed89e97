package torture

import (
	"slices"
	"testing"
)

// halves finds what was stored by half: rows that one transaction writes
// together, of which one is without the other.
var halves = map[string]string{
	"keys without their answers": `SELECT count(*) FROM idempotency_keys WHERE status IS NULL`,
	"sessions that count other messages than they have": `
SELECT count(*) FROM interview_sessions s
 WHERE message_seq <> (SELECT count(*) FROM session_messages m WHERE m.user_id = s.user_id AND m.session_id = s.id)`,
	"sessions with a question without its operation, or the reverse": `
SELECT count(*) FROM interview_sessions s
 WHERE (SELECT count(*) FROM session_messages m WHERE m.user_id = s.user_id AND m.session_id = s.id AND message_type = 'question')
    <> (SELECT count(*) FROM operations o WHERE o.user_id = s.user_id AND o.session_id = s.id
           AND operation_type = 'question_generation' AND status = 'completed')`,
}

// answeredInVain finds keys whose answer names a row that is not there.
var answeredInVain = map[string]string{
	"sqlite":   `SELECT count(*) FROM idempotency_keys WHERE json_extract(CAST(body AS text), '$.id') NOT IN (` + everyID + `)`,
	"postgres": `SELECT count(*) FROM idempotency_keys WHERE convert_from(body, 'UTF8')::json ->> 'id' NOT IN (` + everyID + `)`,
}

const everyID = `
SELECT CAST(id AS text) FROM job_postings UNION ALL SELECT CAST(id AS text) FROM interview_sessions UNION ALL
SELECT CAST(id AS text) FROM session_messages UNION ALL SELECT CAST(id AS text) FROM operations UNION ALL
SELECT CAST(id AS text) FROM resumes`

// whole wants nothing half-written, neither in the file nor among the rows.
func (d database) whole(t testing.TB) {
	t.Helper()
	if d.engine == "sqlite" {
		if got := d.strings(t, "PRAGMA integrity_check"); !slices.Equal(got, []string{"ok"}) {
			t.Errorf("integrity_check: %q", got)
		}
		if got := d.strings(t, `SELECT "table" FROM pragma_foreign_key_check`); len(got) > 0 {
			t.Errorf("foreign_key_check: rows without their parents in %q", got)
		}
	}
	count := func(what, query string) {
		t.Helper()
		if n := d.strings(t, query)[0]; n != "0" {
			t.Errorf("half-written: %s %s", n, what)
		}
	}
	for what, query := range halves {
		count(what, query)
	}
	count("keys whose answer names nothing", answeredInVain[d.engine])
}

// strings reads the first column of a query's rows.
func (d database) strings(t testing.TB, query string) (values []string) {
	t.Helper()
	db := d.open(t)
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return values
}
