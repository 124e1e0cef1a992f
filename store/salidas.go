package store

import (
	"errors"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Salida is a file that we leave for a party. Its bytes were fixed when it was
// made; Publicado is when it became visible.
type Salida struct {
	ID        int64
	Parte     schema.Parte
	Carpeta   string
	Nombre    string
	Tipo      schema.Tipo
	SHA256    schema.Huella
	Bytes     int64
	Registros int
	Jornada   schema.Dia // the operation day that it belongs to
	Dia       schema.Dia // the date in its name
	NNN       int
	Generado  time.Time
	Archivo   int64     // the file that it comes from or answers; 0 none
	Publicado time.Time // zero: not visible yet

	// NoObservable tells that it was published where nobody can see whether the
	// party picks it up: on a server or a disk that is not ours.
	NoObservable bool
}

const selectSalida = `SELECT s.id, s.parte, s.carpeta, s.nombre, s.tipo, s.sha256, s.bytes, s.registros,
	s.jornada, s.dia, s.nnn, s.generado,
	coalesce(s.archivo, 0), coalesce(p.momento, 0), coalesce(NOT p.observable, 0) FROM salidas s
	LEFT JOIN publicaciones p ON p.salida = s.id`

// vigente leaves out LOTs that were taken back.
const vigente = `NOT EXISTS (SELECT 1 FROM anulaciones x WHERE x.salida = s.id)`

func scanSalida(row valores, s *Salida) error {
	var generado, publicado int64
	var jornada, dia string
	if err := row.Scan(&s.ID, &s.Parte, &s.Carpeta, &s.Nombre, &s.Tipo, &s.SHA256, &s.Bytes, &s.Registros,
		&jornada, &dia,
		&s.NNN, &generado, &s.Archivo, &publicado, &s.NoObservable); err != nil {
		return err
	}
	s.Generado, s.Publicado = moment(generado), moment(publicado)
	return errors.Join(s.Jornada.UnmarshalText([]byte(jornada)), s.Dia.UnmarshalText([]byte(dia)))
}

func (v *View) salidas(where string, args ...any) (all []Salida, err error) {
	err = v.each(selectSalida+` WHERE `+vigente+` AND `+where, args, func(rows valores) error {
		var s Salida
		if err := scanSalida(rows, &s); err != nil {
			return err
		}
		all = append(all, s)
		return nil
	})
	return all, err
}

func (v *View) salida(where string, args ...any) (Salida, error) {
	all, err := v.salidas(where, args...)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Salida{}, err
	}
	return all[0], nil
}

// PorPublicar gives what was made for a party and is not visible yet, in the
// order in which it was made.
func (v *View) PorPublicar(parte schema.Parte) ([]Salida, error) {
	return v.salidas(`s.id IN (SELECT salida FROM por_publicar WHERE parte = ?) ORDER BY s.id`, parte)
}

// SinPublicar counts what is not visible yet, for all parties.
func (v *View) SinPublicar() (n int, err error) {
	err = v.get(`SELECT count(*) FROM por_publicar`, nil, &n)
	return n, err
}

// SalidaPorNombre gives what was made for a party under a name.
func (v *View) SalidaPorNombre(parte schema.Parte, nombre string) (Salida, error) {
	return v.salida(`s.parte = ? AND s.nombre = ?`, parte, nombre)
}

// SalidaPorID gives what was made under an ID.
func (v *View) SalidaPorID(id int64) (Salida, error) { return v.salida(`s.id = ?`, id) }

// HechasDe gives the ACU and RCH that answer a file, and the LOTs that come
// from it.
func (v *View) HechasDe(archivo int64) ([]Salida, error) {
	return v.salidas(`s.archivo = ? ORDER BY s.id`, archivo)
}

// LotesDe counts the LOTs that belong to an operation day of a party.
func (v *View) LotesDe(parte schema.Parte, jornada schema.Dia) (n int, err error) {
	err = v.get(`SELECT count(*) FROM salidas s WHERE s.parte = ? AND s.jornada = ? AND s.tipo = 'LOT' AND `+
		vigente,
		[]any{parte, jornada.String()}, &n)
	return n, err
}

