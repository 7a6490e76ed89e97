package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/ai-interviewer/ai-interviewer/adapters/memory"
	"github.com/ai-interviewer/ai-interviewer/adapters/postgres"
	"github.com/ai-interviewer/ai-interviewer/adapters/sqlite"
	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// store is every storage port, and whether the storage answers.
type store interface {
	ports.Storage
	Ping(ctx context.Context) error
}

// storage is what DATABASE_URL names.
type storage struct {
	store
	schema *sqlstore.Schema // nil if there is none to migrate
	// distribute spreads the tables over the nodes of a cluster; nil if the
	// storage never can.
	distribute func(ctx context.Context) error
	// remote storage may be away when the service starts, and is waited for.
	remote bool
	// secretFile names the file in which a secret that the service makes for
	// itself is kept; nil if it has no place.
	secretFile func(name string) string
	close      func() error
	// pools are the pools of connections by name, and repeats returns how many
	// transactions were done again; both nil if there is no database.
	pools   map[string]*sql.DB
	repeats func() uint64
}

// openStorage chooses the adapter.
func openStorage(ctx context.Context, databaseURL string) (storage, error) {
	scheme, rest, _ := strings.Cut(databaseURL, ":")
	switch scheme {
	case "sqlite":
		if rest == "" || rest == ":memory:" || strings.HasPrefix(rest, "//") {
			return storage{}, errors.New("DATABASE_URL: sqlite: needs the path of a file, as in sqlite:data/interviewer.db")
		}
		db, err := sqlite.Open(ctx, rest)
		if err != nil {
			return storage{}, fmt.Errorf("DATABASE_URL: %w", err)
		}
		return storage{store: db, schema: db.Schema, secretFile: beside(rest), close: db.Close,
			pools: db.Pools(), repeats: db.Repeats}, nil
	case "postgres", "postgresql":
		db, err := postgres.Open(databaseURL)
		if err != nil {
			return storage{}, fmt.Errorf("DATABASE_URL: %w", err)
		}
		return storage{store: db, schema: db.Schema, distribute: db.Distribute, remote: true, close: db.Close,
			pools: db.Pools(), repeats: db.Repeats}, nil
	case "memory":
		if databaseURL != "memory:" {
			break
		}
		return storage{store: memory.New(), close: func() error { return nil }}, nil
	}
	// The URL is not repeated: it may hold a password.
	return storage{}, errors.New("DATABASE_URL: must be sqlite:PATH, postgres://... or memory: as in README")
}

// prepare makes the storage ready for requests: it migrates, or only checks
// that nothing is to migrate.
func (s storage) prepare(ctx context.Context, migrate bool) error {
	switch {
	case s.schema == nil:
		return nil
	case migrate:
		return s.schema.Up(ctx)
	}
	return s.schema.Check(ctx)
}

// beside keeps secrets beside a database file: JWT_SECRET in FILE.jwt-secret.
func beside(path string) func(string) string {
	return func(name string) string { return path + "." + strings.ToLower(strings.ReplaceAll(name, "_", "-")) }
}
