package inventor

import (
	"fmt"
	"io"
	"time"

	"buzon/schema"
)

// WriteREC writes the records as the file GE_REC_<dia>_<nnn>.txt, numbered from
// 1, generated at now. Mistakes in the records are written as they are; the
// file around them is right.
func WriteREC(w io.Writer, dia schema.Dia, nnn int, registros []schema.Reclamacion, now time.Time) error {
	nombre := NombreREC(dia, nnn)
	out, err := schema.NewWriter(w, schema.Encabezado{
		GeTipoArchivo: nombre.Tipo, GeVersion: schema.V0100, GeEmisor: schema.CONDUSEF,
		GeReceptor:       schema.Pasarela,
		GeFechaOperacion: dia.Fecha(), GeSecuencia: nombre.Secuencia(),
		GeFechaHoraGeneracion: schema.NewInstante(now),
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", nombre, err)
	}
	for i, r := range registros {
		r.RecNumero = schema.NewEntero(int64(i + 1))
		if err := out.Write(r); err != nil {
			return fmt.Errorf("write %s: record %d: %w", nombre, i+1, err)
		}
	}
	if _, err := out.Close(); err != nil {
		return fmt.Errorf("write %s: %w", nombre, err)
	}
	return nil
}

// NombreREC is the name of a day's nnn-th REC, from 1.
func NombreREC(dia schema.Dia, nnn int) schema.Nombre {
	return schema.Nombre{Tipo: schema.REC, Dia: dia, NNN: nnn}
}
