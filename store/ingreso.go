package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Ingreso is a file that is being taken in: its records are added one after the
// other, and Juzgar makes them count. Until then nobody sees them, so that a large
// file is written in several transactions (Pausa), none of which holds the writer
// for long. What never came to count is dropped.
type Ingreso struct {
	tx        *Tx
	a         *Archivo
	sumas     map[*tabla]*suma
	reservado bool
	unes      map[schema.UNE]bool // with an accepted row of a REC
	cierran   int                 // accepted answers
	prorrogan int                 // accepted prórrogas
	renglones bitacora.Renglones
	junta     []reclamacion               // of a REC, not written yet
	escrita   []reclamacion               // those that are being written, or were: room for the next
	uno       bitacora.RenglonReclamacion // that was told last
	// gets how the writing of those before them ended; nil: none is under way
	escribe   chan error
	fallo     error             // how it ended, where it failed: the file counts no more
	otra      *sql.Conn         // reads beside the writer
	conocidos *escritor         // on it
	series    map[string]string // of folios: the last one that was on disk
}

// TakeIn begins to take a file in, and sets its ID.
func (tx *Tx) TakeIn(a *Archivo) (*Ingreso, error) {
	id, err := tx.next(tArchivos)
	if err != nil {
		return nil, err
	}
	var other int64
	if err := tx.get(`SELECT coalesce(max(archivo), 0) FROM entrantes`, nil, &other); err != nil {
		return nil, err
	}
	if tx.abierto != nil {
		return nil, fmt.Errorf("store: %s is not judged yet", tx.abierto.a.Mostrable())
	}
	a.ID = max(id, other+1)
	in := &Ingreso{tx: tx, a: a, sumas: map[*tabla]*suma{}, unes: map[schema.UNE]bool{},
		series: map[string]string{}}
	if a.Tipo == schema.REC {
		if err := in.mira(); err != nil {
			return nil, err
		}
	}
	tx.abierto = in
	return in, nil
}

// Close frees what it holds, also where it was closed before. It waits for what is
// being written, and gives its error where nobody was told of it.
func (in *Ingreso) Close() error {
	told := in.fallo != nil
	err := in.Quiesce()
	if told {
		err = nil
	}
	return errors.Join(err, in.cierra(), in.renglones.Close())
}

// retiene is how long a transaction may hold the writer before a file that is
// taken in lets others write.
const retiene = 50 * time.Millisecond

// Pause lets others write where the file held them up for long. What is on disk then
// counts for nobody. Where rows are being written beside the judging, who writes
// them pauses.
func (in *Ingreso) Pause() error {
	if ended, err := in.quieto(); !ended || err != nil {
		return err
	}
	return in.pausa()
}

func (in *Ingreso) pausa() error {
	tx := in.tx
	if tx.escribe {
		return errors.New("store: a file is taken in among other facts: it cannot pause")
	}
	if time.Since(tx.begun) < tx.s.retiene {
		return nil
	}
	if !in.reservado {
		if _, err := tx.work(`INSERT INTO entrantes (archivo) VALUES (?)`, in.a.ID); err != nil {
			return err
		}
		in.reservado, tx.ingreso = true, in
	}
	if err := tx.commit(); err != nil {
		return err
	}
	tx.s.mu.Unlock()
	tx.s.mu.Lock()
	return tx.begin()
}

// row adds a row that counts with the file.
func (in *Ingreso) row(t *tabla, values ...any) (id int64, err error) {
	if id, err = in.tx.next(t); err != nil {
		return 0, err
	}
	s := in.sumas[t]
	if s == nil {
		s = &suma{}
		in.sumas[t] = s
	}
	if err := in.tx.put(t, s, id, values...); err != nil {
		return 0, err
	}
	in.tx.ids[t] = id
	return id, nil
}

func nada(s string) any {
	if s == "" {
		return nil
	}
	return strings.Clone(s) // the line that it stands in is not kept for it
}

func nadaN(n int32) any {
	if n == 0 {
		return nil
	}
	return int64(n)
}

// AddRespuesta accepts a record of a RES. An answer closes its round, a prórroga
// moves its limit, once the file counts.
func (in *Ingreso) AddRespuesta(k *Asunto, p *Respuesta) (err error) {
	p.Asunto, p.Folio, p.UNE, p.Archivo = k.ID, k.Folio, k.UNE, in.a.ID
	var sentido, prorroga any
	r := bitacora.RenglonRespuesta{Folio: k.Folio, Vuelta: k.Vuelta, Tipo: p.Tipo, Dias: &p.Dias,
		Oportunidad: p.Oportunidad}
	if p.Tipo == TipoProrroga || p.Limite != k.Limite {
		r.Limite = p.Limite
	}
	if p.Tipo == TipoProrroga {
		in.prorrogan++
		prorroga, r.Prorroga = p.Prorroga, p.Prorroga
	} else {
		in.cierran++
		sentido, r.Sentido = p.Sentido, p.Sentido
	}
	var abonado any
	if p.ConImporte {
		abonado = int64(p.Abonado)
	}
	p.ID, err = in.row(tRespuestas, k.ID, p.Tipo, p.Archivo, p.Numero, p.Desplazamiento, p.Largo, p.Dias,
		p.Oportunidad, int64(p.Limite),
		sentido, prorroga, abonado, nada(string(p.Anexo)))
	if err != nil {
		return fmt.Errorf("store: respuestas: %w", err)
	}
	return in.renglon(&r)
}

