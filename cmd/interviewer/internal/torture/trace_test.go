package torture

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// canTrace says why system calls cannot be watched on this machine, or nil.
var canTrace = sync.OnceValue(func() error {
	if out, err := exec.Command("strace", "-f", "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		return fmt.Errorf("strace: %w %s", err, out)
	}
	return nil
})

// writes are the system calls by which SQLite writes.
const writes = "pwrite64,fsync,fdatasync"

// trace is what strace tells of a program: a line for each call.
type trace struct {
	file string
}

// traced makes a command run under strace, which stays beside it: a signal to
// the command reaches the program itself. Of what is written it tells so many
// bytes.
func traced(t testing.TB, cmd *exec.Cmd, bytes int, options ...string) *trace {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal(err)
	}
	tr := &trace{file: filepath.Join(t.TempDir(), "trace")}
	args := append([]string{"strace", "-D", "-f", "-q", "-y", "-s", fmt.Sprint(bytes), "-e", "signal=none", "-o", tr.file}, options...)
	cmd.Args = append(append(args, cmd.Path), cmd.Args[1:]...)
	cmd.Path = strace
	return tr
}

// lines returns all that was traced of a program that has ended.
func (tr *trace) lines(t testing.TB, pid int) (lines []string) {
	t.Helper()
	end := regexp.MustCompile(fmt.Sprintf(`(?m) = \?$|^%d +\+\+\+ .*$`, pid))
	var text []byte
	eventually(t, func() bool { // strace may be behind
		var err error
		if text, err = os.ReadFile(tr.file); err != nil {
			t.Fatal(err)
		}
		return end.Match(text[max(0, len(text)-2000):])
	})
	return strings.Split(string(text), "\n")
}

// call is a line of a trace, taken apart.
type call struct {
	thread, name, path string
	// done: this line has the end of the call; else only its begin.
	done bool
	line string
}

var callLine = regexp.MustCompile(`^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\((?:AT_FDCWD[^,]*, )?\d*<?([^>,)]*))`)

// parse takes lines apart; the end of a call that was interrupted gets the
// path of its begin.
func parse(lines []string) (calls []call) {
	begun := map[string]string{} // paths by thread
	for _, line := range lines {
		m := callLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		c := call{thread: m[1], name: m[2] + m[3], path: m[4], line: line, done: !strings.HasSuffix(line, "<unfinished ...>")}
		if m[2] != "" {
			c.path = begun[c.thread]
		}
		begun[c.thread] = c.path
		calls = append(calls, c)
	}
	return calls
}
