package exchange

import (
	"time"

	"buzon/schema"
	"buzon/store"
)

// respuesta judges one record of a RES by what the store knows of its folio.
func (rcpt *receipt) respuesta(l *schema.Linea[schema.Respuesta]) (veredicto, error) {
	r := &l.Registro
	v := veredicto{tipo: r.ResTipo.Int()}
	if v.tipo != store.TipoProrroga && v.tipo != store.TipoRespuesta {
		v.tipo = 0
	}
	if !good(l.Hallazgos, "RecFolioCondusef") {
		return v, nil
	}
	k, ok, err := rcpt.asunto(r.RecFolioCondusef)
	if err != nil {
		return v, err
	}
	if !ok || k.UNE != rcpt.une || k.Entregada.IsZero() {
		l.Refuse(l.NewHallazgo("RecFolioCondusef", "NEG-01", string(r.RecFolioCondusef)))
		return v, nil
	}
	in := rcpt.institucion
	p := rcpt.c.Plazos.contar(rcpt.cal, k, in, v.tipo, r.ResProrrogaDias.Int(), rcpt.a.Recibido)
	v.limite, v.dias = k.Limite, p.Dias
	if good(l.Hallazgos, "ResTipo") {
		judgeState(l, k, in, v.tipo, p)
	}
	judgeFields(l, k)
	if err := rcpt.anexo(l); err != nil {
		return v, err
	}
	if rcpt.code != "" || !l.Bueno() {
		return v, nil
	}
	v.accepted, v.limite, v.oportunidad = true, p.Limite, p.Oportunidad
	p.Tipo, p.Sentido, p.Prorroga = v.tipo, r.RecSentidoResolucion.Int(), r.ResProrrogaDias.Int()
	p.Numero, p.Posicion = l.Numero, store.Posicion{Desplazamiento: l.Desplazamiento, Largo: l.Largo}
	p.ConImporte, p.Abonado, p.Anexo = r.RecImporteAbonado != "", r.RecImporteAbonado.Centavos(),
		r.ResAnexoHash
	return v, rcpt.in.AddRespuesta(&k, &p)
}

// contar counts the term of a record that was received at a moment: days used,
// the limit after it, and whether it came in time.
func (p Plazos) contar(cal *schema.Calendario, k store.Asunto, in store.Institucion, tipo, dias int,
	at time.Time) store.Respuesta {
	out := store.Respuesta{Recibida: at, Limite: k.Limite, Oportunidad: 1, Calendario: cal.Version(),
		Dias: cal.DiasHabiles(k.Dia0, schema.DiaDe(at))}
	if at.Truncate(time.Second).After(k.Limite.At(p.FinDePlazo)) {
		out.Oportunidad = 2
	}
	if tipo == store.TipoProrroga {
		// A calendar that was mended since never makes a told limit earlier.
		out.Limite = max(k.Limite, cal.Vence(k.Dia0, in.Termino+dias))
	}
	return out
}

// judgeState holds a record against the state of its folio: one code, the first
// that holds.
func judgeState(l *schema.Linea[schema.Respuesta], k store.Asunto, in store.Institucion, tipo int,
	p store.Respuesta) {
	r := &l.Registro
	folio := string(k.Folio)
	refuse := func(campo string, code schema.Codigo, valor string) {
		l.Refuse(l.NewHallazgo(campo, code, valor))
	}
	closed := !k.Respondida.IsZero()
	switch {
	case tipo == store.TipoRespuesta && closed:
		refuse("RecFolioCondusef", "DUP-02", folio)
	case !k.Desistida.IsZero() && !p.Recibida.Before(k.Desistida): // what closed before it was in time
		refuse("RecFolioCondusef", "NEG-06", folio)
	case tipo == store.TipoRespuesta:
	case closed:
		refuse("RecFolioCondusef", "NEG-06", folio)
	case k.Prorroga != 0:
		refuse("ResTipo", "NEG-04", string(r.ResTipo))
	case p.Oportunidad == 2:
		refuse("ResTipo", "NEG-05", string(r.ResTipo))
	case good(l.Hallazgos, "ResProrrogaDias") && r.ResProrrogaDias.Int() > in.Prorroga:
		refuse("ResProrrogaDias", "NEG-10", string(r.ResProrrogaDias))
	}
}

// judgeFields holds the fields of a record against the claim that it answers.
func judgeFields(l *schema.Linea[schema.Respuesta], k store.Asunto) {
	r := &l.Registro
	for _, f := range []struct {
		campo string
		value schema.Fecha
	}{{"RecFechaAtencion", r.RecFechaAtencion}, {"RecFechaResolucion", r.RecFechaResolucion}} {
		if f.value != "" && good(l.Hallazgos, f.campo) && f.value.Dia() < k.Turno {
			l.Refuse(l.NewHallazgo(f.campo, "NEG-02", string(f.value)))
		}
	}
	if !good(l.Hallazgos, "RecImporteAbonado", "RecSentidoResolucion") {
		return
	}
	favourable := r.RecSentidoResolucion == "1" || r.RecSentidoResolucion == "3"
	h := l.NewHallazgo("RecImporteAbonado", "NEG-03", string(r.RecImporteAbonado))
	switch {
	case k.Monetario && favourable && r.RecImporteAbonado == "":
		l.Refuse(h)
	case r.RecImporteAbonado.Centavos() > k.Monto: // odd, but it may be right: interest, say
		h.Severidad = schema.Advertencia
		l.Refuse(h)
	}
}
