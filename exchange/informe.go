package exchange

import (
	"sync"
	"time"

	"buzon/schema"
	"buzon/store"
)

// Informe gathers what a run did, for the operator who asked for it. A nil
// *Informe gathers nothing.
type Informe struct {
	// Step is told how far a long work is; it may be called from several
	// goroutines. nil: nobody is told.
	Step func(what string, done, total int) `json:"-"`

	// OtraVez is when files that are too young to be read are old enough; zero: none is.
	OtraVez time.Time `json:"-"`

	mu          sync.Mutex
	Recibidos   int      `json:"files_received"`    // files taken in from CONDUSEF and UNEs
	Rechazados  int      `json:"files_refused"`     // of them refused whole or in part
	Registros   int      `json:"records_received"`  // records in them
	NoAceptados int      `json:"records_refused"`   // of them refused
	Lotes       int      `json:"lots_published"`    // LOTs that became visible
	Entregadas  int      `json:"folios_delivered"`  // rows in them
	Devueltas   int      `json:"answers_returned"`  // records in REPs that became visible
	EnEspera    []string `json:"waiting,omitempty"` // files left for later, and why
	Abiertas    []string `json:"open_days,omitempty"`
}

func (i *Informe) step(what string, done, total int) {
	if i != nil && i.Step != nil {
		i.Step(what, done, total)
	}
}

// add changes the report under its lock.
func (i *Informe) add(change func(*Informe)) {
	if i == nil {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	change(i)
}

// published counts a file that became visible.
func (i *Informe) published(tipo schema.Tipo, records int) {
	i.add(func(i *Informe) {
		switch tipo {
		case schema.LOT:
			i.Lotes++
			i.Entregadas += records
		case schema.REP:
			i.Devueltas += records
		}
	})
}

// received counts a file that was taken in.
func (i *Informe) received(a *store.Archivo) {
	i.add(func(i *Informe) {
		i.Recibidos++
		i.Registros += a.Registros
		i.NoAceptados += a.Rechazados
		if a.Resultado != schema.Aceptado {
			i.Rechazados++
		}
	})
}

// Observado tells whether something was refused or is overdue: the run is done,
// and somebody should look.
func (i *Informe) Observado() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.Rechazados > 0 || len(i.Abiertas) > 0
}
