package torture

import (
	"fmt"
	"testing"
	"time"
)

// killRepeatedly kills the service while clients create, and starts it again.
func killRepeatedly(t *testing.T) {
	onEach(t, func(t *testing.T, db database) {
		s := newService(t, db.env())
		s.start(t)
		token := s.signUp(t)
		load := load{base: s.base, token: token, clients: 8, keys: mixed}
		traffic := load.begin(t)
		times, slowest := pick(4, 20), time.Duration(0)
		for range times {
			enough := traffic.acknowledged() + 50
			eventually(t, func() bool { return traffic.acknowledged() >= enough })
			s.kill(t)
			killed := time.Now()
			s.start(t)
			slowest = max(slowest, awaitRecovery(t, traffic, killed))
		}
		row := traffic.stop().check(t, db, s, token)
		row.load, row.faults = load.String(), fmt.Sprintf("kill -9, %d times", times)
		row.recovery = recovered(slowest, 5*time.Second)
		report(t, row)
	})
}
