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
const juntas = 24 << 10

// reclamacion is a row that waits for those of its institution.
type reclamacion struct {
	folio, producto, causa, unidad, sexo string
	une                                  schema.UNE
	vuelta, numero, largo, medio         int32
	fecha, turno                         schema.Dia
	persona, edad, entidad, municipio    int32 // edad and municipio 0: none
	pori, monetario                      bool
	desplazamiento                       int64
	monto                                schema.Centavos
}

// newReclamacion keeps of a record what its row has. The line that its texts stand
// in is not kept for them.
func newReclamacion(c *Asunto, r *schema.Reclamacion) reclamacion {
	textos := string(c.Folio) + string(r.RecProductoServicio) + string(r.RecCausaMotivo) +
		r.RecUnidadAtencion + r.RecSexo
	next := func(n int) (s string) {
		s, textos = textos[:n], textos[n:]
		return s
	}
	return reclamacion{
		folio: next(len(c.Folio)), producto: next(len(r.RecProductoServicio)),
		causa:  next(len(r.RecCausaMotivo)),
		unidad: next(len(r.RecUnidadAtencion)), sexo: next(len(r.RecSexo)),
		une: c.UNE, vuelta: int32(c.Vuelta), numero: int32(c.Numero), largo: int32(c.Largo),
		medio: int32(r.RecMedioRecepcionCanal.Int()),
		fecha: r.RecFechaReclamacion.Dia(), turno: c.Turno, persona: int32(r.RecTipoPersona.Int()),
		edad:    int32(r.RecEdad.Int()),
		entidad: int32(r.RecEntidadFederativa.Int()), municipio: int32(r.RecMunicipioAlcaldia.Int()),
		pori:      r.RecPori == "SI",
		monetario: c.Monetario, desplazamiento: c.Desplazamiento, monto: c.Monto,
	}
}

// valores appends the values of its row; tramo is how many rows it leads to.
func (r *reclamacion) valores(row []any, archivo int64, tramo int32) []any {
	return append(row, r.folio, int64(r.vuelta), int64(r.une), archivo, nadaN(tramo),
		int64(r.numero), r.desplazamiento, int64(r.largo), nil, nada(r.unidad), int64(r.fecha),
		int64(r.turno), int64(r.medio), r.producto, r.causa, r.pori, int64(r.persona),
		nada(r.sexo), nadaN(r.edad), int64(r.entidad), nadaN(r.municipio), r.monetario, int64(r.monto))
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
// where a round of that number was on disk when the file began, and mostly where it is
// since. Of one that is not there yet, be it this file's or that of another one that is
// being taken in, the database refuses the second row when it is written, and with it
// the file.
func (in *Ingreso) AddReclamacion(c *Asunto, r *schema.Reclamacion) (ok bool, err error) {
	known, err := in.conocido(c)
	if err != nil || known {
		return false, err
	}
	c.Archivo = in.a.ID
	in.junta = append(in.junta, newReclamacion(c, r))
	in.unes[c.UNE] = true
	in.uno = bitacora.RenglonReclamacion{Folio: c.Folio, Vuelta: c.Vuelta, UNE: c.UNE}
	if err := in.renglon(&in.uno); err != nil {
		return false, err
	}
	if len(in.junta) >= in.tx.s.juntas {
		err = in.adelanta()
	}
	return err == nil, err
}

// maxSeries is of how many series of folios the last one is held.
const maxSeries = 1 << 10

// conocido tells whether a round is on disk. Most folios are new, and come behind all
// of their series: that is asked once.
func (in *Ingreso) conocido(c *Asunto) (bool, error) {
	serie := c.Folio[:strings.LastIndexByte(string(c.Folio), '/')+1]
	last, ok := in.series[string(serie)]
	if !ok && serie != "" && len(in.series) < maxSeries {
		var err error
		if last, err = in.ultimoDe(strings.Clone(string(serie))); err != nil {
			return false, err
		}
		ok = true
	}
	if ok && string(c.Folio) > last {
		return false, nil
	}
	const query = `SELECT 1 FROM reclamaciones WHERE folio = ? AND vuelta = ?`
	return in.conocidos.hay(query, string(c.Folio), int64(c.Vuelta))
}

// ultimoDe asks for the last folio on disk of those that begin alike, in the order of
// their bytes.
func (in *Ingreso) ultimoDe(serie string) (last string, err error) {
	err = in.conocidos.each(context.Background(),
		`SELECT folio FROM reclamaciones WHERE folio >= ?1 AND folio < ?1 || char(0x10FFFF)
		ORDER BY folio DESC LIMIT 1`, []any{serie}, func(row valores) error {
			last = strings.Clone(texto(row[0]))
			return nil
		})
	in.series[serie] = last
	return last, err
}

// adelanta writes the rows that wait beside the judging of the next ones.
func (in *Ingreso) adelanta() error {
	if err := in.Quiesce(); err != nil {
		return err
	}
	rows := in.junta
	in.junta, in.escrita = in.escrita[:0], rows
	in.escribe = make(chan error, 1) // who writes never waits for who judges
	go func(done chan<- error) { done <- in.escribir(rows) }(in.escribe)
	return nil
}

// Quiesce waits until what is being written is written. Whoever uses the transaction
// while a file is taken in waits first. Where writing failed it says so each time.
func (in *Ingreso) Quiesce() error {
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

// Settle writes all that was added. Nothing pauses after it, so that what is asked
// of the transaction holds until the file counts.
func (in *Ingreso) Settle() error {
	if err := in.Quiesce(); err != nil {
		return err
	}
	rows := in.junta
	in.junta, in.escrita = nil, nil
	in.fallo = in.escribir(rows)
	return in.fallo
}

// escribir writes rows in the order of their institutions and, of one, in the
// file's.
func (in *Ingreso) escribir(all []reclamacion) error {
	orden := make([]int32, len(all))
	for i := range orden {
		orden[i] = int32(i)
	}
	slices.SortFunc(orden, func(a, b int32) int {
		return cmp.Or(cmp.Compare(all[a].une, all[b].une), cmp.Compare(a, b))
	})
	var row []any
	end := 0 // of a tramo: nobody writes between its rows
	for i, at := range orden {
		tramo := 0
		if i == end {
			for end++; end < len(orden) && end%respiro != 0 && all[orden[end]].une == all[at].une; {
				end++
			}
			tramo = end - i
		}
		row = all[at].valores(row[:0], in.a.ID, int32(tramo))
		if _, err := in.row(tReclamaciones, row...); err != nil {
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
