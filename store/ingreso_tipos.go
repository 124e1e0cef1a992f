package store

import (
	"fmt"

	"buzon/schema"
	"buzon/store/bitacora"
)

// ingresable is what the store does with the records of one type of file that a party
// sends.
type ingresable struct {
	lista string // of them, in the event of their file

	// rehusado is one that was refused, in that list.
	rehusado func(folio schema.Folio, tipo int, codigo schema.Codigo) any

	// apply brings what they did into the work tables.
	apply func(*Ingreso) error

	folios string // asks for numero and ronda of those that were accepted of the file ?1
}

// ingresables has all types that arrive (TestIngresables).
var ingresables = map[schema.Tipo]ingresable{
	schema.REC: {
		lista: "reclamaciones",
		rehusado: func(folio schema.Folio, _ int, codigo schema.Codigo) any {
			return &bitacora.RenglonReclamacion{Folio: folio, Codigo: codigo}
		},
		apply:  (*Ingreso).applyREC,
		folios: `SELECT r.numero, r.id AS ronda FROM reclamaciones t` + delTramo + ` WHERE t.archivo = ?1`,
	},
	schema.RES: {
		lista: "respuestas",
		rehusado: func(folio schema.Folio, tipo int, codigo schema.Codigo) any {
			return &bitacora.RenglonRespuesta{Folio: folio, Tipo: tipo, Codigo: codigo}
		},
		apply:  (*Ingreso).applyRES,
		folios: `SELECT x.numero, x.reclamacion AS ronda FROM respuestas x WHERE x.archivo = ?1`,
	},
	schema.DIC: {
		lista: "dictamenes",
		rehusado: func(folio schema.Folio, _ int, codigo schema.Codigo) any {
			return &bitacora.RenglonDictamen{Folio: folio, Codigo: codigo}
		},
		apply:  (*Ingreso).applyDIC,
		folios: `SELECT x.numero, x.reclamacion AS ronda FROM dictamenes x WHERE x.archivo = ?1`,
	},
}

// applyREC has each institution of an accepted row wait for its LOT.
func (in *Ingreso) applyREC() error {
	for une := range in.unes {
		if _, err := in.tx.work(`INSERT INTO por_entregar (une, rec) VALUES (?,?)`, une,
			in.a.ID); err != nil {
			return err
		}
	}
	return nil
}

func (in *Ingreso) applyRES() error {
	tx, a := in.tx, in.a
	if in.cierran+in.prorrogan == 0 {
		return nil
	}
	if _, err := tx.work(`INSERT INTO por_devolver (archivo) VALUES (?)`, a.ID); err != nil {
		return err
	}
	n, err := tx.work(`UPDATE estados SET prorroga = p.prorroga, limite = p.limite, calendario = ?3
		FROM respuestas p WHERE p.archivo = ?2 AND p.tipo = 2 AND p.reclamacion = estados.reclamacion
		AND estados.prorroga = 0 AND `+abiertaEn,
		ms(a.Recibido), a.ID, a.Calendario)
	if err == nil && n != int64(in.prorrogan) {
		err = fmt.Errorf("store: %d of %d prórrogas are of open folios: %w", n, in.prorrogan, ErrNotFound)
	}
	if err != nil {
		return err
	}
	n, err = tx.work(`UPDATE estados SET contestada = ?1, desistida = NULL
		WHERE reclamacion IN (SELECT reclamacion FROM respuestas WHERE archivo = ?2 AND tipo = 1)
		AND `+abiertaEn, ms(a.Recibido), a.ID)
	if err == nil && n != int64(in.cierran) {
		err = fmt.Errorf("store: %d of %d answers are of open folios: %w", n, in.cierran, ErrNotFound)
	}
	return err
}

// applyDIC closes by a desistimiento what nothing closed before it.
func (in *Ingreso) applyDIC() error {
	a := in.a
	_, err := in.tx.work(`UPDATE estados SET desistida = ?1 WHERE contestada IS NULL AND desistida IS NULL
		AND reclamacion IN (SELECT reclamacion FROM dictamenes WHERE archivo = ?2 AND tipo = ?3)`,
		ms(a.Recibido), a.ID, DicDesistimiento)
	return err
}
