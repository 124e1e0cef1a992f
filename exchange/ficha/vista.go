package ficha

import (
	"cmp"
	"fmt"
	"strconv"

	"buzon/exchange/idatu"
	"buzon/schema"
)

// vista is the sheet in words, as its template lays it out.
type vista struct {
	Simulacro, DeBitacora bool
	Denominacion, Sector  string
	Clave, Periodo        string
	IDATU                 string
	Conocido              bool // the IDATU
	Identificacion        []dato
	Archivos              []dato
	Resumen               grafica // marks against the sector's means
	Procesos              []proceso
	Anchas                bool // the plots by quarter
	Ponderacion           ponderacion
	Metodo, Pie, Comando  string
}

// dato is a line of what the sheet is about.
type dato struct{ Nombre, Texto string }

// proceso is one of the method's processes, with rows or not.
type proceso struct {
	Clave, Nombre string
	Ausente       string // what the lack of rows means; then the rest is empty
	Notas         []string
	Datos         []cuadro
	Trimestres    []grafica
	Calculo       []renglonDeCalculo
	Puntos        grafica
	// The totals of the calculation.
	PorIndice, PorParticipacion, Total, Calificacion, Maximo string
}

func vistaDe(h *Hoja) *vista {
	v := &vista{
		Simulacro: h.Simulacro, DeBitacora: !h.AsOf.IsZero(), Metodo: h.Metodo.Version,
		Denominacion: cmp.Or(h.Denominacion, "Institución "+h.Institucion.String()),
		Clave:        h.Institucion.String(),
		Sector:       suelto("Sector", h.Sector), Periodo: suelto("Periodo", h.periodo()),
		Archivos: h.archivos(),
		IDATU:    h.idatu(), Conocido: h.Calificacion.IDATU != nil,
		Identificacion: h.identificacion(), Resumen: h.resumen(), Ponderacion: h.ponderacion(),
		Anchas: len(h.Periodos) > pocos, Pie: h.pie(), Comando: h.comando(),
	}
	for i := range h.Metodo.Procesos {
		v.Procesos = append(v.Procesos, h.proceso(&h.Metodo.Procesos[i]))
	}
	return v
}

func (h *Hoja) identificacion() []dato {
	return append([]dato{
		{"Institución", cmp.Or(h.Denominacion, sinDato)},
		{"Clave", h.Institucion.String()},
		{"Sector", cmp.Or(h.Sector, sinDato)},
		{"Instituciones del sector", h.integrantes()},
		{"Periodo", h.periodo()},
		{"Datos al momento", momento(h.AsOf)},
		{"Método", h.Metodo.Version},
		{"Versión del calendario", h.calendario()},
	}, h.archivos()...)
}

// suelto is a text that stands without its name, which it gets where it says nothing.
func suelto(name, text string) string {
	if text == "" || text == sinDato {
		return name + ": " + sinDato
	}
	return text
}

// archivos tells which files brought some of the numbers.
func (h *Hoja) archivos() (out []dato) {
	for _, a := range h.Archivos {
		out = append(out, dato{"Archivo de " + a.Tipo.Nombre(), a.Nombre + ", SHA-256 " + a.SHA256})
	}
	return out
}

// periodo says of one that was not over until when it is known.
func (h *Hoja) periodo() string {
	whole := entre(h.Desde, h.Hasta)
	if partial := Parcial(h.Hasta, h.AsOf); partial != "" && h.Desde != 0 && h.Hasta != 0 {
		return whole + " (" + partial + ")"
	}
	return whole
}

func (h *Hoja) integrantes() string {
	switch {
	case h.Integrantes < 1:
		return sinDato
	case h.Integrantes == 1:
		return "1: ella sola, que se mide consigo misma"
	}
	return miles(int64(h.Integrantes))
}

func (h *Hoja) calendario() string {
	if h.Calendario == "" {
		return sinDato
	}
	return h.Calendario
}

// pie is what the foot of each printed page says behind the word IDATU, since
// pages get parted.
func (h *Hoja) pie() string {
	at := "datos al " + momento(h.AsOf)
	if h.AsOf.IsZero() {
		at = "momento de los datos: " + sinDato
	}
	return fmt.Sprintf("%s · %s · calendario %s · método %s", h.Institucion, at, h.calendario(),
		h.Metodo.Version)
}

