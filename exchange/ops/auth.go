package ops

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// A Rol is what the bearer of a token may see.
type Rol string

// The roles, as the configuration writes them.
const (
	Operador Rol = "operador" // everything
	Auditor  Rol = "auditor"  // events, files and traces
)

// Bearer names whoever shows it.
type Bearer struct {
	Nombre string
	Rol    Rol
	SHA256 [sha256.Size]byte // of the token; the token itself is nowhere kept
}

// local is whoever asks on loopback where no token is configured.
var local = Bearer{Nombre: "local", Rol: Operador}

// bearer gives who shows a token. Every token is compared in the same time, so
// that nobody learns of one by measuring.
func (s *Consultas) bearer(r *http.Request) (who Bearer, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return Bearer{}, false
	}
	sum := sha256.Sum256([]byte(token))
	for _, t := range s.Tokens {
		if subtle.ConstantTimeCompare(sum[:], t.SHA256[:]) == 1 {
			who, ok = t, true
		}
	}
	return who, ok
}

// admit tells who asks, or answers why nobody may.
func (s *Consultas) admit(r *http.Request) (Bearer, error) {
	if len(s.Tokens) == 0 {
		if !loopbackName(r.Host) {
			return Bearer{},
				&problem{http.StatusMisdirectedRequest,
					"without tokens the API answers under localhost alone"}
		}
		return local, nil
	}
	from := prefixOf(r.RemoteAddr)
	if s.failures.blocked(from, s.Now()) {
		return Bearer{},
			&problem{http.StatusTooManyRequests,
				"too many wrong tokens from this address; try again in a minute"}
	}
	who, ok := s.bearer(r)
	if !ok {
		s.failures.add(from, s.Now())
		return Bearer{}, &problem{http.StatusUnauthorized, "a token is needed: Authorization: Bearer …"}
	}
	return who, nil
}

// loopbackName tells whether a header Host names the machine itself.
func loopbackName(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && a.IsLoopback()
}

const (
	maxFailures  = 10 // of one address within failWindow
	failWindow   = time.Minute
	maxAddresses = 4096 // that are told apart
)

// failures counts wrong tokens by address. The zero value is ready.
type failures struct {
	mu sync.Mutex
	by map[netip.Prefix]failure
}

type failure struct {
	n     int
	since time.Time
}

func (f failure) over(now time.Time) bool { return now.Sub(f.since).Abs() >= failWindow }

func (f *failures) blocked(from netip.Prefix, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	x, known := f.by[from]
	if !known && len(f.by) >= maxAddresses {
		x = f.by[netip.Prefix{}]
	}
	return x.n >= maxFailures && !x.over(now)
}

// add counts a wrong token. Where too many addresses fail at a time, those that
// are new share the count of the zero prefix.
func (f *failures) add(from netip.Prefix, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by == nil {
		f.by = map[netip.Prefix]failure{}
	}
	if _, known := f.by[from]; !known && len(f.by) >= maxAddresses {
		for a, x := range f.by {
			if x.over(now) {
				delete(f.by, a)
			}
		}
		if len(f.by) >= maxAddresses {
			from = netip.Prefix{}
		}
	}
	x := f.by[from]
	if x.over(now) {
		x = failure{since: now}
	}
	x.n++
	f.by[from] = x
}

// prefixOf is a client's address: of IPv6 its /64, which one client has whole.
func prefixOf(remote string) netip.Prefix {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	a := ap.Addr().Unmap()
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
