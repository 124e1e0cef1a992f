package store

import (
	"database/sql"
	"errors"
	"time"

	"buzon/schema"
)

// Salida is a file that we leave for a party. Its bytes were fixed when it was
// made; Publicado is when it became visible.
type Salida struct {
	ID        int64
	Parte     string
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

const selectSalida = `SELECT id, parte, carpeta, nombre, tipo, sha256, bytes, registros, jornada, dia, nnn, generado, coalesce(archivo, 0), coalesce(publicado, 0), NOT observable FROM salidas`

func scanSalida(row interface{ Scan(...any) error }, s *Salida) error {
	var generado, publicado int64
	var jornada, dia string
	if err := row.Scan(&s.ID, &s.Parte, &s.Carpeta, &s.Nombre, &s.Tipo, &s.SHA256, &s.Bytes, &s.Registros, &jornada, &dia,
		&s.NNN, &generado, &s.Archivo, &publicado, &s.NoObservable); err != nil {
		return err
	}
	s.Generado, s.Publicado = moment(generado), moment(publicado)
	return errors.Join(s.Jornada.UnmarshalText([]byte(jornada)), s.Dia.UnmarshalText([]byte(dia)))
}

func (v *View) salidas(where string, args ...any) (all []Salida, err error) {
	err = v.each(selectSalida+` WHERE anulado IS NULL AND `+where, args, func(rows *sql.Rows) error {
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
func (v *View) PorPublicar(parte string) ([]Salida, error) {
	return v.salidas(`parte = ? AND publicado IS NULL ORDER BY id`, parte)
}

// SinPublicar counts what is not visible yet, for all parties.
func (v *View) SinPublicar() (n int, err error) {
	err = v.get(`SELECT count(*) FROM salidas WHERE publicado IS NULL AND anulado IS NULL`, nil, &n)
	return n, err
}

// SalidaPorNombre gives what was made for a party under a name.
func (v *View) SalidaPorNombre(parte, nombre string) (Salida, error) {
	return v.salida(`parte = ? AND nombre = ?`, parte, nombre)
}

// SalidaPorID gives what was made under an ID.
func (v *View) SalidaPorID(id int64) (Salida, error) { return v.salida(`id = ?`, id) }

// Contestan gives the ACU and RCH that answer a file, and the LOTs that come
// from it.
func (v *View) Contestan(archivo int64) ([]Salida, error) {
	return v.salidas(`archivo = ? ORDER BY id`, archivo)
}

// LotesDe counts the LOTs that belong to an operation day of a party.
func (v *View) LotesDe(parte string, jornada schema.Dia) (n int, err error) {
	err = v.get(`SELECT count(*) FROM salidas WHERE parte = ? AND jornada = ? AND tipo = 'LOT' AND anulado IS NULL`,
		[]any{parte, jornada.String()}, &n)
	return n, err
}

// NextNNN gives the next number of a party's files of one type and day, from
// first on. A number that was given stays used, even where its file was annulled.
func (v *View) NextNNN(parte string, tipo schema.Tipo, dia schema.Dia, first int) (n int, err error) {
	err = v.get(`SELECT coalesce(max(nnn) + 1, ?4) FROM salidas WHERE parte = ?1 AND tipo = ?2 AND dia = ?3 AND nnn >= ?4`,
		[]any{parte, string(tipo), dia.String(), first}, &n)
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
	s.ID, err = tx.insert(`INSERT INTO salidas (parte, carpeta, nombre, tipo, sha256, bytes, registros, jornada, dia, nnn, generado, archivo) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`,
		s.Parte, s.Carpeta, s.Nombre, string(s.Tipo), string(s.SHA256), s.Bytes, s.Registros, s.Jornada.String(), s.Dia.String(), s.NNN, ms(s.Generado), archivo)
	return err
}

// Publish records that a file became visible at a moment, and, by NoObservable,
// where its pickup cannot be seen. The rows of a LOT are delivered by that.
func (tx *Tx) Publish(s *Salida, at time.Time) error {
	if err := tx.change(`UPDATE salidas SET publicado = ?1, observable = ?2, por_recoger = (?2 AND tipo = 'LOT') WHERE id = ?3 AND publicado IS NULL`, ms(at), !s.NoObservable, s.ID); err != nil {
		return err
	}
	s.Publicado = at
	d := Detalle{"carpeta": s.Carpeta, "bytes": s.Bytes, "publicado": schema.NewInstante(at)}
	if s.NoObservable {
		d["recogida"] = "no observable"
	}
	if err := tx.Log(s.event(ArchivoPublicado, d)); err != nil {
		return err
	}
	if s.Tipo != schema.LOT || s.Registros == 0 {
		return nil
	}
	return tx.deliver(s, at)
}

func (tx *Tx) deliver(s *Salida, at time.Time) error {
	var casos []Caso
	if err := tx.DelLote(s.ID, func(c Caso) error {
		c.Registro = "" // a LOT may hold thousands of rows
		casos = append(casos, c)
		return nil
	}); err != nil {
		return err
	}
	for i, c := range casos {
		if err := tx.change(`UPDATE reclamaciones SET entregada = ? WHERE id = ? AND entregada IS NULL`, ms(at), c.ID); err != nil {
			return err
		}
		e := s.event(ReclamacionEntregada, Detalle{"vuelta": c.Vuelta, "linea": i + 2, "dia0": c.Dia0.String(), "limite": c.Limite.String(), "calendario": c.Calendario})
		e.Folio = c.Folio
		if err := tx.Log(e); err != nil {
			return err
		}
	}
	return nil
}

// Mostrable is its name as the log and an operator may see it. An annex bears the
// name that a party gave it, which may be a person's: it is told by its acuse.
func (s *Salida) Mostrable() string {
	if s.Tipo == TipoAnexo {
		return s.Nombre[:min(len(s.Nombre), len("ACU-AAAA-NNNNNNNN"))]
	}
	return s.Nombre
}

func (s *Salida) event(name string, d Detalle) Evento {
	return Evento{Evento: name, Parte: s.Parte, Archivo: s.Mostrable(), SHA256: s.SHA256, Detalle: d}
}

// Plazo is the term of one row of a LOT.
type Plazo struct {
	Caso   int64
	Dia0   schema.Dia // the day that the term is counted from
	Limite schema.Dia // the last day in time
}

// AddLote records a LOT and the term of each of its rows, counted with a version
// of the calendar.
func (tx *Tx) AddLote(s *Salida, plazos []Plazo, calendario string) error {
	if err := tx.AddSalida(s); err != nil {
		return err
	}
	for _, p := range plazos {
		if err := tx.change(`UPDATE reclamaciones SET lote = ?, dia0 = ?, limite = ?, calendario = ? WHERE id = ? AND lote IS NULL`,
			s.ID, p.Dia0.String(), p.Limite.String(), calendario, p.Caso); err != nil {
			return err
		}
	}
	return tx.Log(s.event(LoteFormado, Detalle{"registros": s.Registros, "jornada": s.Jornada.String()}))
}

// AnnulLote takes back a LOT that was never visible, so that its rows go into
// another one with a limit counted anew.
func (tx *Tx) AnnulLote(s Salida) error {
	if err := tx.change(`UPDATE salidas SET anulado = ? WHERE id = ? AND publicado IS NULL AND anulado IS NULL`, ms(tx.now), s.ID); err != nil {
		return err
	}
	if err := tx.exec(`UPDATE reclamaciones SET lote = NULL, dia0 = NULL, limite = NULL, calendario = NULL WHERE lote = ?`, s.ID); err != nil {
		return err
	}
	return tx.Log(s.event(LoteAnulado, nil))
}
