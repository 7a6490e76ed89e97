package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/domain"
	"github.com/ai-interviewer/ai-interviewer/ports"
)

// GetMetrics tells a person how far they have come.
type GetMetrics struct {
	Metrics ports.MetricsReader
}

// Execute returns the owner's metrics.
func (u GetMetrics) Execute(ctx context.Context, owner uuid.UUID) (domain.Metrics, error) {
	return u.Metrics.ReadMetrics(ctx, owner)
}
