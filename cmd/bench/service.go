package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ai-interviewer/ai-interviewer/adapters/jwt"
	"github.com/ai-interviewer/ai-interviewer/domain"
)

const (
	users           = 1000
	postingsPerUser = 5
	// firstNumber ends the id of the first user and of its first posting. It has
	// as many digits as all that follow, so that pgbench, which can count but
	// not write a UUID, appends it.
	firstNumber = 100_000_000_000

	secret = "what the benchmark signs its tokens with"
)

func userID(n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%d", firstNumber+n))
}
func postingID(user, n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("00000000-0000-4000-9000-%d", firstNumber+user*postingsPerUser+n))
}

// build builds the binary as it is shipped and returns its path.
func build(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "interviewer")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "github.com/ai-interviewer/ai-interviewer/cmd/interviewer")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// migrate brings the schema of a database up to date by the binary's own
// command.
func migrate(ctx context.Context, binary, databaseURL string) error {
	if out, err := exec.CommandContext(ctx, binary, "migrate", "up", "--database-url="+databaseURL).CombinedOutput(); err != nil {
		return fmt.Errorf("migrate: %w\n%s", err, out)
	}
	return nil
}

// service is the running binary, with all that a production start has on: a log
// line for each request, metrics, limits.
type service struct {
	cmd         *exec.Cmd
	base        string
	firstCreate time.Duration // from the start of the process to its first 201
}

// startService starts the binary on a migrated database of seeded users, and
// returns when it has created a session.
func startService(ctx context.Context, binary, databaseURL string, maxRequests int) (*service, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	admin, err := freeAddress()
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(filepath.Dir(binary), "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s := &service{cmd: exec.CommandContext(ctx, binary), base: "http://" + address}
	s.cmd.Dir = filepath.Dir(binary)
	s.cmd.Env = []string{"ADDR=" + address, "ADMIN_ADDR=" + admin, "DATABASE_URL=" + databaseURL, "LOG_FORMAT=json",
		"JWT_SECRET=" + secret, "API_KEY_SECRET=" + secret, fmt.Sprint("MAX_REQUESTS=", maxRequests),
		"RATE_CREATE=1000000"} // counted as ever, and never reached
	s.cmd.Stdout, s.cmd.Stderr = log, log
	l, err := newLoad(s.base, 1, 1)
	if err != nil {
		return nil, err
	}
	defer l.close()
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for {
		status, err := l.create(ctx)
		if err == nil && status == http.StatusCreated {
			s.firstCreate = time.Since(begin)
			return s, nil
		}
		if time.Since(begin) > 30*time.Second || ctx.Err() != nil {
			return nil, errors.Join(fmt.Errorf("the service does not create: status %d, %w", status, err), s.stop())
		}
		time.Sleep(time.Millisecond)
	}
}

// stop ends the service as an operator does.
func (s *service) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return s.cmd.Wait()
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

// load is a closed loop of clients: each sends its next request when it has the
// answer to the one before.
type load struct {
	url         string
	client      *http.Client
	connections int
	tokens      []string // of users from the first on
}

func newLoad(base string, connections, users int) (*load, error) {
	issuer, err := jwt.New(jwt.Config{Secret: []byte(secret), Now: time.Now})
	if err != nil {
		return nil, err
	}
	l := &load{url: base + "/api/v1/sessions", connections: connections, client: &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true},
		Timeout:   30 * time.Second,
	}}
	for n := range users {
		token, err := issuer.IssueToken(domain.AccessToken{UserID: userID(n)}, time.Now())
		if err != nil {
			return nil, err
		}
		l.tokens = append(l.tokens, "Bearer "+token)
	}
	return l, nil
}

func (l *load) close() { l.client.CloseIdleConnections() }

// create sends one request for a posting of one of the users, any of them.
func (l *load) create(ctx context.Context) (status int, err error) {
	user := rand.IntN(len(l.tokens))
	body := []byte(`{"job_posting_id":"` + postingID(user, rand.IntN(postingsPerUser)).String() + `"}`)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", l.tokens[user])
	request.Header.Set("Content-Type", "application/json")
	response, err := l.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// run creates for a time. It returns what was answered 201, and how many
// answers were others.
func (l *load) run(ctx context.Context, length time.Duration, begun func()) (created []sample, refused int, err error) {
	ends := time.Now().Add(length)
	begun()
	var (
		mu      sync.Mutex
		working sync.WaitGroup
	)
	for range l.connections {
		working.Go(func() {
			var (
				mine   []sample
				others int
				failed error
			)
			for begin := time.Now(); begin.Before(ends) && failed == nil; begin = time.Now() {
				var status int
				status, failed = l.create(ctx)
				now := time.Now()
				switch {
				case failed != nil:
				case status == http.StatusCreated:
					mine = append(mine, sample{now, now.Sub(begin)})
				default:
					others++
				}
			}
			mu.Lock()
			defer mu.Unlock()
			created, refused, err = append(created, mine...), refused+others, errors.Join(err, failed)
		})
	}
	working.Wait()
	return created, refused, err
}
