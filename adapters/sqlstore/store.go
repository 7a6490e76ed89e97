// Package sqlstore implements the storage ports in SQL that PostgreSQL and
// SQLite take in one text. An engine's own package (postgres, sqlite) opens
// the database, brings its schema up to date, and supplies an [Engine] with
// what differs.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jmoiron/sqlx"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

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
	// LimitWait, unless it is empty, is a statement after which a lock is waited
	// for at most [domain.IdempotencyWait], until the transaction ends.
	LimitWait string
	// Snapshot begins a transaction in which every statement reads what was
	// there at its first; nil where that is so anyway.
	Snapshot *sql.TxOptions
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
	Unavailable                // the database cannot be reached, or cannot serve; nothing was done
	Lost                       // the connection broke: what was under way may be done or not
	Conflict                   // others were in the way, and nothing was done: it may go well the next time
	Locked                     // others are in the way for longer than the engine waits
)

// Store implements every storage port. Make one with [New].
type Store struct {
	engine  Engine
	repeats atomic.Uint64
}

var _ ports.Storage = (*Store)(nil)

// New returns a Store on the engine's pools, which stay the caller's to close.
func New(engine Engine) *Store { return &Store{engine: engine} }

// Repeats returns how often a transaction was done again, since others were in
// its way.
func (s *Store) Repeats() uint64 { return s.repeats.Load() }

// Ping returns nil if the database can be read, else [domain.ErrUnavailable]
// or what else is wrong. It reads a table: SQLite finds nothing wrong with a
// damaged file until somebody does.
func (s *Store) Ping(ctx context.Context) error {
	var any bool
	return s.get(ctx, "ping", &any, `SELECT EXISTS (SELECT 1 FROM users)`)
}

// querier is what a pool and a transaction have in common.
type querier interface {
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// joined is the key of the transaction that a context carries, which
// [Store.RunOnce] put there: what has the context is part of it.
type joined struct{ *Store }

// transaction returns that of the context, or nil.
func (s *Store) transaction(ctx context.Context) querier {
	tx, _ := ctx.Value(joined{s}).(querier)
	return tx
}

// get reads one row. Its error is what the ports promise, and [sql.ErrNoRows]
// if there is none.
func (s *Store) get(ctx context.Context, operation string, dest any, query string, args ...any) error {
	return s.read(ctx, operation, func(db querier) error { return db.GetContext(ctx, dest, query, args...) })
}

// list reads rows. Its error is what the ports promise.
func (s *Store) list(ctx context.Context, operation string, dest any, query string, args ...any) error {
	return s.read(ctx, operation, func(db querier) error { return db.SelectContext(ctx, dest, query, args...) })
}

func (s *Store) read(ctx context.Context, operation string, f func(db querier) error) (err error) {
	ctx, end := s.trace(ctx, operation)
	defer func() { end(err) }()
	var db querier = s.engine.Read
	if tx := s.transaction(ctx); tx != nil {
		db = tx
	}
	if err := f(db); err != nil {
		return s.fail(ctx, operation, err)
	}
	return nil
}

// write runs f, which changes something by one statement. That is a
// transaction of its own, unless the context carries one.
func (s *Store) write(ctx context.Context, operation string, f func(db querier) error) (err error) {
	ctx, end := s.trace(ctx, operation)
	defer func() { end(err) }()
	if tx := s.transaction(ctx); tx != nil {
		return f(tx)
	}
	return s.repeat(ctx, func() error { return s.known(f(s.engine.Write)) })
}

// inTx runs f in a transaction, which it commits if f returns nil and rolls
// back if f fails or panics; or in that of the context, which somebody else
// ends. f may be repeated, and must begin anew each time.
func (s *Store) inTx(ctx context.Context, operation string, f func(tx querier) error) (err error) {
	ctx, end := s.trace(ctx, operation)
	defer func() { end(err) }()
	if tx := s.transaction(ctx); tx != nil {
		return f(tx)
	}
	return s.repeat(ctx, func() error { return s.tryInTx(ctx, f) })
}

func (s *Store) tryInTx(ctx context.Context, f func(tx querier) error) error {
	tx, err := s.engine.Write.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // after a commit this does nothing
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", s.known(err))
	}
	return nil
}

// known tells of an error of what commits whether it is known that nothing was
// stored: not if the connection was lost before the answer came.
func (s *Store) known(err error) error {
	if err != nil && s.engine.Classify(err) == Lost {
		return fmt.Errorf("%w: %w", domain.ErrOutcomeUnknown, err)
	}
	return err
}

// What lost a [Conflict] is repeated after a random pause (full jitter: from
// nothing to twice the mean, which doubles each time).
const (
	repeats   = 5
	meanPause = 5 * time.Millisecond
)

// repeat does the whole of a transaction, again after a [Conflict], at most
// five times and not once the context is over; also after an error that one of
// more, which are safe to repeat.
func (s *Store) repeat(ctx context.Context, f func() error, more ...error) error {
	again := false
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		if again {
			s.repeats.Add(1)
		}
		again = true
		err := f()
		if err != nil && s.engine.Classify(err) != Conflict &&
			!slices.ContainsFunc(more, func(safe error) bool { return errors.Is(err, safe) }) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	},
		backoff.WithMaxTries(1+repeats),
		backoff.WithBackOff(&backoff.ExponentialBackOff{
			InitialInterval: meanPause, RandomizationFactor: 1, Multiplier: 2, MaxInterval: meanPause << repeats}))
	return err
}

// one runs a statement that changes one row, and returns the error if there is
// no such row.
func (s *Store) one(ctx context.Context, operation string, absent error, statement string, args ...any) error {
	switch n, err := s.exec(ctx, operation, statement, args...); {
	case err != nil:
		return s.fail(ctx, operation, err)
	case n == 0:
		return absent
	}
	return nil
}

// exec runs a statement that changes something, and returns how many rows.
func (s *Store) exec(ctx context.Context, operation, statement string, args ...any) (n int64, err error) {
	err = s.write(ctx, operation, func(db querier) (err error) {
		n, err = affected(db.ExecContext(ctx, statement, args...))
		return err
	})
	return n, err
}

// affected returns how many rows a statement changed.
func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
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

// trace begins the span of an operation, within the span of whatever asked for
// it; where that is not traced, nothing is. A span holds the operation's name
// and whether the database failed, never a statement or a value.
func (s *Store) trace(ctx context.Context, operation string) (context.Context, func(error)) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, func(error) {}
	}
	ctx, span := parent.TracerProvider().Tracer("sqlstore").Start(ctx, operation, trace.WithSpanKind(trace.SpanKindClient))
	return ctx, func(err error) {
		if err != nil && (errors.Is(err, domain.ErrUnavailable) || s.engine.Classify(err) >= Unavailable) {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// fail makes of a driver's error what the ports promise, and names the
// operation for the log.
func (s *Store) fail(ctx context.Context, operation string, err error) error {
	switch cause := ctx.Err(); {
	case errors.Is(cause, context.Canceled):
		return fmt.Errorf("%s: %w: %w", operation, context.Canceled, err)
	case errors.Is(err, domain.ErrOutcomeUnknown):
		return fmt.Errorf("%s: %w: %w: %w", operation, domain.ErrOutcomeUnknown, domain.ErrUnavailable, err)
	case cause != nil, s.engine.Classify(err) >= Unavailable:
		return fmt.Errorf("%s: %w: %w", operation, domain.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}
