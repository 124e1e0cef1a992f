package simulacro

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"buzon/exchange/simulacro/escenario"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

// leaveREC leaves the day's REC: an empty one where nothing was assigned, so that
// "nothing today" differs from "it failed".
func (e *Ensayo) leaveREC(ctx context.Context, dia schema.Dia, j *jornada) error {
	records := make([]schema.Reclamacion, len(j.recs))
	for i, f := range j.recs {
		records[i] = e.reclamacion(f)
	}
	return e.leave(ctx, inventor.NombreREC(dia, 1), func(w io.Writer, now time.Time) error {
		return inventor.WriteREC(w, dia, 1, records, now)
	})
}

// reclamacion invents what a row does not say. A folio that comes again is of the
// same person and claim.
func (e *Ensayo) reclamacion(f *escenario.Fila) schema.Reclamacion {
	known, again := e.repetidos[f.Folio]
	if again && f.Vuelta > 1 && known.RecFolioCondusef != "" {
		known.RecFechaTurno, known.RecReversa = f.Turno.Fecha(), "1"
		return known
	}
	of := e.roll[f.Institucion]
	r := e.inventor.Reclamacion(f.Turno, of)
	r.RecFolioCondusef = f.Folio
	if f.Vuelta > 1 {
		r.RecReversa = "1"
	}
	if again {
		e.repetidos[f.Folio] = r
	}
	return r
}

// leaveDICs leaves what CONDUSEF decided that day.
func (e *Ensayo) leaveDICs(ctx context.Context, dia schema.Dia, j *jornada) error {
	for i, dic := range j.dictamenes {
		n := schema.Nombre{Tipo: schema.DIC, Dia: dia, NNN: i + 1}
		err := e.leave(ctx, n, func(w io.Writer, now time.Time) error { return writeDIC(w, n, dic, now) })
		if err != nil {
			return err
		}
	}
	return nil
}

func writeDIC(w io.Writer, n schema.Nombre, dic []dictado, now time.Time) error {
	out, err := schema.NewWriter(w, schema.Encabezado{
		GeTipoArchivo: n.Tipo, GeVersion: schema.V0100, GeEmisor: schema.CONDUSEF,
		GeReceptor:       schema.Pasarela,
		GeFechaOperacion: n.Dia.Fecha(), GeSecuencia: n.Secuencia(),
		GeFechaHoraGeneracion: schema.NewInstante(now),
	})
	if err != nil {
		return err
	}
	for i, d := range dic {
		r := schema.Dictamen{GeTipoRegistro: "02", RecNumero: schema.NewEntero(int64(i + 1)),
			RecFolioCondusef: d.fila.Folio,
			DicTipo:          schema.NewEntero(int64(d.Tipo)), DicFecha: n.Dia.Fecha()}
		if d.Anula != 0 {
			r.DicTexto = schema.Reservado(strconv.Itoa(d.Anula))
		}
		if err := out.Write(r); err != nil {
			return fmt.Errorf("record %d: %w", i+1, err)
		}
	}
	_, err = out.Close()
	return err
}

// leave makes a file appear in CONDUSEF's folder.
func (e *Ensayo) leave(ctx context.Context, n schema.Nombre, write func(io.Writer, time.Time) error) error {
	var b bytes.Buffer
	if err := write(&b, e.Reloj.Now()); err != nil {
		return fmt.Errorf("write %s: %w", n, err)
	}
	return e.CONDUSEF.Put(ctx, n.String(), opener(b.Bytes()))
}
