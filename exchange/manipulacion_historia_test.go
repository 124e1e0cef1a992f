package exchange_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/exchange/auditoria"
	"buzon/exchange/simulacro"
	"buzon/exchange/spans"
	"buzon/schema"
	"buzon/store"
)

// registro is the log of a rehearsal of two days, as bytes of its database: every
// table has rows, and its last head holds all but the last few events.
type registro struct {
	db     []byte            // at the end
	medio  []byte            // after the first corte
	puntos []string          // the heads, the oldest first
	llaves string            // estado/llaves.txt
	blobs  *exchange.Blobs   // the contents that it tells of
	origen map[string]string // a head that somebody kept: the first
}

// newRegistro plays the rehearsal; change may change the records of its REC. The
// race detector has nothing to see in tests that attack a file one after the
// other, and takes minutes over them: it meets verify on short logs alone.
func newRegistro(t *testing.T, records int, change func([]schema.Reclamacion)) *registro {
	t.Helper()
	if raceDetector && records > 10 {
		t.Skip("not under the race detector: one goroutine, thousands of statements")
	}
	g := openRehearsal(t)
	r := &registro{blobs: g.blobs}
	latido := g.seedAccess()
	plan := simulacro.NewInventor(7).Dia(simulacro.Pedido{Dia: lunes, N: records, Instituciones: roll(), Defectos: simulacro.Pocos})
	if change != nil {
		change(plan.Registros)
	}
	var b bytes.Buffer
	if err := simulacro.WriteREC(&b, lunes, 1, plan.Registros, llegada); err != nil {
		t.Fatal(err)
	}
	g.leave(schema.CONDUSEF, nameREC, b.Bytes())
	g.mustRun(corrida)
	g.readLot(4)
	g.readLot(10)
	g.mustRun(corte)
	r.medio = g.copyDB()
	g.witness()
	g.answerSome()
	g.clock.Set(moment(3, "20:00:00"))
	g.do(func(tx *store.Tx) error { return tx.Late(latido) })
	g.mustRun(moment(3, "20:00:00"))
	g.mustRun(moment(18, "20:00:00"))
	g.clock.Set(moment(18, "20:05:00"))
	if _, err := g.cycle.Sign(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, p := range view(g, (*store.View).Puntos) {
		r.puntos = append(r.puntos, p.Nota)
	}
	r.llaves = g.estado(norte, "llaves.txt")
	r.db = g.copyDB()
	r.origen = map[string]string{"un punto de control de fuera": r.puntos[0]}
	return r
}

func roll() (all []schema.Institucion) {
	for _, in := range institutions {
		all = append(all, schema.Institucion{Clave: in.UNE, Denominacion: in.Denominacion, Sector: in.Sector})
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
			return tx.UseSello("ed25519:2025z", base64.StdEncoding.EncodeToString(make([]byte, ed25519.PublicKeySize)))
		},
		func(tx *store.Tx) error { return tx.UseSello("ed25519:2026a", publica()) },
		func(tx *store.Tx) error {
			return tx.AddLlave(900001, store.Llave{Huella: "SHA256:una", Publica: "ssh-ed25519 AAAA", Nombre: "una", Hasta: llegada.AddDate(0, 0, 5)}, o)
		},
		func(tx *store.Tx) error {
			return tx.AddLlave(900002, store.Llave{Huella: "SHA256:otra", Publica: "ssh-ed25519 BBBB", Nombre: "otra", Desde: llegada}, o)
		},
		func(tx *store.Tx) error { return tx.RevokeLlave(900002, "SHA256:otra", o) },
		func(tx *store.Tx) error { return tx.AvisarVencimientos(30 * 24 * time.Hour) },
		func(tx *store.Tx) error { return tx.UsarLlave(900001, "SHA256:una", llegada) },
		func(tx *store.Tx) error { return tx.SetClave(900001, hash, o) },
		func(tx *store.Tx) error { return tx.SetClave(900002, hash, o) },
		func(tx *store.Tx) error { return tx.RevokeClave(900002, o) },
		func(tx *store.Tx) error { return tx.Suspend(900003, o) },
		func(tx *store.Tx) error { return tx.Resume(900003, o) },
		func(tx *store.Tx) error { return tx.Suspend(900003, o) },
		func(tx *store.Tx) (err error) { latido, err = tx.Arranca(); return err },
		func(tx *store.Tx) error {
			return tx.AddListado(store.Listado{Parte: norte, Carpeta: "respuestas", Inicio: llegada, Fin: llegada})
		},
	} {
		g.do(fn)
	}
	if err := g.store.Plan(context.Background(), llegada, store.Pendiente{Tarea: "corte", Para: corte}); err != nil {
		g.t.Fatal(err)
	}
	return latido
}

