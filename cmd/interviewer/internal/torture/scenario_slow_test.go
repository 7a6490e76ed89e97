package torture

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
)

// slowness has queries and clients be as slow and as rude as they can, all at
// once, while others work. Nobody may keep the others from being served.
func slowness(t *testing.T) {
	db := newPostgres(t)
	s := newService(t, db.env())
	s.start(t)
	token := s.signUp(t)
	others := load{base: s.base, token: token, clients: 4, keys: mixed}
	served, probes := others.begin(t), s.watchHealth()
	enough := func() func() bool {
		n := served.acknowledged() + 50
		return func() bool { return served.acknowledged() >= n }
	}
	eventually(t, enough())
	alone := served.percentile(2, .99)
	t.Run("all", func(t *testing.T) {
		for name, attack := range map[string]func(*testing.T, *attacker) result{
			"locked row": lockedRow, "slow headers": slowHeaders, "slow bodies": slowBodies, "endless bodies": endlessBodies,
			"half closed": halfClosed, "idle": idle, "cancelled": cancelled,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				row := attack(t, &attacker{s, db, token, enough})
				row.scenario = "slowness/" + name
				report(t, row)
			})
		}
	})
	eventually(t, enough())
	seen := served.stop()
	probes.stop(t)
	row := seen.check(t, db, s, token)
	seen.wantsServed(t, "others")
	row.scenario, row.load, row.faults = "slowness/others", others.String(), "all of these at once"
	row.figures = fmt.Sprintf("%d of %d refused; p99 %v, before it %v; health p99 %v; memory %d MiB (goal 256)",
		seen.statuses()[503], len(seen.answers), round(seen.percentile(2, .99)), round(alone), round(probes.percentile(2, .99)), s.peakMemory(t)>>20)
	report(t, row)

	// Whatever was begun is whole, and nothing is left behind.
	for problem, query := range map[string]string{
		"sessions have other messages than they count": `SELECT count(*) FROM interview_sessions s
 WHERE message_seq <> (SELECT count(*) FROM session_messages m WHERE m.user_id = s.user_id AND m.session_id = s.id)`,
		"sessions have other questions than they count": `SELECT count(*) FROM interview_sessions s
 WHERE current_question_number <> (SELECT count(*) FROM session_messages m WHERE m.user_id = s.user_id AND m.session_id = s.id AND message_type = 'question')`,
		"keys have no answer": `SELECT count(*) FROM idempotency_keys WHERE status IS NULL OR body IS NULL`,
	} {
		if n := db.number(t, query); n > 0 {
			t.Errorf("%d %s", n, problem)
		}
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	served.client.CloseIdleConnections()
	eventually(t, func() bool { return db.number(t, atWork) == 0 })
	const pool = 20
	eventually(t, func() bool { return s.sockets(t) <= 1+pool }) // and the listener
	if n := db.number(t, `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'interviewer' AND datname = current_database()`); n > pool {
		t.Errorf("%d connections to the database are open", n)
	}
}

// atWork counts the service's connections that PostgreSQL is working for.
const atWork = `SELECT count(*) FROM pg_stat_activity
 WHERE application_name = 'interviewer' AND datname = current_database() AND state <> 'idle'`

