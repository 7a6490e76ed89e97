package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore"
)

// classify decides by SQLite's result codes, extended where that matters
// (sqlite.org/rescode.html).
func classify(err error) sqlstore.Class {
	var sqliteErr *sqlite.Error
	if !errors.As(err, &sqliteErr) {
		return sqlstore.Other
	}
	return classCode(sqliteErr.Code())
}

// explain says of an error at start which file it is about, and what to do
// where SQLite's words do not. None is worth waiting for: the file is this
// machine's own.
func explain(path string, err error) error {
	var sqliteErr *sqlite.Error
	if !errors.As(err, &sqliteErr) {
		return err
	}
	advice, code := "", sqliteErr.Code()
	switch {
	case code&primaryCode == sqlite3.SQLITE_CORRUPT, code&primaryCode == sqlite3.SQLITE_NOTADB:
		advice = ": it is damaged, or another program's: restore a backup"
	case code == sqlite3.SQLITE_READONLY_DIRECTORY, code&primaryCode == sqlite3.SQLITE_CANTOPEN:
		advice = ": this user must be able to write to its folder too"
	}
	return fmt.Errorf("open %s: %w%s", path, err, advice)
}

// primaryCode masks what an extended result code adds.
const primaryCode = 0xff

func classCode(code int) sqlstore.Class {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return sqlstore.Duplicate
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return sqlstore.MissingParent
	}
	switch code & primaryCode {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL: // another process holds it too long
		return sqlstore.Conflict
	case sqlite3.SQLITE_IOERR: // perhaps of the sync that ends a commit
		return sqlstore.Lost
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM, // the machine lacks something
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, // the file is damaged
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM: // the file is out of reach
		return sqlstore.Unavailable
	}
	return sqlstore.Other
}
