package ops

import (
	"errors"
	"strings"
	"time"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// Estado is what is expected and done on an operation day.
type Estado struct {
	Simulacro    bool              `json:"simulacro,omitempty"`
	Day          schema.Dia        `json:"day"`
	Business     bool              `json:"business_day"`
	Corte        schema.Hora       `json:"-"`
	Past         bool              `json:"-"` // its corte's hour has come
	Cut          bool              `json:"cut"`
	Closed       bool              `json:"closed"`
	Received     int               `json:"records_received"`
	Delivered    int               `json:"records_delivered"`
	Refused      int               `json:"records_refused"`
	Files        []EstadoREC       `json:"files"`
	Rejected     []EstadoRehusado  `json:"files_rejected,omitempty"` // whole, whoever sent them
	Institutions []EstadoUNE       `json:"institutions"`
	Unpublished  int               `json:"files_not_visible_yet"`
	Open         int               `json:"folios_open"`
	Soon         int               `json:"folios_due_soon"` // within terms.por_vencer días hábiles
	Overdue      int               `json:"folios_overdue"`
	Due          []EstadoPlazos    `json:"due"`                  // by institution
	DueFolios    []EstadoPlazo     `json:"due_folios,omitempty"` // with --due
	LastRun      *EstadoRun        `json:"last_run"`
	Next         map[string]string `json:"next"`
	Absent       []string          `json:"catalogs_absent"`          // which the configuration lacks
	Keyless      []string          `json:"institutions_without_key"` // whose UNE cannot sign in
	// by institution, of those that were told of
	Unfetched map[schema.Parte]int `json:"lots_not_picked_up"`
	// the newest head of the log that was signed; null: none yet
	Head      *EstadoHead     `json:"checkpoint"`
	Missing   []EstadoAusente `json:"contents_missing,omitempty"` // that the store names and archivo/ has not
	Suspended []string        `json:"institutions_suspended"`
	Ending    []EstadoLlave   `json:"keys_ending"` // within server.key_warning
	Warnings  []string        `json:"warnings"`
	Avisos    []Aviso         `json:"-"` // the warnings, each with what to do
}

// EstadoAusente is a content that was looked for in vain.
type EstadoAusente struct {
	SHA256 schema.Huella   `json:"sha256"`
	Party  schema.Parte    `json:"party"`
	File   string          `json:"file"`
	Since  schema.Instante `json:"since"`
	// something else lies in its place
	Altered bool   `json:"altered,omitempty"`
	Remedy  string `json:"remedy"`
	what    string
}

type EstadoLlave struct {
	Institution string `json:"institution"`
	CredencialLlave
}

// EstadoPlazos is how the terms of an institution's open folios stand.
type EstadoPlazos struct {
	Institution schema.Parte `json:"institution"`
	InTime      int          `json:"a_tiempo"`
	Soon        int          `json:"por_vencer"`
	Overdue     int          `json:"vencido"`
}

// EstadoPlazo is an open folio whose term ends soon, or ended.
type EstadoPlazo struct {
	Institution schema.Parte `json:"institution"`
	Folio       schema.Folio `json:"folio"`
	Round       int          `json:"round"`
	Limit       schema.Dia   `json:"limit"`
	Left        int          `json:"business_days_left"` // negative: since then
	State       string       `json:"state"`
}

type EstadoREC struct {
	File     string `json:"file"`
	Result   string `json:"result"`
	Records  int    `json:"records"`
	Accepted int    `json:"accepted"`
}

// EstadoRehusado is a file that was refused whole. Its RCH tells the party why.
type EstadoRehusado struct {
	Party schema.Parte    `json:"party"`
	File  string          `json:"file"`
	Time  schema.Instante `json:"time"`
}

type EstadoUNE struct {
	Institution string `json:"institution"`
	Received    int    `json:"received"`
	Delivered   int    `json:"delivered"`
	PickedUp    int    `json:"picked_up"`
	Blind       int    `json:"not_observable,omitempty"` // delivered where nobody sees a pickup
	Answered    int    `json:"answered"`
	Receipted   int    `json:"receipted"`
	Returned    int    `json:"returned"`
}

func NewEstadoUNE(a store.Avance) EstadoUNE {
	return EstadoUNE{a.UNE.String(), a.Recibidas, a.Entregadas, a.Recogidas, a.NoObservables,
		a.Atendidas, a.Acusadas, a.Devueltas}
}

// EstadoHead is a signed head of the log. Parties that picked it up whole can
// tell whether what came before it is changed.
type EstadoHead struct {
	Events    int64           `json:"events"`
	Time      schema.Instante `json:"time"`
	Witnesses int             `json:"witnesses"`
	// events of the newest head that anybody picked up; 0: nobody did
	Witnessed int64 `json:"witnessed"`
}

func readHead(v *store.View) (*EstadoHead, error) {
	all, err := v.UltimosPuntos(1)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	h := &EstadoHead{Events: all[0].Tamano, Time: schema.NewInstante(all[0].Momento)}
	h.Witnesses, h.Witnessed, err = v.Testigos()
	return h, err
}

type EstadoRun struct {
	Day   schema.Dia      `json:"day"`
	Cause string          `json:"cause"`
	Start schema.Instante `json:"start"`
	End   schema.Instante `json:"end,omitempty"`
	Error string          `json:"error,omitempty"`
}

// Acuerdo is what the configuration sets about how a day, a term and a key stand.
type Acuerdo struct {
	Plazos     exchange.Plazos
	AvisoLlave time.Duration         // how long before its end a key is warned of
	Claves     bool                  // a UNE may sign in with a password
	Servidores map[schema.UNE]string // of the institutions that have a server of their own, its address
	Catalogos  schema.Catalogos
	Carpetas   func(*store.View) error // is an error where a folder of ours is not the one in use; may be nil
	Atraso     error                   // the store may be behind what parties were shown; nil: it is not
	Salto      time.Duration           // how far the clock may be from the last moment of the log
}

// EstadoDe gives the state of an operation day at a moment; day 0 is the one under
// way, or the next. With debe it lists the folios that are due soon or overdue, too.
func EstadoDe(v *store.View, ac *Acuerdo, dia schema.Dia, now time.Time, debe bool) (*Estado, error) {
	cal, err := v.Calendario()
	if err != nil {
		return nil, err
	}
	if dia == 0 {
		dia = cal.HabilDesde(schema.DiaDe(now))
	}
	e, err := readEstado(v, ac.Plazos, dia, now)
	if err != nil {
		return nil, err
	}
	if err := e.readTerms(v, ac.Plazos.Umbral(cal, now)); err != nil {
		return nil, err
	}
	if ac.Atraso != nil {
		e.aviso("behind", "", "%s", strings.ReplaceAll(ac.Atraso.Error(), "\n", "; "))
	}
	if ac.Carpetas != nil {
		if err := ac.Carpetas(v); err != nil {
			e.aviso("folders", "", "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
		}
	}
	if err := v.Creible(now, ac.Salto); err != nil && !e.Simulacro {
		if _, doubted := errors.AsType[*store.ErrReloj](err); !doubted {
			return nil, err
		}
		e.aviso("clock", "", "%v", err)
	}
	if err := e.warnRECs(v, cal); err != nil {
		return nil, err
	}
	e.warn(ac.Plazos, now)
	open, err := v.JornadasPorCerrar(now)
	if err != nil {
		return nil, err
	}
	for _, d := range open {
		if d != dia {
			e.aviso("days", "", "%s stays open; ask with --date %s", d, d)
		}
	}
	e.Absent = absent(ac.Catalogos)
	if err := e.readRoll(v, ac, now); err != nil || !debe {
		return e, err
	}
	return e, e.readDue(v, ac.Plazos.Umbral(cal, now), cal, now)
}

// absent names the catalogs that are not loaded: their rules know less.
func absent(c schema.Catalogos) []string {
	out := []string{}
	for _, x := range []struct {
		name   string
		absent bool
	}{{"municipios", c.Municipio == nil}, {"causas", c.Causa == nil}, {"cp", c.CP == nil}} {
		if x.absent {
			out = append(out, x.name)
		}
	}
	return out
}

func readEstado(v *store.View, p exchange.Plazos, dia schema.Dia, now time.Time) (e *Estado, err error) {
	cal, err := v.Calendario()
	if err != nil {
		return nil, err
	}
	e = &Estado{Day: dia, Business: cal.Habil(dia), Corte: p.Corte,
		Files: []EstadoREC{}, Institutions: []EstadoUNE{}, Due: []EstadoPlazos{}, Next: map[string]string{},
		Keyless: []string{}, Suspended: []string{}, Ending: []EstadoLlave{}, Warnings: []string{}}
	if e.Simulacro, err = v.Simulacro(); err != nil {
		return nil, err
	}
	j, err := v.Jornada(dia)
	if err != nil {
		return nil, err
	}
	e.Cut = j.Cortada(now)
	e.Closed = e.Cut && !j.Cerrada.IsZero()
	count, err := v.Balance(dia)
	if err != nil {
		return nil, err
	}
	e.Received, e.Delivered, e.Refused = count.Recibidas, count.Entregadas, count.Rechazadas
	recs, err := v.ArchivosDe(dia, schema.REC)
	if err != nil {
		return nil, err
	}
	for _, a := range recs {
		e.Files = append(e.Files, EstadoREC{a.Nombre, a.Resultado.String(), a.Registros, a.Aceptados})
	}
	rejected, err := v.Rehusados(dia)
	if err != nil {
		return nil, err
	}
	for _, a := range rejected {
		e.Rejected = append(e.Rejected,
			EstadoRehusado{a.Parte, a.Mostrable(), schema.NewInstante(a.Recibido)})
	}
	all, err := v.Avances(dia)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		e.Institutions = append(e.Institutions, NewEstadoUNE(a))
	}
	if err := e.readPending(v, now); err != nil {
		return nil, err
	}
	return e, nil
}

func (e *Estado) readPending(v *store.View, now time.Time) (err error) {
	if e.Unfetched, err = v.SinRecoger(); err != nil {
		return err
	}
	if e.Head, err = readHead(v); err != nil {
		return err
	}
	if e.Unpublished, err = v.SinPublicar(); err != nil {
		return err
	}
	if e.Open, err = v.Abiertas(); err != nil {
		return err
	}
	missing, err := v.Ausentes()
	if err != nil {
		return err
	}
	for _, a := range missing {
		e.Missing = append(e.Missing,
			EstadoAusente{a.SHA256, a.Parte, a.Nombre, schema.NewInstante(a.Desde), a.Alterado, a.Remedio(),
				a.Que()})
	}
	due, err := v.Pendientes()
	if err != nil {
		return err
	}
	for _, p := range due {
		e.Next[p.Tarea] = string(schema.NewInstante(p.Para))
	}
	run, err := v.UltimaCorrida()
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	e.LastRun = &EstadoRun{Day: run.Jornada, Cause: run.Causa, Start: schema.NewInstante(run.Inicio),
		Error: run.Error}
	if !run.Fin.IsZero() {
		e.LastRun.End = schema.NewInstante(run.Fin)
	}
	return nil
}

// readRoll tells whose UNE cannot sign in, or soon cannot.
func (e *Estado) readRoll(v *store.View, ac *Acuerdo, now time.Time) error {
	roll, err := ReadCredenciales(v, ac, now)
	for _, c := range roll {
		if c.State == "suspended" {
			e.Suspended = append(e.Suspended, c.Institution)
		}
		if c.Keyless != "" {
			e.Keyless = append(e.Keyless, c.Institution)
		}
		if c.Lapsed {
			e.aviso("key", "ask the UNE for its new public key, then 'buzon une key add "+c.Institution+
				" FILE'",
				"%s: %s", c.Institution, c.Keyless)
		}
		for _, k := range c.Keys {
			if k.Ending {
				e.Ending = append(e.Ending, EstadoLlave{c.Institution, k})
			}
		}
	}
	return err
}

// readTerms counts open folios by how their terms stand.
func (e *Estado) readTerms(v *store.View, x store.Umbral) error {
	all, err := v.Vencimientos(x)
	for _, n := range all {
		e.Due = append(e.Due, EstadoPlazos{n.UNE.Parte(), n.ATiempo, n.PorVencer, n.Vencido})
		e.Soon += n.PorVencer
		e.Overdue += n.Vencido
	}
	return err
}

// readDue lists the folios that are due soon or overdue, by institution and limit.
func (e *Estado) readDue(v *store.View, x store.Umbral, cal *schema.Calendario, now time.Time) error {
	e.DueFolios = []EstadoPlazo{}
	for _, d := range e.Due {
		if err := v.AsuntosAbiertos(d.Institution.UNE(), func(a store.AsuntoAbierto) error {
			if state := x.Estado(a.Limite); state != store.PlazoATiempo {
				e.DueFolios = append(e.DueFolios, EstadoPlazo{d.Institution, a.Folio, a.Vuelta, a.Limite,
					exchange.Restan(cal, schema.DiaDe(now), a.Limite, state), state})
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
