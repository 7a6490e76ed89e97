package torture

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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
		slowest = max(slowest, awaitRecovery(t, traffic, room))
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
