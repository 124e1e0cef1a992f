package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"buzon/schema"
	"buzon/store/bitacora"
)

// The rows of a REC are gathered, and written by a goroutine while the next records
// are judged. From the first of them until Quieto the transaction is that
// goroutine's alone: it may end it and begin another.

// juntas is how many rows of a REC are written together, those of one institution
// side by side: a LOT then reads some hundred pages, not one for each of its rows.
const juntas = 8 << 10

// reclamacion is a row that waits for those of its institution.
type reclamacion struct {
	une    schema.UNE
	values []any
}

func newReclamacion(c *Caso, r *schema.Reclamacion) reclamacion {
	return reclamacion{c.UNE, []any{strings.Clone(string(c.Folio)), int64(c.Vuelta), int64(c.UNE), c.Archivo, int64(c.Numero),
		c.Desplazamiento, int64(c.Largo), nil, nada(r.RecUnidadAtencion), int64(r.RecFechaReclamacion.Dia()), int64(c.Turno),
		int64(r.RecMedioRecepcionCanal.Int()), strings.Clone(string(r.RecProductoServicio)), strings.Clone(string(r.RecCausaMotivo)),
		r.RecPori == "SI", int64(r.RecTipoPersona.Int()), nada(r.RecSexo), nadaN(r.RecEdad), int64(r.RecEntidadFederativa.Int()),
		nadaN(r.RecMunicipioAlcaldia), c.Monetario, int64(c.Monto)}}
}

// mira opens the connection that asks, beside the writer, what rounds are there.
func (in *Ingreso) mira() (err error) {
	if in.otra, err = in.tx.s.aparte.Conn(context.Background()); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if in.conocidos, err = newEscritor(in.otra.Raw); err != nil {
		return errors.Join(fmt.Errorf("store: %w", err), in.otra.Close())
	}
	return nil
}

// cierra gives that connection back.
func (in *Ingreso) cierra() error {
	if in.otra == nil {
		return nil
	}
	err := errors.Join(in.conocidos.close(), in.otra.Close())
	in.otra, in.conocidos = nil, nil
	return err
}

// AddReclamacion accepts a record of a REC. It is false, and nothing is added,
// where a round of that number is on disk. Of one that is not there yet, be it this
// file's or that of another one that is being taken in, the database refuses the
// second row when it is written, and with it the file.
func (in *Ingreso) AddReclamacion(c *Caso, r *schema.Reclamacion) (ok bool, err error) {
	known, err := in.conocidos.hay(`SELECT 1 FROM reclamaciones WHERE folio = ? AND vuelta = ?`, string(c.Folio), int64(c.Vuelta))
	if err != nil || known {
		return false, err
	}
	c.Archivo = in.a.ID
	in.junta = append(in.junta, newReclamacion(c, r))
	in.unes[c.UNE] = true
	if err := in.renglon(&bitacora.Reclamacion{Folio: c.Folio, Vuelta: c.Vuelta, UNE: c.UNE}); err != nil {
		return false, err
	}
	if len(in.junta) >= in.tx.s.juntas {
		err = in.adelanta()
	}
	return err == nil, err
}

// adelanta writes the rows that wait beside the judging of the next ones.
func (in *Ingreso) adelanta() error {
	if err := in.Quieto(); err != nil {
		return err
	}
	rows := in.junta
	in.junta = make([]reclamacion, 0, cap(rows))
	in.escribe = make(chan error, 1) // who writes never waits for who judges
	go func(done chan<- error) { done <- in.escribir(rows) }(in.escribe)
	return nil
}

// Quieto waits until what is being written is written. Whoever uses the transaction
// while a file is taken in waits first. Where writing failed it says so each time.
func (in *Ingreso) Quieto() error {
	if in.escribe != nil {
		in.fallo = <-in.escribe
		in.escribe = nil
	}
	return in.fallo
}

// quieto is Quieto where that need not wait; ended is false else.
func (in *Ingreso) quieto() (ended bool, err error) {
	if in.escribe != nil {
		select {
		case in.fallo = <-in.escribe:
			in.escribe = nil
		default:
			return false, nil
		}
	}
	return true, in.fallo
}

// Asienta writes all that was added. Nothing pauses after it, so that what is asked
// of the transaction holds until the file counts.
func (in *Ingreso) Asienta() error {
	if err := in.Quieto(); err != nil {
		return err
	}
	rows := in.junta
	in.junta = nil
	in.fallo = in.escribir(rows)
	return in.fallo
}

// escribir writes rows in the order of their institutions and, of one, in the
// file's.
func (in *Ingreso) escribir(all []reclamacion) error {
	slices.SortStableFunc(all, func(a, b reclamacion) int { return cmp.Compare(a.une, b.une) })
	for i, r := range all {
		if _, err := in.row(tReclamaciones, r.values...); err != nil {
			return fmt.Errorf("store: reclamaciones: %w", err)
		}
		if i%respiro == respiro-1 && !in.tx.escribe { // among other facts it cannot pause
			if err := in.pausa(); err != nil {
				return err
			}
		}
	}
	return nil
}

// respiro is after how many rows others may write.
const respiro = 1 << 10
