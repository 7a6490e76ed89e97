package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

// binary builds the program once, with the flags of the environment (make test
// says -race), and returns its path. TestMain removes it.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binaryDir, "interviewer")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// process is the built binary, serving.
type process struct {
	cmd  *exec.Cmd
	log  *logBuffer
	done chan error
	base string
}

// startProcess starts the binary with settings from the environment alone.
func startProcess(t *testing.T, env ...string) *process {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return startProgram(t, path, env...)
}

// startProgram starts a program that serves.
func startProgram(t *testing.T, path string, env ...string) *process {
	t.Helper()
	cmd := exec.Command(path)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"ADDR=127.0.0.1:0", "LOG_FORMAT=json"}, env...)
	return startCommand(t, cmd)
}

// startCommand starts a command that serves, and logs in JSON.
func startCommand(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, log: &logBuffer{}, done: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	t.Cleanup(func() { p.cmd.Process.Kill() })
	p.base = "http://" + addressIn(t, p.log, p.done)
	return p
}

var listening = regexp.MustCompile(`"msg":"listening","address":"([^"]+)"`)

// addressIn waits until the log says where the program listens.
func addressIn(t *testing.T, log *logBuffer, done chan error) (address string) {
	t.Helper()
	eventually(t, func() bool {
		select {
		case err := <-done:
			t.Fatalf("the program ended: %v\n%s", err, log)
		default:
		}
		if match := listening.FindStringSubmatch(log.String()); match != nil {
			address = match[1]
		}
		return address != ""
	})
	return address
}

// eventually polls until the condition holds.
func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it did not come to be within 30 s")
		}
	}
}

// stop ends the process by a signal and returns how it ended.
func (p *process) stop(t *testing.T, signal os.Signal) error {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	return <-p.done
}

// call makes a request over TCP, checks the response against the document and
// returns its members.
func (p *process) call(t *testing.T, method, path, token string, body any, want int) map[string]any {
	t.Helper()
	data := []byte(nil)
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, p.base+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != want {
		t.Fatalf("%s %s: %d %s, want %d", method, path, resp.StatusCode, answer, want)
	}
	checkDocumented(t, req, resp, answer)
	var members map[string]any
	json.Unmarshal(answer, &members) // a list has none
	return members
}

func get(t *testing.T, url string, want int) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != want {
		t.Errorf("%s: %d, want %d", url, resp.StatusCode, want)
	}
}

// walk goes the newcomer's way to a session.
func (p *process) walk(t *testing.T) (token string, session map[string]any) {
	t.Helper()
	credentials := map[string]string{"email": uuid.NewString() + "@example.com", "password": "correct horse"}
	p.call(t, "POST", "/api/v1/auth/register", "", credentials, 201)
	token = p.call(t, "POST", "/api/v1/auth/login", "", credentials, 200)["access_token"].(string)
	posting := p.call(t, "POST", "/api/v1/job-postings/", token, map[string]any{"title": "Go engineer", "description": "Build"}, 201)
	return token, p.call(t, "POST", "/api/v1/sessions", token, map[string]any{"job_posting_id": posting["id"]}, 201)
}

// onDurableStorages runs a test with the environment that names each storage
// that outlives the process.
func onDurableStorages(t *testing.T, test func(t *testing.T, env ...string)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "data", "e2e.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, "DATABASE_URL="+postgrestest.NewDatabase(t), "JWT_SECRET=0123456789abcdef0123456789abcdef", "API_KEY_SECRET=0123456789abcdef0123456789abcdef")
	})
}

func TestRestartKeepsEverything(t *testing.T) {
	onDurableStorages(t, func(t *testing.T, env ...string) {
		first := startProcess(t, env...)
		eventually(t, func() bool { return first.ready() })
		token, session := first.walk(t)
		if err := first.stop(t, syscall.SIGTERM); err != nil {
			t.Fatalf("SIGTERM: %v\n%s", err, first.log)
		}
		second := startProcess(t, env...)
		eventually(t, func() bool { return second.ready() })
		// The token too: its secret was kept.
		if got := second.call(t, "GET", "/api/v1/sessions/"+session["id"].(string), token, nil, 200); got["created_at"] != session["created_at"] {
			t.Errorf("after the restart the session is %v", got)
		}
		second.walk(t)
	})
}

func (p *process) ready() bool {
	resp, err := http.Get(p.base + "/readyz")
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == 200
}

