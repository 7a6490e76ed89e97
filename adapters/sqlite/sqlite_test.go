package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore"
	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore/conflicttest"
	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore/schematest"
	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/storetest"
)

func TestConformance(t *testing.T) {
	db := openMigrated(t, tempPath(t))
	storetest.Run(t, func(*testing.T) ports.Storage { return db })
}

func TestInjectedConflicts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "interviewer.db")
	openMigrated(t, path)
	connector, err := sqlite.NewConnector("file:" + path + "?_txlock=immediate&_pragma=foreign_keys(1)")
	if err != nil {
		t.Fatal(err)
	}
	injector := new(conflicttest.Injector)
	pool := sql.OpenDB(injector.Wrap(connector))
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() { pool.Close() })
	conflicttest.Run(t, conflicttest.Database{
		Store: sqlstore.New(engineOn(pool, pool)), Injector: injector, Conflicts: []error{busy(t, connector)}})
}

// busy returns what the driver says when another connection has the file.
func busy(t *testing.T, connector driver.Connector) error {
	t.Helper()
	one, other := sql.OpenDB(connector), sql.OpenDB(connector)
	defer one.Close()
	defer other.Close()
	tx, err := one.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	_, err = other.Begin()
	if err == nil {
		t.Fatal("two have the file at once")
	}
	return err
}

// TestConformanceOfTwoOnOneFile lets two databases on one file share the work,
// as two processes would.
func TestConformanceOfTwoOnOneFile(t *testing.T) {
	path := tempPath(t)
	one, other := openMigrated(t, path), openMigrated(t, path)
	storetest.Run(t, func(*testing.T) ports.Storage {
		one, other = other, one
		return one
	})
}

func TestSchema(t *testing.T) {
	db := openMigrated(t, tempPath(t))
	schematest.Run(t, schematest.Database{
		DB: sqlx.NewDb(db.writer, "sqlite"), Store: db.Store,
		EncodeTime: func(at time.Time) any { return at.UnixMicro() }, Classify: classify})
}

