// Package sqlite stores everything in one SQLite file, embedded in the
// program (modernc.org/sqlite, no cgo). The SQL stands in package sqlstore;
// here is what is SQLite's own: opening, migrations, and the meaning of its
// errors.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore"
)

//go:embed migrations/*.sql
var migrations embed.FS

// settings are the pragmas that every connection must have, with the values
// that reading them back must give. FULL syncs the log at each commit, so that
// an acknowledged row survives a loss of power (sqlite.org/pragma.html).
var settings = []struct{ pragma, set, want string }{
	{"busy_timeout", "5000", "5000"}, // milliseconds
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"foreign_keys", "1", "1"},
}

// DB is a SQLite database. It implements every storage port.
type DB struct {
	*sqlstore.Store
	Schema *sqlstore.Schema

	writer, reader *sql.DB
}

// Open opens the database file, and makes it and its folder if they are
// missing, readable by the owner alone. One connection writes; a pool of
// others reads.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Close(); err != nil {
		return nil, err
	}

	writer, err := openPool(path, url.Values{"_txlock": {"immediate"}}, 1)
	if err != nil {
		return nil, err
	}
	reader, err := openPool(path, url.Values{"_query_only": {"1"}}, max(4, runtime.NumCPU()))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	db := &DB{writer: writer, reader: reader}
	// The first connection to a new file gives it its write-ahead log, for
	// which SQLite does not wait its turn: it fails when two try at once.
	lock := fileLock{flock.New(path + ".lock")}
	if err := lock.hold(ctx, func() error { return writer.PingContext(ctx) }); err != nil {
		return nil, errors.Join(explain(path, err), db.Close())
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.Schema = sqlstore.NewSchema(goose.DialectSQLite3, writer, files, lock, func(err error) error { return explain(path, err) })
	db.Store = sqlstore.New(engineOn(writer, reader))
	return db, nil
}

func engineOn(writer, reader *sql.DB) sqlstore.Engine {
	return sqlstore.Engine{
		Write: sqlx.NewDb(writer, "sqlite"), Read: sqlx.NewDb(reader, "sqlite"),
		EncodeTime: func(t time.Time) any { return t.UnixMicro() },
		Classify:   classify,
	}
}

// makeFolder is os.MkdirAll, but each folder that it makes outlives a loss of
// power, as SQLite sees to for the files in the last one.
func makeFolder(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(path)
	if err := makeFolder(parent); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	SyncFolder(parent)
	return nil
}

// SyncFolder makes the names in a folder outlive a loss of power, on systems
// that can; on others there is nothing to do about it.
func SyncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		folder.Sync()
		folder.Close()
	}
}

// Pools returns the pools of connections by name, to be looked at.
func (db *DB) Pools() map[string]*sql.DB {
	return map[string]*sql.DB{"write": db.writer, "read": db.reader}
}

// Close ends every connection.
func (db *DB) Close() error {
	return errors.Join(db.reader.Close(), db.writer.Close())
}

func openPool(path string, params url.Values, conns int) (*sql.DB, error) {
	for _, s := range settings {
		params.Add("_pragma", s.pragma+"("+s.set+")")
	}
	dsn := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: params.Encode()}
	connector, err := sqlite.NewConnector(dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	pool := sql.OpenDB(checkedConnector{connector})
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool, nil
}

// checkedConnector hands out only connections on which every setting reads
// back as it was set: SQLite ignores a pragma that it cannot follow.
type checkedConnector struct{ driver.Connector }

func (c checkedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range settings {
		got, err := readPragma(ctx, conn, s.pragma)
		if err == nil && got != s.want {
			err = fmt.Errorf("sqlite: pragma %s is %s, must be %s", s.pragma, got, s.want)
		}
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

func readPragma(ctx context.Context, conn driver.Conn, pragma string) (string, error) {
	rows, err := conn.(driver.QueryerContext).QueryContext(ctx, "PRAGMA "+pragma, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	value := make([]driver.Value, 1)
	if err := rows.Next(value); err != nil {
		return "", err
	}
	return fmt.Sprint(value[0]), nil
}

// fileLock keeps two processes from making or migrating one file at once. The
// operating system frees it when its holder dies. It implements goose's
// lock.Locker.
type fileLock struct{ *flock.Flock }

func (l fileLock) hold(ctx context.Context, f func() error) error {
	if err := l.Lock(ctx, nil); err != nil {
		return err
	}
	return errors.Join(f(), l.Unlock(ctx, nil))
}

func (l fileLock) Lock(ctx context.Context, _ *sql.DB) error {
	locked, err := l.TryLockContext(ctx, 50*time.Millisecond)
	if err == nil && !locked {
		err = errors.New("held by another process")
	}
	if err != nil {
		return fmt.Errorf("lock %s: %w", l.Path(), err)
	}
	return nil
}

func (l fileLock) Unlock(context.Context, *sql.DB) error { return l.Flock.Unlock() }