// TestKillLosesNothingThatWasAcknowledged kills the process while clients
// start sessions, and looks for each that was answered 201.
func TestKillLosesNothingThatWasAcknowledged(t *testing.T) {
	onDurableStorages(t, func(t *testing.T, env ...string) {
		first := startProcess(t, append(env, "RATE_CREATE=0")...)
		eventually(t, func() bool { return first.ready() })
		token, session := first.walk(t)
		body, err := json.Marshal(map[string]any{"job_posting_id": session["job_posting_id"]})
		if err != nil {
			t.Fatal(err)
		}
		var (
			mu           sync.Mutex
			acknowledged []string
			clients      sync.WaitGroup
		)
		for range 4 {
			clients.Go(func() {
				for {
					req, err := http.NewRequest("POST", first.base+"/api/v1/sessions", bytes.NewReader(body))
					if err != nil {
						t.Error(err)
						return
					}
					req.Header.Set("Authorization", "Bearer "+token)
					resp, err := http.DefaultClient.Do(req)
					if err != nil {
						return // killed
					}
					var created struct{ ID string }
					err = json.NewDecoder(resp.Body).Decode(&created)
					resp.Body.Close()
					switch {
					case err != nil:
						return // killed in the middle of the answer
					case resp.StatusCode != 201:
						t.Errorf("a start got %d", resp.StatusCode)
						return
					}
					mu.Lock()
					acknowledged = append(acknowledged, created.ID)
					mu.Unlock()
				}
			})
		}
		eventually(t, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(acknowledged) >= 40
		})
		if err := first.stop(t, syscall.SIGKILL); err == nil {
			t.Error("the process ended by itself")
		}
		clients.Wait()

		second := startProcess(t, env...)
		eventually(t, func() bool { return second.ready() })
		for _, id := range acknowledged {
			second.call(t, "GET", "/api/v1/sessions/"+id, token, nil, 200)
		}
		t.Logf("%d acknowledged, all found", len(acknowledged))
	})
}

// ended waits for the end of an operation, and returns it.
func (p *process) ended(t *testing.T, token string, operation map[string]any) map[string]any {
	t.Helper()
	eventually(t, func() bool {
		operation = p.call(t, "GET", "/api/v1/operations/"+id(operation), token, nil, 200)
		return operation["status"] == "completed" || operation["status"] == "failed"
	})
	return operation
}

// TestInterviewEndToEnd practises with the built binary: questions, answers,
// feedback, another try.
func TestInterviewEndToEnd(t *testing.T) {
	onDurableStorages(t, func(t *testing.T, env ...string) {
		p := startProcess(t, env...)
		eventually(t, p.ready)
		token, session := p.walk(t)
		path := "/api/v1/sessions/" + id(session)
		for range 5 {
			if operation := p.ended(t, token, p.call(t, "POST", path+"/generate-question", token, nil, 202)); operation["status"] != "completed" {
				t.Fatalf("a question ended as %v", operation)
			}
			p.call(t, "POST", path+"/answers", token, map[string]any{"answer_text": "I would measure it first."}, 201)
		}
		p.call(t, "PUT", path+"/pause", token, nil, 200)
		p.call(t, "POST", path+"/answers", token, map[string]any{"answer_text": "x"}, 400)
		p.call(t, "PUT", path+"/resume", token, nil, 200)
		p.call(t, "POST", path+"/complete", token, nil, 200)
		p.call(t, "POST", "/api/v1/resumes/", token, map[string]any{"content": "I build services."}, 201)
		if operation := p.ended(t, token, p.call(t, "POST", path+"/generate-feedback", token, nil, 202)); operation["status"] != "completed" {
			t.Fatalf("feedback ended as %v", operation)
		}
		if feedback := p.call(t, "GET", path+"/feedback", token, nil, 200); feedback["method"] != "rules" {
			t.Errorf("feedback is %v", feedback)
		}
		retake := p.call(t, "POST", path+"/retake", token, nil, 201)
		p.call(t, "GET", "/api/v1/sessions/"+id(retake)+"/retake-chain", token, nil, 200)
		if metrics := p.call(t, "GET", "/api/v1/metrics/dashboard", token, nil, 200); metrics["completed_interviews"] != 1.0 {
			t.Errorf("the metrics are %v", metrics)
		}
	})
}

// TestKillInTheMiddleOfAGeneration kills a process whose interviewer thinks,
// starts another at once, and wants the question once. How soon it comes is
// tested in simulated time, in package worker; here it is printed.
func TestKillInTheMiddleOfAGeneration(t *testing.T) {
	test, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	onDurableStorages(t, func(t *testing.T, env ...string) {
		t.Parallel() // both wait for a lease to end
		first := startProgram(t, test, append(env, thoughtfulService+"=1")...)
		eventually(t, first.ready)
		token, session := first.walk(t)
		path := "/api/v1/sessions/" + id(session)
		operation := first.call(t, "POST", path+"/generate-question", token, nil, 202)
		waiting := first.call(t, "POST", path+"/generate-question", token, nil, 202)
		eventually(t, func() bool { // its lease was renewed: the interviewer is in the middle
			return first.call(t, "GET", "/api/v1/operations/"+id(operation), token, nil, 200)["status"] == "processing"
		})
		if got := first.call(t, "GET", "/api/v1/operations/"+id(waiting), token, nil, 200)["status"]; got != "pending" {
			t.Errorf("the second of one session is %v while the first is worked on", got)
		}
		first.stop(t, syscall.SIGKILL)
		killed := time.Now()

		second := startProcess(t, env...)
		eventually(t, second.ready)
		if got := second.ended(t, token, operation); got["status"] != "completed" {
			t.Fatalf("after the kill the operation is %v", got)
		}
		t.Logf("completed %v after the kill (goal: 7 s; a lease is %v)", time.Since(killed), domain.OperationLease)
		second.ended(t, token, waiting)
		detail := second.call(t, "GET", path, token, nil, 200)
		if messages := detail["messages"].([]any); detail["current_question_number"] != 2.0 || len(messages) != 2 {
			t.Errorf("the session is %v", detail)
		}
	})
}