func (d database) number(t testing.TB, query string) (n int) {
	t.Helper()
	if err := d.open(t).QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// attacker is what an attack needs to know. enough returns a condition, that
// others got much done since.
type attacker struct {
	*service
	db     database
	token  string
	enough func() func() bool
}

// lockedRow holds a row for longer than a request may take.
func lockedRow(t *testing.T, a *attacker) result {
	posting := a.call(t, "POST", "/api/v1/job-postings", a.token, map[string]any{"title": "x", "description": "x"}, 201)
	session := a.call(t, "POST", "/api/v1/sessions", a.token, map[string]any{"job_posting_id": posting["id"]}, 201)
	tx, err := a.db.open(t).Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec(`SELECT id FROM interview_sessions WHERE id = $1 FOR UPDATE`, session["id"]); err != nil {
		t.Fatal(err)
	}
	const clients = 8
	waiting := `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
	var asking sync.WaitGroup
	begin := time.Now()
	for range clients {
		asking.Go(func() {
			a.call(t, "POST", "/api/v1/sessions/"+session["id"].(string)+"/answers", a.token, map[string]any{"answer_text": "x"}, 503)
		})
	}
	eventually(t, func() bool { return a.db.number(t, waiting) == clients })
	eventually(t, a.enough())
	asking.Wait()
	took := time.Since(begin)
	eventually(t, func() bool { return a.db.number(t, waiting) == 0 }) // the row is still locked
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	a.call(t, "POST", "/api/v1/sessions/"+session["id"].(string)+"/answers", a.token, map[string]any{"answer_text": "x"}, 201)
	if n := a.db.number(t, `SELECT count(*) FROM session_messages WHERE session_id = '`+session["id"].(string)+`'`); n != 1 {
		t.Errorf("there are %d answers, want the one that was acknowledged", n)
	}
	return result{load: fmt.Sprintf("%d clients", clients), faults: "the row that they change is locked",
		acknowledged: 1, found: 1, figures: fmt.Sprintf("all told 503 within %v (goal 15s)", round(took))}
}

// strangers open connections, each does as it likes, and all must come to an
// end by themselves.
func (a *attacker) strangers(t *testing.T, n int, faults string, do func(conn *net.TCPConn) error) result {
	var working sync.WaitGroup
	begin := time.Now()
	for range n {
		working.Go(func() {
			conn, err := net.Dial("tcp", strings.TrimPrefix(a.base, "http://"))
			if err == nil {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(patience))
				err = do(conn.(*net.TCPConn))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	working.Wait()
	return result{load: fmt.Sprintf("%d connections", n), faults: faults,
		figures: fmt.Sprintf("all at their end within %v", round(time.Since(begin)))}
}

// post is the head of a request.
func (a *attacker) post(path, more string) string {
	return "POST /api/v1" + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + a.token + "\r\nContent-Type: application/json\r\n" + more
}

// trickle sends a byte now and again until the other side has had enough.
func trickle(conn net.Conn) (stop func()) {
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(200 * time.Millisecond):
				if _, err := conn.Write([]byte("x")); err != nil {
					return
				}
			}
		}
	}()
	return func() { close(done) }
}

// status reads an answer and returns its status, 0 if there is none.
func status(conn net.Conn) int {
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0
	}
	return resp.StatusCode
}

func slowHeaders(t *testing.T, a *attacker) result {
	return a.strangers(t, 200, "a header of 5 bytes a second", func(conn *net.TCPConn) error {
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nX-Slow: "); err != nil {
			return err
		}
		defer trickle(conn)()
		if got := status(conn); got != 0 && got != http.StatusRequestTimeout && got != http.StatusBadRequest {
			return fmt.Errorf("a header without end was answered %d", got)
		}
		return nil
	})
}

// slowBodies come on more connections than there are slots.
func slowBodies(t *testing.T, a *attacker) result {
	return a.strangers(t, 200, "a body of 5 bytes a second", func(conn *net.TCPConn) error {
		if _, err := io.WriteString(conn, a.post("/job-postings", "Content-Length: 10000\r\n\r\n")); err != nil {
			return err
		}
		defer trickle(conn)()
		if got := status(conn); got != http.StatusRequestTimeout {
			return fmt.Errorf("a slow body was answered %d, want 408", got)
		}
		return nil
	})
}

func endlessBodies(t *testing.T, a *attacker) result {
	var sent atomic.Int64
	row := a.strangers(t, 20, "a body without end", func(conn *net.TCPConn) error {
		if _, err := io.WriteString(conn, a.post("/resumes", "Transfer-Encoding: chunked\r\n\r\n")); err != nil {
			return err
		}
		answered := make(chan int)
		go func() { answered <- status(conn) }()
		chunk := "10000\r\n" + strings.Repeat("x", 1<<16) + "\r\n"
		for {
			n, err := io.WriteString(conn, chunk)
			sent.Add(int64(n))
			if err != nil {
				break
			}
		}
		// A reset may overtake the answer, and a slow machine take a mebibyte too
		// late.
		if got := <-answered; got != 0 && got != http.StatusRequestEntityTooLarge && got != http.StatusRequestTimeout {
			return fmt.Errorf("an endless body was answered %d", got)
		}
		return nil
	})
	row.figures += fmt.Sprintf(", after %d MiB each", sent.Load()/20>>20)
	return row
}

// halfClosed is done sending, and still listens.
func halfClosed(t *testing.T, a *attacker) result {
	var (
		mu    sync.Mutex
		marks []string
	)
	row := a.strangers(t, 100, "half closed after the request", func(conn *net.TCPConn) error {
		mark := uuid.NewString()
		body := fmt.Sprintf(`{"title":%q,"description":"x"}`, mark)
		if _, err := io.WriteString(conn, a.post("/job-postings", fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body))); err != nil {
			return err
		}
		if err := conn.CloseWrite(); err != nil {
			return err
		}
		switch got := status(conn); got {
		case http.StatusCreated:
			mu.Lock()
			defer mu.Unlock()
			marks = append(marks, mark)
		case 0, 499:
		default:
			return fmt.Errorf("it was answered %d", got)
		}
		return nil
	})
	rows := a.db.rows(t, "posting")
	for _, mark := range marks {
		if row.acknowledged++; len(rows[mark]) != 1 {
			t.Errorf("what was acknowledged is there %d times", len(rows[mark]))
		} else {
			row.found++
		}
	}
	row.figures += fmt.Sprintf("; %d were answered 201, the others' context ended", len(marks))
	return row
}

// idle clients have asked once on each of their connections, and keep them.
func idle(t *testing.T, a *attacker) result {
	clients, each := 50, pick(20, 100)
	a.strangers(t, clients, "", func(*net.TCPConn) error {
		for range each {
			conn, err := net.Dial("tcp", strings.TrimPrefix(a.base, "http://"))
			if err != nil {
				return err
			}
			t.Cleanup(func() { conn.Close() })
			if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
				return err
			}
			if got := status(conn); got != http.StatusOK {
				return fmt.Errorf("an idle one was answered %d", got)
			}
		}
		return nil
	})
	eventually(t, a.enough())
	return result{load: fmt.Sprintf("%d connections", clients*each), faults: "idle after a request", figures: "held while others worked"}
}

// cancelled clients leave at any moment; those with a key come back with it.
func cancelled(t *testing.T, a *attacker) result {
	load := load{base: a.base, token: a.token, clients: 4, keys: mixed,
		around: func(next http.RoundTripper) http.RoundTripper { return impatient{next} }}
	traffic := load.begin(t)
	eventually(t, func() bool { return traffic.acknowledged() >= pick(100, 2000) })
	record := traffic.stop()
	row := record.check(t, a.db, a.service, a.token)
	row.load, row.faults = load.String(), "requests cancelled after 0 to 40 ms"
	row.figures = fmt.Sprintf("%d of %d requests were cut off", record.statuses()[0], len(record.answers))
	return row
}

// impatient gives up a request, or the reading of its answer, at random.
type impatient struct{ next http.RoundTripper }

func (i impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	time.AfterFunc(rand.N(40*time.Millisecond), cancel)
	return i.next.RoundTrip(r.WithContext(ctx))
}
