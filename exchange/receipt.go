package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
)

// A receipt is the ACU, and the RCH where there is a finding, that are being
// written for a file while its records are judged.
type receipt struct {
	c    *Cycle
	tx   *store.Tx
	in   *store.Ingreso
	a    *store.Archivo
	ex   *schema.Examen
	une  schema.UNE    // 0 for CONDUSEF
	code schema.Codigo // for which the file is refused whole; "" where it is not
	todo bool          // it is refused whole for one record of it

	cal         *schema.Calendario // by which a RES is judged
	institucion store.Institucion  // likewise

	first   schema.Codigo // of the first record that was refused
	primera int           // the line of the first record

	dichos map[int64][]int // by round: the dictámenes that would stand, were the file not refused whole

	folio  string // AcuFolio
	year   int
	nombre schema.Nombre // of the ACU
	serie  int           // its place among the party's ACUs of the day; the NNN, up to 999
	acu    *output
	rch    *output // nil until the first finding
	untold int     // findings beyond what an RCH can hold
}

// veredicto is what became of one line between header and summary.
type veredicto struct {
	linea, numero int
	legible       bool         // it is a record; else no acuse can name it
	folio         schema.Folio // "" where it cannot be read
	code          schema.Codigo
	accepted      bool
	tipo          int
	limite        schema.Dia
	dias          int
	oportunidad   int
}

// receipt begins the ACU.
func (c *Cycle) receipt(tx *store.Tx, in *store.Ingreso, a *store.Archivo,
	ex *schema.Examen) (rcpt *receipt, err error) {
	rcpt = &receipt{c: c, tx: tx, in: in, a: a, ex: ex, year: schema.DiaDe(a.Recibido).Year(),
		dichos: map[int64][]int{}}
	if a.Parte != schema.ParteCONDUSEF {
		if err = rcpt.of(a.Parte.UNE()); err != nil {
			return nil, err
		}
	}
	if err = rcpt.name(); err != nil {
		return nil, err
	}
	rcpt.acu, err = rcpt.begin(schema.ACU)
	return rcpt, err
}

// of reads by what the answers of an institution are judged.
func (rcpt *receipt) of(une schema.UNE) (err error) {
	rcpt.une = une
	if rcpt.institucion, err = rcpt.tx.Institucion(rcpt.une); err != nil {
		return err
	}
	if rcpt.cal, err = rcpt.tx.Calendario(); err == nil {
		rcpt.a.Calendario = rcpt.cal.Version()
	}
	return err
}

// name sets that of the ACU: the file's own owner, date and NNN, or, where they
// cannot be repeated, the folder's owner, the day of reception and the next NNN
// from 900.
func (rcpt *receipt) name() (err error) {
	a, n := rcpt.a, rcpt.ex.Nombre
	if n.Tipo != "" && !rcpt.has("EST-01") && !rcpt.has("SEG-02") {
		k := a.K
		if k == 1 {
			k = 0
		}
		rcpt.nombre, rcpt.serie = n.Receipt(schema.ACU, k), n.NNN
		return rcpt.free(max(k, 1))
	}
	own := schema.Nombre{Tipo: schema.TiposDe(a.Parte)[0], UNE: rcpt.une, Dia: schema.DiaDe(a.Recibido)}
	if rcpt.serie, err = rcpt.tx.NextNNN(a.Parte, schema.ACU, own.Dia, schema.MaxParteNNN+1); err != nil {
		return err
	}
	const last = 999
	k := 0
	if over := rcpt.serie - last; over > 0 { // more of them than numbers: go on by content
		k = over + 1
	}
	own.NNN = min(rcpt.serie, last)
	rcpt.nombre = own.Receipt(schema.ACU, k)
	return rcpt.free(max(k, 1))
}

// free goes on to the next name of which neither the ACU nor the RCH is there: before an
// epoch a party's own folder was shown some that the store does not know.
func (rcpt *receipt) free(k int) error {
	for ; ; k++ {
		acu, rch := rcpt.nombre, rcpt.nombre
		rch.Tipo = schema.RCH
		used, err := rcpt.tx.Dado(rcpt.a.Parte, acu.String())
		if err == nil && !used {
			used, err = rcpt.tx.Dado(rcpt.a.Parte, rch.String())
		}
		if err != nil || !used {
			return err
		}
		rcpt.nombre.K = k + 1
	}
}

func (rcpt *receipt) has(code schema.Codigo) bool {
	return slices.ContainsFunc(rcpt.ex.Hallazgos, func(h schema.Hallazgo) bool { return h.Codigo == code })
}

func (rcpt *receipt) begin(tipo schema.Tipo) (*output, error) {
	n := rcpt.nombre
	n.Tipo = tipo
	return rcpt.c.begin(n, rcpt.tx.Now(), rcpt.a.Parte, schema.CleanArchivo(rcpt.a.Nombre))
}

// maxHallazgos is what an RCH can tell, but for a last line that there are more.
const maxHallazgos = 9_999_998

// finding writes one line of the RCH.
func (rcpt *receipt) finding(h schema.Hallazgo) (err error) {
	if rcpt.rch == nil {
		if err = rcpt.in.Quiesce(); err != nil { // its moment is the transaction's
			return err
		}
		if rcpt.rch, err = rcpt.begin(schema.RCH); err != nil {
			return err
		}
	}
	if rcpt.rch.records == maxHallazgos {
		rcpt.untold++
		return nil
	}
	return rcpt.rch.write(h.Rechazo(rcpt.rch.records + 1))
}

