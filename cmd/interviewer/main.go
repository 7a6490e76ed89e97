// Command interviewer is the AI Interviewer service in one binary.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	world, err := realWorld()
	if err == nil {
		err = run(ctx, os.Args[1:], os.Stdout, world)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "interviewer:", err)
		os.Exit(1)
	}
}

// commands are what the program can do.
type commands struct {
	Serve       serveCommand       `cmd:"" default:"withargs" help:"Serve the API (the default)."`
	Migrate     migrateCommand     `cmd:"" help:"Bring the database schema up to date, or take its newest migration back."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask a running service whether it is ready; exit 1 if not."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

// run is the whole program: it reads the settings from the arguments and the
// environment, and does what they say until it is done or the context ends.
// What it meets beside them is world.
// Its error is one line that says what is wrong.
func run(ctx context.Context, args []string, stdout io.Writer, world world) error {
	var (
		cli      commands
		helpOnly bool
	)
	parser, err := kong.New(&cli,
		kong.Name("interviewer"),
		kong.Description("AI Interviewer: practise job interviews. The settings are those of the command serve: see interviewer serve --help."),
		kong.Writers(stdout, stdout),
		kong.Exit(func(int) { helpOnly = true }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.BindTo(stdout, (*io.Writer)(nil)),
		kong.Bind(world))
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if helpOnly {
		return nil
	}
	if err != nil {
		return err
	}
	if err := command.Run(); err != nil {
		// A driver's error may have a line for each attempt.
		return errors.New(strings.Join(strings.Fields(err.Error()), " "))
	}
	return nil
}
