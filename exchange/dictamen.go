package exchange

import (
	"slices"
	"strconv"

	"buzon/schema"
	"buzon/store"
)

// The types of a dictamen (lineamientos, section 8).
const (
	dicIncongruente = 1
	dicIncompleta   = 2
	dicConciliacion = 3
	dicConvenio     = 9
	dicIncumplido   = 10
)

// antes are the types that a dictamen needs before it.
var antes = map[int]int{4: dicConciliacion, 5: dicConciliacion, 7: dicConciliacion, 8: dicConciliacion,
	dicConvenio: dicConciliacion, dicIncumplido: dicConvenio}

// dictamen judges one record of a DIC by what the store knows of its folio.
func (rcpt *receipt) dictamen(l *schema.Linea[schema.Dictamen]) (veredicto, error) {
	r := &l.Registro
	v := veredicto{tipo: 1}
	if !good(l.Hallazgos, "RecFolioCondusef") {
		return v, nil
	}
	k, ok, err := rcpt.asunto(r.RecFolioCondusef)
	if err != nil {
		return v, err
	}
	if !ok {
		l.Refuse(l.NewHallazgo("RecFolioCondusef", "NEG-01", string(r.RecFolioCondusef)))
		return v, nil
	}
	stand, err := rcpt.stand(k.ID)
	if err != nil {
		return v, err
	}
	d := store.Dictamen{Tipo: r.DicTipo.Int(), Fecha: r.DicFecha.Dia(), Numero: l.Numero,
		Recibido: rcpt.a.Recibido,
		Posicion: store.Posicion{Desplazamiento: l.Desplazamiento, Largo: l.Largo}}
	if good(l.Hallazgos, "DicTipo", "DicTexto") {
		if d.Tipo == store.DicSinEfecto {
			d.Anula, _ = strconv.Atoi(r.DicTexto.Revelar()) // schema saw that it is a tipo
		}
		if code := order(stand, d, !k.Respondida.IsZero()); code != "" {
			l.Refuse(l.NewHallazgo("DicTipo", code, string(r.DicTipo)))
		}
	}
	if !l.Bueno() {
		return v, nil
	}
	rcpt.dichos[k.ID] = after(stand, d)
	if rcpt.code != "" {
		return v, nil
	}
	v.accepted = true
	return v, rcpt.in.AddDictamen(&k, &d)
}

// stand gives the types of the dictámenes of a round that stand where a record
// comes: those that the store has, and those before it in the file. In a file that
// is refused whole these count as if they had been taken, so that each record is
// told its own faults alone.
func (rcpt *receipt) stand(asunto int64) (tipos []int, err error) {
	if said, ok := rcpt.dichos[asunto]; ok {
		return said, nil
	}
	all, err := rcpt.tx.Dictamenes(asunto)
	for _, d := range all {
		if !d.Anulado {
			tipos = append(tipos, d.Tipo)
		}
	}
	return tipos, err
}

// after gives the types that stand once a dictamen is taken.
func after(stand []int, d store.Dictamen) []int {
	if d.Tipo == store.DicSinEfecto {
		return slices.DeleteFunc(slices.Clone(stand), func(t int) bool { return t == d.Anula })
	}
	return append(slices.Clone(stand), d.Tipo)
}

// order tells why a dictamen cannot follow those that stand; "" where it can. One
// on which another rests cannot be left without effect before that one is.
func order(stand []int, d store.Dictamen, answered bool) schema.Codigo {
	before, needs := antes[d.Tipo]
	switch {
	case d.Tipo == store.DicSinEfecto:
		rests := slices.ContainsFunc(stand, func(t int) bool {
			n, needs := antes[t]
			return needs && n == d.Anula
		})
		if !slices.Contains(stand, d.Anula) || rests {
			return "NEG-02"
		}
	case slices.Contains(stand, d.Tipo):
		return "DUP-02"
	case (d.Tipo == dicIncongruente || d.Tipo == dicIncompleta) && !answered,
		needs && !slices.Contains(stand, before):
		return "NEG-02"
	}
	return ""
}