// NextNNN gives the next number of a party's files of one type and day, from
// first on. A number that was given stays used, even where its file was annulled. On a
// day on which an epoch began LOTs and REPs go on 100 further: what was shown before may
// not be known here.
func (v *View) NextNNN(parte schema.Parte, tipo schema.Tipo, dia schema.Dia, first int) (n int, err error) {
	if tipo == schema.LOT || tipo == schema.REP {
		epocas, err := v.epocasDesde(dia)
		if err != nil {
			return 0, err
		}
		first += 100 * epocas
	}
	err = v.get(
		`SELECT coalesce(max(nnn) + 1, ?4) FROM salidas WHERE parte = ?1 AND tipo = ?2 AND dia = ?3
			AND nnn >= ?4`,
		[]any{parte, string(tipo), dia.String(), first}, &n)
	for used := tipo == schema.LOT || tipo == schema.REP; err == nil && used; {
		nombre := schema.Nombre{Tipo: tipo, Dia: dia, NNN: n}
		if tipo == schema.LOT {
			nombre.UNE = parte.UNE()
		}
		if used, err = v.Dado(parte, nombre.String()); used {
			n++
		}
	}
	return n, err
}

// AddSalida records a file whose bytes are kept, and sets its ID. It is visible
// only from Publish on.
func (tx *Tx) AddSalida(s *Salida) (err error) {
	var archivo any
	if s.Archivo != 0 {
		archivo = s.Archivo
	}
	s.Generado = tx.now
	s.ID, err = tx.add(tSalidas, s.Parte, s.Carpeta, s.Nombre, string(s.Tipo), string(s.SHA256), s.Bytes,
		s.Registros, s.Jornada.String(),
		s.Dia.String(), s.NNN, ms(s.Generado), archivo)
	if err != nil {
		return err
	}
	_, err = tx.work(`INSERT INTO por_publicar (salida, parte) VALUES (?,?)`, s.ID, s.Parte)
	return err
}

// Publish records that a file became visible at a moment, and, by NoObservable,
// where its pickup cannot be seen. The rows of a LOT are delivered by that.
func (tx *Tx) Publish(s *Salida, at time.Time) error {
	if err := tx.must(`DELETE FROM por_publicar WHERE salida = ?`, s.ID); err != nil {
		return err
	}
	if _, err := tx.add(tPublicaciones, s.ID, ms(at), !s.NoObservable); err != nil {
		return err
	}
	s.Publicado = at
	carga := bitacora.CargaPublicado{Carpeta: s.Carpeta, Bytes: s.Bytes, Publicado: schema.NewInstante(at)}
	if s.NoObservable {
		carga.Recogida = "no observable"
	}
	if s.Tipo == schema.LOT && !s.NoObservable {
		if _, err := tx.work(`INSERT INTO por_recoger (salida) VALUES (?)`, s.ID); err != nil {
			return err
		}
	}
	a := s.acto(bitacora.ArchivoPublicado, carga)
	if s.Tipo == schema.LOT && s.Registros > 0 {
		return tx.deliver(s, a, carga)
	}
	return tx.Log(a)
}

// delLote are the rows of the LOT ?1 with their terms.
const delLote = ` FROM lotes l JOIN reclamaciones t ON t.archivo = l.rec AND t.une = l.une` + delTramo + `
	AND l.turno IN (0, r.turno) WHERE l.salida = ?1`

