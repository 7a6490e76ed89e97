package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL of its own, for tests that stop it and start it
// again. It is not safe for concurrent use, except for [Server.URL].
type Server struct {
	bin        string              // the directory of initdb and postgres
	credential *syscall.Credential // of the user that runs them; nil for this process's own
	dir        string              // holds the data and the log
	port       int
	settings   []string // of postgres, as "fsync=off"
	process    *exec.Cmd
	ended      chan struct{} // closed when process has ended
}

// Start starts a new server, which is removed when t ends. It does not look
// at TEST_DATABASE_URL.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := newServer(forTests)
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() {
		if err := s.remove(); err != nil {
			t.Errorf("postgrestest: %v", err)
		}
	})
	return s
}

// forTests are the settings of servers that may lose what they have.
var forTests = []string{"max_connections=100", "shared_buffers=16MB", "fsync=off", "full_page_writes=off"}

// StartDurable starts a new server for a program that is no test. Beside the
// settings, each as "max_connections=300", it has PostgreSQL's own: what is
// committed is on the disk. [Server.Remove] removes it.
func StartDurable(settings ...string) (*Server, error) { return newServer(settings) }

// Remove stops a server of [StartDurable] and deletes its files.
func (s *Server) Remove() error { return s.remove() }

// PID returns the process id of the running postgres, the parent of all its
// others.
func (s *Server) PID() int { return s.process.Process.Pid }

// Program returns the path of one of PostgreSQL's client programs, of the
// server's version.
func (s *Server) Program(name string) string { return filepath.Join(s.bin, name) }

// URL returns the postgres:// URL of a database on the server, as its
// superuser. A new server has the database postgres. The URL stays the same
// over [Server.Restart].
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://postgres@%s/%s?sslmode=disable", s.Host(), database)
}

// Stop stops the server at once, as in a crash: connections break. Stop does
// nothing if the server is stopped already.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.stop(); err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
}

// Restart starts the server again, on the same port and data, and returns
// when it accepts connections. A server that still runs is stopped first.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Stop(t)
	if err := s.run(); err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
}

