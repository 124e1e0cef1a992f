package padron

import (
	"errors"
	"fmt"
	"slices"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/schema"
	"buzon/store"
)

// Hecho is what was done to an institution, and what follows from it.
type Hecho struct {
	Institution string   `json:"institution"`
	Done        string   `json:"done"`
	Key         string   `json:"key,omitempty"`
	Follows     []string `json:"follows"`
	Warnings    []string `json:"warnings"`
}

func (h *Hecho) follows(format string, args ...any) {
	h.Follows = append(h.Follows, fmt.Sprintf(format, args...))
}

func (h *Hecho) warn(format string, args ...any) {
	h.Warnings = append(h.Warnings, fmt.Sprintf(format, args...))
}

// Cambio is a change under way, within its transaction.
type Cambio struct {
	Hecho *Hecho

	tx    *store.Tx
	cfg   *config.Config
	une   schema.UNE
	orden store.Orden
}

// ErrOrden is a mistake in what was ordered.
type ErrOrden struct{ error }

func (e ErrOrden) Unwrap() error { return e.error }

// New begins a change of an institution that is in the store, or with adds of one that
// is to be added.
func New(tx *store.Tx, cfg *config.Config, une schema.UNE, o store.Orden, adds bool) (*Cambio, error) {
	m := &Cambio{&Hecho{Institution: une.String(), Follows: []string{}, Warnings: []string{}}, tx, cfg, une,
		o}
	return m, m.known(adds)
}

// known tells what to do where the institution is not in the store, be it to be
// added or not.
func (m *Cambio) known(adds bool) error {
	_, err := m.tx.Institucion(m.une)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if slices.ContainsFunc(m.cfg.Padron, func(in config.Alta) bool { return in.Clave == m.une }) {
		return fmt.Errorf(
			"institution %s is in the configuration, not yet in the store: 'buzon run', or a start of the "+
				"daemon, brings it in", m.une)
	}
	if !adds {
		return fmt.Errorf("institution %s is not in the roll; 'buzon une add' adds it", m.une)
	}
	return nil
}

// Add adds it; a term that is 0 is the configuration's.
func (m *Cambio) Add(in store.Institucion) error {
	in.UNE = m.une
	if in.Termino == 0 {
		in.Termino = m.cfg.Terms.Dias
	}
	if in.Prorroga == 0 {
		in.Prorroga = m.cfg.Terms.ProrrogaMax
	}
	if in.Termino < 1 || in.Termino > 250 {
		return ErrOrden{errors.New("--termino: want 1 to 250 días hábiles")}
	}
	// A longer one would be refused by the form of the file before it is judged.
	if most := gateway.Rules(m.cfg).ProrrogaMax; in.Prorroga < 1 || in.Prorroga > most {
		return ErrOrden{
			fmt.Errorf("--prorroga: want 1 to %d días hábiles, the most that the configuration knows "+
				"(terms.prorroga_max)", most)}
	}
	for _, k := range in.Llaves {
		if err := m.notCONDUSEF(k); err != nil {
			return err
		}
		m.Hecho.Key = k.Fingerprint
	}
	if err := m.tx.AddInstitucion(in, m.orden); err != nil {
		return err
	}
	m.Hecho.Done = fmt.Sprintf("added, %s, %s, %d días hábiles and a prórroga of up to %d", in.Denominacion,
		in.Sector, in.Termino, in.Prorroga)
	m.Hecho.follows("Its folders are there within a second where the daemon runs, else at its next start.")
	for _, k := range in.Llaves {
		m.Hecho.follows("Its UNE signs in as %s with key %s (%s).", m.une, k.Fingerprint, k.Nombre)
	}
	return m.warnKeyless()
}

// Suspend keeps its UNE from signing in.
func (m *Cambio) Suspend() error {
	m.Hecho.Done = "suspended"
	m.Hecho.follows("Its sessions end within a second where the daemon runs, and it cannot sign in.")
	m.Hecho.follows(
		"LOTs are left for it all the same, and their terms run. 'buzon une resume %s' takes it back.", m.une)
	return m.tx.Suspend(m.une, m.orden)
}

// Resume takes a suspension back.
func (m *Cambio) Resume() error {
	m.Hecho.Done = "resumed"
	m.Hecho.follows("Its UNE may sign in at once, with the keys that hold.")
	if err := m.tx.Resume(m.une, m.orden); err != nil {
		return err
	}
	return m.warnKeyless()
}

// warnKeyless warns where no key of the institution holds any more.
func (m *Cambio) warnKeyless() error {
	keys, err := m.tx.Llaves(m.une)
	if err == nil && !store.AlgunaVale(keys, m.tx.Now()) {
		m.Hecho.warn("no key of it holds now: its UNE cannot sign in with one; 'buzon une key add %s FILE'",
			m.une)
	}
	return err
}
