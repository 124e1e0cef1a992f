package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"

	"buzon/schema"
	"buzon/store/bitacora"
)

// espia notes each statement that goes through a connection, with its values.
type espia struct {
	*sqlite3.SQLiteConn
	noted *notas
}

type notas struct {
	mu  sync.Mutex
	all map[string][]any
}

func (n *notas) add(query string, args []driver.NamedValue) {
	values := []any{}
	for _, a := range args {
		values = append(values, a.Value)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all[query] = values
}

func (e *espia) QueryContext(ctx context.Context, query string,
	args []driver.NamedValue) (driver.Rows, error) {
	e.noted.add(query, args)
	return e.SQLiteConn.QueryContext(ctx, query, args)
}

// Prepare makes what the escritor asks by a statement: its values are told when it is
// asked.
func (e *espia) Prepare(query string) (driver.Stmt, error) {
	s, err := e.SQLiteConn.Prepare(query)
	if err != nil {
		return nil, err
	}
	return &espiada{s.(*sqlite3.SQLiteStmt), query, e.noted}, nil
}

// espiada notes a statement that was prepared.
type espiada struct {
	*sqlite3.SQLiteStmt
	query string
	noted *notas
}

func (s *espiada) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if !strings.HasPrefix(s.query, "INSERT") {
		s.noted.add(s.query, args)
	}
	return s.SQLiteStmt.QueryContext(ctx, args)
}

func (e *espia) ExecContext(ctx context.Context, query string,
	args []driver.NamedValue) (driver.Result, error) {
	e.noted.add(query, args)
	return e.SQLiteConn.ExecContext(ctx, query, args)
}

// enchufe opens connections with a spy each.
type enchufe struct {
	dsn   string
	noted *notas
}

func (c enchufe) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

func (c enchufe) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return &espia{conn.(*sqlite3.SQLiteConn), c.noted}, nil
}

// espiado is a store of which every statement is noted, but those by which the
// escritor adds rows: in their plan stands a search for rows without a parent, which
// is made only where a key that is checked late is broken. None here is.
func espiado(t *testing.T) (*Store, *notas) {
	t.Helper()
	first, path := open(t)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	noted := &notas{all: map[string][]any{}}
	db := func() *sql.DB {
		return sql.OpenDB(
			enchufe{dsn(path, map[string][]string{"_txlock": {"immediate"}, "_recursive_triggers": {"on"}}),
				noted})
	}
	s := &Store{w: db(), r: db(), aparte: db(), juntas: 1}
	t.Cleanup(func() { _ = s.Close() })
	conn, err := s.w.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.conn = conn
	if s.escritor, err = newEscritor(conn.Raw); err != nil {
		t.Fatal(err)
	}
	return s, noted
}

// pequenias are the tables that hold little however long a store lives, or only what
// is under way: to read them whole costs nothing.
var pequenias = []string{"meta", "instituciones", "sellos", "turnos_sello", "agenda", "ausentes", "entrantes",
	"por_publicar", "por_entregar", "por_devolver", "por_recoger"}

// raras are questions that nobody asks at a visit or a request.
var raras = map[string]string{
	"cortes":       "JornadasPorCerrar goes over the days, of which there is one a day",
	"corridas":     "StartRun goes over the runs, of which there are a few a day",
	"puntos":       "Puntos is for an export, which has every head",
	"no_recogidos": "SinRecoger, for the summary of a run, goes over what was told of",
	"bloques":      "one row for 1,024 events",
	"latidos":      "one a start of the server",
	"llaves":       "Seed goes over the keys, at a start",
	"testigos":     "one a head and party that picked it up",
}

var scanned = regexp.MustCompile(`^SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?`)

// TestNoStatementScans does everything that a store is for, and looks at how the
// database goes about each statement: none reads a table whole that grows.
func TestNoStatementScans(t *testing.T) {
	t.Parallel()
	s, noted := espiado(t)
	todo(t, s)
	if len(noted.all) < 120 {
		t.Errorf("only %d statements were noted", len(noted.all))
	}
	// what a question makes itself has lines of its own
	queries, tablas := maps.Clone(noted.all), enDisco(t, s, "table")
	for query, args := range queries {
		verb := strings.ToUpper(strings.Fields(query)[0])
		if verb != "SELECT" && verb != "DELETE" && verb != "UPDATE" && verb != "INSERT" {
			continue
		}
		for _, step := range strings.Split(plan(t, s, query, args), "; ") {
			m := scanned.FindStringSubmatch(step)
			if m == nil || m[1] == "CONSTANT" {
				continue
			}
			name := tablaDe(query, m[1])
			if tablas[name] == "" || slices.Contains(pequenias, name) || raras[name] != "" ||
				strings.HasSuffix(m[2], "_abiertos") || permitida(query) {
				continue
			}
			t.Errorf("%s of %s in: %s", step, name, query)
		}
	}
}

