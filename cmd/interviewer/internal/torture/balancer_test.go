package torture

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

// balancer shares requests out among the replicas that say they are ready. It
// never tries a request again.
type balancer struct {
	base     string
	replicas []*replica
	turn     atomic.Int64
}

type replica struct {
	*service
	proxy http.Handler
	ready atomic.Bool
}

// watchEvery is how often the balancer asks a replica whether it is ready. It
// must be well below the DRAIN_DELAY of the replicas.
const watchEvery = 20 * time.Millisecond

// newBalancer starts a balancer before services, which may start and stop.
func newBalancer(t testing.TB, services ...*service) *balancer {
	t.Helper()
	b := &balancer{}
	stop := make(chan struct{})
	for _, s := range services {
		target, err := url.Parse(s.base)
		if err != nil {
			t.Fatal(err)
		}
		reverse := httputil.NewSingleHostReverseProxy(target)
		reverse.Transport = &http.Transport{MaxIdleConnsPerHost: 100}
		reverse.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "the replica did not answer: "+err.Error(), http.StatusBadGateway)
		}
		r := &replica{service: s, proxy: reverse}
		b.replicas = append(b.replicas, r)
		go func() {
			for {
				r.ready.Store(s.ready())
				select {
				case <-stop:
					return
				case <-time.After(watchEvery):
				}
			}
		}()
	}
	server := httptest.NewServer(b)
	b.base = server.URL
	t.Cleanup(func() {
		server.Close()
		close(stop)
	})
	return b
}

// ServeHTTP passes a request on; 502 if nobody is there to take it.
func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first := int(b.turn.Add(1))
	for i := range b.replicas {
		if next := b.replicas[(first+i)%len(b.replicas)]; next.ready.Load() {
			next.proxy.ServeHTTP(w, r)
			return
		}
	}
	http.Error(w, "no replica is ready", http.StatusBadGateway)
}
