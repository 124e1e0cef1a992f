package simulacro

import (
	"sync/atomic"
	"time"

	"buzon/schema"
)

// Reloj is the virtual clock of a rehearsal: it stands until it is set. It may be
// read from several goroutines.
type Reloj struct{ ms atomic.Int64 }

// NewReloj makes a clock that stands at a moment.
func NewReloj(at time.Time) *Reloj {
	r := &Reloj{}
	r.Set(at)
	return r
}

// Now is the moment that the clock shows.
func (r *Reloj) Now() time.Time { return time.UnixMilli(r.ms.Load()).In(schema.Zona) }

// Set puts the clock to a moment.
func (r *Reloj) Set(at time.Time) { r.ms.Store(at.UnixMilli()) }
