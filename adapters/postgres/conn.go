package postgres

import (
	"context"
	"database/sql/driver"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// lateness is how long a statement may go on after its context is over.
	// Most end by themselves in that time.
	lateness = 500 * time.Millisecond
	// rollbackLimit is how long a rollback may take.
	rollbackLimit = 2 * time.Second
)

// breakOff ends a statement whose context is over by closing its connection, as
// pgx does, but not at once: else clients who leave make the service, and the
// server, do little but connect. The server is not asked to break it off on a
// connection that goes on: it would acknowledge a commit that no standby has.
func breakOff(conn *pgconn.PgConn) ctxwatch.Handler {
	return &pgconn.DeadlineContextWatcherHandler{Conn: conn.Conn(), DeadlineDelay: lateness}
}

// lastingConnector makes connections that outlive a transaction whose context
// is over.
type lastingConnector struct{ driver.Connector }

func (c lastingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return lastingConn{conn.(*stdlib.Conn)}, nil
}

type lastingConn struct{ *stdlib.Conn }

// IsValid implements [driver.Validator], without which database/sql drops the
// connection.
func (c lastingConn) IsValid() bool { return !c.Conn.Conn().IsClosed() }

func (c lastingConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Conn.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	return lastingTx{tx, c}, nil
}

type lastingTx struct {
	driver.Tx
	conn lastingConn
}

// Rollback has its own time: that of the transaction may be over, which is why
// it is rolled back.
func (t lastingTx) Rollback() error {
	ctx, cancel := context.WithTimeout(context.Background(), rollbackLimit)
	defer cancel()
	if _, err := t.conn.ExecContext(ctx, "rollback", nil); err != nil {
		return driver.ErrBadConn
	}
	return nil
}
