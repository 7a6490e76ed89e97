// Command bench measures what the service costs above its database: a create of
// a session against the same two statements sent by pgbench, or against bare
// inserts into SQLite, on the same machine in the same minutes. It runs the
// binary as it is shipped, and writes docs/performance.md. See
// docs/decisions/0022-performance.md.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/prometheus/procfs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var cli struct {
		Docs   string        `default:"docs" placeholder:"DIR" help:"Where performance.md is written, and in DIR/performance its plots and figures (${default})."`
		Create createCommand `cmd:"" help:"Measure creates of sessions on PostgreSQL and SQLite."`
		Growth growthCommand `cmd:"" help:"Measure whether a create or a list gets dearer as tables grow."`
		Report struct{}      `cmd:"" help:"Write performance.md again from the figures of before."`
	}
	command := kong.Parse(&cli, kong.Name("bench"), kong.Description("Measures the service against its databases alone."))
	err := func() error {
		all, err := readResults(cli.Docs)
		if err != nil {
			return err
		}
		switch command.Command() {
		case "create":
			all.Create, err = cli.Create.measure(ctx)
		case "growth":
			all.Growth, err = cli.Growth.measure(ctx)
		}
		if err != nil {
			return err
		}
		if err := all.write(cli.Docs); err != nil {
			return err
		}
		report, err := os.ReadFile(filepath.Join(cli.Docs, "performance.md"))
		fmt.Printf("\n%s", report)
		return err
	}()
	command.FatalIfErrorf(err)
}

// windowSetting says how long is measured, and how often.
type windowSetting struct {
	Rounds int           `default:"3" placeholder:"N" help:"How often each measurement is made; medians are told (${default})."`
	Warm   time.Duration `default:"2s" placeholder:"DURATION" help:"How long a load runs before it is looked at (${default})."`
	Window time.Duration `default:"10s" placeholder:"DURATION" help:"How long a load is looked at (${default})."`
}

func (s windowSetting) window() window { return window{s.Warm, s.Window} }

type createCommand struct {
	windowSetting
	Connections       []int `default:"1,16,64,256" placeholder:"N,…" help:"How many clients at once, for PostgreSQL (${default})."`
	SQLiteConnections []int `name:"sqlite-connections" default:"1,16,64" placeholder:"N,…" help:"The same for SQLite (${default})."`
}

// pair is one load on the database alone, and one on the service right after.
type pair struct {
	Connections    int
	Alone, Service measured
}

// created is what was measured of creates.
type created struct {
	Setup
	PostgreSQL, SQLite []pair
	Binary             float64 // MB
}

// Setup is where and how something was measured.
type Setup struct {
	Machine, PostgreSQLVersion string
	Rounds                     int
	Window                     time.Duration
	Day                        string
}

func (s windowSetting) setup() Setup {
	machine := fmt.Sprintf("%d cores, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	if fs, err := procfs.NewDefaultFS(); err == nil {
		if cpus, err := fs.CPUInfo(); err == nil && len(cpus) > 0 && cpus[0].ModelName != "" {
			machine = cpus[0].ModelName + ", " + machine
		}
	}
	return Setup{Machine: machine, Rounds: s.Rounds, Window: s.Window, Day: time.Now().UTC().Format(time.DateOnly)}
}

// inWorkshop calls f with the binary, in a folder that is removed afterwards.
func inWorkshop(ctx context.Context, f func(binary string) error) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	fmt.Println("building the service")
	binary, err := build(ctx, dir)
	if err != nil {
		return err
	}
	return f(binary)
}

func (c *createCommand) measure(ctx context.Context) (*created, error) {
	all := &created{Setup: c.setup()}
	return all, inWorkshop(ctx, func(binary string) error {
		info, err := os.Stat(binary)
		if err != nil {
			return err
		}
		all.Binary = float64(info.Size()) / 1e6
		if err := c.onPostgreSQL(ctx, binary, all); err != nil {
			return fmt.Errorf("PostgreSQL: %w", err)
		}
		if err := c.onSQLite(ctx, binary, all); err != nil {
			return fmt.Errorf("SQLite: %w", err)
		}
		return nil
	})
}

func (c *createCommand) onPostgreSQL(ctx context.Context, binary string, all *created) error {
	db, err := startPostgreSQL(ctx, binary)
	if err != nil {
		return err
	}
	defer db.remove(context.WithoutCancel(ctx))
	if err := db.db.QueryRow(ctx, "SHOW server_version").Scan(&all.PostgreSQLVersion); err != nil {
		return err
	}
	all.PostgreSQL, err = c.pairs(c.Connections, "pgbench",
		func(n int) (measured, error) { return db.pgbench(ctx, c.window(), n) },
		func(n int) (measured, error) { return db.service(ctx, c.window(), binary, n) })
	return err
}

func (c *createCommand) onSQLite(ctx context.Context, binary string, all *created) error {
	file, err := openSQLite(ctx, binary)
	if err != nil {
		return err
	}
	defer file.Close()
	all.SQLite, err = c.pairs(c.SQLiteConnections, "bare",
		func(int) (measured, error) { return file.bare(ctx, c.window()) },
		func(n int) (measured, error) { return file.service(ctx, c.window(), binary, n) })
	return err
}

// pairs measures in turn, so that what the machine does meanwhile is done to
// both.
func (c *createCommand) pairs(connections []int, name string, alone, service func(connections int) (measured, error)) (all []pair, err error) {
	for round := range c.Rounds {
		for _, n := range connections {
			p := pair{Connections: n}
			if p.Alone, err = alone(n); err != nil {
				return nil, err
			}
			if p.Service, err = service(n); err != nil {
				return nil, err
			}
			fmt.Printf("round %d, %3d connections: %s %s, service %s\n", round+1, n, name, p.Alone, p.Service)
			all = append(all, p)
		}
	}
	return all, nil
}

func (m measured) String() string {
	s := fmt.Sprintf("%.0f/s p50 %.2f ms p99 %.2f ms CPU %.3f+%.3f ms", m.Rate, m.P50, m.P99, m.ServerCPU, m.DatabaseCPU)
	if m.Resident > 0 {
		s += fmt.Sprintf(" %.1f MB, first 201 after %.0f ms, %d refused", m.Resident, m.FirstCreate, m.Refused)
	}
	if m.Lost > 0 {
		s += fmt.Sprintf(", %d LOST", m.Lost)
	}
	return s
}

// resultsFile is where the figures are kept, in the folder of the plots.
func resultsFile(docs string) string { return filepath.Join(docs, "performance", "results.json") }
