package postgrestest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { os.Exit(Run(m)) }

func TestNewDatabase(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	// The connection is left open: it must not keep the database alive.
	var one int
	if err := conn.QueryRow(t.Context(), "select 1").Scan(&one); err != nil || one != 1 {
		t.Errorf("select 1 = %d, %v", one, err)
	}
}

func TestNewDatabaseIsSeparateAndDropped(t *testing.T) {
	t.Parallel()
	var first string
	created := t.Run("create", func(t *testing.T) {
		first = NewDatabase(t)
		if err := execute(first, "create table only_here ()"); err != nil {
			t.Fatal(err)
		}
		if err := execute(NewDatabase(t), "select from only_here"); err == nil {
			t.Error("the second database has the table of the first")
		}
	})
	if !created {
		return
	}
	if err := execute(first, "select 1"); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("after the test: %v, want that the database does not exist", err)
	}
}

func TestServerRestart(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	server := Start(t)
	t.Logf("started in %v", time.Since(begin))
	databaseURL := server.URL("postgres")
	for _, statement := range []string{"create table kept as select 42 as n", "checkpoint"} {
		if err := execute(databaseURL, statement); err != nil {
			t.Fatal(err)
		}
	}

	server.Stop(t)
	server.Stop(t) // does nothing
	if err := execute(databaseURL, "select 1"); err == nil {
		t.Error("the stopped server answers")
	}

	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", server.port))
	if err != nil {
		t.Fatal(err)
	}
	if err := server.run(); !errors.Is(err, errPortTaken) {
		t.Errorf("started on a port that is taken: %v", err)
	}
	listener.Close()

	for range 2 { // from stopped, then from running
		server.Restart(t)
		conn, err := pgx.Connect(t.Context(), databaseURL)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		var n int
		if err := conn.QueryRow(t.Context(), "select n from kept").Scan(&n); err != nil || n != 42 {
			t.Errorf("the row after the restart: %d, %v", n, err)
		}
	}
}

func TestStandby(t *testing.T) {
	t.Parallel()
	primary := Start(t)
	standby := primary.Standby(t)
	if err := execute(primary.URL("postgres"), "create table kept as select 42 as n"); err != nil {
		t.Fatal(err)
	}
	if err := execute(standby.URL("postgres"), "create table refused ()"); err == nil {
		t.Error("the standby takes writes")
	}
	primary.Stop(t)
	standby.Promote(t)
	if err := execute(standby.URL("postgres"), "insert into kept values (43)"); err != nil {
		t.Errorf("after the promotion: %v", err)
	}
}

func TestMissingBinariesSayWhatToType(t *testing.T) {
	t.Setenv("PATH", "")
	_, err := findBinaries(t.TempDir() + "/*/bin")
	if err == nil || !strings.Contains(err.Error(), `type "apt-get install postgresql"`) {
		t.Errorf("findBinaries() = %v", err)
	}
}
