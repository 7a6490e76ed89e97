-- +goose Up
-- failures counts the attempts that failed; attempts fences, and counts also
-- those that were given back.
ALTER TABLE operations
  ADD COLUMN failures int NOT NULL DEFAULT 0 CONSTRAINT operations_failures CHECK (failures >= 0);

-- +goose Down
ALTER TABLE operations DROP COLUMN failures;
