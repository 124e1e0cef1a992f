package exchange_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/exchange/simulacro/inventor"
	"buzon/exchange/spans"
	"buzon/schema"
	"buzon/store"
)

// registro is the log of a rehearsal of some weeks, as bytes of its database: every
// table has rows, and its last head holds all but the last few events.
type registro struct {
	db         []byte                   // at the end
	medio      []byte                   // after the first corte
	puntos     []string                 // the heads, the oldest first
	llaves     string                   // estado/llaves.txt
	contenidos map[schema.Huella][]byte // the contents that it tells of
	origen     map[string]string        // a head that somebody kept: the first
}

// open gives a content as the gateway keeps it.
func (r *registro) open(h schema.Huella) (io.ReadCloser, error) {
	b, ok := r.contenidos[h]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// vueltas is how many times the long log does what its filler does, before its REC
// and after its first corte: with them it has more than 5,000 events.
const vueltas = 330

var (
	grandeUna sync.Once
	grandeEs  *registro
)

// grande is the long log: more than 5,000 events, a REC of 1,200 records, acts of
// several parts. It is made once; tests attack copies of it.
func grande(t *testing.T) *registro {
	t.Helper()
	if raceDetector {
		t.Skip("not under the race detector: one goroutine, thousands of statements")
	}
	grandeUna.Do(func() { grandeEs = playRegistro(t, 1200, vueltas, nil) })
	if grandeEs == nil {
		t.Fatal("the long log could not be made")
	}
	return grandeEs
}

// newRegistro plays a short rehearsal; change may change the records of its REC. The
// race detector has nothing to see in tests that attack a file one after the
// other, and takes minutes over them: it meets verify on short logs alone.
func newRegistro(t *testing.T, records int, change func([]schema.Reclamacion)) *registro {
	t.Helper()
	if raceDetector && records > 10 {
		t.Skip("not under the race detector: one goroutine, thousands of statements")
	}
	return playRegistro(t, records, 1, change)
}

func playRegistro(t *testing.T, records, vueltas int, change func([]schema.Reclamacion)) *registro {
	t.Helper()
	g := openRehearsal(t)
	r := &registro{contenidos: map[schema.Huella][]byte{}}
	latido := g.seedAccess()
	g.fill(vueltas)
	plan := inventor.New(7).Dia(inventor.Pedido{Dia: lunes, N: records, Instituciones: roll(),
		Defectos: inventor.Pocos})
	if change != nil {
		change(plan.Registros)
	}
	var b bytes.Buffer
	if err := inventor.WriteREC(&b, lunes, 1, plan.Registros, llegada); err != nil {
		t.Fatal(err)
	}
	g.leave(schema.ParteCONDUSEF, nameREC, b.Bytes())
	g.mustRun(corrida)
	g.readLot(4)
	g.readLot(10)
	g.mustRun(corte)
	r.medio = g.copyDB()
	g.fill(vueltas)
	g.witness()
	g.answerSome()
	g.clock.Set(moment(3, "20:00:00"))
	g.do(func(tx *store.Tx) error { return tx.Late(latido) })
	g.mustRun(moment(3, "20:00:00"))
	g.mustRun(moment(18, "20:00:00"))
	g.changeCalendar(schema.Inhabil{Fecha: schema.NewDia(2026, 3, 25), Descripcion: "Suspensión",
		Origen: "CONDUSEF", AplicaGE: true})
	g.mustRun(moment(18, "20:03:00").AddDate(0, 1, 0))
	g.do(func(tx *store.Tx) error {
		_, _, err := tx.BeginEpoca(store.Epoca{Eventos: 9, Acuses: []store.Reconocido{{Anio: 2026, N: 99,
			SHA256: "a", Parte: norte, Nombre: "x", Contesta: "b", Recibido: lunes.At(0)}}})
		return err
	})
	g.clock.Set(moment(18, "20:05:00").AddDate(0, 1, 0))
	if _, err := g.cycle.Sign(context.Background()); err != nil {
		t.Fatal(err)
	}
	g.leaveUndone()
	for _, p := range view(g, (*store.View).Puntos) {
		r.puntos = append(r.puntos, p.Nota)
	}
	r.llaves = g.estado(norte, "llaves.txt")
	r.db = g.copyDB()
	r.keep(g)
	r.origen = map[string]string{"un punto de control de fuera": r.puntos[0]}
	return r
}

// keep holds the contents, so that the log outlives the folder that it was made in.
func (r *registro) keep(g *gateway) {
	g.t.Helper()
	err := g.store.View(context.Background(), func(v *store.View) error {
		return v.TodoContenido(func(c store.ContenidoCitado) error {
			in, err := g.archivo.Open(c.SHA256)
			if err != nil {
				return err
			}
			b, err := io.ReadAll(in)
			r.contenidos[c.SHA256] = b
			return errors.Join(err, in.Close())
		})
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

// fill does so many times what makes eight events and their rows.
func (g *gateway) fill(vueltas int) {
	g.t.Helper()
	o := store.Orden{UID: 1000, Motivo: "revisión"}
	hash := "$2a$04$" + string(bytes.Repeat([]byte("b"), 53))
	g.do(func(tx *store.Tx) error {
		n, err := tx.Eventos()
		for i := range vueltas {
			var id int64
			huella := fmt.Sprintf("SHA256:%d-%d", n, i)
			for _, fn := range []func() error{
				func() (err error) { id, err = tx.StartRun(lunes, "manual"); return err },
				func() error { return tx.EndRun(id, "") },
				func() error { return tx.Resume(900003, o) },
				func() error { return tx.Suspend(900003, o) },
				func() error {
					return tx.AddLlave(900003,
						store.Llave{Fingerprint: huella, Publica: "ssh-ed25519 " + huella,
							Nombre: "de paso"}, o)
				},
				func() error { return tx.RevokeLlave(900003, huella, o) },
				func() error { return tx.SetContrasena(900003, hash, o) },
				func() error { return tx.RevokeContrasena(900003, o) },
			} {
				if err = errors.Join(err, fn()); err != nil {
					return err
				}
			}
		}
		return err
	})
}

// leaveUndone leaves something in every work table: answers that are in no REP, a
// REC that is in no LOT, a LOT that was taken back and one that nobody sees yet, and
// what a kill left of a file.
func (g *gateway) leaveUndone() {
	g.t.Helper()
	late := slices.DeleteFunc(view(g, (*store.View).PlazosAbiertos),
		func(c store.Asunto) bool { return c.UNE != 900001 })
	const res = "GE_RES_00900001_20260418_001.txt"
	r := answer(late[0].Folio)
	r.RecFechaAtencion, r.RecFechaResolucion = "17/04/2026", "17/04/2026"
	g.leave(norte, res, write(g.t, res, r))
	g.mustVisit(norte)
	rec := []byte("REC inventado")
	if _, _, err := g.archivo.Add(bytes.NewReader(rec)); err != nil {
		g.t.Fatal(err)
	}
	anexo := []byte("un anexo de ningún registro")
	if _, _, err := g.archivo.Add(bytes.NewReader(anexo)); err != nil {
		g.t.Fatal(err)
	}
	g.do(func(tx *store.Tx) error {
		_, err := tx.AddAnexo(&store.Anexo{Parte: norte, Nombre: "suelto.pdf",
			SHA256: schema.Huella(sha(anexo)),
			Bytes:  int64(len(anexo)), Recibido: tx.Now()})
		return err
	})
	lot := func(n int) store.Salida {
		return store.Salida{Parte: penon, Carpeta: "reclamaciones",
			Nombre: fmt.Sprintf("GE_LOT_00900002_20260418_09%d.txt", n), Tipo: schema.LOT,
			SHA256: schema.Huella(sha(rec)), Bytes: int64(len(rec)), Registros: 2, Jornada: lunes, Dia: lunes,
			NNN: 90 + n}
	}
	g.do(func(tx *store.Tx) error {
		a := store.Archivo{Parte: schema.ParteCONDUSEF, Nombre: "GE_REC_20260418_001.txt",
			SHA256: schema.Huella(sha(rec)), Bytes: int64(len(rec)), Tipo: schema.REC,
			Jornada: lunes, Recibido: tx.Now(), K: 1, Resultado: 1, Registros: 2, Aceptados: 2,
			Version: "01.00"}
		in, err := tx.TakeIn(&a)
		if err != nil {
			return err
		}
		defer in.Close()
		for i := range 2 {
			c := store.Asunto{Folio: schema.Folio(fmt.Sprintf("2026/900/%d", i)), Vuelta: 1, UNE: 900002,
				Numero: i + 1, Turno: lunes}
			if _, err := in.AddReclamacion(&c, &schema.Reclamacion{RecFechaReclamacion: lunes.Fecha(),
				RecMedioRecepcionCanal: "3", RecTipoPersona: "1",
				RecEntidadFederativa: "9"}); err != nil {
				return err
			}
		}
		if err := in.Judge("", "", 2); err != nil {
			return err
		}
		gone, empty := lot(1), lot(2)
		gone.Archivo = a.ID
		if err := tx.AddLote(&gone, []store.Plazo{{Dia0: lunes, Limite: lunes + 28}}, "x"); err != nil {
			return err
		}
		if err := tx.AnnulLote(gone); err != nil {
			return err
		}
		return tx.AddLote(&empty, nil, "x")
	})
	g.sql(`INSERT INTO entrantes VALUES (900)`)
}

func roll() (all []schema.Inscripcion) {
	for _, in := range institutions {
		all = append(all, schema.Inscripcion{Clave: in.UNE, Denominacion: in.Denominacion, Sector: in.Sector})
	}
	return all
}

// do writes to the store at the clock's time.
func (g *gateway) do(fn func(tx *store.Tx) error) {
	g.t.Helper()
	if err := g.store.Update(context.Background(), g.clock.Now(), fn); err != nil {
		g.t.Fatal(err)
	}
}

// seedAccess fills what tells of who may sign in, and of the gateway's own work.
func (g *gateway) seedAccess() (latido int64) {
	g.t.Helper()
	o := store.Orden{UID: 1000, Motivo: "convenio"}
	hash := "$2a$04$" + string(bytes.Repeat([]byte("a"), 53))
	for _, fn := range []func(tx *store.Tx) error{
		func(tx *store.Tx) error {
			return tx.UseSello("ed25519:2025z", base64.StdEncoding.EncodeToString(make([]byte,
				ed25519.PublicKeySize)))
		},
		func(tx *store.Tx) error { return tx.UseSello("ed25519:2026a", publica()) },
		func(tx *store.Tx) error {
			return tx.AddLlave(900001, store.Llave{Fingerprint: "SHA256:una", Publica: "ssh-ed25519 AAAA",
				Nombre: "una", Hasta: llegada.AddDate(0, 0, 5)}, o)
		},
		func(tx *store.Tx) error {
			return tx.AddLlave(900002, store.Llave{Fingerprint: "SHA256:otra", Publica: "ssh-ed25519 BBBB",
				Nombre: "otra", Desde: llegada}, o)
		},
		func(tx *store.Tx) error { return tx.RevokeLlave(900002, "SHA256:otra", o) },
		func(tx *store.Tx) error { return tx.WarnExpiries(30 * 24 * time.Hour) },
		func(tx *store.Tx) error { return tx.UseLlave(900001, "SHA256:una", llegada) },
		func(tx *store.Tx) error { return tx.SetContrasena(900001, hash, o) },
		func(tx *store.Tx) error { return tx.SetContrasena(900002, hash, o) },
		func(tx *store.Tx) error { return tx.RevokeContrasena(900002, o) },
		func(tx *store.Tx) error { return tx.Suspend(900003, o) },
		func(tx *store.Tx) error { return tx.Resume(900003, o) },
		func(tx *store.Tx) error { return tx.Suspend(900003, o) },
		func(tx *store.Tx) (err error) { latido, err = tx.StartService(); return err },
		func(tx *store.Tx) error {
			return tx.AddListado(store.Listado{Parte: norte, Carpeta: "respuestas", Inicio: llegada,
				Fin: llegada})
		},
	} {
		g.do(fn)
	}
	if err := g.store.Plan(context.Background(), llegada, store.Pendiente{Tarea: "corte",
		Para: corte}); err != nil {
		g.t.Fatal(err)
	}
	return latido
}

// readLot lets a party read some tenths of its LOT.
func (g *gateway) readLot(to int) {
	g.t.Helper()
	s := view(g, func(v *store.View) (store.Salida, error) { return v.SalidaPorNombre(norte, lotNorte) })
	g.clock.Advance(time.Second)
	if err := g.pickedUp(reading{0, 2, part(0, to), "",
		false}.handle(s.Bytes)); err != nil {
		g.t.Fatal(err)
	}
}

// witness lets a party pick up the newest head.
func (g *gateway) witness() {
	g.t.Helper()
	size := int64(len(g.estado(norte, "bitacora.checkpoint")))
	g.clock.Advance(time.Minute)
	err := g.pickedUp(exchange.Lectura{Parte: norte,
		Carpeta: schema.CarpetaEstado, Nombre: "bitacora.checkpoint",
		Tramos: spans.Set{{To: size}}, Cierre: true, Bytes: size})
	if err != nil {
		g.t.Fatal(err)
	}
}

// answerSome answers a LOT: answers, prórrogas and mistakes in turn.
func (g *gateway) answerSome() {
	g.t.Helper()
	var answers []any
	for i, r := range lines[schema.Reclamacion](g.t, g.file(norte.String()+"/reclamaciones/"+lotNorte)) {
		a := answer(r.RecFolioCondusef)
		switch i % 5 {
		case 1:
			a = prorroga(r.RecFolioCondusef, "5")
		case 2:
			a.RecSentidoResolucion = "9"
		}
		answers = append(answers, a)
	}
	const res = "GE_RES_00900001_20260303_001.txt"
	g.clock.Set(moment(3, "10:00:00"))
	anexo := []byte("%PDF de un anexo")
	withAnnex := answers[0].(schema.Respuesta)
	withAnnex.ResAnexo, withAnnex.ResAnexoHash = "anexo.pdf", sha(anexo)
	answers[0] = withAnnex
	g.leave(norte, "anexo.pdf", anexo)
	g.leave(norte, res, write(g.t, res, answers...))
	g.mustVisit(norte)
	const dic = "GE_DIC_20260303_001.txt"
	g.leave(schema.ParteCONDUSEF, dic, write(g.t, dic, dictamen(withAnnex.RecFolioCondusef, "1"),
		dictamen(withAnnex.RecFolioCondusef, "3"),
		sinEfecto(withAnnex.RecFolioCondusef, "1")))
}

// copyDB gives the bytes of the database alone, without its WAL.
func (g *gateway) copyDB() []byte {
	g.t.Helper()
	path := filepath.Join(g.dir, fmt.Sprintf("copia%d.db", g.clock.Now().UnixNano()))
	g.sql(fmt.Sprintf(`VACUUM INTO '%s'`, path))
	b, err := os.ReadFile(path)
	if err != nil {
		g.t.Fatal(err)
	}
	return b
}
