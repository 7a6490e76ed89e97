// Package sqlstore implements the storage ports in SQL that PostgreSQL and
// SQLite take in one text. An engine's own package (postgres, sqlite) opens
// the database, brings its schema up to date, and supplies an [Engine] with
// what differs.
package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jmoiron/sqlx"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// Engine is what differs between the databases.
type Engine struct {
	// Write takes every statement that changes something; Read takes the
	// others. They may be the same pool.
	Write, Read *sqlx.DB
	// EncodeTime returns the form in which a time, or NULL, is bound to a
	// statement.
	EncodeTime TimeEncoder
	// ForUpdate ends a SELECT that locks what it reads until the end of the
	// transaction. It is empty where a transaction locks all from its start.
	ForUpdate string
	// Classify says what a driver's error means. It must decide by the
	// engine's error code, never by a name or a message, since a distributed
	// engine changes both.
	Classify func(error) Class
}

// Class is what a driver's error means to the ports.
type Class int

// The classes of errors.
const (
	Other         Class = iota // a defect: nobody expects it
	Duplicate                  // a row with this unique key is there already
	MissingParent              // a row that is referred to is not there
	Unavailable                // the database cannot be reached, or cannot serve
	Conflict                   // others were in the way, and nothing is stored: it may go well the next time
)

// Store implements every storage port. Make one with [New].
type Store struct{ engine Engine }

var _ ports.Storage = (*Store)(nil)

// New returns a Store on the engine's pools, which stay the caller's to close.
func New(engine Engine) *Store { return &Store{engine} }

// Ping returns nil if the database can be read, else [domain.ErrUnavailable]
// or what else is wrong. It reads a table: SQLite finds nothing wrong with a
// damaged file until somebody does.
func (s *Store) Ping(ctx context.Context) error {
	var any bool
	if err := s.engine.Read.GetContext(ctx, &any, `SELECT EXISTS (SELECT 1 FROM users)`); err != nil {
		return s.fail(ctx, "ping", err)
	}
	return nil
}

// What lost a [Conflict] is repeated after a random pause (full jitter: from
// nothing to twice the mean, which doubles each time).
const (
	repeats   = 5
	meanPause = 5 * time.Millisecond
)

// inTx runs f in a transaction, which it commits if f returns nil and rolls
// back if f fails or panics. After a [Conflict] all of it is repeated, at most
// five times and not once the context is over; so f must begin anew each time.
func (s *Store) inTx(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := s.tryInTx(ctx, f)
		if err != nil && s.engine.Classify(err) != Conflict {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	},
		backoff.WithMaxTries(1+repeats),
		backoff.WithBackOff(&backoff.ExponentialBackOff{
			InitialInterval: meanPause, RandomizationFactor: 1, Multiplier: 2, MaxInterval: meanPause << repeats}))
	return err
}

func (s *Store) tryInTx(ctx context.Context, f func(tx *sqlx.Tx) error) error {
	tx, err := s.engine.Write.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // after a commit this does nothing
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// one runs a statement that changes one row, and returns the error if there is
// no such row.
func (s *Store) one(ctx context.Context, operation string, absent error, statement string, args ...any) error {
	return s.oneIn(ctx, s.engine.Write, operation, absent, statement, args...)
}

func (s *Store) oneIn(ctx context.Context, db sqlx.ExecerContext, operation string, absent error, statement string, args ...any) error {
	result, err := db.ExecContext(ctx, statement, args...)
	if err != nil {
		return s.fail(ctx, operation, err)
	}
	switch n, err := result.RowsAffected(); {
	case err != nil:
		return s.fail(ctx, operation, err)
	case n == 0:
		return absent
	}
	return nil
}

// encodeTimeOrNull is EncodeTime of a time that may be missing.
func (s *Store) encodeTimeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return s.engine.EncodeTime(t)
}

// placeholder is the n-th parameter of a statement, from 1.
func placeholder(n int) string { return "$" + strconv.Itoa(n) }

// fail makes of a driver's error what the ports promise, and names the
// operation for the log.
func (s *Store) fail(ctx context.Context, operation string, err error) error {
	switch cause := ctx.Err(); {
	case errors.Is(cause, context.Canceled):
		return fmt.Errorf("%s: %w: %w", operation, context.Canceled, err)
	case cause != nil, s.engine.Classify(err) == Unavailable, s.engine.Classify(err) == Conflict:
		return fmt.Errorf("%s: %w: %w", operation, domain.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}
