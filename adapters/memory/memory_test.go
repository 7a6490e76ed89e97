package memory_test

import (
	"testing"

	"github.com/ai-interviewer/ai-interviewer/adapters/memory"
	"github.com/ai-interviewer/ai-interviewer/ports"
	"github.com/ai-interviewer/ai-interviewer/ports/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(*testing.T) ports.Storage { return memory.New() })
}
