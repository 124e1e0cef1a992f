package exchange

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"buzon/schema"
	"buzon/store"
)

// How a pending folio stands.
const (
	aTiempo     = "a_tiempo"
	casiVencido = "por_vencer"
	vencido     = "vencido"
	bom         = "\uFEFF" // by which Excel knows that a table is UTF-8
)

// pendiente is one line of pendientes.csv.
type pendiente struct {
	store.Abierto
	restan    int // días hábiles left; 0 today is the last day, negative overdue
	prorroga  string
	situacion string
}

// newPendiente counts what is left of a folio's term on a day.
func newPendiente(a store.Abierto, cal *schema.Calendario, hoy schema.Dia) pendiente {
	p := pendiente{Abierto: a, restan: cal.DiasHabiles(hoy, a.Limite), situacion: aTiempo}
	switch {
	case a.Limite < hoy:
		p.restan = -max(cal.DiasHabiles(a.Limite, hoy), 1) // on the Saturday after it, too
		p.situacion = vencido
	case p.restan <= porVencer:
		p.situacion = casiVencido
	}
	if r, ok := schema.ParseRecord[schema.Respuesta](a.Prorrogado); ok {
		p.prorroga = string(r.ResProrrogaDias)
	}
	return p
}

// pendientesCSV is pendientes.csv: every folio that was delivered and waits for
// its answer, by limit and folio.
func (s *situacion) pendientesCSV() ([]byte, error) {
	rows := [][]string{{"folio", "vuelta", "lote", "fecha_turno", "fecha_entrega", "dia0", "fecha_limite",
		"dias_habiles_restantes", "prorroga", "calendario", "situacion"}}
	for _, p := range s.pendientes {
		rows = append(rows, []string{store.Celda(string(p.Folio)), strconv.Itoa(p.Vuelta), store.Celda(p.NombreLote), p.Turno.String(),
			schema.DiaDe(p.Entregada).String(), p.Dia0.String(), p.Limite.String(), strconv.Itoa(p.restan),
			store.Celda(p.prorroga), store.Celda(p.Calendario), p.situacion})
	}
	return tabla(rows)
}

// dictamen is one line of dictamenes.csv.
type dictamen struct {
	folio schema.Folio
	tipo  int
	fecha schema.Dia
	texto string
}

// dictamenesCSV is dictamenes.csv: what became of the institution's folios at
// CONDUSEF.
func (s *situacion) dictamenesCSV() ([]byte, error) {
	rows := [][]string{{"folio", "tipo", "fecha", "texto"}}
	for _, d := range s.dictamenes {
		rows = append(rows, []string{store.Celda(string(d.folio)), strconv.Itoa(d.tipo), d.fecha.String(), store.Celda(d.texto)})
	}
	return tabla(rows)
}

// tabla writes a table as spreadsheets open it: UTF-8 with a BOM, CRLF.
func tabla(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(bom)
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	err := w.WriteAll(rows) // flushes
	return b.Bytes(), err
}
