package torture

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
)

// file is the path of a SQLite database.
func (d database) file() string { return strings.TrimPrefix(d.url, "sqlite:") }

// fillDisk lets a disk run full under load, and gives it room again.
func fillDisk(t *testing.T) {
	dir := t.TempDir()
	size := func(action, size string) error {
		out, err := exec.Command("mount", "-t", "tmpfs", "-o", action+"size="+size, "tmpfs", dir).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		return err
	}
	if err := size("", "1m"); err != nil {
		t.Log(err)
		report(t, result{load: "-", faults: "not tried on a small disk: this machine lets nobody mount one",
			figures: "the file at its largest (max_page_count): TestFullFile in adapters/sqlite"})
		return
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	db := sqliteAt(filepath.Join(dir, "torture.db"))
	s := newService(t, db.env())
	s.start(t)
	token := s.signUp(t)
	load := load{base: s.base, token: token, clients: 8, keys: mixed}
	traffic := load.begin(t)
	refusals := func() int { return traffic.statuses()[http.StatusServiceUnavailable] }
	fill := func() {
		enough := refusals() + 20
		eventually(t, func() bool { return refusals() >= enough })
	}
	times, slowest, megabytes := pick(1, 5), time.Duration(0), 1
	enlarge := func() {
		megabytes++
		if err := size("remount,", fmt.Sprintf("%dm", megabytes)); err != nil {
			t.Fatal(err)
		}
	}
	for range times {
		fill()
		if !s.ready() {
			t.Error("while the disk is full, nothing can be read either")
		}
		room := time.Now()
		enlarge()
		eventually(t, func() bool {
			_, found := traffic.firstAfter(room)
			return found
		})
		after, _ := traffic.firstAfter(room)
		slowest = max(slowest, after)
	}
	fill()
	s.kill(t)
	s.launch(t)
	start := "it reads"
	if !s.settle(t) {
		start = "it stops: " + s.lastWords(t)
		if !strings.Contains(start, "full") {
			t.Errorf("on a full disk %s", start)
		}
		enlarge()
		s.start(t)
	} else {
		enlarge()
	}
	acknowledgedBefore := traffic.acknowledged()
	eventually(t, func() bool { return traffic.acknowledged() > acknowledgedBefore })
	row := traffic.stop().check(t, db, s, token)
	db.whole(t)
	row.load, row.faults = load.String(), fmt.Sprintf("disk full, %d times (tmpfs); then kill -9, and a start on a full disk", times)
	row.recovery = recovered(slowest, 5*time.Second)
	row.figures = fmt.Sprintf("%d answers of 503; reads go on; at the start %s", refusals(), start)
	report(t, row)
}

// lastWords wants a program that ended to have said in one line what is wrong
// with its database, and returns that.
func (s *service) lastWords(t testing.TB) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
	last := lines[len(lines)-1]
	words, said := strings.CutPrefix(last, "interviewer: DATABASE_URL: ")
	if code := s.cmd.ProcessState.ExitCode(); code != 1 || !said {
		t.Errorf("the program ended with %d and said %q", code, last)
	}
	return words
}

// failCalls lets system calls of SQLite fail, here and there.
func failCalls(t *testing.T) {
	if err := canTrace(); err != nil {
		report(t, result{load: "-", faults: "not tried: this machine has no working strace", figures: err.Error()})
		return
	}
	for _, what := range [][2]string{
		{"a write gets EIO", "pwrite64:error=EIO:when=20+61"},
		{"a sync gets EIO", "fsync:error=EIO:when=4+5"},
		{"a write gets ENOSPC", "pwrite64:error=ENOSPC:when=20+61"},
	}[pick(1, 0):] { // the long form has the first too
		name, fault := what[0], what[1]
		db := newSQLite(t)
		s := newService(t, db.env())
		if out, err := s.run(t, "migrate"); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		s.dress = func(cmd *exec.Cmd) { traced(t, cmd, 32, "--seccomp-bpf", "-e", "trace="+writes, "-e", "inject="+fault) }
		eventually(t, func() bool { s.launch(t); return s.settle(t) })
		var token string
		eventually(t, func() bool { // the fault may hit these too
			email := map[string]string{"email": uuid.NewString() + "@example.com", "password": "correct horse"}
			if s.try(t, "/api/v1/auth/register", "", email, "") != 201 {
				return false
			}
			token = s.call(t, "POST", "/api/v1/auth/login", "", email, 200)["access_token"].(string)
			return true
		})
		load := load{base: s.base, token: token, clients: 8, keys: mixed}
		traffic := load.begin(t)
		wanted := pick(40, 500)
		eventually(t, func() bool { return traffic.acknowledged() >= wanted })
		record := traffic.stop()
		s.kill(t)
		db.whole(t)
		s.dress = nil
		s.start(t)
		row := record.check(t, db, s, token)
		db.whole(t)
		row.load, row.faults = load.String(), name+" (strace "+fault+" of each thread), then kill -9"
		row.figures = fmt.Sprintf("%d answers of 503", record.statuses()[http.StatusServiceUnavailable])
		if record.statuses()[http.StatusServiceUnavailable] == 0 {
			t.Errorf("%s: no client noticed: nothing was tested", name)
		}
		report(t, row)
	}
}

