package ports

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// MetricsReader counts what a person has done.
type MetricsReader interface {
	// ReadMetrics returns the owner's metrics. Only completed sessions count;
	// the scores are those of all the owner's feedback; a deleted posting is no
	// role.
	ReadMetrics(ctx context.Context, owner uuid.UUID) (domain.Metrics, error)
}
