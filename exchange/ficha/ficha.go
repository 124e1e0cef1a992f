package ficha

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"math/big"
	"time"

	"buzon/exchange/idatu"
	"buzon/schema"
)

// Hoja is what a sheet is printed from. Where Desde, Hasta, AsOf or Calendario
// are zero, as for counts that came from a file, the sheet says so.
type Hoja struct {
	Simulacro            bool
	Institucion          schema.UNE
	Denominacion, Sector string
	Desde, Hasta         schema.Dia // both inclusive
	AsOf                 time.Time  // the moment of the log
	Metodo               *idatu.Metodo
	Calendario           string             // its version
	Integrantes          int                // institutions of the sector
	Periodos             []Periodo          // by quarter, in order; the last may be cut by Hasta
	Calificacion         idatu.Calificacion // accumulated
	Medias               map[idatu.Proceso]*big.Rat
	Archivos             []Aportado // that brought some of the numbers
}

//go:embed plantillas
var plantillas embed.FS

var pagina = template.Must(template.ParseFS(plantillas, "plantillas/*"))

// Write writes the sheet as an HTML page, whole or, where the sheet contradicts
// itself, not at all. The same Hoja gives the same bytes.
func Write(w io.Writer, h *Hoja) error {
	if err := h.check(); err != nil {
		return fmt.Errorf("ficha of %s: %w", h.Institucion, err)
	}
	var page bytes.Buffer
	if err := pagina.ExecuteTemplate(&page, "hoja.html", vistaDe(h)); err != nil {
		return fmt.Errorf("ficha of %s: %w", h.Institucion, err)
	}
	_, err := w.Write(page.Bytes())
	return err
}

// check refuses what must not be printed: numbers of another institution, and
// numbers that the method has no rule for.
func (h *Hoja) check() error {
	if h.Metodo == nil {
		return errors.New("has no method")
	}
	if h.Calificacion.Institucion != h.Institucion {
		return fmt.Errorf("the score is that of %s", h.Calificacion.Institucion)
	}
	var all []idatu.Conteo
	for _, p := range h.Calificacion.Procesos {
		for _, x := range p.Criterios {
			all = append(all, x.Conteo)
		}
	}
	for _, p := range h.Periodos {
		all = append(all, p.Conteos...)
	}
	for _, c := range all {
		if c.Institucion != h.Institucion {
			return fmt.Errorf("counts of %s are among its own", c.Institucion)
		}
		if h.Metodo.Proceso(c.Proceso).Criterio(c.Criterio) == nil {
			return fmt.Errorf("the method %s has no criterion %d of %q", h.Metodo.Version, c.Criterio,
				c.Proceso)
		}
	}
	return nil
}
