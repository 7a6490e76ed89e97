package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/ports/storetest"
)

func TestConformance(t *testing.T) {
	db := openTemp(t)
	storetest.Run(t, func(*testing.T) storetest.Store { return db })
}

// openTemp returns a migrated database in a new file.
func openTemp(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "a folder?with #odd%41 name", "interviewer.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Schema.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}
