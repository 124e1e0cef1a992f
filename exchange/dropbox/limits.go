package dropbox

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// Limits bound what clients may use; 0 is no bound.
type Limits struct {
	Handshake   time.Duration // from the connection to the end of the login
	Idle        time.Duration // without a byte on any session
	Connections int           // in all
	Handshakes  int           // connections that are not logged in yet
	PerAddress  int           // connections from one address
	Sessions    int           // of one account
	Handles     int           // open files and folders of one session
	MaxFailures int           // failed logins from one address before it is banned
	Ban         time.Duration // the first ban; each further one is twice as long
	BanMax      time.Duration // the longest ban, and how long failures are remembered; not under Ban
}

// never is longer than any session.
const never = 100 * 365 * 24 * time.Hour

func full(n, most int) bool { return most > 0 && n >= most }

// gate counts connections and sessions.
type gate struct {
	limits Limits

	mu         sync.Mutex
	total      int
	handshakes int
	address    map[string]int
	sessions   map[string]int
}

func newGate(l Limits) *gate {
	return &gate{limits: l, address: map[string]int{}, sessions: map[string]int{}}
}

// enter counts a new connection, which is in its handshake, or gives the reason
// why there is no room for it.
func (g *gate) enter(addr string) Reason {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case full(g.address[addr], g.limits.PerAddress):
		return TooManyOfAddress
	case full(g.total, g.limits.Connections):
		return TooManyConnections
	case full(g.handshakes, g.limits.Handshakes):
		return TooManyHandshakes
	}
	g.total++
	g.handshakes++
	g.address[addr]++
	return ""
}

// shaken ends a connection's handshake, however it went.
func (g *gate) shaken() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.handshakes--
}

func (g *gate) leave(addr string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.total--
	if g.address[addr]--; g.address[addr] == 0 {
		delete(g.address, addr)
	}
}

// begin counts a session of an account, end ends it.
func (g *gate) begin(account string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if full(g.sessions[account], g.limits.Sessions) {
		return false
	}
	g.sessions[account]++
	return true
}

func (g *gate) end(account string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.sessions[account]--; g.sessions[account] == 0 {
		delete(g.sessions, account)
	}
}

// address is whom a connection counts for: the peer without its port, and of
// IPv6 the /64, of which one customer has all addresses.
func address(peer net.Addr) string {
	host, _, err := net.SplitHostPort(peer.String())
	if err != nil {
		return peer.String()
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if ip = ip.Unmap().WithZone(""); ip.Is6() {
		return netip.PrefixFrom(ip, 64).Masked().String()
	}
	return ip.String()
}
