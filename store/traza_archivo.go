package store

import (
	"time"

	"buzon/schema"
)

// TrazaArchivo is what is known of one file: of one content under its name that
// arrived, or of one that we made. Exactly one of Llegado and Hecho is set.
type TrazaArchivo struct {
	Llegado   *Archivo
	Hecho     *Salida
	Anulado   time.Time // of a LOT that was made and taken back; zero otherwise
	Contesta  *Archivo  // what a made file answers or comes from; nil none
	Hechas    []Salida  // what was made of a file that arrived: ACU, RCH, LOT
	Acuse     string    // AcuFolio of the file, or of the ACU that it is
	Cobertura Cobertura // of a made file: what all handles on it show
	Recogidas []Recogida
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
		if t.Hechas, err = v.HechasDe(a.ID); err != nil {
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
	err = v.each(
		`SELECT s.id, coalesce(x.momento, 0) FROM salidas s LEFT JOIN anulaciones x ON x.salida = s.id
		WHERE s.nombre = ? ORDER BY s.id`, []any{nombre}, func(rows valores) error {
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
		if err := v.each(selectSalida+` WHERE s.id = ?`, []any{t.Hecho.ID}, func(rows valores) error {
			return scanSalida(rows, t.Hecho)
		}); err != nil {
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
	FolioRechazado   = "rechazado"  // this record of it was refused
	FolioRecibido    = "recibido"   // accepted, in no LOT yet
	FolioPorPublicar = "en_lote"    // in a LOT that is not visible yet
	FolioEntregado   = "entregado"  // delivered, waits for its answer
	FolioProrrogado  = "prorrogado" // likewise, with a prórroga
	FolioContestado  = "contestado" // answered, and the answer not sent back yet
	FolioDevuelto    = "devuelto"   // its answer is in a visible REP
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
	if limite == 0 {
		limite = -1
	}
	a := t.Llegado
	if s := t.Hecho; s != nil {
		switch {
		case !t.Anulado.IsZero():
			return nil // its rows are in another LOT, or wait for one
		case s.Tipo == schema.LOT:
			return v.foliosDeLote(s, despues, limite, each)
		case s.Tipo == schema.REP:
			return v.foliosDeREP(s, despues, limite, each)
		}
		a = t.Contesta
	}
	if a == nil {
		return nil
	}
	refused := t.Hecho != nil && t.Hecho.Tipo == schema.RCH
	return v.foliosDeArchivo(a, refused, despues, limite, each)
}

// estadoDe tells how the folio of a round r stands.
const estadoDe = `CASE
	WHEN EXISTS (SELECT 1 FROM respuestas p JOIN devoluciones d ON d.respuesta = p.id JOIN publicaciones s
	ON s.salida = d.rep
		WHERE p.reclamacion = r.id AND p.tipo = 1) THEN '` + FolioDevuelto + `'
	WHEN e.contestada IS NOT NULL THEN '` + FolioContestado + `'
	WHEN e.prorroga > 0 THEN '` + FolioProrrogado + `'
	WHEN e.entregada IS NOT NULL THEN '` + FolioEntregado + `'
	WHEN EXISTS (SELECT 1 FROM lotes l WHERE l.rec = r.archivo AND l.une = r.une
		AND NOT EXISTS (SELECT 1 FROM anulaciones x
		WHERE x.salida = l.salida)) THEN '` + FolioPorPublicar + `'
	ELSE '` + FolioRecibido + `' END`

// foliosDeArchivo goes by the rows that were accepted of a file and those that were
// refused, in the order of its records.
func (v *View) foliosDeArchivo(a *Archivo, refused bool, despues int64, limite int,
	each func(FolioDeArchivo) error) error {
	accepted := ingresables[a.Tipo].folios
	if accepted == "" || refused {
		accepted = `SELECT 0 AS numero, 0 AS ronda WHERE 0`
	}
	var primera int
	if err := v.get(`SELECT primera_linea FROM archivos WHERE id = ?`, []any{a.ID}, &primera); err != nil {
		return err
	}
	const some = ` AND numero > ?2 ORDER BY numero LIMIT ?3`
	return v.each(`SELECT numero, folio, une, vuelta, estado, codigo FROM (
		SELECT k.numero, r.folio, r.une, r.vuelta, `+estadoDe+` AS estado, '' AS codigo
			FROM (SELECT * FROM (`+accepted+`) WHERE 1`+some+`) k JOIN reclamaciones r ON r.id = k.ronda
			LEFT JOIN estados e ON e.reclamacion = r.id
		UNION ALL SELECT * FROM (SELECT numero, folio, 0, 0,
		'`+FolioRechazado+`', codigo FROM rechazados WHERE archivo = ?1`+some+`)
		) ORDER BY numero LIMIT ?3`, []any{a.ID, despues, limite}, func(rows valores) error {
		var x FolioDeArchivo
		if err := rows.Scan(&x.Cursor, &x.Folio, &x.UNE, &x.Vuelta, &x.Estado, &x.Codigo); err != nil {
			return err
		}
		x.Linea = primera + int(x.Cursor) - 1
		return each(x)
	})
}

// foliosDeREP goes by the answers in a REP.
func (v *View) foliosDeREP(s *Salida, despues int64, limite int, each func(FolioDeArchivo) error) error {
	linea := int(despues)
	return v.each(`SELECT r.folio, r.une, r.vuelta, `+estadoDe+
		` FROM devoluciones d JOIN respuestas p ON p.id = d.respuesta
		JOIN reclamaciones r ON r.id = p.reclamacion LEFT JOIN estados e ON e.reclamacion = r.id
		WHERE d.rep = ?1 ORDER BY d.respuesta LIMIT ?3 OFFSET ?2`, []any{s.ID, despues, limite},
		func(rows valores) error {
			var x FolioDeArchivo
			if err := rows.Scan(&x.Folio, &x.UNE, &x.Vuelta, &x.Estado); err != nil {
				return err
			}
			linea++
			x.Cursor, x.Linea = int64(linea), linea+1
			return each(x)
		})
}

// foliosDeLote goes by the rows of a LOT: no event tells of one that is not
// visible yet.
func (v *View) foliosDeLote(s *Salida, despues int64, limite int, each func(FolioDeArchivo) error) error {
	if s.Archivo == 0 {
		return nil
	}
	linea := int(despues)
	return v.each(`SELECT r.folio, r.une, r.vuelta, `+estadoDe+` FROM reclamaciones t`+delTramo+`
		LEFT JOIN estados e ON e.reclamacion = r.id
		WHERE t.archivo = ?1 AND t.une = ?4`+enOrden+` LIMIT ?3 OFFSET ?2`,
		[]any{s.Archivo, despues, limite, s.Parte.UNE()}, func(rows valores) error {
			var x FolioDeArchivo
			if err := rows.Scan(&x.Folio, &x.UNE, &x.Vuelta, &x.Estado); err != nil {
				return err
			}
			linea++
			x.Cursor, x.Linea = int64(linea), linea+1
			return each(x)
		})
}
