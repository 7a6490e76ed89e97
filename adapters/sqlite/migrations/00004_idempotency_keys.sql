-- +goose Up
-- What a request with an idempotency key was answered, stored together with
-- what it did. Until then nobody but its own transaction sees the row.
CREATE TABLE idempotency_keys (
  user_id         text NOT NULL,
  method          varchar(10) NOT NULL,
  path            text NOT NULL,
  idempotency_key varchar(255) NOT NULL,
  fingerprint     blob NOT NULL,
  status          int,
  location        text,
  body            blob,
  created_at      integer NOT NULL,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, method, path, idempotency_key),
  CONSTRAINT idempotency_keys_user_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
-- For what looks after the keys of all users.
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- +goose Down
DROP TABLE idempotency_keys;
