package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
)

// TestRudeClientsLeaveNoGoroutine runs the program over TCP for clients who
// send too little, too much or nothing, and leave at any moment.
func TestRudeClientsLeaveNoGoroutine(t *testing.T) {
	for name, url := range map[string]string{
		"memory": "memory:", "sqlite": "sqlite:" + filepath.Join(t.TempDir(), "leak.db"), "postgres": postgrestest.NewDatabase(t),
	} {
		t.Run(name, func(t *testing.T) {
			others := goleak.IgnoreCurrent()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			log, done := &logBuffer{}, make(chan error, 1)
			go func() {
				done <- runProgram(ctx, []string{"--database-url=" + url, "--addr=127.0.0.1:0", "--log-format=json",
					"--jwt-secret=0123456789abcdef0123456789abcdef", "--api-key-secret=0123456789abcdef0123456789abcdef"}, log)
			}()
			p := &process{log: log, done: done}
			p.base = "http://" + addressIn(t, log, done)
			eventually(t, p.ready)
			token, session := p.walk(t)
			rudeness(t, p, token, session)

			p.walk(t) // others are served
			http.DefaultTransport.(*http.Transport).CloseIdleConnections()
			stop()
			if err := <-done; err != nil {
				t.Errorf("run: %v", err)
			}
			if err := goleak.Find(others); err != nil {
				t.Error(err)
			}
			if strings.Contains(log.String(), "cut off") || strings.Contains(log.String(), "panic") {
				t.Errorf("the log is %s", log)
			}
		})
	}
}

// rudeness returns when all clients have left.
func rudeness(t *testing.T, p *process, token string, session map[string]any) {
	answers := "POST /api/v1/sessions/" + id(session) + "/answers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\n"
	body := `{"answer_text":"whole"}`
	whole := fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", answers, len(body), body)
	conn := func() *net.TCPConn {
		conn, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
		if err != nil {
			t.Error(err)
			return &net.TCPConn{} // on which nothing goes
		}
		conn.SetDeadline(time.Now().Add(30 * time.Second))
		return conn.(*net.TCPConn)
	}
	var leaving sync.WaitGroup
	for range 30 {
		for _, text := range []string{"", "GET / HTTP/1.1\r\nX-Slow: x", answers + "Content-Length: 1000\r\n\r\n{", "\x00\x01\r\n\r\n",
			answers + "Transfer-Encoding: chunked\r\n\r\n10000\r\n" + strings.Repeat("x", 1<<16) + "\r\n", whole + whole + whole, whole} {
			leaving.Go(func() { // leaves at once
				conn := conn()
				defer conn.Close()
				io.WriteString(conn, text)
			})
		}
		leaving.Go(func() { // has sent all, and listens
			conn := conn()
			defer conn.Close()
			io.WriteString(conn, whole)
			conn.CloseWrite()
			io.Copy(io.Discard, conn)
		})
		leaving.Go(func() { // asks, and keeps the connection
			conn := conn()
			t.Cleanup(func() { conn.Close() })
			io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
			if resp, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("an idle client got %v, %v", resp, err)
			}
		})
		leaving.Go(func() { // has lost patience
			ctx, leave := context.WithTimeout(t.Context(), rand.N(20*time.Millisecond))
			defer leave()
			req, err := http.NewRequestWithContext(ctx, "POST", p.base+"/api/v1/sessions/"+id(session)+"/generate-question", nil)
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set("Authorization", "Bearer "+token)
			req.Header.Set("Idempotency-Key", uuid.NewString())
			if resp, err := http.DefaultClient.Do(req); err == nil {
				resp.Body.Close()
			}
		})
	}
	leaving.Wait()
}
