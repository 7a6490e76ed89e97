package torture

import (
	"net"
	"sync"
	"testing"
	"time"
)

// proxy stands between a service and its database, and breaks what passes.
type proxy struct {
	address string

	mu      sync.Mutex
	target  string
	open    map[*link]bool
	refused bool
	// inspect says what becomes of each piece that the service sends; nil lets
	// all pass.
	inspect func(piece []byte) verdict
	latency time.Duration
	mute    bool
}

// verdict is what becomes of a piece that the service sends.
type verdict int

const (
	pass      verdict = iota
	cutBefore         // the piece is not delivered, and the connection breaks
	cutAfter          // the piece is delivered, but its answer is not: the connection breaks when it comes
)

// link is one connection through the proxy.
type link struct {
	client, server *net.TCPConn
	deaf           sync.Once     // breaks the link at the next answer
	lost           chan struct{} // closed by deaf
}

// newProxy starts a proxy to an address.
func newProxy(t testing.TB, target string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{address: listener.Addr().String(), target: target, open: map[*link]bool{}}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { p.serve(conn.(*net.TCPConn)) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		p.refuse(true)
		p.cut()
		serving.Wait()
	})
	return p
}

// cut breaks every connection at once, by a reset.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for link := range p.open {
		link.cut()
	}
}

// refuse makes the proxy break new connections, or take them again.
func (p *proxy) refuse(refused bool) { p.set(func() { p.refused = refused }) }

// delay makes every piece that the service sends late.
func (p *proxy) delay(latency time.Duration) { p.set(func() { p.latency = latency }) }

// drop swallows all that is sent, both ways, as a network that is gone; what
// was swallowed does not come back when it ends, so cut before that.
func (p *proxy) drop(mute bool) { p.set(func() { p.mute = mute }) }

// judge has each piece that the service sends looked at, by one goroutine of
// each connection; nil ends it.
func (p *proxy) judge(inspect func(piece []byte) verdict) { p.set(func() { p.inspect = inspect }) }

// retarget sends new connections to another address, as when a name or an
// address moves to another host.
func (p *proxy) retarget(target string) { p.set(func() { p.target = target }) }

func (p *proxy) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *proxy) serve(client *net.TCPConn) {
	defer client.Close()
	p.mu.Lock()
	refused, target := p.refused, p.target
	p.mu.Unlock()
	if refused {
		client.SetLinger(0)
		return
	}
	conn, err := net.DialTimeout("tcp", target, 5*time.Second)
	if err != nil {
		client.SetLinger(0)
		return
	}
	defer conn.Close()
	l := &link{client: client, server: conn.(*net.TCPConn), lost: make(chan struct{})}
	p.set(func() { p.open[l] = true })
	defer p.set(func() { delete(p.open, l) })
	var both sync.WaitGroup
	both.Go(func() { p.carry(l, l.client, l.server, true) })
	both.Go(func() { p.carry(l, l.server, l.client, false) })
	both.Wait()
}

// carry copies one way until either end is gone.
func (p *proxy) carry(l *link, from, to *net.TCPConn, sent bool) {
	defer l.client.Close()
	defer l.server.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			p.mu.Lock()
			inspect, latency, mute := p.inspect, p.latency, p.mute
			p.mu.Unlock()
			if mute {
				continue
			}
			if !sent {
				select {
				case <-l.lost:
					l.cut()
					return
				default:
				}
			} else {
				time.Sleep(latency)
				if inspect != nil {
					switch inspect(buf[:n]) {
					case cutBefore:
						l.cut()
						return
					case cutAfter:
						l.deaf.Do(func() { close(l.lost) })
					}
				}
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (l *link) cut() {
	l.client.SetLinger(0)
	l.client.Close()
	l.server.Close()
}
