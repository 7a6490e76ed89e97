package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/adapters/sqlite"
)

// sqliteFile is a migrated file of seeded users, opened by the service's own
// adapter: the same driver, and the same settings.
type sqliteFile struct {
	*sqlite.DB
	url string
}

func openSQLite(ctx context.Context, binary string) (_ *sqliteFile, err error) {
	path := filepath.Join(filepath.Dir(binary), "bench.db")
	f := &sqliteFile{url: "sqlite:" + path}
	if err := migrate(ctx, binary, f.url); err != nil {
		return nil, err
	}
	if f.DB, err = sqlite.Open(ctx, path); err != nil {
		return nil, err
	}
	tx, err := f.writer().BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	defer tx.Rollback()
	now := time.Now().UnixMicro()
	for u := range users {
		if _, err := tx.ExecContext(ctx, `INSERT INTO users (id, email, hashed_password, created_at, updated_at)
VALUES ($1, $2, '', $3, $3)`, userID(u), fmt.Sprint(u, "@example.com"), now); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		for p := range postingsPerUser {
			if _, err := tx.ExecContext(ctx, `INSERT INTO job_postings (user_id, id, title, company, description, tech_stack, created_at, updated_at)
VALUES ($1, $2, 'Backend engineer', 'Example', 'We look for somebody who writes Go.', '["Go"]', $3, $3)`,
				userID(u), postingID(u, p), now); err != nil {
				return nil, errors.Join(err, f.Close())
			}
		}
	}
	return f, tx.Commit()
}

func (f *sqliteFile) writer() *sql.DB { return f.Pools()["write"] }

func (f *sqliteFile) count(ctx context.Context) (n int, err error) {
	err = f.writer().QueryRowContext(ctx, "SELECT count(*) FROM interview_sessions").Scan(&n)
	return n, err
}

func (f *sqliteFile) clear(ctx context.Context) error {
	_, err := f.writer().ExecContext(ctx, "DELETE FROM interview_sessions")
	if err == nil {
		_, err = f.writer().ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return err
}

// bare measures a loop that does nothing but insert, each a durable commit.
func (f *sqliteFile) bare(ctx context.Context, w window) (measured, error) {
	if err := f.clear(ctx); err != nil {
		return measured{}, err
	}
	insert, err := f.writer().PrepareContext(ctx, `INSERT INTO interview_sessions
  (user_id, id, job_posting_id, status, current_question_number, retake_number, original_session_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
	if err != nil {
		return measured{}, err
	}
	defer insert.Close()
	m, _, err := look(w, 0, 0, func(length time.Duration, begun func()) (samples []sample, err error) {
		ends := time.Now().Add(length)
		begun()
		for begin := time.Now(); begin.Before(ends); begin = time.Now() {
			user := rand.IntN(users)
			now := begin.UnixMicro()
			if _, err := insert.ExecContext(ctx, userID(user), uuid.New(), postingID(user, rand.IntN(postingsPerUser)), "active", 0, 1, nil, now, now); err != nil {
				return nil, err
			}
			samples = append(samples, sample{time.Now(), time.Since(begin)})
		}
		return samples, nil
	})
	m.Connections = 1
	return m, err
}

// service measures the binary on this file.
func (f *sqliteFile) service(ctx context.Context, w window, binary string, connections int) (measured, error) {
	if err := f.clear(ctx); err != nil {
		return measured{}, err
	}
	return measureService(ctx, w, binary, f.url, 0, connections, users, f.count)
}
