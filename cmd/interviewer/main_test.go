package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
)

// binaryDir is where the end-to-end tests build the program.
var binaryDir string

func TestMain(m *testing.M) {
	var err error
	if binaryDir, err = os.MkdirTemp("", "interviewer-e2e-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := postgrestest.Run(m)
	os.RemoveAll(binaryDir)
	os.Exit(code)
}
