package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
)

// createScript has pgbench send what the service sends for a create. A test of
// adapters/postgres holds the two together.
//
//go:embed create.sql
var createScript string

// postgreSQL is a throw-away server with one database of seeded users.
type postgreSQL struct {
	*postgrestest.Server
	url string
	db  *pgx.Conn
	dir string // for files of ours
}

// startPostgreSQL starts one with the settings that it comes with, but for more
// connections than the 100 by default: pgbench has one for each client.
func startPostgreSQL(ctx context.Context, binary string, settings ...string) (_ *postgreSQL, err error) {
	server, err := postgrestest.StartDurable(append(settings, "max_connections=300")...)
	if err != nil {
		return nil, err
	}
	p := &postgreSQL{Server: server, url: server.URL("postgres"), dir: filepath.Dir(binary)}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.remove(ctx))
		}
	}()
	if err := migrate(ctx, binary, p.url); err != nil {
		return nil, err
	}
	if p.db, err = pgx.Connect(ctx, p.url); err != nil {
		return nil, err
	}
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		var value string
		if err := p.db.QueryRow(ctx, "SHOW "+setting).Scan(&value); err != nil || value != "on" {
			return nil, fmt.Errorf("%s is %q, must be on: %w", setting, value, err)
		}
	}
	return p, p.exec(ctx,
		fmt.Sprintf(`INSERT INTO users (id, email, hashed_password, created_at, updated_at)
SELECT ('00000000-0000-4000-8000-' || %d + u)::uuid, u || '@example.com', '', now(), now()
  FROM generate_series(0, %d) u`, firstNumber, users-1),
		fmt.Sprintf(`INSERT INTO job_postings (user_id, id, title, company, description, experience_level, tech_stack, created_at, updated_at)
SELECT ('00000000-0000-4000-8000-' || %d + u)::uuid, ('00000000-0000-4000-9000-' || %[1]d + %d * u + p)::uuid,
       'Backend engineer', 'Example', repeat('We look for somebody who writes Go. ', 30), 'senior', '["Go", "PostgreSQL"]', now(), now()
  FROM generate_series(0, %d) u, generate_series(0, %d) p`, firstNumber, postingsPerUser, users-1, postingsPerUser-1),
		"VACUUM ANALYZE")
}

func (p *postgreSQL) remove(ctx context.Context) error {
	if p.db != nil {
		p.db.Close(ctx)
	}
	return p.Remove()
}

func (p *postgreSQL) exec(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := p.db.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

func (p *postgreSQL) count(ctx context.Context) (n int, err error) {
	err = p.db.QueryRow(ctx, "SELECT count(*) FROM interview_sessions").Scan(&n)
	return n, err
}

// clear makes each run begin alike: with no session, and no write-back pending.
func (p *postgreSQL) clear(ctx context.Context) error {
	return p.exec(ctx, "TRUNCATE interview_sessions CASCADE", "CHECKPOINT")
}

// pgbench measures PostgreSQL alone.
func (p *postgreSQL) pgbench(ctx context.Context, w window, connections int) (measured, error) {
	if err := p.clear(ctx); err != nil {
		return measured{}, err
	}
	m, all, err := look(w.of(connections), 0, p.PID(), func(length time.Duration, begun func()) ([]sample, error) {
		return p.runPgbench(ctx, length, connections, begun)
	})
	if err != nil {
		return m, fmt.Errorf("pgbench: %w", err)
	}
	m.Connections = connections
	n, err := p.count(ctx)
	m.Lost = abs(n - all)
	return m, err
}

func (p *postgreSQL) runPgbench(ctx context.Context, length time.Duration, connections int, begun func()) ([]sample, error) {
	script, logs := filepath.Join(p.dir, "create.sql"), filepath.Join(p.dir, "pgbench")
	if err := os.WriteFile(script, []byte(createScript), 0o600); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(logs); err != nil {
		return nil, err
	}
	if err := os.Mkdir(logs, 0o700); err != nil {
		return nil, err
	}
	connecting := 5*time.Second + time.Duration(connections)*20*time.Millisecond // is part of pgbench's time
	seconds := int((length + connecting + time.Second - 1) / time.Second)
	cmd := exec.CommandContext(ctx, p.Program("pgbench"), "--protocol=prepared", "--no-vacuum", "--file="+script,
		"--client="+strconv.Itoa(connections), "--jobs="+strconv.Itoa(min(connections, runtime.NumCPU())),
		"--time="+strconv.Itoa(seconds), "--log", "--log-prefix="+filepath.Join(logs, "log"), p.url)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	connected := p.waitForClients(ctx, connections, connecting)
	if connected == nil {
		begun()
	}
	if err := errors.Join(cmd.Wait(), connected); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out.String())
	}
	files, err := filepath.Glob(filepath.Join(logs, "*"))
	if err != nil {
		return nil, err
	}
	var samples []sample
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			s, err := parseLogged(lines.Text())
			if err != nil {
				return nil, err
			}
			samples = append(samples, s)
		}
		if err := lines.Err(); err != nil {
			return nil, err
		}
	}
	return samples, nil
}

