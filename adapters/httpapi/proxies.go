package httpapi

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientAddress returns who sent the request: the peer, unless that is a
// trusted proxy. Then it is the last address of X-Forwarded-For that is not a
// trusted proxy's, since each proxy appends whom it was called by, and only what
// trusted ones say counts. An entry that is no address ends the walk. The result
// is invalid if the peer has none.
func (s *server) clientAddress(r *http.Request) netip.Addr {
	client := peerAddress(r)
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, entry := range slices.Backward(forwarded) {
		if !s.isTrustedProxy(client) {
			break
		}
		next := parseAddress(strings.TrimSpace(entry))
		if !next.IsValid() {
			break
		}
		client = next
	}
	return client
}

func peerAddress(r *http.Request) netip.Addr { return parseAddress(r.RemoteAddr) }

// parseAddress reads an address with or without a port, as some proxies write
// it; the result is invalid if it is neither.
func parseAddress(s string) netip.Addr {
	if address, err := netip.ParseAddrPort(s); err == nil {
		return address.Addr().Unmap().WithZone("")
	}
	address, _ := netip.ParseAddr(s)
	return address.Unmap().WithZone("")
}

func (s *server) isTrustedProxy(address netip.Addr) bool {
	return slices.ContainsFunc(s.TrustedProxies, func(proxies netip.Prefix) bool { return proxies.Contains(address) })
}
