package torture

import (
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
)

// shareFile lets two processes serve one file, and kills them in turn.
func shareFile(t *testing.T) {
	db := newSQLite(t)
	one, other := newService(t, db.env()), newService(t, db.env())
	one.launch(t) // both find no file, and make it
	other.launch(t)
	one.awaitReady(t)
	other.awaitReady(t)
	token := one.signUp(t)
	load := load{base: inTurn(t, one, other), token: token, clients: 8, keys: mixed}
	traffic := load.begin(t)

	// One key at both at once.
	twins, doubled := pick(10, 200), 0
	for range twins {
		mark, key := uuid.NewString(), uuid.NewString()
		var both sync.WaitGroup
		var ids [2]string
		for i, s := range []*service{one, other} {
			both.Go(func() {
				for ids[i] == "" && t.Context().Err() == nil {
					status, answer := s.post(t, "/api/v1/job-postings", token, map[string]any{"title": mark, "description": "Build"}, key)
					if status == 201 {
						ids[i], _ = answer["id"].(string)
					} else if status != 409 && status != 503 {
						t.Errorf("one key at both: %d", status)
						return
					}
				}
			})
		}
		both.Wait()
		if rows := db.rows(t, "posting")[mark]; len(rows) != 1 || ids[0] != rows[0] || ids[1] != rows[0] {
			doubled++
		}
	}
	if doubled > 0 {
		t.Errorf("of %d requests that were made of both at once, %d were not done once", twins, doubled)
	}

	times, slowest := pick(2, 20), time.Duration(0)
	for i := range times {
		killed := []*service{one, other}[i%2]
		enough := traffic.acknowledged() + 30
		eventually(t, func() bool { return traffic.acknowledged() >= enough })
		killed.kill(t)
		at := time.Now()
		slowest = max(slowest, awaitRecovery(t, traffic, at))
		killed.start(t)
	}
	record := traffic.stop()
	row := record.check(t, db, one, token)
	if missing := record.missingInAPI(t, other, token); missing > 0 {
		t.Errorf("%d acknowledged sessions are not in the API of the other process", missing)
	}
	db.whole(t)
	row.load = load.String() + fmt.Sprintf(" at two processes, and %d keys at both at once", twins)
	row.faults = fmt.Sprintf("kill -9 of one or the other, %d times", times)
	row.recovery = recovered(slowest, 5*time.Second)
	row.figures = fmt.Sprintf("p99 of 2xx %v, %d answers of 503", record.percentile(2, 0.99).Round(time.Millisecond), record.statuses()[503])
	report(t, row)
}

// inTurn is where requests go to one service after the other, also the next
// try of one whose connection broke, as with a proxy that knows nothing.
func inTurn(t testing.TB, services ...*service) string {
	t.Helper()
	var proxies []*httputil.ReverseProxy
	for _, s := range services {
		target, err := url.Parse(s.base)
		if err != nil {
			t.Fatal(err)
		}
		proxy := httputil.NewSingleHostReverseProxy(target)
		proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 100}
		proxy.ErrorLog = log.New(io.Discard, "", 0)
		proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
		proxies = append(proxies, proxy)
	}
	var turn atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxies[int(turn.Add(1))%len(proxies)].ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// killInCommits kills the service in its writes: at the entry of one, or of a
// sync. Every third time it is a write to the file itself, in a checkpoint.
func killInCommits(t *testing.T) {
	db := newSQLite(t)
	s := newService(t, db.env())
	s.start(t)
	token := s.signUp(t)
	canTrace := canTrace()
	load := load{base: s.base, token: token, clients: 8, keys: mixed}
	traffic := load.begin(t)
	times, slowest, hits := pick(2, 20), time.Duration(0), map[string]int{}
	for i := range times {
		s.kill(t)
		if canTrace == nil {
			var tr *trace
			s.dress = func(cmd *exec.Cmd) {
				tr = traced(t, cmd, 32, slices.Concat([]string{"-e", "trace=" + writes}, [][]string{
					{"-e", fmt.Sprintf("inject=pwrite64:signal=KILL:when=%d", 5+rand.IntN(50))},
					{"-e", fmt.Sprintf("inject=fsync:signal=KILL:when=%d", 2+rand.IntN(10))},
					{"-e", fmt.Sprintf("inject=pwrite64:signal=KILL:when=%d", 1+rand.IntN(20)), "-P", db.file()},
				}[i%3])...)
			}
			s.launch(t)
			select {
			case <-s.ended:
			case <-time.After(60 * time.Second):
				t.Fatalf("the program was not killed: see the trace %s", tr.file)
			}
			hits[db.midst(tr.lines(t, s.cmd.Process.Pid))]++
		} else {
			s.start(t)
			enough := traffic.acknowledged() + 10 + rand.IntN(50)
			eventually(t, func() bool { return traffic.acknowledged() >= enough })
			s.kill(t)
		}
		db.whole(t)
		s.dress = nil
		killed := time.Now()
		s.start(t)
		slowest = max(slowest, awaitRecovery(t, traffic, killed))
	}
	row := traffic.stop().check(t, db, s, token)
	db.whole(t)
	row.load, row.faults = load.String(), fmt.Sprintf("kill -9 in writes, %d times", times)
	row.recovery = recovered(slowest, 5*time.Second)
	row.figures = "killed at " + summary(hits)
	if canTrace != nil {
		row.figures = "killed at random, not in known writes: this machine has no working strace"
	}
	report(t, row)
}