// deliver tells of a LOT that its folios are delivered by it.
func (tx *Tx) deliver(s *Salida, a Acto, carga bitacora.CargaPublicado) error {
	var plazos []Plazo
	var calendario string
	if err := tx.each(`SELECT turno, dia0, limite, calendario FROM lotes WHERE salida = ? ORDER BY turno`,
		[]any{s.ID}, func(rows valores) error {
			var p Plazo
			err := rows.Scan(&p.Turno, &p.Dia0, &p.Limite, &calendario)
			plazos = append(plazos, p)
			return err
		}); err != nil {
		return err
	}
	if len(plazos) == 0 {
		return fmt.Errorf("store: %s has no terms: %w", s.Nombre, ErrNotFound)
	}
	n, err := tx.work(`INSERT INTO estados (reclamacion, une, lote, entregada, dia0, limite)
		SELECT r.id, r.une, l.salida, ?2, l.dia0, l.limite`+delLote, s.ID, ms(s.Publicado))
	if err == nil && n != int64(s.Registros) {
		err = fmt.Errorf("store: %s has %d records, and %d terms", s.Nombre, s.Registros, n)
	}
	if err != nil {
		return err
	}
	carga.Dia0, carga.Limite, carga.Calendario = plazos[0].Dia0, plazos[0].Limite, calendario
	a.Carga = carga
	a.Renglones = &bitacora.Renglones{Lista: "folios"}
	defer a.Renglones.Close()
	err = tx.each(`SELECT r.folio, r.vuelta, l.dia0, l.limite`+delLote+` ORDER BY r.id`, []any{s.ID},
		func(row valores) error {
			e := bitacora.RenglonEntregada{Folio: schema.Folio(texto(row[0])), Vuelta: int(entero(row[1])),
				Dia0: schema.Dia(entero(row[2])), Limite: schema.Dia(entero(row[3]))}
			if e.Dia0 == carga.Dia0 && e.Limite == carga.Limite {
				e.Dia0, e.Limite = 0, 0
			}
			return a.Renglones.Add(&e)
		})
	if err != nil {
		return err
	}
	a.Folio = a.Renglones.Unico()
	return tx.Log(a)
}

// Mostrable is its name as the log and an operator may see it. An annex bears the
// name that a party gave it, which may be a person's: it is told by its acuse.
func (s *Salida) Mostrable() string {
	if s.Tipo == TipoAnexo {
		return s.Nombre[:min(len(s.Nombre), len("ACU-AAAA-NNNNNNNN"))]
	}
	return s.Nombre
}

func (s *Salida) acto(evento string, carga any) Acto {
	return Acto{Evento: evento, Parte: s.Parte, Archivo: s.Mostrable(), SHA256: s.SHA256, Carga: carga}
}

// Plazo is the term of rows of a LOT: of those of one day of turno, or of all.
type Plazo struct {
	Turno  schema.Dia // 0: whatever it is
	Dia0   schema.Dia // the day that the term is counted from
	Limite schema.Dia // the last day in time
}

// AddLote records a LOT of every row of its REC that is of its institution, and
// their terms, counted with a version of the calendar. An empty LOT has none.
func (tx *Tx) AddLote(s *Salida, plazos []Plazo, calendario string) error {
	if err := tx.AddSalida(s); err != nil {
		return err
	}
	if s.Archivo != 0 {
		une := s.Parte.UNE()
		if err := tx.must(`DELETE FROM por_entregar WHERE une = ? AND rec = ?`, une, s.Archivo); err != nil {
			return err
		}
		for _, p := range plazos {
			if _, err := tx.add(tLotes, s.ID, s.Archivo, int64(une), int64(p.Turno), int64(p.Dia0),
				int64(p.Limite), calendario); err != nil {
				return err
			}
		}
	}
	return tx.Log(s.acto(bitacora.LoteFormado,
		bitacora.CargaFormado{Registros: s.Registros, Jornada: s.Jornada}))
}

// AnnulLote takes back a LOT that was never visible, so that its rows go into
// another one with a limit counted anew.
func (tx *Tx) AnnulLote(s Salida) error {
	if err := tx.must(`DELETE FROM por_publicar WHERE salida = ?`, s.ID); err != nil {
		return err
	}
	if _, err := tx.add(tAnulaciones, s.ID, ms(tx.now)); err != nil {
		return err
	}
	if s.Archivo != 0 {
		une := s.Parte.UNE()
		if _, err := tx.work(`INSERT INTO por_entregar (une, rec) VALUES (?,?)`, une, s.Archivo); err != nil {
			return err
		}
	}
	return tx.Log(s.acto(bitacora.LoteAnulado, bitacora.CargaAnulado{}))
}
