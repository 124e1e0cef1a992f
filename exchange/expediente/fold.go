package expediente

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

type vuelta struct {
	folio schema.Folio
	n     int
}

// fold is the log while it is folded.
type fold struct {
	instituciones map[schema.UNE]Miembro
	asuntos       map[vuelta]*Asunto
	calendarios   []bitacora.VersionCalendario
	fines         []finDesde

	lector bitacora.Lector
	acto   acto
}

// finDesde is the hour at which a limit's day ends, from a moment of the log on.
type finDesde struct {
	desde time.Time
	hora  schema.Hora
}

// acto is what the first event of an act says for all of its parts.
type acto struct {
	n         int64
	recibido  bitacora.CargaRecibido // without renglones
	aceptados int                    // of them, as they are met
	lote      bitacora.CargaPublicado
}

func newFold() *fold {
	return &fold{instituciones: make(map[schema.UNE]Miembro), asuntos: make(map[vuelta]*Asunto)}
}

// read folds events up to a moment.
func (p *fold) read(events iter.Seq2[*bitacora.Crudo, error], hasta time.Time) error {
	last := hasta.UnixMilli()
	for c, err := range events {
		if err != nil {
			return err
		}
		if c.Momento > last || !slices.Contains(Sucesos, c.Evento) {
			continue
		}
		if err := p.add(c); err != nil {
			return err
		}
	}
	if err := p.lector.Fin(); err != nil {
		return err
	}
	return p.whole()
}

// add takes the next event.
func (p *fold) add(c *bitacora.Crudo) error {
	nuevo, desde, err := p.lector.Add(c)
	if err != nil {
		return err
	}
	if nuevo {
		if err := p.whole(); err != nil {
			return err
		}
		p.acto = acto{n: c.N}
	}
	switch c.Evento {
	case bitacora.InstitucionAlta:
		return foldEach(c, func(d bitacora.CargaInstitucion) error { return p.join(c, d) })
	case bitacora.CalendarioCambiado:
		p.calendarios, err = bitacora.SumarCalendario(p.calendarios, c)
		return err
	case bitacora.ConfiguracionCambiada:
		return foldEach(c, func(d bitacora.CargaConfiguracion) error { return p.configure(c, d) })
	case bitacora.ArchivoRecibido:
		return p.receive(c, nuevo, desde)
	case bitacora.ArchivoPublicado:
		return foldEach(c, func(d bitacora.CargaPublicado) error { return p.publish(c, nuevo, desde, d) })
	case bitacora.PlazoMovido:
		return foldEach(c, func(d bitacora.CargaMovido) error { return p.move(c, desde, d.Folios) })
	case bitacora.PlazoRecontado:
		return foldEach(c, func(d bitacora.CargaRecontado) error { return p.move(c, desde, d.Folios) })
	}
	return nil
}

// foldEach decodes an event and folds it; what is wrong with it names it.
func foldEach[T any](c *bitacora.Crudo, fold func(T) error) error {
	d, err := bitacora.Leer[T](c)
	if err != nil {
		return err
	}
	if err := fold(d); err != nil {
		return fmt.Errorf("event %d, %s: %w", c.N, c.Evento, err)
	}
	return nil
}

// enLugar says of which record of an act an error is.
func enLugar(lugar int, folio schema.Folio, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("place %d, folio %s: %w", lugar, folio, err)
}

// whole holds the act that was read against what its first event says of it.
func (p *fold) whole() error {
	if r := &p.acto.recibido; (r.Tipo == schema.RES || r.Tipo == schema.DIC) &&
		r.Aceptados != p.acto.aceptados {
		return fmt.Errorf("event %d, %s: says that %d records were accepted, and tells of %d",
			p.acto.n, bitacora.ArchivoRecibido, r.Aceptados, p.acto.aceptados)
	}
	return nil
}

func (p *fold) join(c *bitacora.Crudo, d bitacora.CargaInstitucion) error {
	une, err := schema.ParseUNE(c.Parte)
	if err != nil {
		return err
	}
	if d.Termino < 1 || d.Sector == "" {
		return errors.New("says no termino or no sector")
	}
	p.instituciones[une] = Miembro{UNE: une, Denominacion: d.Denominacion, Sector: d.Sector,
		Termino: d.Termino}
	return nil
}

func (p *fold) configure(c *bitacora.Crudo, d bitacora.CargaConfiguracion) error {
	h, err := d.Fin()
	p.fines = append(p.fines, finDesde{time.UnixMilli(c.Momento), h})
	return err
}

// fin is the last second in time of a limit's day, by the settings that the log
// held at the end of that day, or holds by now.
func (p *fold) fin(limite schema.Dia) time.Time {
	const last = 24*60*60 - 1
	held := limite.At(last)
	hora := schema.Hora(last)
	for _, f := range p.fines { // in the log's order, which is not always that of their moments
		if !f.desde.After(held) {
			hora = f.hora
		}
	}
	return limite.At(hora)
}

// asunto gives the one that a record is of, a new one where it is the first.
func (p *fold) asunto(une schema.UNE, folio schema.Folio, n int) (*Asunto, error) {
	if folio == "" || n < 1 {
		return nil, errors.New("says no folio or no vuelta")
	}
	if une == 0 {
		return nil, errors.New("says no une")
	}
	if _, known := p.instituciones[une]; !known {
		return nil, fmt.Errorf("institution %s is not in the roll by then", une)
	}
	k := vuelta{folio, n}
	a := p.asuntos[k]
	if a == nil {
		a = &Asunto{UNE: une, Folio: folio, Vuelta: n}
		p.asuntos[k] = a
	}
	if a.UNE != une {
		return nil, fmt.Errorf("folio %s, vuelta %d, is of %s", folio, n, a.UNE)
	}
	return a, nil
}