// readLot lets a party read some tenths of its LOT.
func (g *gateway) readLot(to int) {
	g.t.Helper()
	s := view(g, func(v *store.View) (store.Salida, error) { return v.SalidaPorNombre(norte, lotNorte) })
	g.clock.Advance(time.Second)
	if err := g.cycle.PickedUp(context.Background(), reading{0, 2, part(0, to), "", false}.handle(s.Bytes)); err != nil {
		g.t.Fatal(err)
	}
}

// witness lets a party pick up the newest head.
func (g *gateway) witness() {
	g.t.Helper()
	size := int64(len(g.estado(norte, "bitacora.checkpoint")))
	g.clock.Advance(time.Minute)
	err := g.cycle.PickedUp(context.Background(), exchange.Recogida{Parte: norte, Carpeta: exchange.CarpetaEstado, Nombre: "bitacora.checkpoint",
		Tramos: spans.Set{{To: size}}, Cierre: true, Bytes: size, Puesto: g.clock.Now()})
	if err != nil {
		g.t.Fatal(err)
	}
}

// answerSome answers a LOT: answers, prórrogas and mistakes in turn.
func (g *gateway) answerSome() {
	g.t.Helper()
	var answers []any
	for i, r := range lines[schema.Reclamacion](g.t, g.file(norte+"/reclamaciones/"+lotNorte)) {
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
	g.leave(schema.CONDUSEF, dic, write(g.t, dic, dictamen(withAnnex.RecFolioCondusef, "1"), dictamen(withAnnex.RecFolioCondusef, "3"),
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

// attacker has the file of a database and no key: it may do what SQLite can.
type attacker struct {
	t    testing.TB
	path string
	db   *sql.DB
}

// attack lets fn change a copy of a database, all guards aside, and puts the
// guards back. It gives the path of the copy.
func attack(t testing.TB, db []byte, fn func(a *attacker)) string {
	t.Helper()
	a := &attacker{t: t, path: filepath.Join(t.TempDir(), "buzon.db")}
	if err := os.WriteFile(a.path, db, 0o600); err != nil {
		t.Fatal(err)
	}
	a.db = rawDB(t, a.path)
	defer a.db.Close()
	a.do(`PRAGMA ignore_check_constraints = ON`)
	guards := a.column(`SELECT sql FROM sqlite_master WHERE type = 'trigger'`)
	for _, name := range a.column(`SELECT name FROM sqlite_master WHERE type = 'trigger'`) {
		a.do(`DROP TRIGGER ` + name)
	}
	fn(a)
	for _, q := range guards {
		a.do(q)
	}
	return a.path
}

// rawDB opens a database as anybody can who has its file.
func rawDB(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", path+"?_journal_mode=MEMORY&_synchronous=OFF&_foreign_keys=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

func (a *attacker) do(query string, args ...any) {
	a.t.Helper()
	if _, err := a.db.Exec(query, args...); err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
}

// column gives the texts of a query's one column.
func (a *attacker) column(query string, args ...any) (all []string) {
	a.t.Helper()
	rows, err := a.db.Query(query, args...)
	if err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			a.t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// verify asks the gateway's own verify.
func (r *registro) verify(t testing.TB, path string, viejos map[string]string) (store.Verificado, error) {
	t.Helper()
	st, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	return auditoria.Verify(context.Background(), st, r.blobs.Open, viejos, nil)
}