// AddDictamen accepts a record of a DIC about the round k of a folio. A
// desistimiento closes a round that has no answer; an 11 leaves the standing one
// of tipo Anula without effect, and opens nothing again.
func (in *Ingreso) AddDictamen(k *Asunto, d *Dictamen) (err error) {
	d.Asunto, d.Folio, d.Vuelta, d.Archivo = k.ID, k.Folio, k.Vuelta, in.a.ID
	var anula any
	if d.Tipo == DicSinEfecto {
		anula = d.Anula
	}
	d.ID, err = in.row(tDictamenes, k.ID, int64(k.UNE), d.Tipo, int64(d.Fecha), d.Archivo, d.Numero,
		d.Desplazamiento, d.Largo, anula)
	if err != nil {
		return fmt.Errorf("store: dictamenes: %w", err)
	}
	return in.renglon(&bitacora.RenglonDictamen{Folio: k.Folio, Vuelta: k.Vuelta, UNE: k.UNE, Tipo: d.Tipo,
		Fecha: d.Fecha, Anula: d.Anula})
}

// Refuse records that a record was refused. The record itself stays readable in
// the file, which is kept. tipo is that of a record of a RES.
func (in *Ingreso) Refuse(folio schema.Folio, numero, tipo int, codigo schema.Codigo) error {
	if err := in.Quiesce(); err != nil {
		return err
	}
	if _, err := in.row(tRechazados, in.a.ID, numero, string(folio), string(codigo)); err != nil {
		return fmt.Errorf("store: rechazados: %w", err)
	}
	t, ok := ingresables[in.a.Tipo]
	if !ok {
		t = ingresables[schema.RES] // as what is no type is judged
	}
	return in.renglon(t.rehusado(folio, tipo, codigo))
}

func (in *Ingreso) renglon(r any) error { return in.renglones.Add(r) }

// Judge makes the file count, with what became of it and of each record: acuse is
// the number with which it is answered, codigo that for which it is refused whole,
// if it is, and primera the line of its first record. It may pause before it writes
// anything else: what the caller asked must still hold then, or be asked after
// Asienta.
func (in *Ingreso) Judge(acuse string, codigo schema.Codigo, primera int) error {
	tx, a := in.tx, in.a
	if err := errors.Join(in.Settle(), in.cierra()); err != nil {
		return err
	}
	if err := tx.addAt(tArchivos, a.ID, a.Parte, a.Nombre, string(a.SHA256), a.Bytes, string(a.Tipo),
		a.Version, a.Codificacion,
		a.Jornada.String(), ms(a.Recibido), a.K, int(a.Resultado), a.Registros, a.Aceptados, a.Rechazados,
		primera, a.Calendario); err != nil {
		return err
	}
	carga := bitacora.CargaRecibido{Bytes: a.Bytes, Tipo: a.Tipo, Version: a.Version,
		Codificacion: a.Codificacion,
		Recibido:     schema.NewInstante(a.Recibido), Jornada: a.Jornada, K: a.K, Acuse: acuse,
		Resultado: a.Resultado.String(), Codigo: codigo,
		Registros: a.Registros, Aceptados: a.Aceptados, Rechazados: a.Rechazados, Calendario: a.Calendario,
		PrimeraLinea: primera}
	in.renglones.Lista = ingresables[a.Tipo].lista
	if in.renglones.N() > 0 && in.renglones.Lista == "" {
		return fmt.Errorf("store: a file of type %q has no records", a.Tipo)
	}
	if err := tx.Log(Acto{Evento: bitacora.ArchivoRecibido, Parte: a.Parte, Archivo: a.Mostrable(),
		SHA256: a.SHA256, Folio: in.folio(),
		Carga: carga, Renglones: &in.renglones, sumas: in.sumas}); err != nil {
		return err
	}
	if in.reservado { // where the row is away, so are the parts
		if err := tx.must(`DELETE FROM entrantes WHERE archivo = ?`, a.ID); err != nil {
			return err
		}
	}
	if err := in.apply(); err != nil {
		return err
	}
	tx.abierto = nil
	return nil
}

// folio is the one that the act is of, "" where it is of several.
func (in *Ingreso) folio() schema.Folio { return in.renglones.Unico() }

// apply brings what the file did into the work tables.
func (in *Ingreso) apply() error {
	if t, ok := ingresables[in.a.Tipo]; ok {
		return t.apply(in)
	}
	return nil
}

// porTrozo is how many rows of a table are dropped in one transaction.
const porTrozo = 5000

// drop removes the rows of a file that never came to count, or some of them: then
// there are more.
func (tx *Tx) drop(archivo int64) (more bool, err error) {
	for _, t := range todosLosHechos {
		if t.por != "archivos" {
			continue
		}
		which := `SELECT id FROM ` + t.nombre + ` WHERE ` + t.lleva + ` = ?1`
		if t == tReclamaciones { // from the last on: the first of a tramo leads to the others
			which = `SELECT r.id FROM reclamaciones t` + delTramo + `
				WHERE t.archivo = ?1 ORDER BY t.une DESC, t.id DESC, r.id DESC`
		}
		n, err := tx.work(`DELETE FROM `+t.nombre+` WHERE id IN (`+which+` LIMIT ?2)
			AND NOT EXISTS (SELECT 1 FROM archivos WHERE id = ?1)`, archivo, porTrozo)
		if err != nil || n == porTrozo {
			return true, err
		}
	}
	_, err = tx.work(`DELETE FROM entrantes WHERE archivo = ?`, archivo)
	return false, err
}

// sweep drops what a kill left of files that were being taken in.
func (tx *Tx) sweep() error {
	var all []int64
	if err := tx.each(`SELECT archivo FROM entrantes`, nil, func(rows valores) error {
		var id int64
		err := rows.Scan(&id)
		all = append(all, id)
		return err
	}); err != nil {
		return err
	}
	for _, id := range all {
		for more := true; more; {
			var err error
			if more, err = tx.drop(id); err != nil {
				return err
			}
		}
	}
	return nil
}
