package expediente

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// The tipos of DIC that are told apart here.
const (
	incongruente  = 1
	incompleta    = 2
	pasoACO       = 3
	conciliado    = 4
	noConciliado  = 5
	desistimiento = 6
	sinEfecto     = 11
	tipoRespuesta = 1
	tipoProrroga  = 2
	ultimoSentido = 3
)

// receive takes an event of a file that was taken in. Of a REC nothing is counted:
// a complaint is an asunto once it is delivered.
func (p *fold) receive(c *bitacora.Crudo, nuevo bool, desde int) error {
	if !nuevo && p.acto.recibido.Tipo == schema.REC {
		return nil
	}
	return foldEach(c, func(d bitacora.CargaRecibido) error {
		if nuevo {
			p.acto.recibido = d
			p.acto.recibido.Reclamaciones, p.acto.recibido.Respuestas, p.acto.recibido.Dictamenes = nil, nil,
				nil
		}
		tipo := p.acto.recibido.Tipo
		if len(d.Respuestas) > 0 && tipo != schema.RES || len(d.Dictamenes) > 0 && tipo != schema.DIC {
			return fmt.Errorf("tells of records that are not of a file of tipo %q", tipo)
		}
		if err := p.answers(c, desde, d.Respuestas); err != nil {
			return err
		}
		return p.dictaminate(c, desde, d.Dictamenes)
	})
}

// answers takes what became of the records of a RES.
func (p *fold) answers(c *bitacora.Crudo, desde int, all []bitacora.RenglonRespuesta) error {
	if len(all) == 0 {
		return nil
	}
	une, err := schema.ParseUNE(c.Parte)
	if err != nil {
		return err
	}
	for i := range all {
		r := &all[i]
		if r.Codigo != "" {
			continue
		}
		p.acto.aceptados++
		a, err := p.asunto(une, r.Folio, r.Vuelta)
		if err == nil {
			err = a.reply(r, p.acto.recibido.Recibido)
		}
		if err != nil {
			return enLugar(desde+i, r.Folio, err)
		}
	}
	return nil
}

// dictaminate takes what became of the records of a DIC.
func (p *fold) dictaminate(c *bitacora.Crudo, desde int, all []bitacora.RenglonDictamen) error {
	at := time.UnixMilli(c.Momento).In(schema.Zona)
	for i := range all {
		r := &all[i]
		if r.Codigo != "" {
			continue
		}
		p.acto.aceptados++
		a, err := p.asunto(r.UNE, r.Folio, r.Vuelta)
		if err == nil {
			err = a.dictaminate(at, r)
		}
		if err != nil {
			return enLugar(desde+i, r.Folio, err)
		}
	}
	return nil
}

// publish takes an event of a file that became visible: the folios of a LOT are
// delivered by that. Only an empty one says no term.
func (p *fold) publish(c *bitacora.Crudo, nuevo bool, desde int, d bitacora.CargaPublicado) error {
	if nuevo {
		p.acto.lote = bitacora.CargaPublicado{Dia0: d.Dia0, Limite: d.Limite}
	}
	if len(d.Folios) == 0 {
		if d.Dia0 != 0 || d.Limite != 0 || d.Calendario != "" {
			return errors.New("says a term and no folios")
		}
		return nil
	}
	une, err := schema.ParseUNE(c.Parte)
	if err != nil {
		return err
	}
	at := time.UnixMilli(c.Momento).In(schema.Zona)
	for i := range d.Folios {
		f := &d.Folios[i]
		a, err := p.asunto(une, f.Folio, f.Vuelta)
		if err == nil {
			err = a.deliver(at, cmp.Or(f.Dia0, p.acto.lote.Dia0), cmp.Or(f.Limite, p.acto.lote.Limite))
		}
		if err != nil {
			return enLugar(desde+i, f.Folio, err)
		}
	}
	return nil
}

// move takes limits that were moved or counted again.
func (p *fold) move(c *bitacora.Crudo, desde int, all []bitacora.RenglonPlazo) error {
	une, err := schema.ParseUNE(c.Parte)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errors.New("says no folios")
	}
	for i := range all {
		f := &all[i]
		a, err := p.asunto(une, f.Folio, f.Vuelta)
		if err == nil {
			err = a.limit(f.Limite)
		}
		if err != nil {
			return enLugar(desde+i, f.Folio, err)
		}
	}
	return nil
}

func (a *Asunto) deliver(at time.Time, dia0, limite schema.Dia) error {
	if !a.Entregada.IsZero() {
		return errors.New("is delivered already")
	}
	if dia0 == 0 || limite == 0 {
		return errors.New("says no dia0 or no limite")
	}
	a.Entregada, a.Dia0, a.Limite = at, dia0, limite
	return nil
}

// limit takes a limit that was told. One that is told again makes none earlier.
func (a *Asunto) limit(limite schema.Dia) error {
	switch {
	case a.Entregada.IsZero():
		return errors.New("of a folio that was not delivered by then")
	case limite == 0:
		return errors.New("says no limite")
	}
	a.Limite = max(a.Limite, limite)
	return nil
}

// reply takes an accepted record of a RES, and when its file was received.
func (a *Asunto) reply(r *bitacora.RenglonRespuesta, recibido schema.Instante) (err error) {
	if a.Entregada.IsZero() {
		return errors.New("of a folio that was not delivered by then")
	}
	switch r.Tipo {
	case tipoRespuesta:
		err = a.answer(recibido.Time(), r.Sentido)
	case tipoProrroga:
		err = a.extend(r.Prorroga)
	default:
		err = errors.New("says no tipo")
	}
	if err != nil || r.Limite == 0 && r.Tipo == tipoRespuesta { // it stays
		return err
	}
	return a.limit(r.Limite)
}

func (a *Asunto) answer(at time.Time, sentido int) error {
	switch {
	case !a.Recibida.IsZero():
		return errors.New("is answered already")
	case at.IsZero() || sentido < 1 || sentido > ultimoSentido:
		return errors.New("says no recibido or no sentido")
	}
	a.Recibida, a.Sentido = at.In(schema.Zona), sentido
	return nil
}

func (a *Asunto) extend(dias int) error {
	switch {
	case a.Prorroga != 0:
		return errors.New("has a prórroga already")
	case dias < 1:
		return errors.New("says no prorroga")
	}
	a.Prorroga = dias
	return nil
}

func (a *Asunto) dictaminate(at time.Time, d *bitacora.RenglonDictamen) error {
	if d.Tipo == sinEfecto {
		before := len(a.Dictamenes)
		a.Dictamenes = slices.DeleteFunc(a.Dictamenes, func(x Vigente) bool { return x.Tipo == d.Anula })
		if len(a.Dictamenes) == before {
			return fmt.Errorf("leaves dictamen %d without effect, which does not stand", d.Anula)
		}
		return nil
	}
	if d.Tipo < 1 || d.Tipo > sinEfecto {
		return errors.New("says no tipo")
	}
	if a.has(d.Tipo) {
		return fmt.Errorf("dictamen %d stands already", d.Tipo)
	}
	a.Dictamenes = append(a.Dictamenes, Vigente{Tipo: d.Tipo, Fecha: d.Fecha})
	if d.Tipo == desistimiento && a.Desistida.IsZero() {
		a.Desistida = at
	}
	return nil
}

func (a *Asunto) has(tipo int) bool {
	return slices.ContainsFunc(a.Dictamenes, func(d Vigente) bool { return d.Tipo == tipo })
}
