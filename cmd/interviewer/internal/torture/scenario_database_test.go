package torture

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ai-interviewer/ai-interviewer/adapters/postgres/postgrestest"
)

// recoveryGoal is how soon the service should serve once its database takes
// connections. It is printed, not asserted.
const recoveryGoal = 5 * time.Second

// awaitRefusals waits until clients have got n more answers of 503.
func awaitRefusals(t *testing.T, traffic *traffic, n int) {
	t.Helper()
	enough := traffic.statuses()[http.StatusServiceUnavailable] + n
	eventually(t, func() bool { return traffic.statuses()[http.StatusServiceUnavailable] >= enough })
}

// restartDatabase stops PostgreSQL at once, as in a crash, while clients
// create, and starts it again.
func restartDatabase(t *testing.T) {
	server := postgrestest.Start(t)
	db := postgresAt(server.URL("postgres"))
	s := newService(t, db.env())
	s.start(t)
	token := s.signUp(t)
	load := load{base: s.base, token: token, clients: 8, keys: mixed}
	traffic := load.begin(t)
	awaitWork(t, traffic, 50)
	times, slowest := pick(2, 5), time.Duration(0)
	for range times {
		server.Stop(t)
		awaitRefusals(t, traffic, 20)
		for path, want := range map[string]int{"/healthz": 200, "/readyz": 503} {
			if got := statusOf(s.base + path); got != want {
				t.Errorf("without its database %s is %d", path, got)
			}
		}
		server.Restart(t)
		slowest = max(slowest, awaitRecovery(t, traffic, time.Now()))
		awaitWork(t, traffic, 50)
	}
	record := traffic.stop()
	row := record.check(t, db, s, token)
	row.load, row.faults = load.String(), fmt.Sprintf("PostgreSQL stopped (immediate) and started, %d times", times)
	row.recovery = recovered(slowest, recoveryGoal)
	row.figures = fmt.Sprintf("%d times 503, p99 %v; ", record.statuses()[503], record.percentile(5, 0.99).Round(time.Millisecond)) +
		checkConnections(t, s, db, traffic)
	report(t, row)
}

// maxConnections is the size of the service's pool.
const maxConnections = 20

// checkConnections wants every socket of a service at rest to be its listener
// or a connection of its pool, which PostgreSQL knows too, and none of them to
// be in a transaction.
func checkConnections(t *testing.T, s *service, db database, traffic *traffic) string {
	t.Helper()
	traffic.client.CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
	conn := db.open(t)
	var pooled, busy, sockets int
	var settled bool
	for deadline := time.Now().Add(30 * time.Second); !settled && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if err := conn.QueryRow(`SELECT count(*), count(*) FILTER (WHERE state <> 'idle')
			FROM pg_stat_activity WHERE application_name = 'interviewer' AND datname = current_database()`).Scan(&pooled, &busy); err != nil {
			t.Fatal(err)
		}
		sockets = s.sockets(t)
		settled = busy == 0 && pooled <= maxConnections && sockets == pooled+1
	}
	if !settled {
		t.Errorf("at rest PostgreSQL has %d connections of the service, %d of them not idle, and the service has %d sockets", pooled, busy, sockets)
	}
	return fmt.Sprintf("at rest %d connections, %d sockets", pooled, sockets)
}

// failOver kills a primary while clients create, and promotes its standby.
func failOver(t *testing.T) {
	var total result
	slowest, times := time.Duration(0), pick(1, 2)
	var refused int
	for range times {
		primary := postgrestest.Start(t)
		standby := primary.Standby(t)
		db := postgresAt(fmt.Sprintf("postgres://postgres@%s,%s/postgres?sslmode=disable&target_session_attrs=read-write", primary.Host(), standby.Host()))
		s := newService(t, db.env())
		s.start(t)
		token := s.signUp(t)
		load := load{base: s.base, token: token, clients: 8, keys: mixed}
		traffic := load.begin(t)
		awaitWork(t, traffic, 100)
		primary.Stop(t)
		awaitRefusals(t, traffic, 20)
		standby.Promote(t)
		slowest = max(slowest, awaitRecovery(t, traffic, time.Now()))
		awaitWork(t, traffic, 100)
		record := traffic.stop()
		row := record.check(t, db, s, token)
		row.figures = checkConnections(t, s, db, traffic)
		refused += record.statuses()[503]
		total = plus(total, row)
		total.load = load.String()
		s.stop(t)
		standby.Stop(t)
	}
	total.faults = fmt.Sprintf("primary stopped (immediate), synchronous standby promoted, %d times", times)
	total.recovery = recovered(slowest, recoveryGoal)
	total.figures = fmt.Sprintf("%d times 503; %s", refused, total.figures)
	report(t, total)
}

// plus adds up the counts of two rows; the rest is the second's.
func plus(a, b result) result {
	b.acknowledged += a.acknowledged
	b.found += a.found
	b.duplicated += a.duplicated
	b.lost += a.lost
	return b
}

