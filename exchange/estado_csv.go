package exchange

import (
	"bytes"
	"encoding/csv"
	"iter"
	"strconv"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

const bom = "\uFEFF" // by which Excel knows that a table is UTF-8

// pendiente is one line of pendientes.csv.
type pendiente struct {
	store.Abierto
	restan    int    // días hábiles left; 0 today is the last day, negative overdue
	situacion string // store.PlazoATiempo and the others
}

// newPendiente counts what is left of a folio's term on a day.
func newPendiente(a store.Abierto, cal *schema.Calendario, hoy schema.Dia, x store.Umbral) pendiente {
	p := pendiente{Abierto: a, situacion: x.Estado(a.Limite)}
	p.restan = Restan(cal, hoy, a.Limite, p.situacion)
	return p
}

// Restan is how many días hábiles are left of a term on a day: 0 on its last one,
// negative where it is overdue, on the Saturday after it too.
func Restan(cal *schema.Calendario, hoy, limite schema.Dia, situacion string) int {
	if situacion == store.PlazoVencido {
		return -max(cal.DiasHabiles(limite, hoy), 1)
	}
	return cal.DiasHabiles(hoy, limite)
}

// pendientesCSV is pendientes.csv: every folio that was delivered and waits for
// its answer, by limit and folio.
func (s *situacion) pendientesCSV() ([]byte, error) {
	head := []string{"folio", "vuelta", "lote", "fecha_turno", "fecha_entrega", "dia0", "fecha_limite",
		"dias_habiles_restantes", "prorroga", "calendario", "situacion"}
	dias := map[schema.Dia]string{} // most folios share theirs
	texto := func(d schema.Dia) string {
		if _, ok := dias[d]; !ok {
			dias[d] = d.String()
		}
		return dias[d]
	}
	return s.tabla(head, func(yield func([]string) bool) {
		row := make([]string, 0, len(head)+1)
		for _, p := range s.pendientes {
			prorroga := ""
			if p.Prorroga > 0 {
				prorroga = strconv.Itoa(p.Prorroga)
			}
			row = append(row[:0], bitacora.Celda(string(p.Folio)), strconv.Itoa(p.Vuelta), bitacora.Celda(p.NombreLote), texto(p.Turno),
				texto(schema.DiaDe(p.Entregada)), texto(p.Dia0), texto(p.Limite), strconv.Itoa(p.restan),
				prorroga, bitacora.Celda(p.Calendario), p.situacion)
			if !yield(row) {
				return
			}
		}
	})
}

// dictamenesCSV is dictamenes.csv: what became of the institution's folios at
// CONDUSEF.
func (s *situacion) dictamenesCSV() ([]byte, error) {
	head := []string{"folio", "tipo", "fecha", "texto", "vuelta", "vigente", "recibido"}
	if s.sinTextos != nil {
		return nil, s.sinTextos
	}
	return s.tabla(head, func(yield func([]string) bool) {
		for i, d := range s.dictamenes {
			vigente := "SI"
			if d.Anulado {
				vigente = "NO"
			}
			if !yield([]string{bitacora.Celda(string(d.Folio)), strconv.Itoa(d.Tipo), d.Fecha.String(), bitacora.Celda(s.textos[i]),
				strconv.Itoa(d.Vuelta), vigente, schema.DiaDe(d.Recibido).String()}) {
				return
			}
		}
	})
}

// tabla writes a table as spreadsheets open it: UTF-8 with a BOM, CRLF. A
// rehearsal's is marked so in a last column.
func (s *situacion) tabla(head []string, rows iter.Seq[[]string]) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(bom)
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	write := func(row []string, mark string) {
		if s.simulacro {
			row = append(row, mark)
		}
		_ = w.Write(row) // into memory; an error of it stays and is told below
	}
	write(head, "simulacro")
	for row := range rows {
		write(row, bitacora.Ensayo)
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