// migrationCount returns how many migrations there are to take back.
func migrationCount(t *testing.T) int {
	t.Helper()
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

func TestSchemaGoesUpDownAndUp(t *testing.T) {
	db := openMigrated(t, tempPath(t))
	if err := db.Schema.Check(t.Context()); err != nil {
		t.Errorf("check after up: %v", err)
	}
	for range 2 {
		for range migrationCount(t) {
			if err := db.Schema.Down(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var tables int
		if err := db.writer.QueryRow(`SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'`).Scan(&tables); err != nil || tables != 0 {
			t.Errorf("%d tables are left, %v", tables, err)
		}
		if err := db.Schema.Check(t.Context()); !errors.Is(err, sqlstore.ErrSchemaBehind) || db.Schema.Ready() {
			t.Errorf("check after down: %v", err)
		}
		if err := db.Schema.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestManyMigrateOneFileAtOnce(t *testing.T) {
	path := tempPath(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			db, err := Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if err := db.Schema.Up(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestEveryConnectionHasTheSettings(t *testing.T) {
	db := openMigrated(t, tempPath(t))
	want := map[string]string{"busy_timeout": "5000", "journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
	for pragma, want := range want {
		for name, pool := range map[string]*sqlx.DB{"writer": sqlx.NewDb(db.writer, "sqlite"), "reader": sqlx.NewDb(db.reader, "sqlite")} {
			var got string
			if err := pool.Get(&got, "PRAGMA "+pragma); err != nil || got != want {
				t.Errorf("%s: %s is %s, want %s (%v)", name, pragma, got, want, err)
			}
		}
	}
	if _, err := db.reader.Exec("DELETE FROM users"); err == nil {
		t.Error("a reading connection can write")
	}
	if n := db.writer.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d connections may write, want 1", n)
	}
}

func TestConnectionWithoutTheSettingsIsRefused(t *testing.T) {
	// A database in memory cannot have a write-ahead log.
	pool, err := openPool(":memory:", map[string][]string{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := pool.Ping(); err == nil {
		t.Error("a connection without a write-ahead log was handed out")
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	path := tempPath(t)
	openMigrated(t, path)
	for name, want := range map[string]os.FileMode{path: 0o600, path + "-wal": 0o600, path + ".lock": 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestDataSurvivesReopening(t *testing.T) {
	path := tempPath(t)
	user := domain.User{ID: uuid.New(), Email: "kept@example.com", PasswordHash: "h", CreatedAt: time.UnixMicro(1).UTC(), UpdatedAt: time.UnixMicro(2).UTC()}
	db := openMigrated(t, path)
	if err := db.CreateUser(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := openMigrated(t, path).FindUser(t.Context(), user.ID); err != nil || got != user {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestStorageInTroubleIsUnavailable(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, path string, db *DB){
		"full": func(t *testing.T, _ string, db *DB) {
			if _, err := db.writer.Exec("PRAGMA max_page_count = 1"); err != nil {
				t.Fatal(err)
			}
		},
		"locked by another": func(t *testing.T, path string, db *DB) {
			other, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { other.Close() })
			tx, err := other.writer.Begin() // immediate
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { tx.Rollback() })
			if _, err := db.writer.Exec("PRAGMA busy_timeout = 1"); err != nil {
				t.Fatal(err)
			}
		},
		"read-only": func(t *testing.T, _ string, db *DB) {
			if _, err := db.writer.Exec("PRAGMA query_only = 1"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := tempPath(t)
			db := openMigrated(t, path)
			harm(t, path, db)
			// More than one page, so that a full file cannot take it.
			user := domain.User{ID: uuid.New(), Email: "x@example.com", PasswordHash: string(make([]byte, 100_000))}
			if err := db.CreateUser(t.Context(), user); !errors.Is(err, domain.ErrUnavailable) {
				t.Errorf("create: %v", err)
			}
			if _, err := db.FindUser(t.Context(), user.ID); !errors.Is(err, domain.ErrUserNotFound) {
				t.Errorf("find: %v", err)
			}
		})
	}
}

func TestClassify(t *testing.T) {
	for code, want := range map[int]sqlstore.Class{
		sqlite3.SQLITE_CONSTRAINT_UNIQUE:     sqlstore.Duplicate,
		sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: sqlstore.Duplicate,
		sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: sqlstore.MissingParent,
		sqlite3.SQLITE_CONSTRAINT_CHECK:      sqlstore.Other,
		sqlite3.SQLITE_CONSTRAINT_NOTNULL:    sqlstore.Other,
		sqlite3.SQLITE_BUSY:                  sqlstore.Conflict,
		sqlite3.SQLITE_BUSY_SNAPSHOT:         sqlstore.Conflict,
		sqlite3.SQLITE_FULL:                  sqlstore.Unavailable,
		sqlite3.SQLITE_IOERR:                 sqlstore.Lost,
		sqlite3.SQLITE_IOERR_FSYNC:           sqlstore.Lost,
		sqlite3.SQLITE_CORRUPT:               sqlstore.Unavailable,
		sqlite3.SQLITE_NOTADB:                sqlstore.Unavailable,
		sqlite3.SQLITE_READONLY:              sqlstore.Unavailable,
		sqlite3.SQLITE_READONLY_DBMOVED:      sqlstore.Unavailable,
		sqlite3.SQLITE_CANTOPEN:              sqlstore.Unavailable,
		sqlite3.SQLITE_ERROR:                 sqlstore.Other,
	} {
		if got := classCode(code); got != want {
			t.Errorf("code %d: %v, want %v", code, got, want)
		}
	}
}

// TestFullFile lets a file grow to its limit while many write, and gives it
// more room.
func TestFullFile(t *testing.T) {
	db := openMigrated(t, tempPath(t))
	limit := func(pages int) {
		t.Helper()
		if _, err := db.writer.Exec(fmt.Sprint("PRAGMA max_page_count = ", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(200)
	var (
		mu           sync.Mutex
		acknowledged []uuid.UUID
		refused      []uuid.UUID
		writers      sync.WaitGroup
	)
	create := func() error {
		user := domain.User{ID: uuid.New(), PasswordHash: strings.Repeat("x", 5000)}
		user.Email = user.ID.String() + "@example.com"
		err := db.CreateUser(t.Context(), user)
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			acknowledged = append(acknowledged, user.ID)
		} else {
			refused = append(refused, user.ID)
		}
		return err
	}
	for range 4 {
		writers.Go(func() {
			for {
				if err := create(); err != nil {
					if !errors.Is(err, domain.ErrUnavailable) || errors.Is(err, domain.ErrOutcomeUnknown) {
						t.Errorf("a full file gives %v", err)
					}
					return
				}
			}
		})
	}
	writers.Wait()
	limit(400)
	if err := create(); err != nil {
		t.Errorf("with more room: %v", err)
	}
	for _, id := range acknowledged {
		if _, err := db.FindUser(t.Context(), id); err != nil {
			t.Errorf("acknowledged: %v", err)
		}
	}
	for _, id := range refused {
		if _, err := db.FindUser(t.Context(), id); !errors.Is(err, domain.ErrUserNotFound) {
			t.Errorf("refused, and yet stored: %v", err)
		}
	}
	var sound string
	if err := db.reader.QueryRow("PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Errorf("integrity_check: %s, %v", sound, err)
	}
	if len(acknowledged) < 10 || len(refused) != 4 {
		t.Errorf("%d were acknowledged and %d refused", len(acknowledged), len(refused))
	}
}

// TestClientGoesAway lets a writer wait for another process's lock, and
// cancels it.
func TestClientGoesAway(t *testing.T) {
	path := tempPath(t)
	db, other := openMigrated(t, path), openMigrated(t, path)
	tx, err := other.writer.Begin() // immediate
	if err != nil {
		t.Fatal(err)
	}
	user := domain.User{ID: uuid.New(), Email: "gone@example.com"}
	ctx, cancel := context.WithCancel(t.Context())
	created := make(chan error)
	go func() { created <- db.CreateUser(ctx, user) }()
	for db.writer.Stats().InUse == 0 {
		runtime.Gosched() // until it has the connection, and so waits for the lock
	}
	cancel()
	if err := <-created; !errors.Is(err, context.Canceled) {
		t.Errorf("create: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.FindUser(t.Context(), user.ID); !errors.Is(err, domain.ErrUserNotFound) {
		t.Errorf("find: %v", err)
	}
	if err := db.CreateUser(t.Context(), user); err != nil {
		t.Errorf("the writer is of no use any more: %v", err)
	}
}

func TestCorruptFileIsUnavailable(t *testing.T) {
	path := tempPath(t)
	db := openMigrated(t, path)
	if _, err := db.writer.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	size, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(make([]byte, size.Size()-100), 100); err != nil {
		t.Fatal(err)
	}
	reopened, err := Open(t.Context(), path)
	if err == nil {
		defer reopened.Close()
		err = reopened.Ping(t.Context())
	}
	if classify(err) != sqlstore.Unavailable && !errors.Is(err, domain.ErrUnavailable) {
		t.Errorf("a corrupt file gives %v", err)
	}
	if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "restore a backup") {
		t.Errorf("a corrupt file gives no advice: %v", err)
	}
}

func tempPath(t *testing.T) string {
	// A name that a URL must not misread.
	return filepath.Join(t.TempDir(), "a folder?with #odd%41 name", "interviewer.db")
}

func openMigrated(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Schema.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}
