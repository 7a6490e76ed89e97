package main

import (
	"testing"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }
