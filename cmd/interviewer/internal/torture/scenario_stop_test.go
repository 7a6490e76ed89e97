package torture

import (
	"fmt"
	"net"
	"testing"
	"time"
)

// drainDelay is well above the time between two looks at /readyz, also on a
// machine that has much else to do.
const drainDelay = 2 * time.Second

// terminate stops the service while clients, who do not look at /readyz,
// create without keys. Some of them are refused, and none is left without an
// answer for what was done.
func terminate(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		s := newService(t, db.env(), "DRAIN_DELAY="+drainDelay.String())
		s.start(t)
		token := s.signUp(t)
		load := load{base: s.base, token: token, clients: 8, keys: unkeyed}
		var total result
		var during, broken, times int
		var longest time.Duration
		for range pick(1, 3) {
			times++
			traffic := load.begin(t)
			awaitWork(t, traffic, 50)
			s.terminate(t)
			signalled := time.Now()
			eventually(t, func() bool { return statusOf(s.base+"/readyz") == 503 })
			unready := traffic.acknowledged()
			eventually(t, func() bool {
				conn, err := net.Dial("tcp", s.base[len("http://"):])
				if err != nil {
					return true
				}
				conn.Close()
				return false
			})
			if closed := time.Since(signalled); closed < drainDelay {
				t.Errorf("the listener closed %v after the signal, DRAIN_DELAY is %v", closed, drainDelay)
			}
			<-s.ended
			longest = max(longest, time.Since(signalled))
			if !s.cmd.ProcessState.Success() {
				t.Errorf("the service ended as %v", s.cmd.ProcessState)
			}
			record := traffic.stop()
			if after := record.acknowledged() - unready; after == 0 {
				t.Error("nothing was acknowledged between unreadiness and the end: new requests were not taken")
			} else {
				during += after
			}
			if n := record.statuses()[503]; n > 0 {
				t.Errorf("%d requests were answered 503", n)
			}
			unheard, done := record.unanswered(t, db)
			if done > 0 {
				t.Errorf("%d creates were done and not answered", done)
			}
			broken += unheard
			s.start(t) // what is left of operations is its to finish
			total = plus(total, record.check(t, db, s, token))
		}
		total.load, total.faults = load.String(), fmt.Sprintf("SIGTERM, DRAIN_DELAY %v, %d times", drainDelay, times)
		total.figures = fmt.Sprintf("%d acknowledged after /readyz was 503; %d met the closing listener, nothing done; ended %v after the signal (goal %v)",
			during, broken, longest.Round(time.Millisecond), drainDelay+15*time.Second)
		report(t, total)
	})
}

// unanswered counts the creates without a key whose only try had no answer,
// and those of them whose row is there.
func (r *record) unanswered(t *testing.T, db database) (unheard, done int) {
	t.Helper()
	all := map[string]map[string][]string{}
	for kind := range marks {
		all[kind] = db.rows(t, kind)
	}
	for _, c := range r.creates {
		if c.fate == unknown && !c.keyed {
			unheard++
			done += len(all[c.kind][c.mark])
		}
	}
	return unheard, done
}

// restartInTurn restarts two replicas behind a balancer, one after the other,
// while clients create without keys: every request is answered 2xx.
func restartInTurn(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		one := newService(t, db.env(), "DRAIN_DELAY="+drainDelay.String())
		other := newService(t, db.env(), "DRAIN_DELAY="+drainDelay.String())
		one.start(t)
		other.start(t)
		token := one.signUp(t)
		balancer := newBalancer(t, one, other)
		eventually(t, balancer.allReady)
		load := load{base: balancer.base, token: token, clients: 8, keys: unkeyed}
		traffic := load.begin(t)
		times := pick(1, 3)
		for range times {
			for _, replica := range []*service{one, other} {
				awaitWork(t, traffic, 30)
				replica.stop(t)
				replica.start(t)
				eventually(t, balancer.allReady)
			}
		}
		awaitWork(t, traffic, 30)
		record := traffic.stop()
		answers := record.statuses()
		for status, n := range answers {
			if status/100 != 2 {
				t.Errorf("%d requests were lost: %d", n, status)
			}
		}
		row := record.check(t, db, one, token)
		row.load, row.faults = load.String(), fmt.Sprintf("both of two replicas restarted in turn, %d times", times)
		row.figures = fmt.Sprintf("requests lost: %d", len(record.answers)-answers[200]-answers[201]-answers[202])
		report(t, row)
	})
}

func (b *balancer) allReady() bool {
	for _, replica := range b.replicas {
		if !replica.ready.Load() {
			return false
		}
	}
	return true
}
