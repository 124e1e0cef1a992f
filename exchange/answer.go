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

// An answer is the ACU, and the RCH where there is a finding, that are being
// written for a file while its records are judged.
type answer struct {
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

// verdict is what became of one line between header and summary.
type verdict struct {
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

// answer begins the ACU.
func (c *Cycle) answer(tx *store.Tx, in *store.Ingreso, a *store.Archivo, ex *schema.Examen) (ans *answer, err error) {
	ans = &answer{c: c, tx: tx, in: in, a: a, ex: ex, year: schema.DiaDe(a.Recibido).Year(), dichos: map[int64][]int{}}
	if a.Parte != schema.ParteCONDUSEF {
		if err = ans.of(a.Parte.UNE()); err != nil {
			return nil, err
		}
	}
	if err = ans.name(); err != nil {
		return nil, err
	}
	ans.acu, err = ans.begin(schema.ACU)
	return ans, err
}

// of reads by what the answers of an institution are judged.
func (ans *answer) of(une schema.UNE) (err error) {
	ans.une = une
	if ans.institucion, err = ans.tx.Institucion(ans.une); err != nil {
		return err
	}
	if ans.cal, err = ans.tx.Calendario(); err == nil {
		ans.a.Calendario = ans.cal.Version()
	}
	return err
}

// name sets that of the ACU: the file's own owner, date and NNN, or, where they
// cannot be repeated, the folder's owner, the day of reception and the next NNN
// from 900.
func (ans *answer) name() (err error) {
	a, n := ans.a, ans.ex.Nombre
	if n.Tipo != "" && !ans.has("EST-01") && !ans.has("SEG-02") {
		k := a.K
		if k == 1 {
			k = 0
		}
		ans.nombre, ans.serie = n.Respuesta(schema.ACU, k), n.NNN
		return nil
	}
	own := schema.Nombre{Tipo: schema.TiposDe(a.Parte)[0], UNE: ans.une, Dia: schema.DiaDe(a.Recibido)}
	if ans.serie, err = ans.tx.NextNNN(a.Parte, schema.ACU, own.Dia, schema.MaxParteNNN+1); err != nil {
		return err
	}
	const last = 999
	k := 0
	if over := ans.serie - last; over > 0 { // more of them than numbers: go on by content
		k = over + 1
	}
	own.NNN = min(ans.serie, last)
	ans.nombre = own.Respuesta(schema.ACU, k)
	return nil
}

func (ans *answer) has(code schema.Codigo) bool {
	return slices.ContainsFunc(ans.ex.Hallazgos, func(h schema.Hallazgo) bool { return h.Codigo == code })
}

func (ans *answer) begin(tipo schema.Tipo) (*output, error) {
	n := ans.nombre
	n.Tipo = tipo
	return ans.c.begin(n, ans.tx.Now(), ans.a.Parte, schema.CleanArchivo(ans.a.Nombre))
}

// maxHallazgos is what an RCH can tell, but for a last line that there are more.
const maxHallazgos = 9_999_998

// finding writes one line of the RCH.
func (ans *answer) finding(h schema.Hallazgo) (err error) {
	if ans.rch == nil {
		if err = ans.in.Quieto(); err != nil { // its moment is the transaction's
			return err
		}
		if ans.rch, err = ans.begin(schema.RCH); err != nil {
			return err
		}
	}
	if ans.rch.records == maxHallazgos {
		ans.untold++
		return nil
	}
	return ans.rch.write(h.Rechazo(ans.rch.records + 1))
}

// record counts the verdict on one line and writes it into the ACU.
func (ans *answer) record(v verdict) error {
	estatus := "A"
	if ans.primera == 0 {
		ans.primera = v.linea - v.numero + 1
	}
	if v.accepted {
		ans.a.Aceptados++
	} else {
		estatus = "R"
		ans.a.Rechazados++
		if v.code == "" {
			v.code = ans.code
		}
		ans.first = cmp.Or(ans.first, v.code)
		if err := ans.in.Refuse(v.folio, v.numero, v.tipo, v.code); err != nil {
			return err
		}
	}
	if !v.legible {
		return nil
	}
	acu := schema.Acuse{AcuNumero: schema.NewEntero(int64(v.numero)), RecFolioCondusef: v.folio, AcuEstatus: estatus,
		AcuTipo: schema.NewEntero(int64(max(v.tipo, 1))), AcuFechaHoraRecepcion: schema.NewInstante(ans.a.Recibido),
		AcuFechaLimite: v.limite.Fecha()}
	if !v.accepted {
		acu.AcuCodigo = v.code
	}
	if v.limite != 0 {
		acu.AcuDiasHabiles = schema.NewEntero(int64(v.dias))
	}
	if v.oportunidad != 0 {
		acu.AcuOportunidad = schema.NewEntero(int64(v.oportunidad))
	}
	return ans.acu.write(acu)
}

// close judges the file as a whole, seals the ACU, and records both answers.
func (ans *answer) close() error {
	a := ans.a
	a.Registros = ans.ex.Registros
	a.Resultado = schema.Aceptado
	switch {
	case ans.code != "":
		a.Resultado, a.Rechazados = schema.Rechazado, a.Registros
	case a.Rechazados > 0:
		a.Resultado = schema.Parcial
	}
	if err := ans.in.Asienta(); err != nil { // before asking what another file would change
		return err
	}
	if err := ans.still(); err != nil {
		return err
	}
	var number int64
	var err error
	if ans.folio, number, err = ans.tx.NextAcuse(ans.year); err != nil {
		return err
	}
	if err := ans.in.Juzgar(ans.folio, ans.code, ans.primera); err != nil {
		return err
	}
	if err := ans.seal(); err != nil {
		return err
	}
	return ans.publish(number)
}

// publish keeps both answers together, records them and shows them.
func (ans *answer) publish(number int64) error {
	if ans.untold > 0 {
		h := schema.NewHallazgo(0, "", "", "EST-12", "")
		h.Mensaje = fmt.Sprintf("Hay otros %d hallazgos que no caben en este archivo; corrija éstos y envíe de nuevo.", ans.untold)
		if err := ans.rch.write(h.Rechazo(ans.rch.records + 1)); err != nil {
			return err
		}
	}
	acu, rch := ans.salida(schema.ACU), ans.salida(schema.RCH)
	if err := ans.acu.close(&acu); err != nil {
		return err
	}
	drafts := []*archivo.Borrador{ans.acu.draft}
	if ans.rch != nil {
		if err := ans.rch.close(&rch); err != nil {
			return errors.Join(err, ans.acu.draft.Discard())
		}
		drafts = append(drafts, ans.rch.draft)
	}
	if err := errors.Join(ans.c.Archivo.KeepAll(drafts)...); err != nil {
		return err
	}
	if err := ans.tx.AddAcuse(ans.a, &acu, ans.folio, ans.year, number); err != nil {
		return err
	}
	if err := ans.c.show(ans.tx, &acu, nil); err != nil || ans.rch == nil {
		return err
	}
	if err := ans.tx.AddRechazo(ans.a, &rch); err != nil {
		return err
	}
	return ans.c.show(ans.tx, &rch, nil)
}

// still is errCambio where the calendar is not the one any more by which a RES that
// was taken in in parts was judged.
func (ans *answer) still() error {
	if ans.cal == nil {
		return nil
	}
	now, err := ans.tx.Calendario()
	if err == nil && now.Version() != ans.cal.Version() {
		err = fmt.Errorf("calendar %s: %w", ans.cal.Version(), errCambio)
	}
	return err
}

// seal writes line 03, which covers every verdict before it.
func (ans *answer) seal() error {
	a := ans.a
	s := schema.Sello{AcuFolio: ans.folio, AcuArchivo: schema.CleanArchivo(a.Nombre), AcuBytes: schema.NewEntero(a.Bytes), AcuHash: a.SHA256,
		AcuFechaHoraRecepcion: schema.NewInstante(a.Recibido), AcuResultado: schema.NewEntero(int64(a.Resultado))}
	ans.c.Firmante.seal(&s, ans.acu.w.Hash())
	return ans.acu.write(s)
}

func (ans *answer) salida(tipo schema.Tipo) store.Salida {
	n := ans.nombre
	n.Tipo = tipo
	return store.Salida{Parte: ans.a.Parte, Carpeta: tipo.Carpeta(ans.a.Parte), Nombre: n.String(), Tipo: tipo,
		Jornada: ans.a.Jornada, Dia: n.Dia, NNN: ans.serie, Archivo: ans.a.ID}
}

func (ans *answer) abandon() {
	ans.acu.abandon()
	ans.rch.abandon()
}