// TestAnotherProcessTakesOver ends a process with a backlog, most of which
// waits, beside one that runs already.
func TestAnotherProcessTakesOver(t *testing.T) {
	test, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, signal := range map[string]syscall.Signal{"killed": syscall.SIGKILL, "stopped": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onDurableStorages(t, func(t *testing.T, env ...string) {
				t.Parallel() // all wait for a stop, or for a lease to end
				first := startProgram(t, test, append(env, thoughtfulService+"=1")...)
				second := startProcess(t, env...)
				eventually(t, func() bool { return first.ready() && second.ready() })
				token, session := first.walk(t)
				var operations []map[string]any
				for range 20 {
					another := first.call(t, "POST", "/api/v1/sessions", token, map[string]any{"job_posting_id": session["job_posting_id"]}, 201)
					operations = append(operations, first.call(t, "POST", "/api/v1/sessions/"+id(another)+"/generate-question", token, nil, 202))
				}
				if err := first.stop(t, signal); (err == nil) != (signal == syscall.SIGTERM) {
					t.Errorf("the process ended with %v", err)
				}
				ended := time.Now()
				for _, operation := range operations {
					if got := second.ended(t, token, operation); got["status"] != "completed" {
						t.Errorf("an operation of the %s process ended as %v", name, got)
					}
				}
				t.Logf("all completed %v after the end", time.Since(ended))
			})
		})
	}
}

func TestTwoProcessesShareOneStorage(t *testing.T) {
	onDurableStorages(t, func(t *testing.T, env ...string) {
		one, other := startProcess(t, env...), startProcess(t, env...)
		eventually(t, func() bool { return one.ready() && other.ready() })
		token, session := one.walk(t)
		other.call(t, "GET", "/api/v1/sessions/"+session["id"].(string), token, nil, 200)
		other.call(t, "POST", "/api/v1/sessions", token, map[string]any{"job_posting_id": session["job_posting_id"]}, 201)
	})
}

func TestPostgreSQLAwayAtStartAndLater(t *testing.T) {
	server := postgrestest.Start(t)
	server.Stop(t)
	p := startProcess(t, "DATABASE_URL="+server.URL("postgres"), "JWT_SECRET=0123456789abcdef0123456789abcdef", "API_KEY_SECRET=0123456789abcdef0123456789abcdef")
	away := func() {
		t.Helper()
		p.call(t, "GET", "/healthz", "", nil, 200)
		p.call(t, "GET", "/readyz", "", nil, 503)
		p.call(t, "GET", "/health", "", nil, 503)
		p.call(t, "POST", "/api/v1/auth/login", "", map[string]string{"email": "a@example.com", "password": "x"}, 503)
		p.call(t, "GET", "/api/v1/users/me", "", nil, 401)
	}
	away()
	server.Restart(t)
	eventually(t, p.ready)
	token, session := p.walk(t)
	server.Stop(t)
	away()
	p.call(t, "POST", "/api/v1/sessions", token, map[string]any{"job_posting_id": session["job_posting_id"]}, 503)
	server.Restart(t)
	eventually(t, p.ready)
	p.call(t, "GET", "/api/v1/sessions/"+session["id"].(string), token, nil, 200)
}

// TestSIGTERMLetsRequestsFinish holds a request open by sending its body in
// two halves, with the signal between them.
func TestSIGTERMLetsRequestsFinish(t *testing.T) {
	p := startProcess(t, "DATABASE_URL=memory:")
	token, session := p.walk(t)
	body := fmt.Sprintf(`{"job_posting_id":%q}`, session["job_posting_id"])
	conn, err := net.Dial("tcp", p.base[len("http://"):])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", token, len(body))
	// The server asks for the body once the handler reads it: the request is
	// in its hands.
	buf := make([]byte, 4096)
	if n, err := conn.Read(buf); err != nil || !bytes.HasPrefix(buf[:n], []byte("HTTP/1.1 100")) {
		t.Fatalf("%q, %v", buf[:n], err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return bytes.Contains([]byte(p.log.String()), []byte(`"msg":"stopping"`)) })
	io.WriteString(conn, body)
	answer, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 201")) {
		t.Errorf("the request in work got %q, %v", answer, err)
	}
	if err := <-p.done; err != nil {
		t.Errorf("the process ended with %v", err)
	}
}

func TestClientsAreSentAwayBeforeTheStop(t *testing.T) {
	p := startProcess(t, "DATABASE_URL=memory:", "DRAIN_DELAY=1h")
	eventually(t, p.ready)
	parts := func() bool {
		t.Helper()
		resp, err := http.Get(p.base + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode == 200 && resp.Close
	}
	if parts() {
		t.Error("a connection is closed after its first request")
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return !p.ready() })
	if !parts() {
		t.Error("a connection is kept by a service that stops")
	}
}
