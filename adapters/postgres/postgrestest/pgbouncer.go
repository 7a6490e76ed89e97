package postgrestest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// PoolTransactions starts PgBouncer in transaction mode before the server of
// the URL, and returns the URL by which its database is reached. It ends with t.
func PoolTransactions(t testing.TB, databaseURL string) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program = "/usr/sbin/pgbouncer" // Debian's; not in everybody's PATH
	}
	server, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	owner, err := unprivileged()
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	dir, err := makeDir(owner)
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()

	settings := fmt.Sprintf(`[databases]
* = host=%s port=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 5
max_client_conn = 200
`, server.Hostname(), server.Port(), port)
	// auth_type any logs everybody in as the user of the database's line.
	settings = strings.Replace(settings, "\n[pgbouncer]", " user="+server.User.Username()+"\n[pgbouncer]", 1)
	if password, has := server.User.Password(); has {
		settings = strings.Replace(settings, "\n[pgbouncer]", " password="+password+"\n[pgbouncer]", 1)
	}
	file := filepath.Join(dir, "pgbouncer.ini")
	if err := os.WriteFile(file, []byte(settings), 0o644); err != nil {
		t.Fatalf("postgrestest: %v", err)
	}
	var log strings.Builder
	process := exec.Command(program, file)
	process.Stdout, process.Stderr = &log, &log
	process.SysProcAttr = dieWithParent()
	process.SysProcAttr.Credential = owner
	if err := process.Start(); err != nil {
		t.Fatalf("postgrestest: PgBouncer, Debian's package pgbouncer: %v", err)
	}
	ended := make(chan struct{})
	go func() { process.Wait(); close(ended) }()
	t.Cleanup(func() {
		process.Process.Signal(syscall.SIGTERM)
		<-ended
		if t.Failed() {
			t.Log(log.String())
		}
	})

	server.Host = net.JoinHostPort("127.0.0.1", fmt.Sprint(port))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", server.Host)
		if err == nil {
			conn.Close()
			return server.String()
		}
		select {
		case <-ended:
			t.Fatalf("postgrestest: PgBouncer ended: %s", log.String())
		case <-ctx.Done():
			t.Fatalf("postgrestest: PgBouncer does not listen: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