// record counts the verdict on one line and writes it into the ACU.
func (rcpt *receipt) record(v veredicto) error {
	estatus := "A"
	if rcpt.primera == 0 {
		rcpt.primera = v.linea - v.numero + 1
	}
	if v.accepted {
		rcpt.a.Aceptados++
	} else {
		estatus = "R"
		rcpt.a.Rechazados++
		if v.code == "" {
			v.code = rcpt.code
		}
		rcpt.first = cmp.Or(rcpt.first, v.code)
		if err := rcpt.in.Refuse(v.folio, v.numero, v.tipo, v.code); err != nil {
			return err
		}
	}
	if !v.legible {
		return nil
	}
	acu := schema.Acuse{AcuNumero: schema.NewEntero(int64(v.numero)), RecFolioCondusef: v.folio,
		AcuEstatus:            estatus,
		AcuTipo:               schema.NewEntero(int64(max(v.tipo, 1))),
		AcuFechaHoraRecepcion: schema.NewInstante(rcpt.a.Recibido),
		AcuFechaLimite:        v.limite.Fecha()}
	if !v.accepted {
		acu.AcuCodigo = v.code
	}
	if v.limite != 0 {
		acu.AcuDiasHabiles = schema.NewEntero(int64(v.dias))
	}
	if v.oportunidad != 0 {
		acu.AcuOportunidad = schema.NewEntero(int64(v.oportunidad))
	}
	return rcpt.acu.write(acu)
}

// close judges the file as a whole, seals the ACU, and records both answers.
func (rcpt *receipt) close() error {
	a := rcpt.a
	a.Registros = rcpt.ex.Registros
	a.Resultado = schema.Aceptado
	switch {
	case rcpt.code != "":
		a.Resultado, a.Rechazados = schema.Rechazado, a.Registros
	case a.Rechazados > 0:
		a.Resultado = schema.Parcial
	}
	if err := rcpt.in.Settle(); err != nil { // before asking what another file would change
		return err
	}
	if err := rcpt.still(); err != nil {
		return err
	}
	last, err := rcpt.tx.UltimoAcuse(rcpt.year)
	if err != nil {
		return err
	}
	number, err := rcpt.c.Marca.Next(rcpt.year, last)
	if err != nil {
		return err
	}
	rcpt.folio = store.FolioDeAcuse(rcpt.year, number)
	if err := rcpt.in.Judge(rcpt.folio, rcpt.code, rcpt.primera); err != nil {
		return err
	}
	if err := rcpt.seal(); err != nil {
		return err
	}
	return rcpt.publish(number)
}

// publish keeps both answers together, records them and shows them.
func (rcpt *receipt) publish(number int64) error {
	if rcpt.untold > 0 {
		h := schema.NewHallazgo(0, "", "", "EST-12", "")
		h.Mensaje = fmt.Sprintf(
			"Hay otros %d hallazgos que no caben en este archivo; corrija éstos y envíe de nuevo.",
			rcpt.untold)
		if err := rcpt.rch.write(h.Rechazo(rcpt.rch.records + 1)); err != nil {
			return err
		}
	}
	acu, rch := rcpt.salida(schema.ACU), rcpt.salida(schema.RCH)
	if err := rcpt.acu.close(&acu); err != nil {
		return err
	}
	drafts := []*archivo.Borrador{rcpt.acu.draft}
	if rcpt.rch != nil {
		if err := rcpt.rch.close(&rch); err != nil {
			return errors.Join(err, rcpt.acu.draft.Discard())
		}
		drafts = append(drafts, rcpt.rch.draft)
	}
	if err := errors.Join(rcpt.c.Archivo.KeepAll(drafts)...); err != nil {
		return err
	}
	if err := rcpt.tx.AddAcuse(rcpt.a, &acu, rcpt.folio, rcpt.year, number); err != nil {
		return err
	}
	if err := rcpt.c.show(rcpt.tx, &acu, nil); err != nil || rcpt.rch == nil {
		return err
	}
	if err := rcpt.tx.AddRechazo(rcpt.a, &rch); err != nil {
		return err
	}
	return rcpt.c.show(rcpt.tx, &rch, nil)
}

// still is errCambio where the calendar is not the one any more by which a RES that
// was taken in in parts was judged.
func (rcpt *receipt) still() error {
	if rcpt.cal == nil {
		return nil
	}
	now, err := rcpt.tx.Calendario()
	if err == nil && now.Version() != rcpt.cal.Version() {
		err = fmt.Errorf("calendar %s: %w", rcpt.cal.Version(), errCambio)
	}
	return err
}

// seal writes line 03, which covers every verdict before it.
func (rcpt *receipt) seal() error {
	a := rcpt.a
	s := schema.Sello{AcuFolio: rcpt.folio, AcuArchivo: schema.CleanArchivo(a.Nombre),
		AcuBytes: schema.NewEntero(a.Bytes), AcuHash: a.SHA256,
		AcuFechaHoraRecepcion: schema.NewInstante(a.Recibido),
		AcuResultado:          schema.NewEntero(int64(a.Resultado))}
	rcpt.c.Firmante.seal(&s, rcpt.acu.w.Hash())
	return rcpt.acu.write(s)
}

func (rcpt *receipt) salida(tipo schema.Tipo) store.Salida {
	n := rcpt.nombre
	n.Tipo = tipo
	return store.Salida{Parte: rcpt.a.Parte, Carpeta: tipo.Carpeta(rcpt.a.Parte), Nombre: n.String(),
		Tipo:    tipo,
		Jornada: rcpt.a.Jornada, Dia: n.Dia, NNN: rcpt.serie, Archivo: rcpt.a.ID}
}

func (rcpt *receipt) abandon() {
	rcpt.acu.abandon()
	rcpt.rch.abandon()
}
