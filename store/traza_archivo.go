package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"buzon/schema"
)

// TrazaArchivo is what is known of one file: of one content under its name that
// arrived, or of one that we made. Exactly one of Llegado and Hecho is set.
type TrazaArchivo struct {
	Llegado    *Archivo
	Hecho      *Salida
	Anulado    time.Time // of a LOT that was made and taken back; zero otherwise
	Contesta   *Archivo  // what a made file answers or comes from; nil none
	Contestado []Salida  // what was made of a file that arrived: ACU, RCH, LOT
	Acuse      string    // AcuFolio of the file, or of the ACU that it is
	Cobertura  Cobertura // of a made file: what all handles on it show
	Recogidas  []Recogida
}

// TraceFile gives what is known of a name: each content that each party sent
// under it, then each file that we made under it, the oldest first.
func (v *View) TraceFile(nombre string) (all []TrazaArchivo, err error) {
	llegados, err := v.archivos(` WHERE nombre = ? ORDER BY id`, nombre)
	if err != nil {
		return nil, err
	}
	for _, a := range llegados {
		t := TrazaArchivo{Llegado: &a}
		if t.Contestado, err = v.Contestan(a.ID); err != nil {
			return nil, err
		}
		if t.Acuse, err = v.AcuseDe(a.ID); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	hechos, err := v.hechos(nombre)
	if err != nil {
		return nil, err
	}
	for _, t := range hechos {
		if err := v.traceHecho(&t); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// hechos gives the files that were made under a name, the annulled ones among
// them.
func (v *View) hechos(nombre string) (all []TrazaArchivo, err error) {
	err = v.each(`SELECT id, coalesce(anulado, 0) FROM salidas WHERE nombre = ? ORDER BY id`, []any{nombre}, func(rows *sql.Rows) error {
		var at int64
		t := TrazaArchivo{Hecho: new(Salida)}
		if err := rows.Scan(&t.Hecho.ID, &at); err != nil {
			return err
		}
		t.Anulado = moment(at)
		all = append(all, t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if err := v.each(selectSalida+` WHERE id = ?`, []any{t.Hecho.ID}, func(rows *sql.Rows) error { return scanSalida(rows, t.Hecho) }); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (v *View) traceHecho(t *TrazaArchivo) (err error) {
	if id := t.Hecho.Archivo; id != 0 {
		a, err := v.ArchivoPorID(id)
		if err != nil {
			return err
		}
		t.Contesta = &a
		if t.Hecho.Tipo == schema.ACU {
			if t.Acuse, err = v.AcuseDe(id); err != nil {
				return err
			}
		}
	}
	if t.Cobertura, err = v.Cobertura(t.Hecho.ID); err != nil {
		return err
	}
	t.Recogidas, err = v.Recogidas(t.Hecho.ID)
	return err
}

// The states of a folio in a file.
const (
	FolioRechazado   = "rechazado"   // this record of it was refused
	FolioRecibido    = "recibido"    // accepted, in no LOT yet
	FolioPorPublicar = "en_lote"     // in a LOT that is not visible yet
	FolioEntregado   = "entregado"   // delivered, waits for its answer
	FolioProrrogado  = "prorrogado"  // likewise, with a prórroga
	FolioContestado  = "contestado"  // answered, and the answer not sent back yet
	FolioDevuelto    = "devuelto"    // its answer is in a visible REP
	FolioDesconocido = "desconocido" // no round of it is known
)

// FolioDeArchivo is one record of a file.
type FolioDeArchivo struct {
	Folio  schema.Folio // "" where it could not be read
	UNE    schema.UNE   // 0 not known
	Vuelta int          // 0 not known
	Linea  int          // of the file; of an ACU or RCH, of the file that it answers
	Estado string       // how the folio stands now
	Codigo schema.Codigo
	Cursor int64 // what FoliosDe takes to go on after it
}

// FoliosDe calls each for the records of a file, by their lines: up to limite of
// them (0: all) after a cursor, 0 for the beginning. An RCH has the refused ones
// of the file that it answers, an ACU all of them.
func (v *View) FoliosDe(t TrazaArchivo, despues int64, limite int, each func(FolioDeArchivo) error) error {
	a := t.Llegado
	if s := t.Hecho; s != nil {
		switch s.Tipo {
		case schema.LOT:
			return v.foliosDeLote(s, despues, limite, each)
		case schema.REP:
			return v.foliosSegun(registros{s.Nombre, string(s.SHA256), s.Parte, []string{RespuestaDevuelta}, s.ID}, despues, limite, each)
		}
		a = t.Contesta
	}
	if a == nil {
		return nil
	}
	// A record of CONDUSEF's is told of as its institution's where it was accepted.
	parte, eventos := "", []string{ReclamacionRechazada, ReclamacionAceptada}
	if a.Parte != schema.CONDUSEF {
		parte, eventos = a.Parte, []string{RespuestaRechazada, ProrrogaRechazada, RespuestaAceptada, ProrrogaAceptada}
	}
	if t.Hecho != nil && t.Hecho.Tipo == schema.RCH {
		eventos = eventos[:len(eventos)/2]
	}
	return v.foliosSegun(registros{a.Nombre, string(a.SHA256), parte, eventos, a.ID}, despues, limite, each)
}

// registros says which events tell of the records of a file.
type registros struct {
	nombre, sha256, parte string // parte "" any
	eventos               []string
	id                    int64 // of the file, in archivos or salidas
}

func (v *View) foliosSegun(f registros, despues int64, limite int, each func(FolioDeArchivo) error) error {
	if limite == 0 {
		limite = -1
	}
	var ev [4]string
	copy(ev[:], f.eventos)
	return v.each(`SELECT n, folio, evento, coalesce(detalle ->> '$.linea', 0), coalesce(detalle ->> '$.vuelta', 0), coalesce(detalle ->> '$.codigo', '')
		FROM bitacora INDEXED BY bitacora_archivo WHERE archivo = ?1 AND archivo <> '' AND n > ?2 AND sha256 = ?3 AND ?4 IN ('', parte)
		AND evento IN (?5, ?6, ?7, ?8) ORDER BY n LIMIT ?9`,
		[]any{f.nombre, despues, f.sha256, f.parte, ev[0], ev[1], ev[2], ev[3], limite},
		func(rows *sql.Rows) error {
			var x FolioDeArchivo
			var evento string
			if err := rows.Scan(&x.Cursor, &x.Folio, &evento, &x.Linea, &x.Vuelta, &x.Codigo); err != nil {
				return err
			}
			refused := evento == ReclamacionRechazada || evento == RespuestaRechazada || evento == ProrrogaRechazada
			if err := v.estadoDe(&x, f.id, refused); err != nil {
				return err
			}
			return each(x)
		})
}

// foliosDeLote goes by the rows of a LOT: no event tells of one that is not
// visible yet.
func (v *View) foliosDeLote(s *Salida, despues int64, limite int, each func(FolioDeArchivo) error) error {
	full := errors.New("the page is full")
	linea, n := 1, 0
	err := v.DelLote(s.ID, func(c Caso) error {
		linea++
		switch {
		case int64(linea) <= despues:
			return nil
		case limite > 0 && n == limite:
			return full
		}
		n++
		x := FolioDeArchivo{Folio: c.Folio, Vuelta: c.Vuelta, Linea: linea, Cursor: int64(linea)}
		if err := v.estadoDe(&x, 0, false); err != nil {
			return err
		}
		return each(x)
	})
	if errors.Is(err, full) {
		err = nil
	}
	return err
}

// estadoDe tells how a record's folio stands: in the record's round where it is
// known, else in the one that the file answers.
func (v *View) estadoDe(x *FolioDeArchivo, archivo int64, refused bool) error {
	if refused {
		x.Estado = FolioRechazado
		return nil
	}
	where, args := `r.vuelta = ?2`, []any{string(x.Folio), x.Vuelta}
	if x.Vuelta == 0 {
		where, args = `EXISTS (SELECT 1 FROM respuestas p WHERE p.reclamacion = r.id AND ?2 IN (p.archivo, p.rep))`, []any{string(x.Folio), archivo}
	}
	err := v.get(`SELECT r.une, r.vuelta, CASE
		WHEN EXISTS (SELECT 1 FROM respuestas p JOIN salidas s ON s.id = p.rep WHERE p.reclamacion = r.id AND p.tipo = 1 AND s.publicado IS NOT NULL) THEN '`+FolioDevuelto+`'
		WHEN r.contestada IS NOT NULL THEN '`+FolioContestado+`'
		WHEN r.prorroga > 0 THEN '`+FolioProrrogado+`'
		WHEN r.entregada IS NOT NULL THEN '`+FolioEntregado+`'
		WHEN r.lote IS NOT NULL THEN '`+FolioPorPublicar+`'
		ELSE '`+FolioRecibido+`' END
		FROM reclamaciones r WHERE r.folio = ?1 AND `+where+` ORDER BY r.vuelta DESC LIMIT 1`, args, &x.UNE, &x.Vuelta, &x.Estado)
	if errors.Is(err, ErrNotFound) {
		x.Estado, err = FolioDesconocido, nil
	}
	if err != nil {
		return fmt.Errorf("folio %s: %w", x.Folio, err)
	}
	return nil
}
