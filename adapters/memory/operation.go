package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// FindOperation implements [ports.OperationReader].
func (s *Store) FindOperation(ctx context.Context, owner, id uuid.UUID) (operation domain.Operation, err error) {
	err = s.read(ctx, func() error {
		found, ok := s.operations[key{owner, id}]
		if !ok {
			return domain.ErrOperationNotFound
		}
		operation = found.Clone()
		return nil
	})
	return operation, err
}

// CreateOperation implements [ports.OperationWriter].
func (s *Store) CreateOperation(ctx context.Context, operation domain.Operation, status domain.SessionStatus) error {
	return s.write(ctx, func() error {
		row, ok := s.sessions[key{operation.UserID, operation.SessionID}]
		if !ok || row.Status != status || !s.hasParent(operation) {
			return ports.ErrChanged
		}
		return s.insertOperation(operation)
	})
}

// CreateRetry implements [ports.RetryWriter].
func (s *Store) CreateRetry(ctx context.Context, operation domain.Operation) error {
	return s.write(ctx, func() error {
		if _, ok := s.sessions[key{operation.UserID, operation.SessionID}]; !ok || !s.hasParent(operation) {
			return domain.ErrOperationNotFound
		}
		return s.insertOperation(operation)
	})
}

// hasParent reports whether the operation that this one retries, if any, is
// there.
func (s *Store) hasParent(operation domain.Operation) bool {
	_, ok := s.operations[key{operation.UserID, operation.ParentID.UUID}]
	return ok || !operation.ParentID.Valid
}

func (s *Store) insertOperation(operation domain.Operation) error {
	k := key{operation.UserID, operation.ID}
	if _, ok := s.operations[k]; ok {
		return errDuplicate
	}
	s.operations[k] = operation.Clone()
	return nil
}

// UpdateOperation implements [ports.OperationUpdater].
func (s *Store) UpdateOperation(ctx context.Context, operation domain.Operation) error {
	return s.write(ctx, func() error {
		stored, err := s.held(operation)
		if err != nil {
			return err
		}
		stored.Status, stored.Failure, stored.Failures = operation.Status, operation.Clone().Failure, operation.Failures
		stored.LeaseUntil, stored.UpdatedAt = operation.LeaseUntil, operation.UpdatedAt
		s.operations[key{stored.UserID, stored.ID}] = stored
		return nil
	})
}

// held returns the operation as it is stored, if whoever has this one may
// still write it.
func (s *Store) held(operation domain.Operation) (domain.Operation, error) {
	stored, ok := s.operations[key{operation.UserID, operation.ID}]
	if !ok || stored.Finished() || stored.Attempt != operation.Attempt {
		return domain.Operation{}, ports.ErrLeaseLost
	}
	return stored, nil
}

// completeOperation ends the operation in the transaction that stores what it
// made.
func (s *Store) completeOperation(operation domain.Operation) error {
	stored, err := s.held(operation)
	if err != nil {
		return err
	}
	stored.Status, stored.Result, stored.UpdatedAt = operation.Status, operation.Clone().Result, operation.UpdatedAt
	s.operations[key{stored.UserID, stored.ID}] = stored
	return nil
}

// ListUnfinished implements [ports.OperationClaimer].
func (s *Store) ListUnfinished(ctx context.Context, limit int) (operations []domain.Operation, err error) {
	err = s.read(ctx, func() error {
		all := []domain.Operation{}
		for _, operation := range s.operations {
			if !operation.Finished() && !operation.LeaseUntil.IsZero() {
				all = append(all, operation.Clone())
			}
		}
		slices.SortFunc(all, func(a, b domain.Operation) int {
			if order := a.LeaseUntil.Compare(b.LeaseUntil); order != 0 {
				return order
			}
			return key{a.UserID, a.ID}.compare(key{b.UserID, b.ID})
		})
		operations = all[:min(limit, len(all))]
		return nil
	})
	return operations, err
}

// CountUnfinished implements [ports.OperationCounter].
func (s *Store) CountUnfinished(ctx context.Context) (counts []domain.UnfinishedOperations, err error) {
	err = s.read(ctx, func() error {
		counts = []domain.UnfinishedOperations{}
		for _, o := range s.operations {
			if o.Finished() || o.LeaseUntil.IsZero() {
				continue
			}
			i := slices.IndexFunc(counts, func(c domain.UnfinishedOperations) bool { return c.Type == o.Type && c.Status == o.Status })
			if i < 0 {
				i = len(counts)
				counts = append(counts, domain.UnfinishedOperations{Type: o.Type, Status: o.Status, Oldest: o.CreatedAt})
			}
			counts[i].Count++
			if o.CreatedAt.Before(counts[i].Oldest) {
				counts[i].Oldest = o.CreatedAt
			}
		}
		slices.SortFunc(counts, func(a, b domain.UnfinishedOperations) int {
			return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Status, b.Status))
		})
		return nil
	})
	return counts, err
}

// ClaimOperation implements [ports.OperationClaimer].
func (s *Store) ClaimOperation(ctx context.Context, operation domain.Operation, now time.Time) error {
	return s.write(ctx, func() error {
		before := operation
		before.Attempt--
		stored, err := s.held(before)
		if err != nil {
			return err
		}
		if stored.LeaseUntil.IsZero() || stored.LeaseUntil.After(now) {
			return ports.ErrLeaseLost
		}
		stored.Status, stored.Attempt, stored.Failures = operation.Status, operation.Attempt, operation.Failures
		stored.LeaseUntil, stored.UpdatedAt = operation.LeaseUntil, operation.UpdatedAt
		s.operations[key{stored.UserID, stored.ID}] = stored
		return nil
	})
}

// PruneOperations implements [ports.OperationPruner].
func (s *Store) PruneOperations(ctx context.Context, before time.Time) (removed int, err error) {
	err = s.write(ctx, func() error {
		for k, operation := range s.operations {
			if operation.Finished() && operation.UpdatedAt.Before(before) {
				delete(s.operations, k)
				removed++
			}
		}
		for k, operation := range s.operations {
			if !s.hasParent(operation) {
				operation.ParentID = uuid.NullUUID{}
				s.operations[k] = operation
			}
		}
		return nil
	})
	return removed, err
}
