package exchange_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"buzon/exchange/auditoria"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

const contents = `momento, evento, parte, archivo, sha256, folio, detalle`

// swap exchanges the contents of two events, with their leaves or without them.
func (a *attacker) swap(i, j int, leaves bool) {
	columns := contents
	if leaves {
		columns += ", hoja"
	}
	a.do(fmt.Sprintf(`CREATE TEMP TABLE x AS SELECT %s FROM bitacora WHERE n = %d`, columns, i))
	a.do(fmt.Sprintf(
		`UPDATE bitacora SET (%[1]s) = (SELECT %[1]s FROM bitacora WHERE n = %[2]d) WHERE n = %[3]d`, columns,
		j, i))
	a.do(fmt.Sprintf(`UPDATE bitacora SET (%[1]s) = (SELECT %[1]s FROM x) WHERE n = %[2]d`, columns, j))
}

// drop removes an event and gives those after it the numbers that they would have.
func (a *attacker) drop(n int) {
	a.do(`DELETE FROM bitacora WHERE n = ?`, n)
	a.do(`UPDATE bitacora SET n = -n WHERE n > ?`, n)
	a.do(`UPDATE bitacora SET n = -n - 1 WHERE n < 0`)
}

// leaves makes every leaf anew, as one can who has read the document.
func (a *attacker) leaves() (all []tlog.Hash) {
	a.t.Helper()
	rows, err := a.db.Query(`SELECT n, ` + contents + ` FROM bitacora ORDER BY n`)
	if err != nil {
		a.t.Fatal(err)
	}
	for rows.Next() {
		var c bitacora.Crudo
		if err := rows.Scan(&c.N, &c.Momento, &c.Evento, &c.Parte, &c.Archivo, &c.SHA256, &c.Folio,
			&c.Detalle); err != nil {
			a.t.Fatal(err)
		}
		all = append(all, c.Hoja())
	}
	if err := rows.Close(); err != nil {
		a.t.Fatal(err)
	}
	for i, h := range all {
		a.do(`UPDATE bitacora SET hoja = ? WHERE n = ?`, h[:], i+1)
	}
	return all
}

