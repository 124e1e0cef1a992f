package exchange

import (
	"fmt"

	"buzon/schema"
	"buzon/store"
)

// reclamacion judges one record of a REC by what the store knows of its folio.
func (rcpt *receipt) reclamacion(l *schema.Linea[schema.Reclamacion]) (veredicto, error) {
	r := &l.Registro
	v := veredicto{tipo: 1}
	vuelta := 1
	// That a folio is new is most often shown by its row, which is refused else.
	if rcpt.code == "" && l.Bueno() && r.RecReversa == "0" {
		var err error
		if v.accepted, err = rcpt.add(l, vuelta); err != nil || v.accepted {
			return v, err
		}
	}
	if good(l.Hallazgos, "RecFolioCondusef", "RecReversa") &&
		(r.RecReversa == "0" || good(l.Hallazgos, "RecInstitucionClave")) {
		last, ok, err := rcpt.asunto(r.RecFolioCondusef)
		if err != nil {
			return v, err
		}
		var code schema.Codigo
		vuelta, code = round(last, ok, r)
		if code != "" {
			l.Refuse(l.NewHallazgo("RecFolioCondusef", code, string(r.RecFolioCondusef)))
		}
	}
	if rcpt.code != "" || !l.Bueno() {
		return v, nil
	}
	var err error
	if v.accepted, err = rcpt.add(l, vuelta); err == nil && !v.accepted {
		err = fmt.Errorf("folio %s has a round %d already", r.RecFolioCondusef, vuelta)
	}
	return v, err
}

// add accepts a record; it is false where the folio has that round already.
func (rcpt *receipt) add(l *schema.Linea[schema.Reclamacion], vuelta int) (bool, error) {
	r := &l.Registro
	return rcpt.in.AddReclamacion(&store.Asunto{
		Folio: r.RecFolioCondusef, Vuelta: vuelta, UNE: r.RecInstitucionClave.UNE(), Numero: l.Numero,
		Posicion: store.Posicion{Desplazamiento: l.Desplazamiento, Largo: l.Largo},
		Turno:    r.RecFechaTurno.Dia(), Monetario: r.RecMonetario == "SI",
		Monto: r.RecMontoReclamado.Centavos(),
	}, r)
}

// round gives the round that a record opens, or why it opens none. A folio is
// new for ever, unless RecReversa opens a new round of one that the same
// institution answered, or that was given up.
func round(last store.Asunto, known bool, r *schema.Reclamacion) (int, schema.Codigo) {
	switch {
	case r.RecReversa != "1" && known:
		return 0, "DUP-02"
	case r.RecReversa != "1":
		return 1, ""
	case !known, last.UNE != r.RecInstitucionClave.UNE(), last.Vuelta == 1 && last.Entregada.IsZero():
		return 0, "NEG-01"
	case last.Abierto():
		return 0, "DUP-02"
	}
	return last.Vuelta + 1, ""
}
