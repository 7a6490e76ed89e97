package sqlite

import (
	"errors"

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

func classCode(code int) sqlstore.Class {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return sqlstore.Duplicate
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return sqlstore.MissingParent
	}
	const primaryCode = 0xff
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
