package ficha

import (
	"fmt"
	"math/big"

	"buzon/exchange/idatu"
)

// ponderacion is how the marks of the processes make the IDATU.
type ponderacion struct {
	Filas []peso
	Suma  string   // of the weights
	Notas []string // why a line, or the IDATU, is as it is
}

// peso is the line of a process.
type peso struct {
	Clave, Nombre              string
	Total, Calificacion, Media string
	Peso, Aportacion           string
}

func (h *Hoja) ponderacion() ponderacion {
	var out ponderacion
	var unknown []string
	sum := int64(0)
	for i := range h.Metodo.Procesos {
		r := &h.Metodo.Procesos[i]
		line, weight := h.peso(r)
		out.Filas = append(out.Filas, line)
		sum += weight
		m := h.Calificacion.Proceso(r.Proceso)
		switch {
		case m == nil:
			out.Notas = append(out.Notas, r.Nombre+". "+ausente(r.Proceso))
		case m.NadaConcluido:
			out.Notas = append(out.Notas, r.Nombre+". "+nadaConcluido(r.Proceso))
		}
		if weight > 0 && h.Calificacion.CalificacionEn(r.Proceso) == nil {
			unknown = append(unknown, r.Nombre)
		}
	}
	if len(unknown) > 0 && h.idatu() == sinDato {
		out.Notas = append(out.Notas, "IDATU sin dato: no se conoce la calificación de "+enumera(unknown)+".")
	}
	if h.Integrantes == 1 {
		out.Notas = append(out.Notas,
			"La institución está sola en su sector: la media es la suya, y los límites que salen del "+
				"sector también.")
	}
	out.Suma = fmt.Sprintf("%d %%", sum)
	return out
}

// peso is a process's line, and its weight in hundredths: 0 where the institution
// is weighed without it.
func (h *Hoja) peso(r *idatu.ReglaProceso) (line peso, weight int64) {
	weight = h.Metodo.PesosDe(&h.Calificacion)[r.Proceso]
	mark := h.Calificacion.CalificacionEn(r.Proceso)
	line = peso{Clave: string(r.Proceso), Nombre: r.Nombre, Total: noAplica, Calificacion: dos(mark),
		Media: dos(h.Medias[r.Proceso]),
		Peso:  "no pesa", Aportacion: noAplica}
	m := h.Calificacion.Proceso(r.Proceso)
	none := m != nil && m.NadaConcluido
	switch {
	case none:
		line.Calificacion = noAplica
		if h.Medias[r.Proceso] == nil { // those who have no mark of a process make no mean
			line.Media = noAplica
		}
	case m != nil:
		line.Total = dos(m.Total)
	case weight == 0:
		line.Calificacion = noAplica
	case mark == nil:
		line.Total = sinDato
	}
	if weight > 0 {
		line.Peso = fmt.Sprintf("%d %%", weight)
		if !none {
			line.Aportacion = dos(aportacion(mark, weight))
		}
	}
	return line, weight
}

// idatu writes the IDATU. There is none, whatever else is unknown, where nothing
// was concluded in a process that weighs.
func (h *Hoja) idatu() string {
	for name := range h.Metodo.PesosDe(&h.Calificacion) {
		if m := h.Calificacion.Proceso(name); m != nil && m.NadaConcluido {
			return noAplica
		}
	}
	return dos(h.Calificacion.IDATU)
}

// aportacion is what a mark gives to the IDATU, or nil where it is unknown.
func aportacion(mark *big.Rat, weight int64) *big.Rat {
	if mark == nil {
		return nil
	}
	return new(big.Rat).Mul(mark, big.NewRat(weight, 100))
}
