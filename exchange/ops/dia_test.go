package ops

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

const (
	rec = "GE_REC_20260302_001.txt"
	lot = "GE_LOT_00900001_20260302_001.txt"
	res = "GE_RES_00900001_20260302_001.txt"
	acu = "GE_ACU_00900001_20260302_001.txt"
	rch = "GE_RCH_00900001_20260302_001.txt"
	rep = "GE_REP_20260302_001.txt"
	une = "00900001"
)

var (
	lunes  = schema.NewDia(2026, time.March, 2)
	limite = schema.NewDia(2026, time.March, 31)
	ocho   = time.Date(2026, time.March, 2, 8, 0, 0, 0, schema.Zona)
)

func sha(c string) schema.Huella { return schema.Huella(strings.Repeat(c, 64)) }

// day is a store in which an institution answered two of its three folios: one
// well, one with a record that was refused; a fourth record of the REC was
// refused. Hours are those of its events.
func day(t *testing.T) *store.Store {
	t.Helper()
	return dayOf(t, store.Options{Now: ocho})
}

func dayOf(t *testing.T, opts store.Options) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "buzon.db"), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	at := func(hour int, fn func(*store.Tx) error) {
		t.Helper()
		if err := st.Update(t.Context(), ocho.Add(time.Duration(hour-8)*time.Hour), fn); err != nil {
			t.Fatal(err)
		}
	}
	at(8, func(tx *store.Tx) error {
		_, err := tx.Seed([]store.Institucion{{UNE: 900001, Denominacion: "Financiera Ejemplo del Norte",
			Sector: "SOFOM", Termino: 20, Prorroga: 10}})
		return err
	})
	in := store.Archivo{Parte: schema.ParteCONDUSEF, Nombre: rec, SHA256: sha("a"), Bytes: 900,
		Tipo: schema.REC, Jornada: lunes, Recibido: ocho, K: 1}
	var casos []store.Asunto
	at(9, func(tx *store.Tx) error { casos, err = addREC(tx, &in); return err })
	out := store.Salida{Parte: 900001, Carpeta: "reclamaciones", Nombre: lot, Tipo: schema.LOT,
		SHA256: sha("b"), Bytes: 700, Registros: 3,
		Jornada: lunes, Dia: lunes, NNN: 1, Archivo: in.ID}
	at(10, func(tx *store.Tx) error {
		plazos := []store.Plazo{{Dia0: lunes, Limite: limite}}
		return tx.AddLote(&out, plazos, "2026.1")
	})
	at(11, func(tx *store.Tx) error { return tx.Publish(&out, tx.Now()) })
	at(12, func(tx *store.Tx) error {
		r := store.Recogida{Salida: out.ID, Cuenta: une, Fingerprint: "SHA256:llave",
			Direccion: "192.0.2.7:40022", Cliente: "SSH-2.0-prueba",
			Abierta: tx.Now(), Cerrada: tx.Now(), Primero: tx.Now(), Ultimo: tx.Now(), Tramos: "0-699",
			Cubiertos: 700, Cierre: true, Completa: true, Ronda: 1}
		return tx.AddRecogida(out, r,
			store.Cobertura{Abierta: tx.Now(), Leida: tx.Now(), Completa: tx.Now(), Veces: 1},
			bitacora.ArchivoRecogido, "0-699")
	})
	var p store.Respuesta
	at(13, func(tx *store.Tx) error { p, err = addRES(tx, casos); return err })
	at(20, func(tx *store.Tx) error {
		back := store.Salida{Parte: schema.ParteCONDUSEF, Carpeta: "entrada", Nombre: rep, Tipo: schema.REP,
			SHA256: sha("f"), Registros: 1, Jornada: lunes, Dia: lunes, NNN: 1}
		if err := tx.AddREP(&back, []store.Respuesta{p}); err != nil {
			return err
		}
		return tx.Publish(&back, tx.Now())
	})
	return st
}

func addREC(tx *store.Tx, a *store.Archivo) (casos []store.Asunto, err error) {
	in, err := tx.TakeIn(a)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	a.Resultado, a.Registros, a.Aceptados, a.Rechazados = 2, 4, 3, 1
	for i := range 3 {
		c := store.Asunto{Folio: schema.Folio("2026/090/" + string(rune('1'+i))), Vuelta: 1, UNE: 900001,
			Linea: i + 2, Numero: i + 1, Turno: lunes}
		if ok, err := in.AddReclamacion(&c, &schema.Reclamacion{}); err != nil || !ok {
			return nil, fmt.Errorf("%s: %t, %w", c.Folio, ok, err)
		}
	}
	if err := in.Refuse("2026/090/9", 4, 0, "CAT-01"); err != nil {
		return nil, err
	}
	if err := in.Judge("ACU-2026-00000009", "", 2); err != nil {
		return nil, err
	}
	for i := range 3 {
		c, err := tx.UltimaVuelta(schema.Folio("2026/090/" + string(rune('1'+i))))
		if err != nil {
			return nil, err
		}
		casos = append(casos, c)
	}
	return casos, nil
}

func addRES(tx *store.Tx, casos []store.Asunto) (p store.Respuesta, err error) {
	const folio = "ACU-2026-00000001"
	a := store.Archivo{Parte: 900001, Nombre: res, SHA256: sha("c"), Bytes: 500, Tipo: schema.RES,
		Jornada: lunes, Recibido: tx.Now(), K: 1,
		Resultado: 2, Registros: 2, Aceptados: 1, Rechazados: 1, Calendario: "2026.1"}
	in, err := tx.TakeIn(&a)
	if err != nil {
		return p, err
	}
	defer in.Close()
	p = store.Respuesta{Tipo: store.TipoRespuesta, Linea: 2, Numero: 1, Vuelta: 1, Sentido: 1,
		Recibida: tx.Now(), Oportunidad: 1, Limite: limite, Calendario: "2026.1", Acuse: folio}
	if err := in.AddRespuesta(&casos[0], &p); err != nil {
		return p, err
	}
	if err := in.Refuse(casos[1].Folio, 2, store.TipoRespuesta, "FMT-04"); err != nil {
		return p, err
	}
	if err := in.Judge(folio, "", 2); err != nil {
		return p, err
	}
	receipt := store.Salida{Parte: 900001, Carpeta: "acuses", Nombre: acu, Tipo: schema.ACU, SHA256: sha("d"),
		Registros: 2, Jornada: lunes, Dia: lunes, NNN: 1, Archivo: a.ID}
	if err := tx.AddAcuse(&a, &receipt, folio, 2026, 1); err != nil {
		return p, err
	}
	findings := store.Salida{Parte: 900001, Carpeta: "rechazos", Nombre: rch, Tipo: schema.RCH,
		SHA256: sha("e"), Registros: 1, Jornada: lunes, Dia: lunes, NNN: 1, Archivo: a.ID}
	if err := tx.AddRechazo(&a, &findings); err != nil {
		return p, err
	}
	if err := tx.Publish(&receipt, tx.Now()); err != nil {
		return p, err
	}
	return p, tx.Publish(&findings, tx.Now())
}
