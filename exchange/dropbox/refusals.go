package dropbox

import (
	"context"
	"sync"
	"time"
)

// Reason is why something was refused, in the words of the log.
type Reason string

// The reasons; doc.go tells which limit each belongs to.
const (
	SlowHandshake      Reason = "apreton_lento"
	TooManyConnections Reason = "conexiones"
	TooManyOfAddress   Reason = "conexiones_direccion"
	TooManyHandshakes  Reason = "apretones"
	NoCommonAlgorithm  Reason = "algoritmos"
	BadCredential      Reason = "credencial"
	Banned             Reason = "bloqueo"
	Withdrawn          Reason = "acceso_retirado"
	TooManySessions    Reason = "sesiones"
	TooManyHandles     Reason = "archivos_abiertos"
	IdleTooLong        Reason = "inactividad"
	FileTooLarge       Reason = "tamano"
	FilesOfDay         Reason = "cuota_archivos"
	BytesOfDay         Reason = "cuota_bytes"
	DiskFull           Reason = "disco"
	BadName            Reason = "nombre"
	NotPermitted       Reason = "permiso"
	TunnelAsked        Reason = "tunel"
	ProgramAsked       Reason = "exec"
	Fault              Reason = "fallo" // not the party's doing: a fault of the server ended its connection
)

// OtherAddresses stands for those that are not told one by one.
const OtherAddresses = "otras"

// Refusal tells that something was refused, once or several times alike.
type Refusal struct {
	Reason  Reason
	Account string    // "" where none is known; never a name that is no account
	Address string    // without port; an IPv6 address as its /64; or OtherAddresses
	Count   int       // how often, at least 1
	Since   time.Time // moment of the first of them
}

// The first of a kind is told at once, further ones together when refusalPause
// has gone by, and of accounts and of strangers only so many kinds each are told
// apart: what strangers do must not fill a log that is kept for ever.
const (
	refusalPause = time.Minute
	refusalKinds = 100
	refusalLook  = 5 * time.Second // how often Serve looks what has become due
)

// refusals gathers what was refused until it is told.
type refusals struct {
	now  func() time.Time
	tell func(Refusal)
	wake chan struct{} // holds a token where one of a new kind waits

	mu   sync.Mutex
	kept map[refusalKind]*keptRefusal
}

// refusalKind is by account where one is known, else by address.
type refusalKind struct {
	reason Reason
	known  bool
	who    string
}

type keptRefusal struct {
	Refusal           // Count is 0 when all was told
	last    time.Time // when it was told last; zero: never
}

func newRefusals(now func() time.Time, tell func(Refusal)) *refusals {
	return &refusals{now: now, tell: tell, wake: make(chan struct{}, 1), kept: map[refusalKind]*keptRefusal{}}
}

// add counts a refusal. It never waits for who is told of it.
func (r *refusals) add(reason Reason, account, addr string) {
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	kind := refusalKind{reason, account != "", account}
	if account == "" {
		kind.who = addr
	}
	k, ok := r.kept[kind]
	if !ok && r.kinds(kind.known) >= refusalKinds {
		kind, account, addr = refusalKind{reason: reason, who: OtherAddresses}, "", OtherAddresses
		k, ok = r.kept[kind]
	}
	if !ok {
		k = &keptRefusal{}
		r.kept[kind] = k
	}
	if k.Count == 0 {
		k.Refusal = Refusal{Reason: reason, Account: account, Address: addr, Since: now}
	}
	k.Count++
	if k.last.IsZero() {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

func (r *refusals) kinds(known bool) int {
	n := 0
	for kind := range r.kept {
		if kind.known == known {
			n++
		}
	}
	return n
}

// flush tells what is due, or all of it, and forgets what has been quiet.
func (r *refusals) flush(all bool) {
	for _, due := range r.due(all) {
		r.tell(due)
	}
}

func (r *refusals) due(all bool) []Refusal {
	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	var due []Refusal
	for kind, k := range r.kept {
		rested := all || k.last.IsZero() || now.Sub(k.last) >= refusalPause
		switch {
		case rested && k.Count > 0:
			due = append(due, k.Refusal)
			k.Count, k.last = 0, now
		case rested:
			delete(r.kept, kind)
		}
	}
	return due
}

// run tells until ctx ends, and then what is left.
func (r *refusals) run(ctx context.Context) {
	look := time.NewTicker(refusalLook)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			r.flush(true)
			return
		case <-r.wake:
		case <-look.C:
		}
		r.flush(false)
	}
}
