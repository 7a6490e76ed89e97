package torture

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// overload finds out what saturates the service, and then asks for more than
// that from clients who do not wait for each other.
func overload(t *testing.T) {
	t.Run("slow database", func(t *testing.T) { overloadOn(t, newPostgres(t), slowDown) })
	if *long {
		t.Run("log-ins", func(t *testing.T) { overloadOn(t, newPostgres(t), logIns) })
		t.Run("sqlite", func(t *testing.T) { overloadOn(t, newSQLite(t), nil) })
	}
}

// slowDown makes each posting take the database a while in which it needs no
// processor, so that the generator, which shares those, can be faster.
func slowDown(t *testing.T, _ *service, db database, _ *load) {
	if _, err := db.open(t).Exec(`
CREATE FUNCTION slow_down() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END';
CREATE TRIGGER slow_down BEFORE INSERT ON job_postings FOR EACH ROW EXECUTE FUNCTION slow_down()`); err != nil {
		t.Fatal(err)
	}
}

// logIns makes clients do what costs the service most, and them least.
func logIns(t *testing.T, s *service, _ database, load *load) {
	credentials := map[string]string{"email": "somebody@example.com", "password": "correct horse"}
	s.call(t, "POST", "/api/v1/auth/register", "", credentials, 201)
	load.instead = func(r *traffic) {
		a, _, _ := r.try("/api/v1/auth/login", credentials, "")
		r.mu.Lock()
		defer r.mu.Unlock()
		r.answers = append(r.answers, a)
	}
}

func overloadOn(t *testing.T, db database, prepare func(*testing.T, *service, database, *load)) {
	s := newService(t, db.env())
	s.start(t)
	load := load{base: s.base, token: s.signUp(t), clients: 64, keys: unkeyed, postingsOnly: true}
	if prepare != nil {
		prepare(t, s, db, &load)
	}
	window := pick(time.Second, 8*time.Second)
	warm := load.begin(t)
	eventually(t, func() bool { return warm.goodput(time.Time{}) > 100 })
	warm.stop()

	saturating, peak := 0.0, 0.0
	for _, times := range []int{0, 1, 2, 4} {
		row := result{load: load.String(), faults: "none"}
		if times > 0 {
			load.clients, load.rate = 0, times*int(saturating)
			row.load, row.faults = load.String(), fmt.Sprintf("%d times what saturates", times)
		}
		probes, burnt, worked := s.watchHealth(), processorTime(t), s.processorTime(t)
		traffic := load.begin(t)
		begin := time.Now()
		time.Sleep(window)
		took := time.Since(begin).Seconds()
		goodput := float64(traffic.goodput(begin)) / took
		share := func(used time.Duration) float64 { return 100 * used.Seconds() / took / float64(runtime.NumCPU()) }
		burnt, worked = processorTime(t)-burnt, s.processorTime(t)-worked
		if times == 0 {
			saturating = goodput
		}
		peak = max(peak, goodput)
		if load.instead != nil { // whoever is logged in is served
			for range 20 {
				s.call(t, "GET", "/api/v1/sessions", load.token, nil, 200)
			}
		}
		record := traffic.stop()
		probes.stop(t)
		statuses := record.statuses()
		if statuses[0] > 0 || statuses[500] > 0 {
			t.Errorf("answers were %v", statuses)
		}
		if load.instead != nil {
			row.load += " of log-ins"
			if len(record.problems) > 0 {
				t.Errorf("log-ins had problems: %v", record.problems)
			}
		} else {
			counted := record.check(t, db, s, load.token)
			row.acknowledged, row.found, row.duplicated, row.lost = counted.acknowledged, counted.found, counted.duplicated, counted.lost
		}
		row.figures = fmt.Sprintf("goodput %.0f/s = %.0f %% of its peak (goal 80 %%), p99 %v (goal 2s); %d refused, p99 %v; health p99 %v; memory %d MiB (goal 256); of %d cores, which all share, the generator took %.0f %%, the service %.0f %%",
			goodput, 100*goodput/peak, round(record.percentile(2, .99)), statuses[503], round(record.percentile(5, .99)),
			round(probes.percentile(2, .99)), s.peakMemory(t)>>20, runtime.NumCPU(), share(burnt), share(worked))
		report(t, row)
	}
}

// goodput counts the answers since then that are 2xx.
func (r *traffic) goodput(since time.Time) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.answers {
		if a.status/100 == 2 && a.at.After(since) {
			n++
		}
	}
	return n
}

// processorTime is what this process, the generator, has used.
func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// processorTime is what the process has used, on Linux.
func (s *service) processorTime(t testing.TB) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	var ticks, inKernel int64
	_, after, _ := strings.Cut(string(stat), ") ") // of the name
	fields := strings.Fields(after)
	for field, value := range map[int]*int64{11: &ticks, 12: &inKernel} {
		if *value, err = strconv.ParseInt(fields[field], 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	return time.Duration(ticks+inKernel) * 10 * time.Millisecond
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// probes ask a service for its health again and again.
type probes struct {
	record
	stopping chan struct{}
	working  sync.WaitGroup
}

// healthPaths are where a service tells of its health.
var healthPaths = []string{"/", "/health", "/healthz", "/readyz", "/api/v1/health"}

// watchHealth begins to ask, on connections of its own.
func (s *service) watchHealth() *probes {
	p := &probes{stopping: make(chan struct{})}
	client := http.Client{Transport: &http.Transport{}, Timeout: patience}
	p.working.Go(func() {
		defer client.CloseIdleConnections()
		for i := 0; ; i++ {
			begin, status := time.Now(), 0
			resp, err := client.Get(s.base + healthPaths[i%len(healthPaths)])
			if err == nil {
				status = resp.StatusCode
				resp.Body.Close()
			}
			p.mu.Lock()
			p.answers = append(p.answers, answer{at: time.Now(), took: time.Since(begin), status: status})
			p.mu.Unlock()
			select {
			case <-p.stopping:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return p
}

// stop ends the probes, and wants them to have been served.
func (p *probes) stop(t testing.TB) {
	t.Helper()
	close(p.stopping)
	p.working.Wait()
	p.wantsServed(t, "health")
}

// wantsServed wants nothing but 2xx. One refused in a hundred is let pass: a
// new connection to a database that shares the processors may be late.
func (r *record) wantsServed(t testing.TB, who string) {
	t.Helper()
	statuses := r.statuses()
	if served := statuses[200] + statuses[201] + statuses[202]; served+statuses[503] != len(r.answers) || statuses[503]*100 > len(r.answers) {
		t.Errorf("%s had answers %v", who, statuses)
	}
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMemory is the most memory that the process has had, in bytes, on Linux.
func (s *service) peakMemory(t testing.TB) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	kilobytes, err := strconv.Atoi(string(highWater.FindSubmatch(status)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}