// tree makes the leaves, the kept nodes and the index of moments anew.
func (a *attacker) tree() {
	a.t.Helper()
	row := a.leaves()
	a.do(`DELETE FROM nodos`)
	for level := 0; len(row) > 0; level++ {
		if level >= 8 {
			for i, h := range row {
				a.do(`INSERT INTO nodos VALUES (?,?,?)`, level, i, h[:])
			}
		}
		up := make([]tlog.Hash, len(row)/2)
		for i := range up {
			up[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
		row = up
	}
	a.do(`DELETE FROM bloques`)
	a.do(`INSERT INTO bloques SELECT n >> 10, min(momento), max(momento) FROM bitacora GROUP BY n >> 10`)
}

// cut removes the events after the n-th, and what the index of parts has of them.
func (a *attacker) cut(n int) {
	a.do(`DELETE FROM bitacora WHERE n > ?`, n)
	a.do(`DELETE FROM partes WHERE n > ?`, n)
}

// TestTamperedEvents: what can be done to the events by somebody without a key.
func TestTamperedEvents(t *testing.T) {
	t.Parallel()
	r := grande(t)
	at := r.tamanos(t)
	// the sizes of the first and the last head
	early, late := int(at[0]), int(at[len(at)-1])
	// of between them; an act of one event
	plain := r.number(t, `SELECT max(n) FROM bitacora WHERE evento = 'clave_revocada'`)
	for what, test := range map[string]struct {
		fn   func(a *attacker)
		want string
	}{
		"swapped": {func(a *attacker) { a.swap(20, 30, false) },
			"el evento 20 no es el que se registró"},
		"swapped, with their leaves": {func(a *attacker) { a.swap(20, 30, true) },
			"el evento 20 no es"},
		"swapped, leaves made anew": {func(a *attacker) { a.swap(20, 30, false); a.leaves() },
			"árbol guardado no corresponde a los eventos hasta el 256"},
		"swapped late, leaves anew": {func(a *attacker) {
			a.swap(plain, plain-1,
				false)
			a.leaves()
		}, "no son los de antes"},
		"swapped, tree made anew": {func(a *attacker) { a.swap(20, 30, false); a.tree() },
			"no son los de antes"},
		"swapped late, tree anew": {func(a *attacker) {
			a.swap(plain, plain-1,
				false)
			a.tree()
		}, "no son los de antes"},
		"a node zeroed": {func(a *attacker) {
			a.do(`UPDATE nodos SET hash = zeroblob(32) WHERE i = 0`)
		}, "árbol guardado no corresponde a los eventos hasta el 256"},
		"removed": {func(a *attacker) {
			a.do(`DELETE FROM bitacora WHERE n = 40`)
		}, "falta el evento 40"},
		"removed and renumbered": {func(a *attacker) { a.drop(40) }, "el evento 40 no es"},
		"removed, renumbered, leaves anew": {func(a *attacker) { a.drop(40); a.leaves() },
			"árbol guardado"},
		"removed, renumbered, tree anew": {func(a *attacker) { a.drop(40); a.tree() },
			"no está completo"},
		"removed late, renumbered, tree anew": {func(a *attacker) { a.drop(late); a.tree() },
			"no son los de antes"},
		"one changed, leaves anew": {func(a *attacker) {
			a.do(`UPDATE bitacora SET folio = 'x' WHERE n = ?`, early-1)
			a.leaves()
		}, "no son los de antes"},
		"one in front": {func(a *attacker) {
			a.do(`INSERT INTO bitacora (n, ` +
				contents + `, hoja) SELECT 0, ` + contents + `, hoja FROM bitacora WHERE n = 1`)
		}, "falta el evento 1: después del 0 viene el 0"},
		"the tail cut":            {func(a *attacker) { a.cut(late - 5) }, "le falta el final"},
		"the tail cut, tree anew": {func(a *attacker) { a.cut(late - 5); a.tree() }, "le falta el final"},
		"cut with its heads": {func(a *attacker) {
			a.cut(early + 10)
			a.tree()
			a.do(`DELETE FROM puntos WHERE tamano > ?`, early)
		}, "fila"},
		"cut behind the last head": {func(a *attacker) { a.cut(late); a.tree() }, "fila"},
		"a head removed": {func(a *attacker) {
			a.do(`DELETE FROM puntos WHERE tamano = ?`,
				early)
		}, "falta la fila puntos:"},
		"a head of its own": {func(a *attacker) {
			a.do(`UPDATE puntos SET nota = (SELECT nota FROM puntos WHERE tamano = ?)`, early)
		}, "no dice lo que la fila dice de él"},
		"a short node": {func(a *attacker) { a.do(`UPDATE nodos SET hash = x'00' WHERE i = 0`) },
			"nodo de 1 bytes"},
		"a node too many": {func(a *attacker) {
			a.do(`INSERT INTO nodos SELECT 30, i, hash FROM nodos WHERE i = 0 AND nivel = 8`)
		}, "nodos de más"},
		"a block that hides events": {func(a *attacker) {
			a.do(`UPDATE bloques SET hasta = desde`)
		}, "índice de momentos"},
	} {
		path := attack(t, r.db, test.fn)
		_, err := r.verify(t, path, nil)
		if text := wantFound(t, what, err); !strings.Contains(text, test.want) {
			t.Errorf("%s: %q, want %q", what, text, test.want)
		}
	}
}

// TestGuards: a trigger that is missing, that does nothing, or that is too many.
func TestGuards(t *testing.T) {
	t.Parallel()
	r := newRegistro(t, 10, nil)
	path := attack(t, r.db, func(*attacker) {})
	a := &attacker{t: t, path: path, db: rawDB(t, path)}
	names := a.column(`SELECT name FROM sqlite_master WHERE type = 'trigger'`)
	if len(names) < 11 {
		t.Fatalf("only %q", names)
	}
	for _, name := range names {
		text := a.column(`SELECT sql FROM sqlite_master WHERE name = ?`, name)[0]
		a.do(`DROP TRIGGER ` + name)
		_, err := r.verify(t, path, r.origen)
		if got := wantFound(t, name, err); !strings.Contains(got, "falta la guarda "+name) {
			t.Errorf("%s removed: %q", name, got)
		}
		a.do(`CREATE TRIGGER ` + name + ` BEFORE UPDATE ON bitacora WHEN 0 BEGIN SELECT 1; END`)
		_, err = r.verify(t, path, r.origen)
		if got := wantFound(t, name, err); !strings.Contains(got,
			name+" de la base de datos no es la de este programa") {
			t.Errorf("%s emptied: %q", name, got)
		}
		a.do(`DROP TRIGGER ` + name)
		a.do(text)
	}
	a.do(`CREATE TRIGGER otro AFTER INSERT ON reclamaciones BEGIN UPDATE reclamaciones SET monto = 0 ` +
		`WHERE id = NEW.id; END`)
	_, err := r.verify(t, path, nil)
	if got := wantFound(t, "one more", err); !strings.Contains(got, "otro") {
		t.Errorf("one more: %q", got)
	}
	a.do(`DROP TRIGGER otro`)
	if _, err := r.verify(t, path, r.origen); err != nil {
		t.Errorf("with its guards back: %v", err)
	}
}

// tamanos gives the sizes of the heads.
func (r *registro) tamanos(t *testing.T) (all []int64) {
	t.Helper()
	for _, nota := range r.puntos {
		p, _, err := auditoria.Open(nota, []store.LlaveDeSello{{ID: "ed25519:2026a", Publica: publica()}})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p.Tamano)
	}
	return all
}

// TestRebuilt: a history that was made anew with the real key agrees with itself.
// One head from outside is enough to tell, if it holds what was changed.
func TestRebuilt(t *testing.T) {
	t.Parallel()
	r := newRegistro(t, 60, nil)
	other := newRegistro(t, 60, func(all []schema.Reclamacion) { all[3].RecFolioCondusef += "7" })
	path := attack(t, other.db, func(*attacker) {})
	if _, err := other.verify(t, path, other.origen); err != nil {
		t.Fatalf("by itself: %v", err)
	}
	for i, nota := range r.puntos {
		_, err := other.verify(t, path, map[string]string{"el de fuera": nota})
		got := wantFound(t, fmt.Sprintf("head %d of the real one", i), err)
		if !strings.Contains(got,
			"no son los de antes: su raíz no es la de el de fuera (firmado con ed25519:2026a, ") {
			t.Errorf("%q", got)
		}
	}

	// Cut after the first corte, with all that came later: an older state of the
	// whole database, which agrees with itself and with the head of before.
	path = attack(t, r.medio, func(*attacker) {})
	if _, err := r.verify(t, path, map[string]string{"viejo": r.puntos[0]}); err != nil {
		t.Errorf("the state of before, with the head of before: %v", err)
	}
	_, err := r.verify(t, path, map[string]string{"nuevo": r.puntos[1]})
	if got := wantFound(t, "cut", err); !strings.Contains(got,
		"le falta el final") || !strings.Contains(got, "nuevo") {
		t.Errorf("cut: %q", got)
	}
	// ... and built again from there: longer than the head, and another history.
	st, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	err = st.Update(t.Context(), corte, func(tx *store.Tx) error {
		for range r.tamanos(t)[1] {
			if err := tx.Log(store.Acto{Evento: bitacora.RelojAjustado,
				Carga: bitacora.CargaReloj{}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.verify(t, path, map[string]string{"viejo": r.puntos[0]}); err != nil {
		t.Errorf("built again, with the head of before the cut: %v", err)
	}
	_, err = r.verify(t, path, map[string]string{"viejo": r.puntos[0], "nuevo": r.puntos[1]})
	if got := wantFound(t, "built again", err); !strings.Contains(got,
		"no son los de antes") || !strings.Contains(got, "nuevo") {
		t.Errorf("built again: %q", got)
	}
}

// TestOtherLogs: heads that are none of this log's.
func TestOtherLogs(t *testing.T) {
	t.Parallel()
	r := newRegistro(t, 10, nil)
	path := attack(t, r.db, func(*attacker) {})
	foreign, err := auditoria.Sign(auditoria.PuntoLeido{Momento: corte, Simulacro: true}, "ed25519:otra",
		exampleKey())
	if err != nil {
		t.Fatal(err)
	}
	empty := func(simulacro bool) string {
		root, err := tlog.TreeHash(0, nil)
		if err != nil {
			t.Fatal(err)
		}
		nota, err := auditoria.Sign(auditoria.PuntoLeido{Raiz: root, Momento: corte, Simulacro: simulacro},
			"ed25519:2026a", exampleKey())
		if err != nil {
			t.Fatal(err)
		}
		return nota
	}
	for what, test := range map[string]struct{ nota, want string }{
		"of another key": {foreign, "su firma no es de ninguna llave"},
		"changed": {strings.Replace(r.puntos[0], "momento 2026", "momento 2027", 1),
			"su firma no es de ninguna llave"},
		"no checkpoint":         {"hola\n", "su firma no es de ninguna llave"},
		"nothing":               {"", "su firma no es de ninguna llave"},
		"of a real exchange":    {empty(false), "sólo uno de los dos es de un simulacro"},
		"of before all of this": {empty(true), ""},
	} {
		_, err := r.verify(t, path, map[string]string{"x": test.nota})
		if test.want == "" {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			continue
		}
		if got := wantFound(t, what, err); !strings.Contains(got, test.want) {
			t.Errorf("%s: %q", what, got)
		}
	}
}

// TestVerifyWhileWriting: a log that grows is never reported.
func TestVerifyWhileWriting(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.do(func(tx *store.Tx) error { return tx.UseSello("ed25519:2026a", publica()) })
	g.deliverExample()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 60 {
			err := g.store.Update(context.Background(), corrida, func(tx *store.Tx) error {
				for range 37 {
					if _, err := tx.StartRun(lunes, "manual"); err != nil {
						return err
					}
				}
				return nil
			})
			if err == nil && i%3 == 0 {
				_, err = g.cycle.Sign(context.Background())
			}
			if err != nil {
				t.Error(err)
			}
		}
	}()
	verified := 0
	for busy := true; busy; verified++ {
		select {
		case <-done:
			busy = false
		default:
		}
		var viejos map[string]string
		if p := view(g, (*store.View).Puntos); len(p) > 0 {
			viejos = map[string]string{"el último": p[len(p)-1].Nota}
		}
		r, err := auditoria.Verify(context.Background(), g.store, g.archivo.Reader, viejos, nil)
		if err != nil {
			t.Errorf("%+v, %v", r, err)
		}
	}
	puntos := view(g, (*store.View).Puntos)
	if !slices.IsSortedFunc(puntos, func(x,
		y store.Punto) int {
		return int(x.Tamano - y.Tamano)
	}) || len(puntos) != 20 {
		t.Errorf("%d heads", len(puntos))
	}
	t.Logf("verified %d times meanwhile", verified)
}
