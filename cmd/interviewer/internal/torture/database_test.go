package torture

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
)

// database is where a service stores everything, and how a test reads it
// without the service.
type database struct {
	engine string // sqlite or postgres
	url    string // as DATABASE_URL has it; a test may put a proxy's in its place
	driver string
	dsn    string
}

// newSQLite returns a database in a new file.
func newSQLite(t testing.TB) database {
	return sqliteAt(filepath.Join(t.TempDir(), "data", "torture.db"))
}

func sqliteAt(path string) database {
	return database{"sqlite", "sqlite:" + path, "sqlite", "file:" + path + "?_pragma=busy_timeout(10000)"}
}

// newPostgres returns a database on the server that all tests share.
func newPostgres(t testing.TB) database { return postgresAt(postgrestest.NewDatabase(t)) }

func postgresAt(url string) database { return database{"postgres", url, "pgx", url} }

// through returns the database as the service finds it behind a proxy.
func (d database) through(t testing.TB, proxy *proxy) database {
	t.Helper()
	u, err := url.Parse(d.url)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = proxy.address
	d.url = u.String()
	return d
}

// address is the host and port of a PostgreSQL.
func (d database) address(t testing.TB) string {
	t.Helper()
	u, err := url.Parse(d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

func (d database) env() string { return "DATABASE_URL=" + d.url }

// open connects to the database itself, past any proxy.
func (d database) open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open(d.driver, d.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// onEach runs a test on every database that outlives a process.
func onEach(t *testing.T, test func(t *testing.T, db database)) {
	for engine, open := range map[string]func(testing.TB) database{"sqlite": newSQLite, "postgres": newPostgres} {
		t.Run(engine, func(t *testing.T) {
			besideOthers(t)
			test(t, open(t))
		})
	}
}
