package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync/atomic"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// ErrSchemaBehind says that the database lacks migrations of this program.
var ErrSchemaBehind = errors.New("the database schema is behind this program: run 'interviewer migrate up'")

// Schema brings a database's tables to the form that this program needs.
type Schema struct {
	provider *goose.Provider
	classify func(error) Class
	ready    atomic.Bool
}

// NewSchema returns the schema of the migrations, which are goose's SQL files
// in the root of the file system. The locker keeps two processes from
// migrating at once. An error that classify finds [Unavailable] comes back
// with [domain.ErrUnavailable] in its chain: worth another try.
func NewSchema(dialect goose.Dialect, db *sql.DB, migrations fs.FS, locker lock.Locker, classify func(error) Class) (*Schema, error) {
	provider, err := goose.NewProvider(dialect, db, migrations,
		goose.WithLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return &Schema{provider: provider, classify: classify}, nil
}

// Up applies what is missing, each migration in a transaction of its own.
func (s *Schema) Up(ctx context.Context) error {
	if _, err := s.provider.Up(ctx); err != nil {
		return s.fail("migrate up", err)
	}
	s.ready.Store(true)
	return nil
}

// Down takes the newest migration back, with all data that it holds.
func (s *Schema) Down(ctx context.Context) error {
	s.ready.Store(false)
	if _, err := s.provider.Down(ctx); err != nil {
		return s.fail("migrate down", err)
	}
	return nil
}

// Check returns [ErrSchemaBehind] if Up would change a table. It changes none
// itself, but makes goose's table of versions where there is none.
func (s *Schema) Check(ctx context.Context) error {
	pending, err := s.provider.HasPending(ctx)
	switch {
	case err != nil:
		return s.fail("check schema", err)
	case pending:
		return ErrSchemaBehind
	}
	s.ready.Store(true)
	return nil
}

// Ready reports whether Up or Check has succeeded.
func (s *Schema) Ready() bool { return s.ready.Load() }

func (s *Schema) fail(operation string, err error) error {
	if s.classify(err) == Unavailable {
		return fmt.Errorf("%s: %w: %w", operation, domain.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}
