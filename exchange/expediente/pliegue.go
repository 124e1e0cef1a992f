package expediente

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store"
)

// sucesos are the events that an expediente is made from.
var sucesos = []string{
	store.InstitucionAlta, store.ReclamacionEntregada, store.ProrrogaAceptada, store.RespuestaAceptada,
	store.DictamenAceptado, store.PlazoRecontado, store.PlazoMovido,
}

// The tipos of DIC that criteria count.
const (
	incongruente = 1
	incompleta   = 2
	pasoACO      = 3
	conciliado   = 4
	noConciliado = 5
)

// detalle is what is read of an event's details.
type detalle struct {
	Denominacion string          `json:"denominacion"`
	Sector       string          `json:"sector"`
	Termino      int             `json:"termino"`
	Vuelta       int             `json:"vuelta"`
	Dia0         schema.Dia      `json:"dia0"`
	Limite       schema.Dia      `json:"limite"`
	Prorroga     int             `json:"prorroga"`
	Sentido      int             `json:"sentido"`
	Recibida     schema.Instante `json:"recibida"`
	Tipo         int             `json:"tipo"`
	Anula        int             `json:"anula"`
	Fecha        schema.Dia      `json:"fecha"`
}

type vuelta struct {
	folio schema.Folio
	n     int
}

// pliegue is the log while it is folded.
type pliegue struct {
	instituciones map[schema.UNE]Institucion
	asuntos       map[vuelta]*Asunto
}

func newPliegue() *pliegue {
	return &pliegue{make(map[schema.UNE]Institucion), make(map[vuelta]*Asunto)}
}

// add takes the next event of the log.
func (p *pliegue) add(c store.Crudo) error {
	var d detalle
	err := json.Unmarshal([]byte(c.Detalle), &d)
	if err == nil {
		err = p.take(&c, &d)
	}
	if err != nil {
		return fmt.Errorf("event %d, %s: %w", c.N, c.Evento, err)
	}
	return nil
}

func (p *pliegue) take(c *store.Crudo, d *detalle) error {
	une, err := schema.ParseUNE(c.Parte)
	if err != nil {
		return err
	}
	if c.Evento == store.InstitucionAlta {
		if d.Termino < 1 || d.Sector == "" {
			return errors.New("says no termino or no sector")
		}
		p.instituciones[une] = Institucion{UNE: une, Denominacion: d.Denominacion, Sector: d.Sector, Termino: d.Termino}
		return nil
	}
	a, err := p.asunto(une, vuelta{schema.Folio(c.Folio), d.Vuelta})
	if err != nil {
		return err
	}
	switch at := time.UnixMilli(c.Momento).In(schema.Zona); {
	case c.Evento == store.ReclamacionEntregada:
		return a.deliver(at, d)
	case c.Evento == store.DictamenAceptado:
		return a.dictaminate(at, d)
	case a.Entregada.IsZero():
		return errors.New("of a folio that was not delivered by then")
	case c.Evento == store.RespuestaAceptada:
		err = a.answer(d)
	case c.Evento == store.ProrrogaAceptada:
		err = a.extend(d)
	}
	if err == nil && d.Limite == 0 {
		err = errors.New("says no limite")
	}
	a.Limite = max(a.Limite, d.Limite)
	return err
}

// asunto gives the one that an event is of, a new one where it is the first.
func (p *pliegue) asunto(une schema.UNE, k vuelta) (*Asunto, error) {
	if k.folio == "" || k.n < 1 {
		return nil, errors.New("says no folio or no vuelta")
	}
	if _, known := p.instituciones[une]; !known {
		return nil, fmt.Errorf("institution %s is not in the roll by then", une)
	}
	a := p.asuntos[k]
	if a == nil {
		a = &Asunto{UNE: une, Folio: k.folio, Vuelta: k.n}
		p.asuntos[k] = a
	}
	if a.UNE != une {
		return nil, fmt.Errorf("folio %s, vuelta %d, is of %s", k.folio, k.n, a.UNE)
	}
	return a, nil
}

func (a *Asunto) deliver(at time.Time, d *detalle) error {
	if !a.Entregada.IsZero() {
		return errors.New("is delivered already")
	}
	if d.Dia0 == 0 || d.Limite == 0 {
		return errors.New("says no dia0 or no limite")
	}
	a.Entregada, a.Dia0, a.Limite = at, d.Dia0, d.Limite
	return nil
}

func (a *Asunto) answer(d *detalle) error {
	at := d.Recibida.Time()
	switch {
	case !a.Recibida.IsZero():
		return errors.New("is answered already")
	case at.IsZero() || d.Sentido < 1 || d.Sentido > 3:
		return errors.New("says no recibida or no sentido")
	}
	a.Recibida, a.Sentido = at.In(schema.Zona), d.Sentido
	return nil
}

func (a *Asunto) extend(d *detalle) error {
	switch {
	case a.Prorroga != 0:
		return errors.New("has a prórroga already")
	case d.Prorroga < 1:
		return errors.New("says no prorroga")
	}
	a.Prorroga = d.Prorroga
	return nil
}

func (a *Asunto) dictaminate(at time.Time, d *detalle) error {
	if d.Tipo == store.DicSinEfecto {
		before := len(a.Dictamenes)
		a.Dictamenes = slices.DeleteFunc(a.Dictamenes, func(x Dictamen) bool { return x.Tipo == d.Anula })
		if len(a.Dictamenes) == before {
			return fmt.Errorf("leaves dictamen %d without effect, which does not stand", d.Anula)
		}
		return nil
	}
	if d.Tipo < 1 || d.Tipo > store.DicSinEfecto {
		return errors.New("says no tipo")
	}
	if a.has(d.Tipo) {
		return fmt.Errorf("dictamen %d stands already", d.Tipo)
	}
	a.Dictamenes = append(a.Dictamenes, Dictamen{Tipo: d.Tipo, Fecha: d.Fecha})
	if d.Tipo == store.DicDesistimiento && a.Desistida.IsZero() {
		a.Desistida = at
	}
	return nil
}

func (a *Asunto) has(tipo int) bool {
	return slices.ContainsFunc(a.Dictamenes, func(d Dictamen) bool { return d.Tipo == tipo })
}
