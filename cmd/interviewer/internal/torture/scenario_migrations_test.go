package torture

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// migrate brings databases of each earlier version up, with rows in them, by
// two replicas at once, and down and up again. Whoever was there must be told
// what one is told whose rows were stored today.
func migrate(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		// Nothing is older: every veteran's rows in a schema of today, which two
		// replicas make of nothing.
		s, twin := newService(t, db.env()), newService(t, db.env())
		together(t, s, twin)
		last := versions(t, db)
		want, tokens := map[int]answers{}, map[int]string{}
		for version := 1; version <= last; version++ {
			db.enlist(t, veteran{version})
			tokens[version] = s.logIn(t, veteran{version})
			want[version] = s.recall(t, veteran{version}, tokens[version])
		}
		schema := db.schema(t)
		s.stop(t)
		twin.stop(t)

		served := 0
		for version := 1; version < last; version++ {
			old := db.another(t)
			old.migrateTo(t, version)
			old.enlist(t, veteran{version})
			replicas := []*service{newService(t, old.env())}
			if version == 1 || *long {
				replicas = append(replicas, newService(t, old.env()))
			}
			together(t, replicas...)
			replicas[0].logIn(t, veteran{version})
			for _, replica := range replicas {
				want[version].wantSame(t, fmt.Sprintf("from version %d", version), replica.recall(t, veteran{version}, tokens[version]))
				served += len(want[version])
			}
			if got := old.schema(t); !slices.Equal(got, schema) {
				t.Errorf("from version %d the schema is\n%q\nand from nothing\n%q", version, got, schema)
			}
			old.whole(t)
			for _, replica := range replicas {
				replica.kill(t)
			}
		}

		for _, steps := range pick([]int{last - 1}, []int{1, 2, 3, last - 1}) {
			for range steps {
				if out, err := s.run(t, "migrate", "down"); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			s.start(t)
			for version := range want {
				if version > last-steps {
					continue // some of his rows went down
				}
				want[version].wantSame(t, fmt.Sprintf("%d down and up again", steps), s.recall(t, veteran{version}, tokens[version]))
			}
			if got := db.schema(t); !slices.Equal(got, schema) {
				t.Errorf("%d down and up again, the schema is\n%q\nand was\n%q", steps, got, schema)
			}
			db.whole(t)
			s.stop(t)
		}
		report(t, result{load: fmt.Sprintf("a user's rows of each of %d versions", last),
			faults:       "up from each earlier version, by two replicas at once; down to " + pick("the first", "each") + ", and up again",
			acknowledged: served, found: served, figures: "counted are answers that are as those to rows stored today, byte for byte"})
	})
}

// together starts replicas at the same time.
func together(t testing.TB, replicas ...*service) {
	t.Helper()
	for _, s := range replicas {
		s.launch(t)
	}
	for _, s := range replicas {
		s.awaitReady(t)
	}
}

// another returns a new database of the same engine.
func (d database) another(t testing.TB) database {
	t.Helper()
	if d.engine == "sqlite" {
		return newSQLite(t)
	}
	return newPostgres(t)
}

