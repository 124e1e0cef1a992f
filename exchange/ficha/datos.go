package ficha

import (
	"fmt"
	"slices"

	"buzon/exchange/idatu"
)

// porTabla is how many quarters stand side by side on Letter paper.
const porTabla = 4

// cuadro are the data of a process in some quarters, and accumulated.
type cuadro struct {
	Titulo   string
	Junta    bool // few quarters: index and counts stand in one line
	Periodos []cabeza
	Filas    []renglonDeCuadro
}

// cabeza heads the column of a quarter.
type cabeza struct {
	Nombre, Desde, Hasta string
	Parcial              string
}

// renglonDeCuadro is a criterion's: a cell for each quarter, the accumulated one last.
type renglonDeCuadro struct {
	Numero int
	Nombre string
	Celdas []celda
}

// celda are the two numbers of a criterion and what they divide to.
type celda struct{ Conteo, Indice string }

// datos are a process's tables of data: at least one, and one for each four
// quarters, each with what is accumulated in its last column.
func (h *Hoja) datos(r *idatu.ReglaProceso, m *idatu.Marca) []cuadro {
	var out []cuadro
	if len(h.Periodos) == 0 {
		return []cuadro{h.tabla(r, m, nil)}
	}
	for some := range slices.Chunk(h.Periodos, porTabla) {
		t := h.tabla(r, m, some)
		if len(h.Periodos) > porTabla {
			t.Titulo += ", de " + some[0].Nombre + " a " + some[len(some)-1].Nombre
		}
		out = append(out, t)
	}
	return out
}

func (h *Hoja) tabla(r *idatu.ReglaProceso, m *idatu.Marca, periodos []Periodo) cuadro {
	t := cuadro{Titulo: fmt.Sprintf("%s (%s): datos por trimestre y acumulados", r.Nombre, r.Proceso),
		Junta: len(periodos) < 3}
	if len(periodos) == 0 {
		t.Titulo = fmt.Sprintf("%s (%s): datos acumulados", r.Nombre, r.Proceso)
	}
	for _, p := range periodos {
		partial := Parcial(p.Hasta, h.AsOf)
		if partial == "" && p.Parcial() {
			partial = "parcial"
		}
		t.Periodos = append(t.Periodos, cabeza{p.Nombre, diaCorto(p.Desde), diaCorto(p.Hasta), partial})
	}
	for i := range r.Criterios {
		rule := &r.Criterios[i]
		f := renglonDeCuadro{Numero: rule.Numero, Nombre: rule.Nombre}
		for _, p := range periodos {
			c, known := p.conteo(r.Proceso, rule.Numero)
			f.Celdas = append(f.Celdas, celdaDe(rule, c, known))
		}
		x := puntajeDe(m, rule.Numero)
		if x == nil {
			x = new(idatu.Puntaje)
		}
		f.Celdas = append(f.Celdas, celdaDe(rule, x.Conteo, x.Criterio != 0))
		t.Filas = append(t.Filas, f)
	}
	return t
}

func celdaDe(r *idatu.ReglaCriterio, c idatu.Conteo, known bool) celda {
	if !known {
		return celda{Conteo: sinDato}
	}
	return celda{miles(c.Numerador) + "\u00a0/ " + miles(c.Denominador), valor(r.Indice(c), r.Tiempo)}
}

// puntajeDe is what was reached in a criterion, or nil where it has no row.
func puntajeDe(m *idatu.Marca, numero int) *idatu.Puntaje {
	for i := range m.Criterios {
		if m.Criterios[i].Criterio == numero {
			return &m.Criterios[i]
		}
	}
	return nil
}