// TestNoStatementIsCompiledAgain asks every question twice: the second time nothing is
// compiled, as the database tells by asking nobody whether the statement may be run.
func TestNoStatementIsCompiledAgain(t *testing.T) {
	t.Parallel()
	s, noted := espiado(t)
	todo(t, s)
	questions := maps.Clone(noted.all)
	asked := 0
	err := s.View(t.Context(), func(v *View) error {
		compiled := 0
		// and all is compiled anew
		v.rapida.conn.(*espia).RegisterAuthorizer(func(int, string, string, string) int {
			compiled++
			return 0
		})
		for query, args := range questions {
			if !strings.HasPrefix(strings.TrimSpace(query), "SELECT") {
				continue
			}
			asked++
			ask := func() int {
				before := compiled
				if err := v.each(query, args, func(valores) error { return nil }); err != nil {
					t.Errorf("%v: %s", err, query)
				}
				return compiled - before
			}
			if ask() == 0 {
				t.Errorf("not compiled at all: %s", query)
			}
			if ask() != 0 {
				t.Errorf("compiled again: %s", query)
			}
		}
		return nil
	})
	if err != nil || asked < 60 {
		t.Errorf("%d questions: %v", asked, err)
	}
}

// permitida tells whether a statement is of a question that is asked for a whole
// store, or where a calendar changes.
func permitida(query string) bool {
	for _, part := range []string{
		`min(nombre) FROM (SELECT sha256, bytes, nombre FROM archivos`, // TodoContenido
		`SELECT EXISTS (SELECT 1 FROM archivos) OR`,                    // NombraContenidos: one row
		`e.contestada IS NOT NULL AND e.dia0 < ?`,                      // Contestados
		`FROM (SELECT momento FROM bitacora ORDER BY n DESC LIMIT 1)`,  // the last one alone
	} {
		if strings.Contains(query, part) {
			return true
		}
	}
	return false
}

// tablaDe is the table that a name in a plan stands for.
func tablaDe(query, alias string) string {
	m := regexp.MustCompile(`(?i)(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)\s+(?:AS\s+)?` + alias +
		`\b`).FindStringSubmatch(query)
	if m != nil {
		return m[1]
	}
	return alias
}