// comando prints the same sheet again. The moment stands in it whole.
func (h *Hoja) comando() string {
	if h.AsOf.IsZero() || h.Desde == 0 || h.Hasta == 0 {
		files := h.orden()
		if files == "" {
			files = " --counts ARCHIVO"
		}
		return fmt.Sprintf("buzon score%s --institution %s --format html", files, h.Institucion)
	}
	return fmt.Sprintf(
		"buzon score --config ARCHIVO --from %s --to %s --as-of %s%s --institution %s --format html",
		h.Desde, h.Hasta, schema.Momento(h.AsOf), h.orden(), h.Institucion)
}

// proceso tells of a process; one without rows is told to be absent.
func (h *Hoja) proceso(r *idatu.ReglaProceso) proceso {
	p := proceso{Clave: string(r.Proceso), Nombre: r.Nombre}
	m := h.Calificacion.Proceso(r.Proceso)
	if m == nil {
		p.Ausente = ausente(r.Proceso)
		return p
	}
	p.Notas = h.notas(r, m)
	p.Datos, p.Trimestres = h.datos(r, m), h.trimestres(r, m)
	p.Calculo, p.Puntos = h.calculo(r, m), h.puntos(r, m)
	p.Maximo = miles(posibles(r))
	p.PorIndice, p.PorParticipacion = logrado(m.PorIndice, m), logrado(m.PorParticipacion, m)
	p.Total, p.Calificacion = logrado(m.Total, m), logrado(m.Calificacion(), m)
	return p
}

// ausente says what it means that an institution has no rows of a process.
func ausente(p idatu.Proceso) string {
	switch p {
	case idatu.GE:
		return "Sin renglones: la institución no está adherida a Gestión Electrónica. Su calificación ahí " +
			"es 0.00, y pesa."
	case idatu.GO:
		return "Sin renglones: no hay asuntos de Gestión Ordinaria, y el IDATU se pondera sin este proceso."
	}
	return "Sin renglones: sin dato de este proceso, y por eso sin IDATU."
}

// nadaConcluido says what it means that a process concluded nothing.
func nadaConcluido(p idatu.Proceso) string {
	if p == idatu.GO {
		return "No se concluyó ningún asunto en el periodo: el IDATU se pondera sin este proceso."
	}
	return "No se concluyó ningún asunto en el periodo: el proceso no aplica, no cuenta en la media del " +
		"sector, " +
		"y por eso sin IDATU."
}

// notas are what a reader of the process must know.
func (h *Hoja) notas(r *idatu.ReglaProceso, m *idatu.Marca) []string {
	var out []string
	if m.NadaConcluido {
		out = append(out, nadaConcluido(r.Proceso))
	}
	if len(m.Faltan) > 0 {
		out = append(out,
			"Sin dato de "+criterios(m.Faltan)+": el total, la calificación y el IDATU no se conocen.")
	}
	if bad := h.descuadre(m); len(bad) > 0 {
		out = append(out, "Los trimestres no suman el acumulado en "+criterios(bad)+
			": son datos de distinto origen.")
	}
	return out
}

// criterios names criteria: el criterio 3, los criterios 2 y 4.
func criterios(numbers []int) string {
	var words []string
	for _, n := range numbers {
		words = append(words, strconv.Itoa(n))
	}
	if len(words) == 1 {
		return "el criterio " + words[0]
	}
	return "los criterios " + enumera(words)
}

// descuadre are the criteria whose quarters, each of them known, do not add up to
// what is accumulated.
func (h *Hoja) descuadre(m *idatu.Marca) []int {
	var out []int
	for _, x := range m.Criterios {
		whole, num, den := len(h.Periodos) > 0, int64(0), int64(0)
		for _, p := range h.Periodos {
			c, known := p.conteo(x.Proceso, x.Criterio)
			whole = whole && known
			num, den = num+c.Numerador, den+c.Denominador
		}
		if whole && (num != x.Numerador || den != x.Denominador) {
			out = append(out, x.Criterio)
		}
	}
	return out
}
