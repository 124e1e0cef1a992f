package store

import (
	"buzon/schema"
)

// Traza is the way of one folio in one of its rounds, from the line that brought
// it to the REP that took its answer back.
type Traza struct {
	Asunto     Asunto
	REC        Archivo
	LOT        *Salida   // nil: not made yet
	LineaLOT   int       // line of the folio in the LOT, from 1
	Cobertura  Cobertura // what all handles on the LOT show
	Recogidas  []Recogida
	Respuestas []TrazaRespuesta
	Dictamenes []TrazaDictamen
}

// TrazaDictamen is what CONDUSEF told became of a folio, and the file that told it.
type TrazaDictamen struct {
	Dictamen
	DIC Archivo
}

// TrazaRespuesta is the way of one accepted record of a RES.
type TrazaRespuesta struct {
	Respuesta
	RES Archivo
	ACU *Salida
	REP *Salida // nil: not sent back yet
}

// Trace gives a folio's way in each of its rounds; none where it was never
// accepted.
func (v *View) Trace(f schema.Folio) (all []Traza, err error) {
	vueltas, err := v.Vueltas(f)
	if err != nil {
		return nil, err
	}
	for _, c := range vueltas {
		t := Traza{Asunto: c}
		if t.REC, err = v.ArchivoPorID(c.Archivo); err != nil {
			return nil, err
		}
		if err := v.traceLote(&t); err != nil {
			return nil, err
		}
		if err := v.traceRespuestas(&t); err != nil {
			return nil, err
		}
		if err := v.traceDictamenes(&t); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

func (v *View) traceDictamenes(t *Traza) error {
	all, err := v.Dictamenes(t.Asunto.ID)
	if err != nil {
		return err
	}
	for _, d := range all {
		a, err := v.ArchivoPorID(d.Archivo)
		if err != nil {
			return err
		}
		t.Dictamenes = append(t.Dictamenes, TrazaDictamen{d, a})
	}
	return nil
}

// traceLote finds the LOT that a round is in, or is to become visible in.
func (v *View) traceLote(t *Traza) error {
	c := &t.Asunto
	all, err := v.salidas(`s.archivo = ? AND s.parte = ? AND s.tipo = 'LOT' ORDER BY s.id DESC LIMIT 1`,
		c.Archivo, c.UNE.String())
	if err != nil || len(all) == 0 {
		return err
	}
	s := all[0]
	t.LOT = &s
	const line = `SELECT 1 + ` + hastaFila + ` FROM reclamaciones r WHERE r.id = ?`
	if err := v.get(line, []any{c.ID}, &t.LineaLOT); err != nil {
		return err
	}
	if err := v.formado(t); err != nil {
		return err
	}
	if t.Cobertura, err = v.Cobertura(s.ID); err != nil {
		return err
	}
	t.Recogidas, err = v.Recogidas(s.ID)
	return err
}

// formado gives the term of a round whose LOT is not visible yet: what it says.
func (v *View) formado(t *Traza) error {
	c := &t.Asunto
	if c.Lote != 0 {
		return nil
	}
	return v.get(`SELECT dia0, limite, calendario FROM lotes WHERE salida = ? AND turno IN (0, ?)`,
		[]any{t.LOT.ID, int64(c.Turno)},
		&c.Dia0, &c.Limite, &c.Calendario)
}

func (v *View) traceRespuestas(t *Traza) error {
	records, err := v.Respuestas(t.Asunto.ID)
	if err != nil {
		return err
	}
	for _, p := range records {
		x := TrazaRespuesta{Respuesta: p}
		if x.RES, err = v.ArchivoPorID(p.Archivo); err != nil {
			return err
		}
		answers, err := v.HechasDe(p.Archivo)
		if err != nil {
			return err
		}
		for _, s := range answers {
			if s.Tipo == schema.ACU {
				x.ACU = &s
			}
		}
		if p.REP != 0 {
			s, err := v.SalidaPorID(p.REP)
			if err != nil {
				return err
			}
			x.REP = &s
		}
		t.Respuestas = append(t.Respuestas, x)
	}
	return nil
}
