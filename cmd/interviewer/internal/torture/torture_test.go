package torture

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
)

var (
	long      = flag.Bool("torture.long", false, "run the long form of each scenario")
	tableFile = flag.String("torture.table", "", "write the table of results, in Markdown, to this `file`")
)

// pick chooses between the short and the long form of a scenario.
func pick[T any](inShort, inLong T) T {
	if *long {
		return inLong
	}
	return inShort
}

// scenario is an attack, with the promise that it attacks. It reports what it
// found by [report], and is in a file of its own.
type scenario struct {
	name    string
	promise string
	run     func(t *testing.T)
}

var scenarios = []scenario{
	{"kill", "what was answered 2xx outlives kill -9; with a key nothing is there twice", killRepeatedly},
	{"database-restart", "while PostgreSQL is away: 503 with Retry-After; then recovery by itself, nothing lost, no connection leaked", restartDatabase},
	{"failover", "a promoted standby is found, nothing that was answered 2xx is lost", failOver},
	{"address-moves", "a standby behind the database's address is 503, and is left once there is a primary", moveAddress},
	{"connection", "a connection that breaks anywhere, also at COMMIT: with a key one row, without one row or an answer that says so", cutConnections},
	{"network-gone", "a network that swallows all: requests end at their deadline by 503, then recovery", swallowNetwork},
	{"sigterm", "SIGTERM: unready first, then DRAIN_DELAY, then no more connections; what was accepted is answered, operations go on", terminate},
	{"rolling-restart", "a rolling restart behind a proxy that watches /readyz loses no request", restartInTurn},
	{"sqlite-full", "a full disk is told, nothing is half-written, and with room again the service goes on", fillDisk},
	{"sqlite-errors", "a write or a sync that fails is told, and nothing acknowledged is lost by it", failCalls},
	{"sqlite-damaged", "a damaged file is told, at start or when it is met, and no answer is wrong", damage},
	{"sqlite-read-only", "a file or folder that cannot be written to is told at start, and costs nothing", denyWrites},
	{"sqlite-shared", "two processes serve one file: nothing is lost, and with a key nothing is there twice", shareFile},
	{"sqlite-killed", "kill -9 in the middle of a commit leaves nothing half-written", killInCommits},
	{"sqlite-synced", "what is answered 201 was synced to the disk before", seeSync},
	{"migrations", "a database of any earlier version serves with all its rows, whoever migrates it, and down and up again", migrate},
	{"migrations-killed", "after a migration that was killed, the next start finishes it", killMigrations},
	{"backup", "a backup under load has all that was acknowledged before, and serves the same answers", backUp},
	{"overload", "beyond capacity goodput holds, and the rest is refused at once", overload},
	{"slowness", "slow queries and slow or rude clients come to an end, and keep nobody else from being served", slowness},
}

func TestTorture(t *testing.T) {
	t.Cleanup(func() { printResults(t) })
	all := scenarios
	if *long {
		all = append(all, inProcessScenarios...)
	}
	for _, scenario := range all {
		t.Run(scenario.name, func(t *testing.T) {
			besideOthers(t)
			t.Log("promise: " + scenario.promise)
			begin := time.Now()
			scenario.run(t)
			t.Logf("took %v", time.Since(begin).Round(time.Millisecond))
		})
	}
}

// besideOthers lets a short form, which waits for most of its time, run at the
// same time as others. The long forms have the machine to themselves, for the
// sake of their figures.
func besideOthers(t *testing.T) {
	if !*long {
		t.Parallel()
	}
}

// result is a row of the table.
type result struct {
	scenario string // the name of the subtest, if empty
	load     string // who asked for what
	faults   string // what was done to the service
	// Of what clients were told was stored: how many rows there should be, how
	// many there are, how many there are twice, and how many are missing.
	acknowledged, found, duplicated, lost int
	// recovery is how soon the service served again, as recovered prints it.
	recovery string
	figures  string // whatever else was measured, beside its goal
}

// recovered is a time to recover, beside its goal.
func recovered(took, goal time.Duration) string {
	return fmt.Sprintf("%v (goal %v)", took.Round(time.Millisecond), goal)
}

var results struct {
	sync.Mutex
	rows []result
}

// report adds rows to the table.
func report(t testing.TB, rows ...result) {
	results.Lock()
	defer results.Unlock()
	for _, row := range rows {
		row.scenario = cmp.Or(row.scenario, strings.TrimPrefix(t.Name(), "TestTorture/"))
		results.rows = append(results.rows, row)
	}
}

func printResults(t *testing.T) {
	rows := [][]string{{"scenario", "load", "faults", "acknowledged", "found", "duplicated", "lost", "recovery", "figures"}}
	for _, r := range results.rows {
		rows = append(rows, []string{r.scenario, r.load, r.faults, fmt.Sprint(r.acknowledged), fmt.Sprint(r.found),
			fmt.Sprint(r.duplicated), fmt.Sprint(r.lost), cmp.Or(r.recovery, "-"), cmp.Or(r.figures, "-")})
	}
	table := markdown(rows)
	fmt.Print("\n", table)
	if *tableFile != "" {
		if err := os.WriteFile(*tableFile, []byte(table), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// markdown lays out a table, whose first row is its head.
func markdown(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
	}
	var out strings.Builder
	for _, row := range slices.Insert(slices.Clone(rows), 1, rule) {
		for i, cell := range row {
			fmt.Fprintf(&out, "| %-*s ", widths[i], cell)
		}
		out.WriteString("|\n")
	}
	return out.String()
}

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "4") // of [besideOthers], however few cores there are
	var err error
	if binaryDir, err = os.MkdirTemp("", "interviewer-torture-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := postgrestest.Run(m)
	os.RemoveAll(binaryDir)
	os.Exit(code)
}

// binaryDir is where the program is built.
var binaryDir string

func binaryPath() string { return filepath.Join(binaryDir, "interviewer") }
