package torture

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
)

// backUp dumps each database under load, as docs/reliability.md tells to, and
// restores it into a new place.
func backUp(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		secrets := []string{}
		if db.engine == "sqlite" { // it makes its own, which a backup must have too
			secrets = []string{"JWT_SECRET=", "API_KEY_SECRET="}
		}
		s := newService(t, append(secrets, db.env())...)
		s.start(t)
		type quiet struct {
			token      string
			operations []string
			answers
		}
		users := make([]quiet, pick(1, 10))
		for i := range users {
			users[i].token, users[i].operations = s.practise(t)
			users[i].answers = s.answersTo(t, users[i].token, users[i].operations)
		}
		token := s.signUp(t)
		load := load{base: s.base, token: token, clients: pick(2, 8), keys: mixed}
		traffic := load.begin(t)
		compared, figures, slowest := 0, "", time.Duration(0)
		var row result
		for range pick(1, 3) {
			enough := traffic.acknowledged() + pick(100, 500)
			eventually(t, func() bool { return traffic.acknowledged() >= enough })
			before := traffic.sofar()
			begin := time.Now()
			dump := db.dump(t)
			dumped := time.Since(begin)
			during := traffic.acknowledged() - len(before.creates)
			alone := ""
			if db.engine == "sqlite" {
				alone = "; in a copy of the file alone " + db.copyAlone(t, before)
			}
			begin = time.Now()
			restored := db.restore(t, dump)
			copied := newService(t, append(secrets, restored.env())...)
			copied.start(t)
			slowest = max(slowest, time.Since(begin))
			restored.whole(t)
			for _, user := range users {
				user.wantSame(t, "restored", copied.answersTo(t, user.token, user.operations))
				compared += len(user.answers)
			}
			n := before.count(t, restored)
			if n.lost > 0 || n.duplicated > 0 || n.acknowledged == 0 {
				t.Errorf("of %d that were acknowledged before the dump began, %d are not restored, and %d twice", n.acknowledged, n.lost, n.duplicated)
			}
			row.acknowledged, row.found = row.acknowledged+n.acknowledged, row.found+n.found
			row.duplicated, row.lost = row.duplicated+n.duplicated, row.lost+n.lost
			figures = fmt.Sprintf("dumped in %v, with %d acknowledged meanwhile; %d answers the same%s", dumped.Round(time.Millisecond), during, compared, alone)
			// It takes new work.
			copied.call(t, "POST", "/api/v1/job-postings", users[0].token, map[string]any{"title": "New", "description": "After"}, 201)
			copied.stop(t)
		}
		traffic.stop().check(t, db, s, token)
		row.load, row.faults = load.String()+", and users who only read", db.dumper()+" under load, restored elsewhere"
		row.recovery, row.figures = recovered(slowest, 30*time.Second), figures
		report(t, row)
	})
}

// sofar returns what was acknowledged until now.
func (r *record) sofar() *record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &record{creates: slices.DeleteFunc(slices.Clone(r.creates), func(c create) bool { return c.fate != acknowledged })}
}

func (d database) dumper() string {
	if d.engine == "postgres" {
		return "pg_dump"
	}
	if _, err := exec.LookPath("sqlite3"); err == nil {
		return "sqlite3's VACUUM INTO"
	}
	return "VACUUM INTO (by the driver: this machine has no sqlite3)"
}

// dump makes a backup and returns its place: a file of pg_dump, or a folder
// with the database file and the secrets beside it.
func (d database) dump(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if d.engine == "postgres" {
		file := filepath.Join(dir, "backup.dump")
		command(t, postgrestest.Program(t, "pg_dump"), "--format=custom", "--file="+file, d.dsn)
		return file
	}
	file := filepath.Join(dir, filepath.Base(d.file()))
	statement := "VACUUM INTO '" + file + "'"
	if sqlite3, err := exec.LookPath("sqlite3"); err == nil {
		command(t, sqlite3, d.file(), ".timeout 10000", statement)
	} else {
		db := d.open(t)
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, secret := range []string{".jwt-secret", ".api-key-secret"} {
		copyFile(t, d.file()+secret, file+secret)
	}
	return dir
}

// restore makes a new database of a backup.
func (d database) restore(t testing.TB, dump string) database {
	t.Helper()
	if d.engine == "postgres" {
		restored := newPostgres(t)
		command(t, postgrestest.Program(t, "pg_restore"), "--exit-on-error", "--single-transaction", "--no-owner", "--dbname="+restored.dsn, dump)
		return restored
	}
	return sqliteAt(filepath.Join(dump, filepath.Base(d.file())))
}

// copyAlone says how much is missing from a copy of the file without its
// write-ahead log, which is no backup.
func (d database) copyAlone(t testing.TB, before *record) string {
	t.Helper()
	alone := sqliteAt(filepath.Join(t.TempDir(), "alone.db"))
	copyFile(t, d.file(), alone.file())
	db := alone.open(t)
	defer db.Close()
	titles := map[string]bool{}
	rows, err := db.Query(`SELECT title FROM job_postings`)
	if err == nil {
		defer rows.Close()
		for rows.Next() {
			var title string
			if err = rows.Scan(&title); err != nil {
				break
			}
			titles[title] = true
		}
		err = rows.Err()
	}
	if err != nil {
		return fmt.Sprintf("nothing can be read (%v)", err)
	}
	postings, missing := 0, 0
	for _, c := range before.creates {
		if c.kind == "posting" {
			postings++
			if !titles[c.mark] {
				missing++
			}
		}
	}
	return fmt.Sprintf("%d of %d postings are missing", missing, postings)
}

func command(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
