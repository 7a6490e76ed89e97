// Package postgrestest gives tests a real PostgreSQL. It starts a throw-away
// server from the binaries on this machine, version 15 or newer, or uses the
// server that the environment variable TEST_DATABASE_URL names. A machine
// that has neither fails the test, it never skips it.
//
// The servers forget durability for speed, but for that of [StartDurable], and
// listen on 127.0.0.1 only, with no password. On Linux they die with the test process, however it ends; the
// files of a process that was killed stay behind in the temporary directory.
package postgrestest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const variable = "TEST_DATABASE_URL"

// shared is the server of [NewDatabase], started by the first call.
var shared struct {
	inMain bool
	once   sync.Once
	server *Server
	err    error
}

// Run runs the tests, removes the server of [NewDatabase] if there is one,
// and returns the code to exit with. A package that calls NewDatabase calls it
// from TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }
func Run(m *testing.M) int {
	shared.inMain = true
	code := m.Run()
	if shared.server != nil {
		if err := shared.server.remove(); err != nil {
			fmt.Fprintln(os.Stderr, "postgrestest:", err)
			code = max(code, 1)
		}
	}
	return code
}

// NewDatabase creates an empty database for t and returns its postgres:// URL.
// The database is dropped when t ends, whoever is still connected to it.
// NewDatabase may be called by parallel tests.
//
// With TEST_DATABASE_URL the database is a new one on that server, whose user
// needs the right CREATEDB; the database that the variable names is left
// alone.
func NewDatabase(t testing.TB) string {
	t.Helper()
	admin := os.Getenv(variable)
	if admin == "" {
		admin = sharedServer(t).URL("postgres")
	}
	u, err := url.Parse(admin)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		t.Fatalf("postgrestest: %s must look like postgres://user:password@host:5432/database", variable)
	}
	name := "test_" + strings.ToLower(rand.Text())
	// template0 is empty even where somebody has added to template1.
	if err := execute(admin, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		t.Fatalf("postgrestest: create a database (the user of %s needs the right CREATEDB): %v", variable, err)
	}
	t.Cleanup(func() {
		if err := execute(admin, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("postgrestest: drop the database: %v", err)
		}
	})
	u.Path = "/" + name
	query := u.Query()
	query.Del("dbname") // pgx would prefer these two to the path
	query.Del("database")
	u.RawQuery = query.Encode()
	return u.String()
}

func sharedServer(t testing.TB) *Server {
	t.Helper()
	if !shared.inMain {
		t.Fatal("postgrestest: call postgrestest.Run from TestMain, so that the server is removed at the end")
	}
	shared.once.Do(func() { shared.server, shared.err = newServer(forTests) })
	if shared.err != nil {
		t.Fatalf("postgrestest: %v (or set %s=postgres://… to use a server that runs already)", shared.err, variable)
	}
	return shared.server
}

// execute runs one statement on a connection of its own.
func execute(databaseURL, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
