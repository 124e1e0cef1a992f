package store

import (
	"encoding/json"
	"time"

	"buzon/store/bitacora"
)

// Adelantado is an acuse with a moment that lies after that of an event which came later:
// our clock was ahead when it was sealed. It stands, for its party has it.
type Adelantado struct {
	Acuse   string // AcuFolio
	Momento time.Time
	Evento  int64
}

// maxAdelantados is how many are named; Verificado.HayAdelantados counts all.
const maxAdelantados = 100

// reloj notes whether the clock was ever set back, which alone leads to such an acuse:
// who only waited for another transaction has its moment (Tx.follow).
func (c *checker) reloj(e *bitacora.Crudo) {
	c.adelante = c.adelante || e.Momento < c.ultimo
	c.ultimo = max(c.ultimo, e.Momento)
}

// adelantados finds the acuses that were sealed with a moment to come, the last first.
func (c *checker) adelantados() error {
	if !c.adelante {
		return nil
	}
	first := c.ultimo // the earliest moment of what came later
	return c.leer.each(`SELECT n, momento, evento, detalle FROM bitacora ORDER BY n DESC`,
		func(f *fila) error {
			n, at, evento := f.entero(0), f.entero(1), f.texto(2)
			if err := f.bien(); err != nil {
				return err
			}
			if evento == bitacora.AcuseEmitido && at > first {
				var d bitacora.CargaAcuse
				if err := json.Unmarshal([]byte(f.texto(3)), &d); err != nil {
					return difiere("el detalle del evento %d no es JSON", n)
				}
				if c.r.HayAdelantados++; c.r.HayAdelantados <= maxAdelantados {
					c.r.Adelantados = append(c.r.Adelantados, Adelantado{d.Acuse, moment(at), n})
				}
			}
			first = min(first, at)
			return nil
		})
}
