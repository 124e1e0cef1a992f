package exchange

import (
	"bytes"
	"encoding/csv"
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
	rows := [][]string{{"folio", "vuelta", "lote", "fecha_turno", "fecha_entrega", "dia0", "fecha_limite",
		"dias_habiles_restantes", "prorroga", "calendario", "situacion"}}
	for _, p := range s.pendientes {
		prorroga := ""
		if p.Prorroga > 0 {
			prorroga = strconv.Itoa(p.Prorroga)
		}
		rows = append(rows, []string{bitacora.Celda(string(p.Folio)), strconv.Itoa(p.Vuelta), bitacora.Celda(p.NombreLote), p.Turno.String(),
			schema.DiaDe(p.Entregada).String(), p.Dia0.String(), p.Limite.String(), strconv.Itoa(p.restan),
			prorroga, bitacora.Celda(p.Calendario), p.situacion})
	}
	return s.tabla(rows)
}

// dictamenesCSV is dictamenes.csv: what became of the institution's folios at
// CONDUSEF.
func (s *situacion) dictamenesCSV() ([]byte, error) {
	rows := [][]string{{"folio", "tipo", "fecha", "texto", "vuelta", "vigente", "recibido"}}
	if s.sinTextos != nil {
		return nil, s.sinTextos
	}
	for i, d := range s.dictamenes {
		vigente := "SI"
		if d.Anulado {
			vigente = "NO"
		}
		rows = append(rows, []string{bitacora.Celda(string(d.Folio)), strconv.Itoa(d.Tipo), d.Fecha.String(), bitacora.Celda(s.textos[i]),
			strconv.Itoa(d.Vuelta), vigente, schema.DiaDe(d.Recibido).String()})
	}
	return s.tabla(rows)
}

// tabla writes a table as spreadsheets open it: UTF-8 with a BOM, CRLF. A
// rehearsal's is marked so in a last column.
func (s *situacion) tabla(rows [][]string) ([]byte, error) {
	if s.simulacro {
		for i, last := range rows {
			mark := bitacora.Ensayo
			if i == 0 {
				mark = "simulacro"
			}
			rows[i] = append(last, mark)
		}
	}
	var b bytes.Buffer
	b.WriteString(bom)
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	err := w.WriteAll(rows) // flushes
	return b.Bytes(), err
}
