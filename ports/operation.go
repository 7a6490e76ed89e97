package ports

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// OperationReader reads one operation.
type OperationReader interface {
	// FindOperation returns the owner's operation, or
	// [domain.ErrOperationNotFound].
	FindOperation(ctx context.Context, owner, id uuid.UUID) (domain.Operation, error)
}

// OperationWriter stores new operations.
type OperationWriter interface {
	// CreateOperation stores the operation if its session has the status by
	// then. Otherwise, also if the session is gone, it returns [ErrChanged].
	CreateOperation(ctx context.Context, operation domain.Operation, status domain.SessionStatus) error
}

// RetryWriter stores operations that are retries.
type RetryWriter interface {
	// CreateRetry stores the operation, whatever the state of its session, or
	// returns [domain.ErrOperationNotFound] if its parent or its session is
	// gone by then.
	CreateRetry(ctx context.Context, operation domain.Operation) error
}

// OperationUpdater stores how operations go on.
type OperationUpdater interface {
	// UpdateOperation stores the operation's status, failure, number of
	// failures, lease and update time if it is stored unfinished and with the
	// same attempt, whether or not its lease is over. Otherwise, also if it is
	// gone, it returns [ErrLeaseLost].
	UpdateOperation(ctx context.Context, operation domain.Operation) error
}

// OperationClaimer finds and takes operations that were lost.
type OperationClaimer interface {
	// ListUnfinished returns at most limit operations of any owner that are
	// not finished and have a lease, the one whose lease ends first coming
	// first.
	ListUnfinished(ctx context.Context, limit int) ([]domain.Operation, error)
	// ClaimOperation stores the operation's status, attempt, number of
	// failures, lease and update time if it is stored unfinished, with the
	// attempt before, and with a lease that has ended by now. Otherwise, also
	// if it is gone, it returns [ErrLeaseLost]: of several calls at once one
	// succeeds.
	ClaimOperation(ctx context.Context, operation domain.Operation, now time.Time) error
}

// OperationCounter counts operations.
type OperationCounter interface {
	// CountUnfinished counts, of any owner, the operations that are not
	// finished and have a lease: at most one count for each type and status,
	// in their order, and none that is 0.
	CountUnfinished(ctx context.Context) ([]domain.UnfinishedOperations, error)
}

// OperationPruner forgets old operations.
type OperationPruner interface {
	// PruneOperations removes, of any owner, the finished operations that
	// were last updated before a time, and the references to them from their
	// retries, which stay. It returns how many were removed, also with an
	// error.
	PruneOperations(ctx context.Context, before time.Time) (int, error)
}

// OperationDispatcher hands operations to the process's own workers.
type OperationDispatcher interface {
	// Dispatch hands over an operation that is stored and leased, and returns
	// at once. It may decline in silence: then the lease runs out, and the
	// operation is found like any that was lost.
	Dispatch(operation domain.Operation)
}