// killMigrations kills migrations of a database that has rows already, at
// their writes or between two messages to the server, and starts the service.
func killMigrations(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		const before = 1 // the version that is killed on its way up
		prepare := func(db database) {
			db.migrateTo(t, before)
			db.enlist(t, veteran{before})
		}
		prepare(db)
		s := newService(t, db.env())
		s.start(t)
		token := s.logIn(t, veteran{before})
		want, schema := s.recall(t, veteran{before}, token), db.schema(t)
		s.stop(t)

		kill := killAtMessage
		if db.engine == "sqlite" {
			kill = killAtWrite
			if canTrace() != nil {
				kill = killAtRandom
			}
		}
		clean := db.another(t)
		prepare(clean)
		_, points := kill(t, clean, 0)
		var killed []database
		left := map[string]int{}
		times := pick(2, 12)
		for len(killed) < times {
			db := db.another(t)
			prepare(db)
			if hit, _ := kill(t, db, 1+rand.IntN(points)); !hit {
				continue // it was done before
			}
			killed = append(killed, db)
			left[fmt.Sprintf("version %s", db.strings(t, `SELECT max(version_id) FROM goose_db_version`)[0])]++
		}
		slowest, waited := time.Duration(0), "their leases are waited for"
		for _, db := range killed {
			if db.engine == "postgres" && !*long {
				waited = "their leases are ended by the test"
				db.endLease(t)
			}
		}
		// All at once, since a start may have to wait for a lease.
		begin := time.Now()
		var services []*service
		for _, db := range killed {
			s := newService(t, db.env())
			s.launch(t)
			services = append(services, s)
		}
		for i, s := range services {
			s.awaitReady(t)
			slowest = max(slowest, time.Since(begin))
			want.wantSame(t, "after a killed migration", s.recall(t, veteran{before}, token))
			killed[i].whole(t)
			if got := killed[i].schema(t); !slices.Equal(got, schema) {
				t.Errorf("after a killed migration the schema is\n%q\nand else\n%q", got, schema)
			}
			s.kill(t)
		}
		how := map[bool]string{true: "before or after a message to the server", false: "at a write"}[db.engine == "postgres"]
		figures := "left at " + summary(left)
		if db.engine == "postgres" {
			figures += "; " + waited
		} else if canTrace() != nil {
			how = "at random, not at known writes: this machine has no working strace"
		}
		report(t, result{load: "a user's rows of version 1", faults: fmt.Sprintf("kill -9 of a migration %s, %d times", how, times),
			acknowledged: len(want) * times, found: len(want) * times, recovery: recovered(slowest, 15*time.Second), figures: figures})
	})
}

// endLease ends the lease of a migration that was killed, as time does.
func (d database) endLease(t testing.TB) {
	t.Helper()
	if d.strings(t, `SELECT to_regclass('goose_lock') IS NOT NULL`)[0] == "true" {
		db := d.open(t)
		defer db.Close()
		if _, err := db.Exec(`UPDATE goose_lock SET lease_expires_at = now()`); err != nil {
			t.Fatal(err)
		}
	}
}

// The killers migrate a database up and kill that at a point, counted from 1;
// or at none, if that is 0. They return whether it was killed, and how many
// points there were.

// migration is the command that a killer kills.
func migration(t testing.TB, db database) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binaryPath(), "migrate")
	cmd.Dir, cmd.Env = t.TempDir(), []string{db.env()}
	return cmd
}

// wasKilled reports that, and wants a command that was not killed to have gone well.
func wasKilled(t testing.TB, err error, cmd *exec.Cmd) bool {
	t.Helper()
	if err == nil {
		return false
	}
	if cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("migrate: %v", err)
	}
	return true
}

// killAtMessage kills between two messages to PostgreSQL; whether the last
// arrives is left to chance.
func killAtMessage(t testing.TB, db database, point int) (hit bool, points int) {
	t.Helper()
	proxy := newProxy(t, db.address(t))
	cmd := migration(t, db.through(t, proxy))
	var messages atomic.Int64
	started := make(chan struct{})
	proxy.judge(func([]byte) verdict {
		<-started
		if int(messages.Add(1)) != point {
			return pass
		}
		cmd.Process.Kill() // fails only if it has ended
		return []verdict{pass, cutBefore}[rand.IntN(2)]
	})
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	close(started)
	return wasKilled(t, cmd.Wait(), cmd), int(messages.Load())
}

// killAtWrite kills at the entry of a write or a sync, as each thread counts them.
func killAtWrite(t testing.TB, db database, point int) (hit bool, points int) {
	t.Helper()
	cmd := migration(t, db)
	options := []string{"-e", "trace=" + writes}
	if point > 0 {
		options = append(options, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", writes, point))
	}
	tr := traced(t, cmd, 32, options...)
	hit = wasKilled(t, cmd.Run(), cmd)
	return hit, len(parse(tr.lines(t, cmd.Process.Pid)))
}

// killAtRandom kills at a moment, in tenths of a millisecond.
func killAtRandom(t testing.TB, db database, point int) (hit bool, points int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	command := migration(t, db)
	cmd := exec.CommandContext(ctx, command.Path, command.Args[1:]...)
	cmd.Dir, cmd.Env = command.Dir, command.Env
	if point > 0 {
		time.AfterFunc(time.Duration(point)*100*time.Microsecond, cancel)
	}
	begin := time.Now()
	err := cmd.Run()
	return wasKilled(t, err, cmd), int(time.Since(begin) / (100 * time.Microsecond))
}
