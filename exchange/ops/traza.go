package ops

import (
	"time"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// Via is one file on a folio's way.
type Via struct {
	File   string          `json:"file"`
	Line   int             `json:"line,omitempty"`
	SHA256 schema.Huella   `json:"sha256"`
	Time   schema.Instante `json:"time,omitempty"` // received, or visible; "" not visible yet
}

// Recogida is the evidence of one handle: what a party read of a file.
type Recogida struct {
	Account    string          `json:"account"`
	Key        string          `json:"key"`
	Address    string          `json:"address"`
	Client     string          `json:"client"`
	Algorithms string          `json:"algorithms"`
	Opened     schema.Instante `json:"opened"`
	First      schema.Instante `json:"first_byte,omitempty"`
	Last       schema.Instante `json:"last_byte,omitempty"`
	Time       schema.Instante `json:"time"` // its end
	Spans      string          `json:"spans"`
	Bytes      int64           `json:"bytes"`
	Closed     bool            `json:"closed"`   // false: the connection broke
	Complete   bool            `json:"complete"` // this handle alone read every byte
}

// PickupState is what all handles on a file together show.
type PickupState struct {
	State  string          `json:"state"`
	Opened schema.Instante `json:"opened,omitempty"`
	First  schema.Instante `json:"first_byte,omitempty"`
	Whole  schema.Instante `json:"whole,omitempty"`
	Times  int             `json:"times"`
}

// Respuesta is an accepted record of a RES.
type Respuesta struct {
	Type     string     `json:"type"` // respuesta or prorroga
	RES      Via        `json:"res"`
	Acuse    string     `json:"acuse"`
	ACU      *Via       `json:"acu"`
	Days     int        `json:"business_days"`
	InTime   bool       `json:"in_time"`
	Limit    schema.Dia `json:"limit"`
	Calendar string     `json:"calendar"`
	REP      *Via       `json:"rep"`
	// Annex is the SHA-256 of the annex that came with it. Its name may be a
	// person's, and is told to nobody.
	Annex schema.Huella `json:"annex_sha256,omitempty"`
}

// Ruling is what CONDUSEF told became of a folio, by a DIC.
type Ruling struct {
	Type     int        `json:"type"` // DicTipo
	Date     schema.Dia `json:"date"`
	Standing bool       `json:"standing"` // false: a later one left it without effect
	DIC      Via        `json:"dic"`
}

// Recount is how an answer counts by the calendar of now, where that differs from
// what its acuse says.
type Recount struct {
	Calendar string     `json:"calendar"`
	Days     int        `json:"business_days"`
	InTime   bool       `json:"in_time"`
	Limit    schema.Dia `json:"limit"`
}

// recount counts the answer of a round again by the calendar of now; nil where that
// makes no difference.
func (ac *Acuerdo) recount(v *store.View, k store.Asunto) (*Recount, error) {
	told, now, err := ac.Plazos.BothWays(v, k)
	if err != nil || told.Dias == now.Dias && told.EnTiempo == now.EnTiempo {
		return nil, err
	}
	return &Recount{Calendar: now.Calendario, Days: now.Dias, InTime: now.EnTiempo, Limit: now.Limite}, nil
}

// Asunto is a folio's way in one of its rounds (vueltas).
type Asunto struct {
	Round       int        `json:"round"`
	Institution string     `json:"institution"`
	REC         Via        `json:"rec"`
	Turned      schema.Dia `json:"assigned"`
	LOT         *Via       `json:"lot"`
	Day0        schema.Dia `json:"day_0"`
	Limit       schema.Dia `json:"limit"`
	Calendar    string     `json:"calendar"`
	// the LOT lies on a server that is not ours
	Blind      bool         `json:"pickups_not_observable,omitempty"`
	Pickup     *PickupState `json:"pickup"`
	Pickups    []Recogida   `json:"pickups"`
	Respuestas []Respuesta  `json:"answers"`
	// how the term of an open folio stands: a_tiempo, por_vencer, vencido
	Term      string   `json:"term,omitempty"`
	Extended  int      `json:"extended,omitempty"`  // días hábiles of its prórroga
	Withdrawn string   `json:"withdrawn,omitempty"` // when a DIC 6 closed it without an answer
	Recount   *Recount `json:"recount,omitempty"`
	Rulings   []Ruling `json:"rulings"`
}

// Trace is a folio's way in each of its rounds, and what the log says of it.
type Trace struct {
	Folio   schema.Folio      `json:"folio"`
	Asuntos []Asunto          `json:"rounds"`
	Events  []bitacora.Evento `json:"events"`
	More    *store.Cursor     `json:"next,omitempty"` // the cursor of history where there are more events
	// Simulacro tells that the store is a rehearsal's.
	Simulacro bool `json:"simulacro,omitempty"`
}

// TraceFolio gives a folio's way with its first events; store.ErrNotFound where
// nothing is known of it.
func TraceFolio(v *store.View, f schema.Folio, ac *Acuerdo) (*Trace, error) {
	all, err := v.Trace(f)
	if err != nil {
		return nil, err
	}
	t := &Trace{Folio: f, Asuntos: make([]Asunto, len(all))}
	for i, r := range all {
		t.Asuntos[i] = newAsunto(r)
		if !r.Asunto.Respondida.IsZero() {
			if t.Asuntos[i].Recount, err = ac.recount(v, r.Asunto); err != nil {
				return nil, err
			}
		}
	}
	if f == "" {
		return nil, store.ErrNotFound
	}
	if t.Events, t.More, err = page(v, store.Consulta{Folio: f, Limite: maxRows}); err != nil {
		return nil, err
	}
	if len(t.Events) == 0 {
		return nil, store.ErrNotFound
	}
	t.Simulacro, err = v.Simulacro()
	return t, err
}

// page gives the events of a question that has a limit, and the cursor of the
// next page, nil where there is none.
func page(v *store.View, q store.Consulta) (events []bitacora.Evento, next *store.Cursor, err error) {
	events, more, err := v.Page(q)
	if events == nil {
		events = []bitacora.Evento{}
	}
	if more && len(events) > 0 {
		c := store.De(events[len(events)-1])
		next = &c
	}
	return events, next, err
}

func newAsunto(t store.Traza) Asunto {
	c := t.Asunto
	r := Asunto{Round: c.Vuelta, Institution: c.UNE.String(), Turned: c.Turno, Day0: c.Dia0, Limit: c.Limite,
		Calendar: c.Calendario,
		REC:      viaArchivo(t.REC, c.Linea),
		LOT:      viaSalida(t.LOT, t.LineaLOT),
		Pickups:  newPickups(t.Recogidas), Respuestas: []Respuesta{}, Extended: c.Prorroga,
		Rulings: []Ruling{}}
	if c.Abierto() && t.LOT != nil {
		r.Term = c.Plazo
	}
	r.Withdrawn = string(instante(c.Desistida))
	if t.LOT != nil {
		r.Blind = t.LOT.NoObservable
		r.Pickup = newPickupState(t.Cobertura, !r.Blind)
	}
	for _, p := range t.Respuestas {
		kind := "respuesta"
		if p.Tipo == store.TipoProrroga {
			kind = "prorroga"
		}
		res := viaArchivo(p.RES, p.Linea)
		res.Time = schema.NewInstante(p.Recibida)
		r.Respuestas = append(r.Respuestas,
			Respuesta{Type: kind, RES: res, Acuse: p.Acuse, ACU: viaSalida(p.ACU, 0), Days: p.Dias,
				InTime: p.Oportunidad == 1, Limit: p.Limite, Calendar: p.Calendario, REP: viaSalida(p.REP, 0),
				Annex: p.Anexo})
	}
	for _, d := range t.Dictamenes {
		r.Rulings = append(r.Rulings, Ruling{d.Tipo, d.Fecha, !d.Anulado, viaArchivo(d.DIC, d.Linea)})
	}
	return r
}

func viaArchivo(a store.Archivo, line int) Via {
	return Via{a.Nombre, line, a.SHA256, schema.NewInstante(a.Recibido)}
}

func viaSalida(s *store.Salida, line int) *Via {
	if s == nil {
		return nil
	}
	return &Via{File: s.Nombre, Line: line, SHA256: s.SHA256, Time: instante(s.Publicado)}
}

// instante is "" for a moment that has not come.
func instante(t time.Time) schema.Instante {
	if t.IsZero() {
		return ""
	}
	return schema.NewInstante(t)
}

func newPickupState(c store.Cobertura, observable bool) *PickupState {
	s := &PickupState{State: c.Estado(), Times: c.Veces, Opened: instante(c.Abierta),
		First: instante(c.Leida), Whole: instante(c.Completa)}
	if !observable {
		s.State = store.RecogidaNoObservable
	}
	return s
}

func newPickups(all []store.Recogida) []Recogida {
	out := make([]Recogida, len(all))
	for i, p := range all {
		out[i] = Recogida{Account: p.Cuenta, Key: p.Fingerprint, Address: p.Direccion, Client: p.Cliente,
			Algorithms: p.Algoritmos,
			Opened:     schema.NewInstante(p.Abierta), First: instante(p.Primero), Last: instante(p.Ultimo),
			Time:  schema.NewInstante(p.Cerrada),
			Spans: p.Tramos, Bytes: p.Cubiertos, Closed: p.Cierre, Complete: p.Completa}
	}
	return out
}
