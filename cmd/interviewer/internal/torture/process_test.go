package torture

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// build builds the program once.
var build = sync.OnceValue(func() error {
	cmd := exec.Command("go", "build", "-o", binaryPath(), "github.com/ai-interviewer/ai-interviewer/cmd/interviewer")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
})

// service is the built binary at an address of its own, which it keeps however
// often it is started.
type service struct {
	base string // http://127.0.0.1:port
	env  []string
	// dress, unless it is nil, changes how the program is run.
	dress func(cmd *exec.Cmd)

	cmd   *exec.Cmd
	log   *logBuffer // of all its processes
	ended chan struct{}
}

// newService returns a service that is not started yet. Its settings are the
// environment's, on top of those of the kit.
func newService(t testing.TB, env ...string) *service {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	s := &service{base: "http://" + address, log: &logBuffer{}}
	s.env = append([]string{"ADDR=" + address, "LOG_FORMAT=json", "LOG_LEVEL=warn",
		"RATE_CREATE=0", "RATE_GENERATE=0", "RATE_LOGIN_ACCOUNT=0", "RATE_LOGIN_ADDRESS=0", "RATE_REGISTER=0",
		"JWT_SECRET=0123456789abcdef0123456789abcdef", "API_KEY_SECRET=0123456789abcdef0123456789abcdef"}, env...)
	t.Cleanup(func() {
		if s.cmd != nil {
			s.cmd.Process.Kill() // fails only if it has ended
			<-s.ended
		}
		for _, bad := range []string{"DATA RACE", "panic"} {
			if log := s.log.String(); strings.Contains(log, bad) {
				t.Errorf("the service had a %s:\n%s", bad, log)
			}
		}
		if t.Failed() {
			log := s.log.String()
			t.Logf("the end of the log of %s:\n%s", s.base, log[max(0, len(log)-4000):])
		}
	})
	return s
}

// start starts the program and waits until it is ready.
func (s *service) start(t testing.TB) {
	t.Helper()
	s.launch(t)
	s.awaitReady(t)
}

// launch starts the program, whatever becomes of it.
func (s *service) launch(t testing.TB) {
	t.Helper()
	s.cmd = exec.Command(binaryPath())
	s.cmd.Dir, s.cmd.Env = t.TempDir(), s.env
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if s.dress != nil {
		s.dress(s.cmd)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd, ended := s.cmd, make(chan struct{})
	s.ended = ended
	go func() {
		cmd.Wait() // ProcessState tells how it ended
		close(ended)
	}()
}

// settle waits until a program that was launched serves, or has ended by
// itself: then it returns false.
func (s *service) settle(t testing.TB) (serves bool) {
	t.Helper()
	eventually(t, func() bool {
		select {
		case <-s.ended:
			return true
		default:
			serves = statusOf(s.base+"/healthz") == http.StatusOK
			return serves
		}
	})
	return serves
}

// run runs another command of the program to its end, and returns what it
// printed.
func (s *service) run(t testing.TB, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(binaryPath(), args...)
	cmd.Dir, cmd.Env = t.TempDir(), s.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s *service) awaitReady(t testing.TB) {
	t.Helper()
	eventually(t, func() bool {
		select {
		case <-s.ended:
			t.Fatalf("the service ended: %v\n%s", s.cmd.ProcessState, s.log)
		default:
		}
		return s.ready()
	})
}

func (s *service) ready() bool { return statusOf(s.base+"/readyz") == http.StatusOK }

// statusOf gets a page on a connection of its own; 0 if there is no answer.
func statusOf(url string) int {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// kill ends the process at once, by SIGKILL.
func (s *service) kill(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.ended
}

// terminate sends SIGTERM and does not wait.
func (s *service) terminate(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// stop sends SIGTERM and wants the process to end well.
func (s *service) stop(t testing.TB) {
	t.Helper()
	s.terminate(t)
	<-s.ended
	if !s.cmd.ProcessState.Success() {
		t.Errorf("after SIGTERM the service ended as %v\n%s", s.cmd.ProcessState, s.log)
	}
}

// sockets counts the open sockets of the process, on Linux.
func (s *service) sockets(t testing.TB) (n int) {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if target, err := os.Readlink(dir + "/" + entry.Name()); err == nil && strings.HasPrefix(target, "socket:") {
			n++
		}
	}
	return n
}

// freeAddress returns an address on which nobody listens, below the ports that
// systems give to outgoing connections, so that it stays free.
func freeAddress(t testing.TB) string {
	t.Helper()
	for range 20 {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10000+rand.IntN(10000)))
		if err == nil {
			defer listener.Close()
			return listener.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// eventually polls until the condition holds.
func eventually(t testing.TB, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(60 * time.Second)
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it did not come to be within 60 s")
		}
	}
}

// logBuffer keeps what a program prints. It is safe for concurrent use.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
