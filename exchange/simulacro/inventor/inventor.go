package inventor

import (
	"fmt"
	"math"

	"buzon/schema"
)

// Inventor invents days. The same seed, asked the same, gives the same bytes. No
// folio comes twice from one Inventor; from two of them it may. It is for one
// goroutine.
type Inventor struct {
	seed      uint64
	azar      Azar
	entidades []float64
	prefijos  [numEstados + 1][]string
	folios    int
	sectores  map[string]*quejas
}

// New makes an Inventor.
func New(seed uint64) *Inventor {
	return &Inventor{
		seed: seed, azar: NewAzar(seed, 0), prefijos: prefixes(), sectores: map[string]*quejas{},
		entidades: cumulate(poblacion[:], func(n float64) float64 { return n }),
	}
}

// Pedido says what a day is to be like.
type Pedido struct {
	Dia           schema.Dia           // of operation and of turno
	N             int                  // number of records
	Instituciones []schema.Inscripcion // the roll, as the gateway has it; without it no records
	Defectos      Defectos
}

// Planeado is an invented day: the records of its REC, and what is wrong with
// them.
type Planeado struct {
	Dia       schema.Dia
	Registros []schema.Reclamacion
	Defectos  []Defecto // by index
}

// Dia invents a day's records, in no order. Shares of the institutions are very
// unequal and the same on every day; each has one record where N allows.
func (in *Inventor) Dia(o Pedido) Planeado {
	p := Planeado{Dia: o.Dia}
	if len(o.Instituciones) == 0 {
		return p
	}
	for _, of := range in.Reparto(o) {
		p.Registros = append(p.Registros, in.Reclamacion(o.Dia, of))
	}
	for i := range p.Registros {
		p.Registros[i].RecNumero = schema.NewEntero(int64(i + 1))
	}
	in.plant(&p, o)
	return p
}

// quejas is what is complained of in a sector.
func (in *Inventor) quejas(sector string) *quejas {
	q := in.sectores[sector]
	if q == nil {
		q = quejasDe(sector)
		in.sectores[sector] = q
	}
	return q
}

// Reparto gives each record of the day its institution.
func (in *Inventor) Reparto(o Pedido) []schema.Inscripcion {
	weights := cumulate(o.Instituciones, in.peso)
	all := make([]schema.Inscripcion, 0, o.N)
	if o.N >= len(o.Instituciones) {
		all = append(all, o.Instituciones...)
	}
	for len(all) < o.N {
		all = append(all, o.Instituciones[in.azar.weighted(weights)])
	}
	in.azar.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// peso is an institution's share. It hangs on seed and clave alone, so that who
// is large today is large tomorrow.
func (in *Inventor) peso(of schema.Inscripcion) float64 {
	const spread = 1.5
	return math.Exp(spread * NewAzar(in.seed, uint64(of.Clave)).NormFloat64())
}

var unidades = words("A1 A2 A4 A7 BA1 BB1 BC8 BD3 BE2")

// Reclamacion invents one of an institution that is assigned on a day.
func (in *Inventor) Reclamacion(turno schema.Dia, of schema.Inscripcion) schema.Reclamacion {
	a, de := in.azar, in.quejas(of.Sector)
	reclamada := turno - schema.Dia(1+a.IntN(5))
	que := de.asuntos[a.weighted(de.sums)]
	r := schema.Reclamacion{
		GeTipoRegistro:         "02",
		RecFolioCondusef:       in.Folio(turno.Year()),
		RecInstitucionClave:    of.Clave.Clave(),
		RecDenominacion:        of.Denominacion,
		RecSector:              of.Sector,
		RecUnidadAtencion:      Pick(a, unidades),
		RecFechaReclamacion:    reclamada.Fecha(),
		RecFechaTurno:          turno.Fecha(),
		RecMedioRecepcionCanal: "6", // gestión electrónica
		RecProductoServicio:    que.producto,
		RecCausaMotivo:         que.causa,
		RecPori:                "NO",
		RecReversa:             "0",
		RecMonetario:           "NO",
	}
	if a.Chance(0.03) {
		r.RecPori = "SI"
	}
	if a.Chance(shareMonetario) {
		r.RecMonetario, r.RecMontoReclamado = "SI", a.monto().Monto()
	}
	in.usuario(&r, turno)
	r.RecDescripcionHechos = schema.Reservado(a.hechos(reclamada, r.RecMontoReclamado))
	return r
}

// usuario fills in who complains. The numbers in mail and telephone are the
// folio's, and belong to nobody.
func (in *Inventor) usuario(r *schema.Reclamacion, hoy schema.Dia) {
	a := in.azar
	p := a.persona(hoy, in.entidades)
	r.RecUsuarioNombre, r.RecTipoPersona = schema.Reservado(p.nombre), "2"
	if !p.moral {
		r.RecTipoPersona, r.RecSexo = "1", p.sexo
		if a.Chance(0.85) {
			r.RecEdad = schema.NewEntero(int64(p.edad))
		}
		if a.Chance(0.85) {
			r.RecUsuarioCurp = schema.Reservado(p.curp)
		}
	}
	if p.moral || a.Chance(0.30) {
		r.RecUsuarioRfc = schema.Reservado(p.rfc)
	}
	in.lugar(r, a.weighted(in.entidades)+minEntidad)
	correo, telefono := a.Chance(0.90), a.Chance(0.90)
	if correo || !telefono {
		r.RecUsuarioCorreo = schema.Reservado(fmt.Sprintf("usuario%d@ejemplo.mx", in.folios))
	}
	if telefono {
		r.RecUsuarioTelefono = schema.Reservado(fmt.Sprintf("55%08d", in.folios%1e8))
	}
	if a.Chance(0.80) {
		r.RecNumContrato = schema.Reservado("CR-" + a.digits(4) + "-" + a.digits(4))
	}
	if a.Chance(1.0 / 3) {
		const nobody = "999" // a bank that does not exist
		s := nobody + a.digits(14)
		r.RecClabe = schema.Reservado(s + string(schema.DigitoCLABE(s)))
	}
}

// oficinas are the numbers of the offices that give folios; their ends are free
// for a further round of numbers, so that no folio comes twice.
var oficinas = words("01 03 05 07 09 11 14 15 19 21 25 30 31")

// Folio gives the next one of a year.
func (in *Inventor) Folio(year int) schema.Folio {
	const most = 9_999_999
	round, n := in.folios/most, in.folios%most+1
	in.folios++
	return schema.Folio(fmt.Sprintf("%04d/%s%d/%d", year, Pick(in.azar, oficinas), round%10, n))
}

// Roll invents the institutions of a rehearsal, all of one sector.
func Roll(claves []schema.UNE) (all []schema.Inscripcion) {
	for _, clave := range claves {
		all = append(all,
			schema.Inscripcion{Clave: clave,
				Denominacion: fmt.Sprintf("Institución Simulada %s, S.A.", clave.Clave()), Sector: sector})
	}
	return all
}

const sector = "Instituciones de banca múltiple"