// waitForClients returns when pgbench has all its connections, which is when it
// begins.
func (p *postgreSQL) waitForClients(ctx context.Context, connections int, patience time.Duration) error {
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(10 * time.Millisecond) {
		var n int
		err := p.db.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgbench'").Scan(&n)
		if err != nil || n >= connections {
			return err
		}
	}
	return fmt.Errorf("%d connections take longer than %v", connections, patience)
}

// parseLogged reads a line of pgbench's log: client, number, time in µs, script,
// and when it ended, in seconds and µs.
func parseLogged(line string) (sample, error) {
	fields := strings.Fields(line)
	if len(fields) < 6 {
		return sample{}, fmt.Errorf("%q is no line of pgbench's log", line)
	}
	took, tookErr := strconv.ParseInt(fields[2], 10, 64)
	seconds, secondsErr := strconv.ParseInt(fields[4], 10, 64)
	micros, microsErr := strconv.ParseInt(fields[5], 10, 64)
	return sample{time.Unix(seconds, 1000*micros), time.Duration(took) * time.Microsecond}, errors.Join(tookErr, secondsErr, microsErr)
}

// service measures the binary on this server.
func (p *postgreSQL) service(ctx context.Context, w window, binary string, connections int) (measured, error) {
	if err := p.clear(ctx); err != nil {
		return measured{}, err
	}
	return measureService(ctx, w, binary, p.url, p.PID(), connections, users, p.count)
}

// defaultRequests is the service's own limit of requests at once.
const defaultRequests = 64

// requestsFor returns the limit for so many connections: its own, or where more
// would come than that many and the twice as many who wait, theirs.
func requestsFor(connections int) int {
	if connections > 3*defaultRequests {
		return connections
	}
	return defaultRequests
}

// measureService starts the binary and measures it under the load of so many
// users.
func measureService(ctx context.Context, w window, binary, url string, postgres, connections, users int,
	count func(context.Context) (int, error)) (m measured, err error) {
	s, err := startService(ctx, binary, url, requestsFor(connections))
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	l, err := newLoad(s.base, connections, users)
	if err != nil {
		return m, err
	}
	defer l.close()
	before, err := count(ctx)
	if err != nil {
		return m, err
	}
	refused := 0
	m, all, err := look(w.of(connections), s.cmd.Process.Pid, postgres, func(length time.Duration, begun func()) (samples []sample, err error) {
		samples, refused, err = l.run(ctx, length, begun)
		return samples, err
	})
	if err != nil {
		return m, err
	}
	after, err := count(ctx)
	if err != nil {
		return m, err
	}
	m.Connections, m.Refused, m.Lost, m.FirstCreate = connections, refused, abs(after-before-all), milliseconds(s.firstCreate)
	m.Resident, err = residentOf(s.cmd.Process.Pid)
	return m, err
}

func abs(n int) int { return max(n, -n) }
