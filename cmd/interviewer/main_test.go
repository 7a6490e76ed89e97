package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

// binaryDir is where the end-to-end tests build the program.
var binaryDir string

func TestMain(m *testing.M) {
	if os.Getenv(thoughtfulService) != "" {
		serveThoughtfully()
		return
	}
	var err error
	if binaryDir, err = os.MkdirTemp("", "interviewer-e2e-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := postgrestest.Run(m)
	os.RemoveAll(binaryDir)
	os.Exit(code)
}

// thoughtfulService makes the test program a service whose interviewer begins
// to think and never ends, so that it can be killed in the middle.
const thoughtfulService = "TEST_THOUGHTFUL_SERVICE"

type thoughtful struct{}

func (thoughtful) AskQuestion(ctx context.Context, _ domain.Interview) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func (thoughtful) GiveFeedback(ctx context.Context, _ domain.Interview) (domain.Assessment, error) {
	<-ctx.Done()
	return domain.Assessment{}, ctx.Err()
}

func serveThoughtfully() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := run(ctx, nil, os.Stdout, world{clock: time.Now, interviewer: thoughtful{}}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