// todo does everything once: what a run, a visit, a request and a command do.
func todo(t *testing.T, s *Store) {
	t.Helper()
	k := Asunto{}
	update(t, s, func(tx *Tx) error {
		rec := recibido(schema.ParteCONDUSEF, "GE_REC_20260301_001.txt", schema.REC, 2)
		err := errors.Join(siembra(tx, 2), recibe(tx, &rec, func(in *Ingreso) error {
			return errors.Join(in.acepta(&Asunto{Folio: "2026/090/1", Vuelta: 1, UNE: 900001}),
				in.Refuse("2026/090/2", 2, 0, "FMT-01"))
		}), llena(tx, rec))
		if err == nil {
			k, err = tx.UltimaVuelta("2026/090/1")
		}
		return err
	})
	s.SetRetiene(0)
	rec := recibido(schema.ParteCONDUSEF, "GE_REC_20260302_001.txt", schema.REC, 2)
	update(t, s, func(tx *Tx) error {
		return recibe(tx, &rec, func(in *Ingreso) error {
			return errors.Join(in.acepta(&Asunto{Folio: "2026/091/1", Vuelta: 1, UNE: 900001}), in.Pause(),
				in.acepta(&Asunto{Folio: "2026/091/2", Vuelta: 1, UNE: 900002}))
		})
	})
	dropped := recibido(schema.ParteCONDUSEF, "GE_REC_20260302_002.txt", schema.REC, 1)
	_ = s.Update(t.Context(), now, func(tx *Tx) error {
		return recibe(tx, &dropped, func(in *Ingreso) error {
			return errors.Join(in.acepta(&Asunto{Folio: "2026/092/1", Vuelta: 1, UNE: 900001}), in.Pause(),
				errors.New("wrong"))
		})
	})
	update(t, s, func(tx *Tx) error { return hace(tx, rec) })
	retrato(t, s)
	view(t, s, func(v *View) error { return pregunta1(v, k) })
	for _, q := range questions() {
		q.Limite = 3
		history(t, s, q)
	}
	if _, _, err := s.Due(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	if err := s.Plan(t.Context(), now, Pendiente{Tarea: "x", Para: now}); err != nil {
		t.Fatal(err)
	}
}

// hace does what llena does not.
func hace(tx *Tx, rec Archivo) error {
	lot, err := entrega(tx, 900001, rec.ID, 7, 1)
	if err != nil {
		return err
	}
	all, err := tx.PlazosPorAvisar(900001, Umbral{hoy + 99, hoy + 99})
	if err != nil || len(all) == 0 {
		return fmt.Errorf("%d terms (%w)", len(all), err)
	}
	limits := []NuevoLimite{{&all[0], all[0].Limite + 1}}
	corrida, err := tx.StartRun(hoy, "x")
	latido, err2 := tx.StartService()
	_, _, err3 := tx.AddInhabiles([]schema.Inhabil{{Fecha: hoy + 9, Descripcion: "x", Origen: "x",
		AplicaGE: true}}, "x", nil)
	_, err4 := tx.Seed([]Institucion{{UNE: 900001, Denominacion: "Otra", Llaves: []Llave{llave("ana")}}})
	return errors.Join(err, err2, err3, err4, tx.WarnTerms(900001, all, PlazoVencido),
		tx.MoveTerms(900001, limits, bitacora.CargaMovido{}),
		tx.Recount(900001, limits, "v9"), tx.EndRun(corrida, ""), tx.Late(latido), tx.StopService(latido),
		tx.CutDay(hoy), tx.EndDay(hoy, orden), tx.CloseDay(hoy, Balance{}),
		tx.WarnDay(hoy, bitacora.JornadaAbierta, Balance{}), tx.AddTestigo(2, 1), tx.UseSello("b", "B"),
		tx.Suspend(900002, orden),
		tx.Resume(900002, orden), tx.SetContrasena(900002, "$2a$", orden), tx.RevokeContrasena(900002, orden),
		tx.RevokeLlave(900001, "SHA256:ana", orden),
		tx.UseLlave(900001, "SHA256:ana", now), tx.WarnExpiries(time.Hour),
		tx.Configure(bitacora.CargaConfiguracion{}), tx.See(1, "n", Visto{}),
		tx.AddListado(Listado{Parte: 1, Carpeta: "c"}),
		tx.AddNoRecogido(PorRecoger{Salida: lot}, bitacora.CargaSinRecoger{Plazo: PlazoLimite}),
		recoge(tx, lot), sube(tx))
}

// sube uploads, shows and misses.
func sube(tx *Tx) error {
	a := Arribo{Parte: 900001, Carpeta: "respuestas", Nombre: "n", SHA256: "s", Momento: now, Subida: "u"}
	x, err := Exhibible("estado", "e", []byte("e"))
	_, _, err2 := tx.AddAusente("ausente", true)
	if err := errors.Join(err, err2, tx.AddArribo(&a)); err != nil {
		return err
	}
	_, err = tx.RetireArribos(900001, "respuestas", now)
	err = errors.Join(err, tx.Take(a.ID), tx.SetTime(900001, "respuestas", "n", now), tx.Exhibit(900001, x))
	_, err2 = tx.Forget(900001, "estado", "e")
	return errors.Join(err, err2,
		tx.SetBase(900001, "b", 1), tx.DropAusente("ausente"))
}

// pregunta1 asks what retrato does not.
func pregunta1(v *View, k Asunto) error {
	var errs []error
	ask := func(_ any, err error) {
		if !errors.Is(err, ErrNotFound) {
			errs = append(errs, err)
		}
	}
	const u = schema.UNE(900001)
	parte := u.Parte()
	lot, err := v.SalidaPorID(1)
	errs = append(errs, err, v.DelREC(u, 1, func(FilaDeREC) error {
		return nil
	}), v.DelREP(4, func(Respuesta) error { return nil }),
		v.Acceso(u, "SHA256:ana", now), v.AccesoConContrasena(u),
		v.TodoContenido(func(ContenidoCitado) error { return nil }),
		v.Crudos(1, 5, func(bitacora.Crudo) error { return nil }))
	errs = slices.DeleteFunc(errs, func(err error) bool {
		return errors.Is(err, ErrSuspendida) || errors.Is(err, ErrSinContrasena) ||
			errors.Is(err, ErrLlaveRevocada)
	})
	ask(v.Anexo(parte, "a", "h"))
	ask(v.Identidad())
	ask(v.NombraContenidos())
	ask(v.AcuseDe(1))
	ask(v.Arriba(now, now))
	ask(v.Calendario())
	ask(v.CalendarioEn(now))
	ask(v.Contrasena(u))
	ask(v.Cobertura(1))
	ask(v.Contenidos(parte, "x"))
	ask(v.HechasDe(1))
	ask(v.Cortadas(1, 1))
	ask(v.EnServicio(now))
	ask(v.EventoDeAcuse("ACU-2026-00000001"))
	ask(v.FinDePlazoEn(now))
	ask(v.Guardado("h"))
	ask(v.Guardados("ab"))
	ask(v.Publicados(parte, "reclamaciones"))
	ask(v.Publicado(parte, "reclamaciones", "x"))
	ask(v.Subidos(parte, "respuestas"))
	ask(v.Subida(parte, "respuestas", "x"))
	ask(v.Exhibidos(parte, "estado"))
	ask(v.Exhibido(parte, "estado", "x"))
	ask(v.Cambio(parte, "estado"))
	ask(v.PorTomar(parte))
	ask(v.Subido("x"))
	ask(v.Escrito(parte, "respuestas", "x"))
	ask(v.Ausentes())
	ask(v.PorEntregar(u, 1))
	_, _, err = v.Subidas(parte, now, now)
	errs = append(errs, err)
	_, _, err = v.Base(parte)
	errs = append(errs, err)
	_, _, _, err = v.Alcance(u)
	errs = append(errs, err)
	ask(v.Inclusion(5, 2))
	ask(v.Consistencia(5, 2))
	ask(v.Institucion(u))
	ask(v.Jornada(hoy))
	ask(v.Llaves(u))
	ask(v.LotesDe(parte, hoy))
	ask(v.NextNNN(parte, schema.LOT, hoy, 1))
	ask(v.Padron())
	ask(v.Pendientes())
	ask(v.PlazosDelLote(1, "x"))
	ask(v.PorFirmar())
	ask(v.PorPublicar(parte))
	ask(v.Dado(parte, "x"))
	ask(v.Epoca())
	ask(v.EventoDeEpoca(2026, 1))
	ask(v.HayAcuse(2026, 1, "x"))
	ask(v.HayAcuses())
	ask(v.NextNNN(parte, schema.LOT, 1, 1))
	ask(v.PorRecoger())
	ask(v.PorVencer(now, time.Hour))
	ask(v.Puntos())
	ask(v.Reanudadas(1, 1))
	ask(v.Reconocido(parte, "x", "x"))
	ask(v.Recogidas(1))
	ask(v.SalidaPorNombre(parte, "x"))
	ask(v.Sellos())
	ask(v.SinPublicar())
	ask(v.SinRecoger())
	ask(v.UltimaCorrida())
	ask(v.UltimoAcuse(2026))
	ask(v.UltimoLatido())
	ask(v.UltimosAcuses(parte, 3))
	ask(v.UltimosLotes(parte, 3))
	ask(v.UltimosPuntos(1))
	for _, q := range []func() (any, int64, error){
		func() (any, int64, error) { a, b, err := v.Testigos(); return a, b, err },
		func() (any, int64, error) { a, b, err := v.AccesoCambiado(0); return a, b, err },
		func() (any, int64, error) { _, a, err := v.Visto(parte, "x"); return a, 0, err },
	} {
		_, _, err := q()
		errs = append(errs, err)
	}
	for _, err := range v.Actos(now, []string{bitacora.ArchivoRecibido}) {
		errs = append(errs, err)
	}
	for _, name := range []string{lot.Nombre, string(k.Folio)} {
		files, err := v.TraceFile(name)
		errs = append(errs, err)
		for _, f := range files {
			errs = append(errs, v.FoliosDe(f, 0, 3, func(FolioDeArchivo) error { return nil }))
		}
	}
	return errors.Join(errs...)
}