// DemandPasswords makes the server refuse everybody from now on, since nobody
// has a password.
func (s *Server) DemandPasswords(t testing.TB) {
	t.Helper()
	rule := []byte("host all all 127.0.0.1/32 scram-sha-256\n")
	if err := os.WriteFile(s.path("data", "pg_hba.conf"), rule, 0o600); err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	if err := execute(s.URL("postgres"), "SELECT pg_reload_conf()"); err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	for range 1000 {
		if err := execute(s.URL("postgres"), "SELECT 1"); err != nil {
			return // the new rule is in force
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("postgrestest: the server still lets everybody in")
}

// Standby starts a server that follows s until [Server.Promote]. From now on s
// answers a commit when both have it. The standby is removed when t ends.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	standby, err := s.newStandby()
	if err != nil {
		t.Fatalf("postgrestest: standby: %v", err)
	}
	t.Cleanup(func() {
		if err := standby.remove(); err != nil {
			t.Errorf("postgrestest: %v", err)
		}
	})
	return standby
}

func (s *Server) newStandby() (_ *Server, err error) {
	standby := &Server{bin: s.bin, credential: s.credential, settings: s.settings}
	if standby.dir, err = makeDir(standby.credential); err != nil {
		return nil, err
	}
	primary := fmt.Sprintf("host=127.0.0.1 port=%d user=postgres application_name=standby", s.port)
	err = standby.finish("pg_basebackup", "--pgdata="+standby.path("data"), "--dbname="+primary,
		"--write-recovery-conf", "--checkpoint=fast", "--no-sync")
	if err == nil {
		err = standby.runSomewhere()
	}
	if err == nil {
		err = s.waitFor(standby)
	}
	if err != nil {
		return nil, errors.Join(err, standby.remove())
	}
	return standby, nil
}

// waitFor makes the primary wait for its standby at each commit, and returns
// when it does.
func (s *Server) waitFor(standby *Server) error {
	for _, statement := range []string{"ALTER SYSTEM SET synchronous_standby_names = 'standby'", "SELECT pg_reload_conf()"} {
		if err := execute(s.URL("postgres"), statement); err != nil {
			return err
		}
	}
	for range 3000 {
		// It divides by zero, unless the standby is there.
		if err := execute(s.URL("postgres"), "SELECT 1 / count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("it does not follow\n%s", standby.logTail())
}

// Promote makes a standby a primary, and returns when it takes writes.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	for _, statement := range []string{"SELECT pg_promote()", "CREATE TEMPORARY TABLE it_takes_writes ()"} {
		if err := execute(s.URL("postgres"), statement); err != nil {
			t.Fatalf("postgrestest: promote: %v", err)
		}
	}
}

// Host returns the host and port of the server.
func (s *Server) Host() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

var errPortTaken = errors.New("the port is taken")

// newServer returns a server that accepts connections.
func newServer(settings []string) (_ *Server, err error) {
	s := &Server{settings: settings}
	if s.bin, err = findBinaries("/usr/lib/postgresql/*/bin"); err != nil {
		return nil, err
	}
	if s.credential, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.dir, err = makeDir(s.credential); err != nil {
		return nil, err
	}
	if err = s.initialize(); err == nil {
		err = s.runSomewhere()
	}
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

func (s *Server) initialize() error {
	return s.finish("initdb", "--pgdata="+s.path("data"), "--username=postgres", "--auth=trust",
		"--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
}

// finish runs one of PostgreSQL's programs to its end.
func (s *Server) finish(program string, args ...string) error {
	if err := s.spawn(program, args...); err != nil {
		return err
	}
	<-s.ended
	if !s.process.ProcessState.Success() {
		return fmt.Errorf("%s: %v\n%s", program, s.process.ProcessState, s.logTail())
	}
	return nil
}

// runSomewhere starts postgres on a port that is free.
func (s *Server) runSomewhere() error {
	err := errPortTaken
	for range 10 {
		if errors.Is(err, errPortTaken) {
			// Below the ports that systems give to outgoing connections, so
			// that none of those can hold the port when Restart needs it.
			s.port = 20000 + rand.IntN(12000)
			err = s.run()
		}
	}
	return err
}

// run starts postgres and waits until it accepts connections.
func (s *Server) run() error {
	args := []string{"-D", s.path("data"), "-p", fmt.Sprint(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	if err := s.spawn("postgres", args...); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		err := s.ping(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			log := s.logTail()
			if strings.Contains(log, "could not bind") {
				return fmt.Errorf("%w: %d\n%s", errPortTaken, s.port, log)
			}
			return fmt.Errorf("postgres: %v\n%s", s.process.ProcessState, log)
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("postgres accepts no connections: %w\n%s", err, s.logTail()), s.stop())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// ping returns nil if this very server answers: another one may have the port
// that this one is about to fail to get.
func (s *Server) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var data string
	err = conn.QueryRow(ctx, "SHOW data_directory").Scan(&data)
	if err == nil && data != s.path("data") {
		err = fmt.Errorf("port %d belongs to the server of %s", s.port, data)
	}
	return err
}

// stop ends postgres by an immediate shutdown.
func (s *Server) stop() error {
	if s.process == nil {
		return nil
	}
	_ = s.process.Process.Signal(syscall.SIGQUIT) // fails only if it has ended
	select {
	case <-s.ended:
		return nil
	case <-time.After(15 * time.Second):
		_ = s.process.Process.Kill()
		<-s.ended
		return errors.New("postgres did not stop within 15 s and was killed")
	}
}

func (s *Server) remove() error { return errors.Join(s.stop(), os.RemoveAll(s.dir)) }

func (s *Server) path(names ...string) string {
	return filepath.Join(append([]string{s.dir}, names...)...)
}

// logTail returns the end of what the last program to start has printed.
func (s *Server) logTail() string {
	log, err := os.ReadFile(s.path("log"))
	if err != nil {
		return err.Error()
	}
	return string(log[max(0, len(log)-2000):])
}

// spawn starts one of PostgreSQL's programs as the server's process.
func (s *Server) spawn(program string, args ...string) error {
	log, err := os.Create(s.path("log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = dieWithParent()
	cmd.SysProcAttr.Credential = s.credential

	started, ended := make(chan error), make(chan struct{})
	go func() {
		// dieWithParent counts the thread that starts the child as the parent,
		// so that thread must live as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // ProcessState tells how it ended
			close(ended)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	s.process, s.ended = cmd, ended
	return nil
}