// try makes one POST and returns its status, 0 if there was no answer.
func (s *service) try(t testing.TB, path, token string, body any, key string) int {
	t.Helper()
	status, _ := s.post(t, path, token, body, key)
	return status
}

// damage destroys files in several ways. An answer may be refused, but what is
// given must be true.
func damage(t *testing.T) {
	db := newSQLite(t)
	s := newService(t, db.env())
	s.start(t)
	token, operations := s.practise(t)
	traffic := load{base: s.base, token: token, clients: 8, keys: keyed}.begin(t)
	eventually(t, func() bool { return traffic.acknowledged() >= pick(100, 500) })
	record := traffic.stop()
	eventually(t, func() bool { // no operation changes anything any more
		return db.strings(t, `SELECT count(*) FROM operations WHERE status IN ('pending', 'processing')`)[0] == "0"
	})
	truth := s.answersTo(t, token, operations)
	s.stop(t)
	sound, err := os.ReadFile(db.file())
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	pages := len(sound) / page
	noise := func(data []byte) {
		for i := range data {
			data[i] = byte(rand.Uint32())
		}
	}
	ways := []struct {
		name string
		harm func(data []byte) []byte
	}{
		{"another file", func([]byte) []byte { return []byte(strings.Repeat("Dear diary. ", 1000)) }},
		{"noise all over", func(data []byte) []byte { noise(data); return data }},
		{"header lost", func(data []byte) []byte { clear(data[:100]); return data }},
		{"cut short", func(data []byte) []byte { return data[:page+rand.IntN(len(data)-page)] }},
	}
	for range pick(4, 40) {
		n := 1 + rand.IntN(pages-1)
		ways = append(ways, []struct {
			name string
			harm func(data []byte) []byte
		}{
			{fmt.Sprintf("page %d zeroed", n), func(data []byte) []byte { clear(data[n*page : (n+1)*page]); return data }},
			{fmt.Sprintf("page %d noise", n), func(data []byte) []byte {
				noise(data[n*page : (n+1)*page])
				data[n*page] = 0xff // no kind of page
				return data
			}},
		}[rand.IntN(2)])
	}
	var stopped, served, same, refused int
	damaged := sqliteAt(filepath.Join(t.TempDir(), "torture.db"))
	s2 := newService(t, damaged.env())
	for _, way := range ways {
		t.Log(way.name)
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(damaged.file() + suffix)
		}
		if err := os.WriteFile(damaged.file(), way.harm(slices.Clone(sound)), 0o600); err != nil {
			t.Fatal(err)
		}
		s2.launch(t)
		if !s2.settle(t) {
			stopped++
			if words := s2.lastWords(t); !strings.Contains(words, "damaged") || !strings.Contains(words, damaged.file()) {
				t.Errorf("%s: the program stops and says %q", way.name, words)
			}
			continue
		}
		served++
		got := answers{}
		for path := range truth {
			s2.get(t, token, path, got)
			switch {
			case got[path] == truth[path]:
				same++
			case strings.HasPrefix(got[path], "503 ") && strings.Contains(got[path], `"SERVICE_UNAVAILABLE"`):
				refused++
			default:
				t.Errorf("%s: %s:\n%s\nwas\n%s", way.name, path, got[path], truth[path])
			}
		}
		if status := s2.try(t, "/api/v1/job-postings", token, map[string]any{"title": "x", "description": "y"}, ""); status != 201 && status != 503 {
			t.Errorf("%s: a create was answered %d", way.name, status)
		}
		s2.kill(t)
	}
	n := record.count(t, db)
	if n.lost > 0 || n.duplicated > 0 {
		t.Errorf("the sound file has lost %d", n.lost)
	}
	report(t, result{load: "a user with something of everything reads", faults: fmt.Sprintf("a file damaged in %d ways", len(ways)),
		acknowledged: n.acknowledged, found: n.found, duplicated: n.duplicated, lost: n.lost,
		figures: fmt.Sprintf("%d starts refused; %d served: %d answers as before the damage, %d of 503, none other", stopped, served, same, refused)})
}

