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
)

// ErrSchemaBehind says that the database lacks migrations of this program.
var ErrSchemaBehind = errors.New("the database schema is behind this program: run 'interviewer migrate up'")

// Schema brings a database's tables to the form that this program needs.
type Schema struct {
	newProvider func() (*goose.Provider, error)
	explain     func(error) error
	ready       atomic.Bool
}

// NewSchema returns the schema of the migrations, which are goose's SQL files
// in the root of the file system. The locker keeps two processes from
// migrating at once. explain adds to each error what the engine knows of it:
// [domain.ErrUnavailable] if it is worth another try.
func NewSchema(dialect goose.Dialect, db *sql.DB, migrations fs.FS, locker lock.Locker, explain func(error) error) *Schema {
	return &Schema{explain: explain, newProvider: func() (*goose.Provider, error) {
		return goose.NewProvider(dialect, db, migrations,
			goose.WithLocker(locker), goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	}}
}

// Up applies what is missing, each migration in a transaction of its own.
func (s *Schema) Up(ctx context.Context) error {
	err := s.with(func(p *goose.Provider) error { _, err := p.Up(ctx); return err })
	if err != nil {
		return fmt.Errorf("migrate up: %w", err)
	}
	s.ready.Store(true)
	return nil
}

// Down takes the newest migration back, with all data that it holds.
func (s *Schema) Down(ctx context.Context) error {
	s.ready.Store(false)
	err := s.with(func(p *goose.Provider) error { _, err := p.Down(ctx); return err })
	if err != nil {
		return fmt.Errorf("migrate down: %w", err)
	}
	return nil
}

// Check returns [ErrSchemaBehind] if Up would change a table. It changes none
// itself, but makes goose's table of versions where there is none.
func (s *Schema) Check(ctx context.Context) error {
	err := s.with(func(p *goose.Provider) error {
		pending, err := p.HasPending(ctx)
		if err == nil && pending {
			err = ErrSchemaBehind
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("check schema: %w", err)
	}
	s.ready.Store(true)
	return nil
}

// with makes a provider for one use: a provider that once failed to make its
// table of versions never tries again.
func (s *Schema) with(use func(*goose.Provider) error) error {
	provider, err := s.newProvider()
	if err != nil {
		return err
	}
	if err := use(provider); err != nil {
		return s.explain(err)
	}
	return nil
}

// Ready reports whether Up or Check has succeeded.
func (s *Schema) Ready() bool { return s.ready.Load() }
