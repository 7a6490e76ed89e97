package postgres

import (
	"context"
	"errors"
	"fmt"
)

// ErrNoCitus says that the server cannot distribute tables.
var ErrNoCitus = errors.New("this server does not have the extension citus: run CREATE EXTENSION citus on its coordinator first")

// distributed are the tables that belong to users, whoever is referred to
// first.
var distributed = []string{"job_postings", "interview_sessions", "session_messages", "operations", "interview_feedbacks",
	"resumes", "idempotency_keys"}

// Distribute declares users a reference table of Citus and spreads all others
// over its nodes by user_id, rows included, in one transaction. Tables that are
// spread already stay as they are, so it may be called after each migration.
// Connect to the coordinator. It returns [ErrNoCitus] if there is none.
func (db *DB) Distribute(ctx context.Context) error {
	tx, err := db.pools[1].BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("distribute: %w", explainAtStart(err))
	}
	defer tx.Rollback()
	var citus bool
	if err := tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM pg_extension WHERE extname = 'citus'`).Scan(&citus); err != nil {
		return fmt.Errorf("distribute: %w", explainAtStart(err))
	}
	if !citus {
		return ErrNoCitus
	}
	// Else users, once it is a reference table, draws those that refer to it
	// in, and they can no longer be distributed.
	if _, err := tx.ExecContext(ctx, `SET LOCAL citus.enable_local_reference_table_foreign_keys = off`); err != nil {
		return fmt.Errorf("distribute: %w", err)
	}
	const unless = ` WHERE NOT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = $1::regclass)`
	if _, err := tx.ExecContext(ctx, `SELECT create_reference_table($1::regclass)`+unless, "users"); err != nil {
		return fmt.Errorf("distribute users: %w", err)
	}
	for _, table := range distributed {
		if _, err := tx.ExecContext(ctx, `SELECT create_distributed_table($1::regclass, 'user_id')`+unless, table); err != nil {
			return fmt.Errorf("distribute %s: %w", table, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("distribute: %w", err)
	}
	return nil
}
