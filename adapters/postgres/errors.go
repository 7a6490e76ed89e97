package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ai-interviewer/ai-interviewer/adapters/sqlstore"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

// SQLSTATE codes and classes (PostgreSQL manual, appendix A).
const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
	adminShutdown       = "57P01"
	crashShutdown       = "57P02"
	cannotConnectNow    = "57P03"
	invalidCatalogName  = "3D000"
	queryCanceled       = "57014" // by statement_timeout: our own cancels are known by their context
	lockNotAvailable    = "55P03" // by lock_timeout
	readOnlyTransaction = "25006" // on a standby, whose primary is away or elsewhere
	failedTransaction   = "25P02" // by an earlier statement, whose failure did not end the work

	classConnection            = "08"
	classInsufficientResources = "53"
	classInvalidAuthorization  = "28"
	classTransactionRollback   = "40" // serialization failures and deadlocks, and:
	completionUnknown          = "40003"
)

// classify says what an error of a running service means.
func classify(err error) sqlstore.Class {
	if dialFailed(err) {
		return sqlstore.Unavailable
	}
	switch code := sqlState(err); code {
	case "":
	case uniqueViolation:
		return sqlstore.Duplicate
	case foreignKeyViolation:
		return sqlstore.MissingParent
	case lockNotAvailable:
		return sqlstore.Locked
	case failedTransaction:
		return sqlstore.Conflict
	case cannotConnectNow, queryCanceled, readOnlyTransaction:
		return sqlstore.Unavailable
	case adminShutdown, crashShutdown, completionUnknown:
		return sqlstore.Lost
	default:
		switch code[:2] {
		case classInsufficientResources:
			return sqlstore.Unavailable
		case classConnection:
			return sqlstore.Lost
		case classTransactionRollback:
			return sqlstore.Conflict
		}
		return sqlstore.Other
	}
	// Not an answer of the server: the connection broke, or was never there.
	var netErr net.Error
	switch {
	case pgconn.Timeout(err): // the context ended while a statement ran
		return sqlstore.Lost
	case errors.Is(err, pgconn.ErrConnClosed):
		// pgx says so too, and that it is safe to retry, of a connection that
		// breaks after a COMMIT was sent on it.
		return sqlstore.Lost
	case errors.Is(err, errNotReady), pgconn.SafeToRetry(err), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return sqlstore.Unavailable // nothing was sent
	case errors.As(err, &netErr), errors.Is(err, net.ErrClosed),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return sqlstore.Lost
	}
	return sqlstore.Other
}

// explainAtStart marks an error that is worth another try.
func explainAtStart(err error) error {
	if classifyAtStart(err) >= sqlstore.Unavailable { // or Lost, and the like: a migration is done once
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	}
	return err
}

// classifyAtStart is classify for a service that starts: refused credentials
// and an unknown database are then mistakes in the settings, which waiting
// does not mend.
func classifyAtStart(err error) sqlstore.Class {
	if code := sqlState(err); code == invalidCatalogName || len(code) == 5 && code[:2] == classInvalidAuthorization {
		return sqlstore.Other
	}
	return classify(err)
}

func dialFailed(err error) bool {
	var connectErr *pgconn.ConnectError
	return errors.As(err, &connectErr)
}

// sqlState returns the code of the server's error in the chain, or "".
func sqlState(err error) string {
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return pgErr.Code
	}
	return ""
}