// denyWrites takes away the right to write, as a user who has no more than his
// rights, under load and at start.
func denyWrites(t *testing.T) {
	dir, err := os.MkdirTemp("", "interviewer-read-only-") // t.TempDir() lets nobody else in
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	mode := func(path string, mode os.FileMode) {
		t.Helper()
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	mode(dir, 0o755)
	folder, who := filepath.Join(dir, "data"), "the user of the tests"
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	db := sqliteAt(filepath.Join(folder, "torture.db"))
	s := newService(t, db.env())
	if os.Getuid() == 0 {
		const nobody = 65534
		who = fmt.Sprint("uid ", nobody)
		if err := os.Chown(folder, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		program, err := os.ReadFile(binaryPath())
		if err != nil {
			t.Fatal(err)
		}
		own := filepath.Join(dir, "interviewer")
		if err := os.WriteFile(own, program, 0o755); err != nil {
			t.Fatal(err)
		}
		s.dress = func(cmd *exec.Cmd) {
			cmd.Path, cmd.Dir = own, folder
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
	}
	s.start(t)
	token := s.signUp(t)
	load := load{base: s.base, token: token, clients: 8, keys: mixed}
	traffic := load.begin(t)
	more := func() {
		enough := traffic.acknowledged() + pick(30, 300)
		eventually(t, func() bool { return traffic.acknowledged() >= enough })
	}
	more()
	mode(db.file(), 0o444)
	mode(folder, 0o555)
	more() // what is open stays open
	record := traffic.stop()
	s.stop(t) // the write-ahead log stays, since the folder does not let it go
	mode(folder, 0o755)
	mode(db.file(), 0o644)
	db.fold(t)

	refused := 0
	for _, start := range []struct {
		what         string
		file, folder os.FileMode
		path, says   string
	}{
		{"a read-only file", 0o444, 0o755, db.file(), "permission denied"},
		{"an unreadable file", 0o000, 0o755, db.file(), "permission denied"},
		{"a read-only folder", 0o644, 0o555, db.file(), "folder"},
		{"a read-only file in a read-only folder", 0o444, 0o555, db.file(), "permission denied"},
		{"no file in a read-only folder", 0o644, 0o555, filepath.Join(folder, "other.db"), "permission denied"},
		{"no folder in a read-only folder", 0o644, 0o555, filepath.Join(folder, "other", "other.db"), "permission denied"},
	} {
		mode(db.file(), start.file)
		mode(folder, start.folder)
		s.env = append(s.env, "DATABASE_URL=sqlite:"+start.path)
		s.launch(t)
		if s.settle(t) {
			t.Errorf("%s: the program serves", start.what)
			s.kill(t)
		} else if words := s.lastWords(t); !strings.Contains(words, start.says) {
			t.Errorf("%s: the program stops and says %q", start.what, words)
		}
		refused++
		mode(folder, 0o755)
	}
	mode(db.file(), 0o644)
	s.env = append(s.env, db.env())
	s.start(t)
	row := record.check(t, db, s, token)
	db.whole(t)
	row.load, row.faults = load.String(), "file and folder made read-only under load, as "+who
	row.figures = fmt.Sprintf("what is open goes on; %d starts, each refused with its cause; with the rights back it serves", refused)
	report(t, row)
}

// fold ends the write-ahead log of a file that nobody serves, as the last
// connection does when it closes.
func (d database) fold(t testing.TB) {
	t.Helper()
	d.strings(t, "PRAGMA user_version")
	if _, err := os.Stat(d.file() + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the log is still there: %v", err)
	}
}

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
		eventually(t, func() bool {
			_, found := traffic.firstAfter(at)
			return found
		})
		after, _ := traffic.firstAfter(at)
		slowest = max(slowest, after)
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
		eventually(t, func() bool {
			_, found := traffic.firstAfter(killed)
			return found
		})
		after, _ := traffic.firstAfter(killed)
		slowest = max(slowest, after)
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
