// Package postgres stores everything in PostgreSQL 15 or newer, through sqlx
// over pgx. The SQL stands in package sqlstore; here is what is PostgreSQL's
// own: opening, migrations, and the meaning of its errors.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	// maxConns leaves room for several replicas within PostgreSQL's default
	// max_connections of 100. All may idle: a new connection costs far more
	// than the few megabytes that an idle one holds.
	maxConns = 20
	// connectTimeout bounds a dial to a host that drops packets, unless the
	// URL says connect_timeout.
	connectTimeout = 5 * time.Second
	// lockLease is how long a migration lock outlives a process that was
	// killed while it held it.
	lockLease = 10 * time.Second
)

// errNotReady keeps requests off a database that is not migrated yet.
var errNotReady = errors.New("the database schema is not ready yet")

// DB is a PostgreSQL database. It implements every storage port.
type DB struct {
	*sqlstore.Store
	// Schema must have gone Up, or been Checked, before the Store connects;
	// until then each of its calls returns [domain.ErrUnavailable].
	Schema *sqlstore.Schema

	pools []*sql.DB // for requests, and for migrations
}

// Open returns the database that a postgres:// URL names, in any form that
// pgx takes. It does not connect; an error means that the URL is wrong, and
// does not repeat the password in it.
func Open(url string) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err // pgx redacts the password
	}
	return open(config)
}

func open(config *pgx.ConnConfig) (*DB, error) {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "interviewer"
	}

	// Migrations have connections of their own, which do not wait for the
	// schema that they make, and are closed after use.
	schemaPool := stdlib.OpenDB(*config)
	schemaPool.SetMaxIdleConns(0)
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresTableLocker(
		lock.WithTableLeaseDuration(lockLease),
		lock.WithTableHeartbeatInterval(lockLease/3),
		lock.WithTableLockTimeout(500*time.Millisecond, 240),
		lock.WithTableLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, fmt.Errorf("make the migration lock: %w", err)
	}
	schema := sqlstore.NewSchema(goose.DialectPostgres, schemaPool, files, locker, explainAtStart)

	config.BuildContextWatcherHandler = breakOff
	pool := sql.OpenDB(lastingConnector{stdlib.GetConnector(*config, stdlib.OptionBeforeConnect(func(context.Context, *pgx.ConnConfig) error {
		if !schema.Ready() {
			return errNotReady
		}
		return nil
	}), stdlib.OptionAfterConnect(bindIDs), stdlib.OptionResetSession(leaveStandby))})
	pool.SetMaxOpenConns(maxConns)
	pool.SetMaxIdleConns(maxConns)
	db := sqlx.NewDb(pool, "pgx")
	return &DB{Store: sqlstore.New(engineOn(db)), Schema: schema, pools: []*sql.DB{pool, schemaPool}}, nil
}

func engineOn(db *sqlx.DB) sqlstore.Engine {
	return sqlstore.Engine{
		Write: db, Read: db,
		EncodeTime: func(t time.Time) any { return t },
		ForUpdate:  " FOR UPDATE",
		Snapshot:   &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
		LimitWait:  fmt.Sprintf("SET LOCAL lock_timeout = %d", domain.IdempotencyWait.Milliseconds()),
		Classify:   classify,
	}
}

// bindIDs has the connection send identifiers as the 16 bytes that they are.
// Without it pgx tries that, fails, and falls back to their text, each time.
func bindIDs(_ context.Context, conn *pgx.Conn) error {
	pgxuuid.Register(conn.TypeMap())
	return nil
}

// leaveStandby drops a connection to a server that takes no writes: after a
// failover the primary may be elsewhere, and only a new connection finds it.
func leaveStandby(_ context.Context, conn *pgx.Conn) error {
	if conn.PgConn().ParameterStatus("in_hot_standby") == "on" {
		return driver.ErrBadConn
	}
	return nil
}

// Pools returns the pools of connections by name, to be looked at.
func (db *DB) Pools() map[string]*sql.DB {
	return map[string]*sql.DB{"requests": db.pools[0], "migrations": db.pools[1]}
}

// Close ends every connection.
func (db *DB) Close() error {
	var errs []error
	for _, pool := range db.pools {
		errs = append(errs, pool.Close())
	}
	return errors.Join(errs...)
}