// midst says at which call a traced program was killed: its last.
func (d database) midst(lines []string) string {
	for _, c := range slices.Backward(parse(lines)) {
		if !strings.HasSuffix(c.line, " = ?") {
			continue
		}
		what := "a sync"
		if c.name == "pwrite64" {
			what = "a write"
		}
		switch c.path {
		case d.file():
			return what + " of the file"
		case d.file() + "-wal":
			return what + " of the log"
		default:
			return what + " of another"
		}
	}
	return "none"
}

func summary(counts map[string]int) string {
	var parts []string
	for what, n := range counts {
		parts = append(parts, fmt.Sprintf("%s %d", what, n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// seeSync watches that each posting is written to the log, and the log synced,
// before its 201 is sent; and that the folders which are made are synced.
func seeSync(t *testing.T) {
	if err := canTrace(); err != nil {
		report(t, result{load: "-", faults: "not seen: this machine has no working strace; that synchronous is FULL on each connection " +
			"is tested in adapters/sqlite", figures: err.Error()})
		return
	}
	db := newSQLite(t)
	s := newService(t, db.env(), "JWT_SECRET=", "API_KEY_SECRET=") // it makes its own
	var tr *trace
	s.dress = func(cmd *exec.Cmd) {
		tr = traced(t, cmd, 4096, "--seccomp-bpf", "-e", "trace="+writes+",write,sendto,linkat,mkdirat")
	}
	s.start(t)
	token := s.signUp(t)
	load := load{base: s.base, token: token, clients: 4, keys: mixed, postingsOnly: true}
	traffic := load.begin(t)
	eventually(t, func() bool { return traffic.acknowledged() >= pick(100, 1000) })
	record := traffic.stop()
	s.stop(t)
	calls := parse(tr.lines(t, s.cmd.Process.Pid))

	synced := map[string][]int{} // where in the trace a sync of a path ended
	written, sent := map[string]int{}, map[string]int{}
	note := func(places map[string]int, place int, line string) {
		for _, mark := range uuids.FindAllString(line, -1) {
			if _, known := places[mark]; !known {
				places[mark] = place
			}
		}
	}
	for i, c := range calls {
		switch c.name {
		case "fsync", "fdatasync":
			if c.done && strings.HasSuffix(c.line, "= 0") {
				synced[c.path] = append(synced[c.path], i)
			}
		case "pwrite64":
			if c.path == db.file()+"-wal" {
				note(written, i, c.line)
			}
		case "write", "sendto":
			if strings.Contains(c.line, "HTTP/1.1 201") {
				note(sent, i, c.line)
			}
		}
	}
	syncedAfter := func(path string, place int) (int, bool) {
		i, _ := slices.BinarySearch(synced[path], place)
		if i == len(synced[path]) {
			return 0, false
		}
		return synced[path][i], true
	}
	seen, unsynced := 0, 0
	for _, create := range record.creates {
		if create.fate != acknowledged {
			continue
		}
		seen++
		write, isWritten := written[create.mark]
		sync, isSynced := syncedAfter(db.file()+"-wal", write)
		if answer, isSent := sent[create.mark]; !isWritten || !isSynced || !isSent || sync > answer {
			unsynced++
			t.Logf("%s: written at line %d, synced at %d, answered at %d", create.mark, write, sync, answer)
		}
	}
	if unsynced > 0 || seen == 0 {
		t.Errorf("of %d answers, %d were sent before what they tell was synced", seen, unsynced)
	}
	names := 0
	for i, c := range calls { // of the folder, and of the secrets in it
		folder := filepath.Dir(db.file())
		switch c.name {
		default:
			continue
		case "mkdirat":
			folder = filepath.Dir(folder)
		case "linkat":
		}
		names++
		if _, ok := syncedAfter(folder, i); !ok {
			t.Errorf("never synced: %s", c.line)
		}
	}
	if names != 3 {
		t.Errorf("%d names were made, want a folder and two secrets", names)
	}
	row := record.count(t, db)
	db.whole(t)
	report(t, result{load: load.String() + ", postings", faults: "none: strace watches",
		acknowledged: row.acknowledged, found: row.found, duplicated: row.duplicated, lost: row.lost,
		figures: fmt.Sprintf("sync of the log seen before the 201: %d of %d", seen-unsynced, seen)})
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// post makes one POST and returns its status, 0 if there was no answer, and
// the members of the answer.
func (s *service) post(t testing.TB, path, token string, body any, key string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.base+path, strings.NewReader(encode(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, nil
	}
	return resp.StatusCode, members(text)
}
