package inventor

import "buzon/schema"

// Shares of the answers, see the doc of the package.
const (
	shareFavorable = 0.40
	shareParcial   = 0.20
)

// Reclamo is what an answer must know of the claim.
type Reclamo struct {
	monetario bool
	monto     schema.Centavos
}

// ReclamoDe takes it from the claim.
func ReclamoDe(r *schema.Reclamacion) Reclamo {
	return Reclamo{r.RecMonetario == "SI", r.RecMontoReclamado.Centavos()}
}

// Titular invents who signs a UNE's answers.
func (a Azar) Titular() schema.Reservado {
	return schema.Reservado("Lic. " + Pick(a, nombresMujer) + " " + Pick(a, apellidos) + " " +
		Pick(a, apellidos))
}

// Prorroga asks for more time, for a reason.
func (a Azar) Prorroga(r *schema.Respuesta) {
	r.ResTipo = "2"
	r.ResProrrogaDias = Pick(a, []schema.Entero{"5", "10", "10"})
	r.ResProrrogaMotivo = Pick(a, []schema.Cifras{"01", "01", "02", "03", "04", "99"})
	if r.ResProrrogaMotivo == "99" {
		r.ResTexto = "Se requiere la versión completa del expediente digitalizado."
	}
}

// The values of RecSentidoResolucion.
const (
	Favorable    = 1
	Desfavorable = 2
	Parcial      = 3
)

// Sentido gives a way to answer, as often as the shares say.
func (a Azar) Sentido() int {
	switch p := a.Float64(); {
	case p < shareFavorable:
		return Favorable
	case p < shareFavorable+shareParcial:
		return Parcial
	}
	return Desfavorable
}

// Respuesta answers: favourable ones of a claim for money pay it, partly
// favourable ones a part.
func (a Azar) Respuesta(r *schema.Respuesta, rec Reclamo, hoy schema.Dia, sentido int) {
	r.ResTipo = "1"
	r.RecNivelAtencion = Pick(a, []schema.Entero{"1", "1", "1", "2", "3", "4"})
	r.RecFechaResolucion = hoy.Fecha()
	r.RecFechaNotifiUsuario = (hoy + schema.Dia(a.IntN(3))).Fecha()
	r.RecSentidoResolucion = schema.NewEntero(int64(sentido))
	var abonado schema.Centavos
	switch sentido {
	case Favorable:
		abonado = rec.monto
		r.ResTexto = "Se reconoce la procedencia de lo reclamado por el Usuario y se atendió en su totalidad."
	case Parcial:
		abonado = max(1, rec.monto*schema.Centavos(20+a.IntN(60))/100)
		r.ResTexto =
			"Se reconoce una parte de lo reclamado; el resto corresponde a operaciones autenticadas por " +
				"el Usuario."
	default:
		r.ResTexto = "Las operaciones se realizaron conforme al contrato; se anexa la explicación al Usuario."
	}
	if rec.monetario {
		r.RecImporteAbonado = abonado.Monto()
		if abonado > 0 {
			r.RecFechaAbonoImporte = hoy.Fecha()
		}
	}
}