// moveAddress moves the one address that the service knows to a standby, which
// takes no writes while the service meets it: back to the primary, and then to
// the standby for good, which is promoted.
func moveAddress(t *testing.T) {
	primary := postgrestest.Start(t)
	standby := primary.Standby(t)
	behind := postgresAt(primary.URL("postgres"))
	address := newProxy(t, behind.address(t))
	s := newService(t, behind.through(t, address).env())
	s.start(t)
	token := s.signUp(t)
	load := load{base: s.base, token: token, clients: 8, keys: mixed}
	traffic := load.begin(t)
	awaitWork(t, traffic, 50)
	address.retarget(standby.Host())
	address.cut()
	awaitRefusals(t, traffic, 40)
	address.retarget(primary.Host())
	back := awaitRecovery(t, traffic, time.Now())
	awaitWork(t, traffic, 50)
	if answers := traffic.refusedFor(t, 100); answers > 0 {
		t.Errorf("%d of 100 requests met the standby after the address had left it", answers)
	}
	primary.Stop(t)
	address.retarget(standby.Host())
	awaitRefusals(t, traffic, 20)
	standby.Promote(t)
	forward := awaitRecovery(t, traffic, time.Now())
	awaitWork(t, traffic, 50)
	record := traffic.stop()
	db := postgresAt(standby.URL("postgres"))
	row := record.check(t, db, s, token)
	row.load, row.faults = load.String(), "the address moves to a standby, back, and to the standby, which is promoted"
	row.recovery = recovered(max(back, forward), recoveryGoal)
	row.figures = fmt.Sprintf("%d times 503; %s", record.statuses()[503], checkConnections(t, s, db, traffic))
	report(t, row)
}

// refusedFor waits for n more answers and returns how many of them were 503.
func (r *traffic) refusedFor(t *testing.T, n int) (refused int) {
	t.Helper()
	count := func() (all int) {
		for _, times := range r.statuses() {
			all += times
		}
		return all
	}
	begin, before := count(), r.statuses()[503]
	eventually(t, func() bool { return count() >= begin+n })
	return r.statuses()[503] - before
}

// cutConnections breaks connections to the database at random, before what the
// service sends is delivered or before its answer is; commits above all.
func cutConnections(t *testing.T) {
	db := newPostgres(t)
	proxy := newProxy(t, db.address(t))
	// So many attempts that no operation fails for good.
	s := newService(t, db.through(t, proxy).env(), "OPERATION_ATTEMPTS=50", "OPERATION_BACKOFF=100ms")
	s.start(t)
	token := s.signUp(t)
	load := load{base: s.base, token: token, clients: 8, keys: mixed}
	traffic := load.begin(t)
	awaitWork(t, traffic, 20)
	var cuts, commits atomic.Int64
	proxy.judge(func(piece []byte) verdict {
		chance, commit := 0.02, isCommit(piece)
		if commit {
			chance = 0.2
		}
		if rand.Float64() >= chance {
			return pass
		}
		cuts.Add(1)
		if rand.IntN(2) == 0 {
			return cutBefore
		}
		if commit {
			commits.Add(1)
		}
		return cutAfter
	})
	for range pick(2, 10) {
		awaitWork(t, traffic, 100)
	}
	eventually(t, func() bool { return commits.Load() >= pick[int64](5, 50) })
	proxy.judge(nil)
	last := time.Now()
	recovery := awaitRecovery(t, traffic, last)
	record := traffic.stop()
	row := record.check(t, db, s, token)
	row.load = load.String()
	row.faults = fmt.Sprintf("%d connections cut, %d between COMMIT and its answer", cuts.Load(), commits.Load())
	row.recovery = recovered(recovery, recoveryGoal)
	row.figures = fmt.Sprintf("%d times 503; %s", record.statuses()[503], checkConnections(t, s, db, traffic))
	report(t, row)
}

// isCommit reports whether a piece is the end of a transaction: a simple query
// of the protocol.
func isCommit(piece []byte) bool { return string(piece) == "Q\x00\x00\x00\x0bcommit\x00" }

// swallowNetwork lets nothing through between the service and its database,
// without an error that would tell.
func swallowNetwork(t *testing.T) {
	db := newPostgres(t)
	proxy := newProxy(t, db.address(t))
	s := newService(t, db.through(t, proxy).env())
	s.start(t)
	token := s.signUp(t)
	load := load{base: s.base, token: token, clients: 8, keys: mixed}
	traffic := load.begin(t)
	awaitWork(t, traffic, 50)
	proxy.delay(20 * time.Millisecond)
	awaitWork(t, traffic, 20)
	proxy.delay(0)
	proxy.drop(true)
	if got := statusOf(s.base + "/healthz"); got != 200 {
		t.Errorf("without a network /healthz is %d", got)
	}
	if got := statusOf(s.base + "/readyz"); got != 503 {
		t.Errorf("without a network /readyz is %d", got)
	}
	if *long {
		awaitRefusals(t, traffic, 8) // at their deadline
	}
	proxy.cut()
	proxy.drop(false)
	recovery := awaitRecovery(t, traffic, time.Now())
	awaitWork(t, traffic, 50)
	record := traffic.stop()
	row := record.check(t, db, s, token)
	row.load, row.faults = load.String(), "the network to the database swallows all, then breaks"
	row.recovery = recovered(recovery, recoveryGoal)
	row.figures = fmt.Sprintf("a 503 came within %v (goal 16s); %s",
		record.percentile(5, 1).Round(time.Millisecond), checkConnections(t, s, db, traffic))
	report(t, row)
}
