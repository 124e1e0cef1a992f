package exchange

import (
	"encoding/csv"
	"io"
	"strconv"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

const bom = "\uFEFF" // by which Excel knows that a table is UTF-8

// pendiente is one line of pendientes.csv.
type pendiente struct {
	store.AsuntoAbierto
	restan    int    // días hábiles left; 0 today is the last day, negative overdue
	situacion string // store.PlazoATiempo and the others
}

// newPendiente counts what is left of a folio's term on a day.
func newPendiente(a store.AsuntoAbierto, cal *schema.Calendario, hoy schema.Dia, x store.Umbral) pendiente {
	p := pendiente{AsuntoAbierto: a, situacion: x.Estado(a.Limite)}
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
// its answer, by limit and folio. It is written as they are read: there may be very
// many.
type pendientesCSV struct {
	hojaCSV
	dias   map[schema.Dia]string // most folios share theirs
	row    []string
	folios folios
	hoy    int // of them those whose last day it is
}

func newPendientesCSV(simulacro bool) *pendientesCSV {
	p := &pendientesCSV{hojaCSV: newHoja("pendientes.csv", simulacro, "folio", "vuelta", "lote",
		"fecha_turno", "fecha_entrega", "dia0", "fecha_limite",
		"dias_habiles_restantes", "prorroga", "calendario", "situacion"), dias: map[schema.Dia]string{}}
	return p
}

func (c *pendientesCSV) dia(d schema.Dia) string {
	text, ok := c.dias[d]
	if !ok {
		text = d.String()
		c.dias[d] = text
	}
	return text
}

func (c *pendientesCSV) add(p pendiente, hoy schema.Dia) {
	c.folios.add(p.situacion)
	if p.Limite == hoy {
		c.hoy++
	}
	prorroga := ""
	if p.Prorroga > 0 {
		prorroga = strconv.Itoa(p.Prorroga)
	}
	c.row = append(c.row[:0], bitacora.Celda(string(p.Folio)), strconv.Itoa(p.Vuelta),
		bitacora.Celda(p.NombreLote), c.dia(p.Turno),
		c.dia(schema.DiaDe(p.Entregada)), c.dia(p.Dia0), c.dia(p.Limite), strconv.Itoa(p.restan), prorroga,
		bitacora.Celda(p.Calendario),
		p.situacion)
	c.write(c.row)
}

// dictamenesCSV is dictamenes.csv: what became of the institution's folios at
// CONDUSEF.
func (s *situacion) dictamenesCSV() (x store.Exhibicion, err error) {
	if s.sinTextos != nil {
		return x, s.sinTextos
	}
	h := newHoja("dictamenes.csv", s.simulacro, "folio", "tipo", "fecha", "texto", "vuelta", "vigente",
		"recibido")
	for i, d := range s.dictamenes {
		vigente := "SI"
		if d.Anulado {
			vigente = "NO"
		}
		h.write([]string{bitacora.Celda(string(d.Folio)), strconv.Itoa(d.Tipo), d.Fecha.String(),
			bitacora.Celda(s.textos[i]),
			strconv.Itoa(d.Vuelta), vigente, schema.DiaDe(d.Recibido).String()})
	}
	return h.close()
}

// hojaCSV is a table as spreadsheets open it: UTF-8 with a BOM, CRLF. A rehearsal's is
// marked so in a last column.
type hojaCSV struct {
	e         *store.Empaque
	w         *csv.Writer
	simulacro bool
}

func newHoja(nombre string, simulacro bool, head ...string) hojaCSV {
	e := store.Empacar(schema.CarpetaEstado, nombre)
	h := hojaCSV{e: e, w: csv.NewWriter(e), simulacro: simulacro}
	_, _ = io.WriteString(e, bom) // into memory
	h.w.UseCRLF = true
	h.line(head, "simulacro")
	return h
}

func (h hojaCSV) write(row []string) { h.line(row, bitacora.Ensayo) }

func (h hojaCSV) line(row []string, mark string) {
	if h.simulacro {
		row = append(row, mark)
	}
	_ = h.w.Write(row) // into memory; an error of it stays and is told by close
}

func (h hojaCSV) close() (store.Exhibicion, error) {
	h.w.Flush()
	if err := h.w.Error(); err != nil {
		return store.Exhibicion{}, err
	}
	return h.e.Close()
}
