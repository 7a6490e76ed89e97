package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

const (
	// takeKey takes a key that is not there, or that has expired. If another
	// transaction is storing it, it waits for the end of that.
	takeKey = `
INSERT INTO idempotency_keys (user_id, method, path, idempotency_key, fingerprint, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (user_id, method, path, idempotency_key) DO UPDATE
   SET fingerprint = excluded.fingerprint, created_at = excluded.created_at
 WHERE idempotency_keys.created_at < $7`
	selectReply = `
SELECT fingerprint, status, location, body FROM idempotency_keys
 WHERE user_id = $1 AND method = $2 AND path = $3 AND idempotency_key = $4`
	saveReply = `
UPDATE idempotency_keys SET status = $5, location = $6, body = $7
 WHERE user_id = $1 AND method = $2 AND path = $3 AND idempotency_key = $4`
)

// RunOnce implements [ports.OnceRunner]. When the connection is lost at the
// commit, it begins again: the key tells whether the work was stored.
func (s *Store) RunOnce(ctx context.Context, key domain.IdempotencyKey, now, expired time.Time,
	work func(ctx context.Context) (domain.Reply, error)) (reply domain.Reply, replayed bool, err error) {
	ctx, end := s.trace(ctx, "run once")
	defer func() { end(err) }()
	var failed error  // of the work, which has its form already
	var unknown error // of the last commit, until the key is read again
	err = s.repeat(ctx, func() error {
		failed = nil
		err := s.tryInTx(ctx, func(tx querier) (err error) {
			if replayed, err = s.takeKey(ctx, tx, key, now, expired); err != nil {
				return err
			}
			unknown = nil
			if replayed {
				reply, err = findReply(ctx, tx, key)
				return err
			}
			if reply, failed = work(context.WithValue(ctx, joined{s}, tx)); failed != nil {
				return failed
			}
			_, err = tx.ExecContext(ctx, saveReply, key.UserID, key.Method, key.Path, key.Key, reply.Status, orNull(reply.Location), reply.Body)
			return err
		})
		if errors.Is(err, domain.ErrOutcomeUnknown) {
			unknown = err
		}
		return err
	}, domain.ErrOutcomeUnknown)
	switch {
	case err == nil:
		return reply, replayed, nil
	case failed != nil:
		return domain.Reply{}, false, failed
	case s.engine.Classify(err) == MissingParent:
		err = domain.ErrUserNotFound
	case s.engine.Classify(err) == Locked:
		err = domain.ErrIdempotencyKeyInUse
	case unknown != nil:
		err = s.fail(ctx, "run once", unknown)
	default:
		err = s.fail(ctx, "run once", err)
	}
	return domain.Reply{}, false, err
}

// takeKey takes the key, or reports that it is there already.
func (s *Store) takeKey(ctx context.Context, tx querier, key domain.IdempotencyKey, now, expired time.Time) (there bool, err error) {
	if s.engine.LimitWait != "" {
		if _, err := tx.ExecContext(ctx, s.engine.LimitWait); err != nil {
			return false, err
		}
	}
	n, err := affected(tx.ExecContext(ctx, takeKey, key.UserID, key.Method, key.Path, key.Key, key.Fingerprint[:],
		s.engine.EncodeTime(now), s.engine.EncodeTime(expired)))
	return n == 0, err
}

func findReply(ctx context.Context, tx querier, key domain.IdempotencyKey) (domain.Reply, error) {
	var row struct {
		Fingerprint []byte         `db:"fingerprint"`
		Status      int            `db:"status"`
		Location    sql.NullString `db:"location"`
		Body        []byte         `db:"body"`
	}
	if err := tx.GetContext(ctx, &row, selectReply, key.UserID, key.Method, key.Path, key.Key); err != nil {
		return domain.Reply{}, err
	}
	if !bytes.Equal(row.Fingerprint, key.Fingerprint[:]) {
		return domain.Reply{}, domain.ErrIdempotencyKeyReused
	}
	return domain.Reply{Status: row.Status, Location: row.Location.String, Body: row.Body}, nil
}

// PruneIdempotencyKeys implements [ports.IdempotencyKeyPruner].
func (s *Store) PruneIdempotencyKeys(ctx context.Context, before time.Time) (int, error) {
	n, err := s.exec(ctx, "prune idempotency keys", `DELETE FROM idempotency_keys WHERE created_at < $1`, s.engine.EncodeTime(before))
	if err != nil {
		return 0, s.fail(ctx, "prune idempotency keys", err)
	}
	return int(n), nil
}
