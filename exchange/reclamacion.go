package exchange

import (
	"buzon/schema"
	"buzon/store"
)

// reclamacion judges one record of a REC by what the store knows of its folio.
func (ans *answer) reclamacion(l *schema.Linea[schema.Reclamacion]) (verdict, error) {
	r := &l.Registro
	v := verdict{tipo: 1, refusal: store.ReclamacionRechazada}
	vuelta := 1
	if good(l.Hallazgos, "RecFolioCondusef", "RecReversa") && (r.RecReversa == "0" || good(l.Hallazgos, "RecInstitucionClave")) {
		last, ok, err := caso(ans.tx, r.RecFolioCondusef)
		if err != nil {
			return v, err
		}
		var code schema.Codigo
		vuelta, code = round(last, ok, r)
		if code != "" {
			l.Refuse(l.NewHallazgo("RecFolioCondusef", code, string(r.RecFolioCondusef)))
		}
	}
	if ans.code != "" || !l.Bueno() {
		return v, nil
	}
	v.accepted = true
	return v, ans.tx.AddReclamacion(ans.a, &store.Caso{
		Folio: r.RecFolioCondusef, Vuelta: vuelta, UNE: r.RecInstitucionClave.UNE(), Linea: l.Linea, Numero: l.Numero,
		Turno: r.RecFechaTurno.Dia(), Monetario: r.RecMonetario == "SI", Monto: r.RecMontoReclamado.Centavos(),
		Registro: l.Texto,
	})
}

// round gives the round that a record opens, or why it opens none. A folio is
// new for ever, unless RecReversa opens a new round of one that the same
// institution answered, or that was given up.
func round(last store.Caso, known bool, r *schema.Reclamacion) (int, schema.Codigo) {
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
