-- +goose Up
-- A token of another version than its user's is no longer taken.
ALTER TABLE users
  ADD COLUMN token_version int NOT NULL DEFAULT 0 CONSTRAINT users_token_version CHECK (token_version >= 0);

-- +goose Down
ALTER TABLE users DROP COLUMN token_version;
