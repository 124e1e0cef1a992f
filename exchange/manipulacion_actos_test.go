package exchange_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"buzon/exchange/auditoria"
	"buzon/schema"
	"buzon/store"
)

// TestLostParts: parts of an act lost, exchanged, out of place, by somebody who makes
// the tree anew behind the last head: an act that is not whole shows by itself.
func TestLostParts(t *testing.T) {
	t.Parallel()
	r := grande(t)
	// three parts or more
	first := r.number(t,
		`SELECT primero FROM partes GROUP BY primero HAVING count(*) >= 2 ORDER BY primero LIMIT 1`)
	last := r.number(t, fmt.Sprintf(`SELECT max(n) FROM partes WHERE primero = %d`, first))
	incomplete := fmt.Sprintf("el acto del evento %%d no está completo: event %d", first)
	for what, test := range map[string]struct {
		fn   func(a *attacker)
		want string
	}{
		"the last, with what came after": {func(a *attacker) { a.cut(last - 1) },
			"le falta el final de un acto"},
		"all but the first": {func(a *attacker) { a.cut(first) },
			"le falta el final de un acto"},
		"the last": {func(a *attacker) { a.drop(last) },
			fmt.Sprintf("el acto del evento %d no está completo", last)},
		"one inside": {func(a *attacker) { a.drop(first + 1) }, fmt.Sprintf(incomplete,
			first+1)},
		"the first": {func(a *attacker) { a.drop(first) }, fmt.Sprintf(incomplete,
			first)},
		"two exchanged": {func(a *attacker) { a.swap(first+1, first+2, false) },
			fmt.Sprintf(incomplete, first+1)},
		"one of another moment": {func(a *attacker) {
			a.do(`UPDATE bitacora SET momento = momento + 1 WHERE n = ?`, first+1)
		}, fmt.Sprintf(incomplete, first+1)},
		"one of another party": {func(a *attacker) {
			a.do(`UPDATE bitacora SET parte = '00900002' WHERE n = ?`, first+1)
		}, fmt.Sprintf(incomplete, first+1)},
		"one of another act": {func(a *attacker) {
			a.do(`UPDATE bitacora SET detalle = json_set(detalle, '$.primero', 1) WHERE n = ?`, first+1)
		}, fmt.Sprintf(incomplete, first+1)},
		"one from another place": {func(a *attacker) {
			a.do(`UPDATE bitacora SET detalle = json_set(detalle, '$.desde', (detalle ->> '$.desde') + 1)
				WHERE n = ?`, first+1)
		}, fmt.Sprintf("el índice de partes no corresponde al evento %d", first+1)},
		"one that is no part": {func(a *attacker) {
			a.do(`UPDATE bitacora SET detalle = json_remove(detalle, '$.parte', '$.de') WHERE n = ?`, first+1)
		}, fmt.Sprintf(incomplete, first+1)},
		"one more": {func(a *attacker) {
			a.do(`UPDATE bitacora SET detalle = json_set(detalle, '$.de', (detalle ->> '$.de') + 1)
				WHERE n BETWEEN ? AND ?`, first, last)
		}, fmt.Sprintf("el acto del evento %d no está completo", last+1)},
	} {
		path := attack(t, r.db, func(a *attacker) {
			test.fn(a)
			a.tree()
			a.do(`DELETE FROM puntos`)
		})
		_, err := r.verify(t, path, nil)
		if text := wantFound(t, what, err); !strings.Contains(text, test.want) {
			t.Errorf("%s: %q, want %q", what, text, test.want)
		}
		forget(t, path)
	}
}

// TestHeadInsideAnAct: no head is signed between the parts of an act; one that is, with
// the real key and the right root, shows.
func TestHeadInsideAnAct(t *testing.T) {
	t.Parallel()
	r := grande(t)
	first := r.number(t, `SELECT min(primero) FROM partes`)
	path := attack(t, r.db, func(*attacker) {})
	st, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for size, want := range map[int]string{first - 1: "",
		first: fmt.Sprintf("en medio del acto del evento %d: el de en medio", first)} {
		p := auditoria.PuntoLeido{Tamano: int64(size), Momento: corte, Simulacro: true}
		err := st.View(t.Context(), func(v *store.View) (err error) {
			p.Raiz,
				err = v.Raiz(p.Tamano)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		nota, err := auditoria.Sign(p, "ed25519:2026a", exampleKey())
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.verify(t, path, map[string]string{"el de en medio": nota})
		if want == "" && err != nil || want != "" && !strings.Contains(wantFound(t, "inside", err), want) {
			t.Errorf("a head of size %d: %v", size, err)
		}
	}
}

// TestHiddenFromQuestions: a row that its table has and an index has not, so that no
// question by that index finds it; and a database that declares something else.
func TestHiddenFromQuestions(t *testing.T) {
	t.Parallel()
	r := newRegistro(t, 60, nil)
	for name, key := range map[string]string{"bitacora_parte": "n", "bitacora_llave": "n",
		"reclamaciones_archivo": "id", "salidas_serie": "id",
		"estados_abiertos": "reclamacion", "rechazados_archivo": "id"} {
		path := attack(t, r.db, func(a *attacker) {
			was := a.column(`SELECT sql FROM sqlite_master WHERE name = ?`, name)[0]
			table := a.column(`SELECT tbl_name FROM sqlite_master WHERE name = ?`, name)[0]
			also, where := was+" WHERE ", ""
			if before, after, ok := strings.Cut(was, " WHERE "); ok {
				also, where = before+" WHERE ", " AND "+after
			}
			row := a.column(`SELECT max(` + key + `) FROM ` + table + ` WHERE 1` + where)[0]
			a.redeclare(name, also+key+" <> "+row+where)
			a.do(`REINDEX ` + name)
			a.redeclare(name, was)
		})
		_, err := r.verify(t, path, r.origen)
		if text := wantFound(t, name, err); !strings.Contains(text,
			"alguien la cambió por dentro") || !strings.Contains(text, name) {
			t.Errorf("%s: %q", name, text)
		}
	}
	for what, test := range map[string]struct {
		fn   func(a *attacker)
		want string
	}{
		"an index away": {func(a *attacker) { a.do(`DROP INDEX salidas_serie`) },
			"falta el índice salidas_serie"},
		"an index more": {func(a *attacker) { a.do(`CREATE INDEX otro ON salidas (nombre)`) },
			"no hizo: el índice otro"},
		"an index of some": {func(a *attacker) {
			a.do(`DROP INDEX salidas_serie; CREATE INDEX salidas_serie ON salidas (parte, tipo, dia, nnn) ` +
				`WHERE id > 3`)
		}, "el índice salidas_serie de la base de datos no es el de este programa"},
		"a view": {func(a *attacker) { a.do(`CREATE VIEW v AS SELECT * FROM salidas`) },
			"no hizo: la vista v"},
		"a table more": {func(a *attacker) { a.do(`CREATE TABLE salida (id)`) },
			"no hizo: la tabla salida"},
		"a table away": {func(a *attacker) { a.do(`DROP TABLE usos`) }, "falta la tabla usos"},
		"a table of anything": {func(a *attacker) { a.relaxedForGood("cortes") },
			"la tabla cortes de la base de datos no es la de este programa"},
		"a column more": {func(a *attacker) { a.do(`ALTER TABLE cortes ADD COLUMN nota TEXT`) },
			"la tabla cortes de la base de datos no es la de este programa"},
	} {
		_, err := r.verify(t, attack(t, r.db, test.fn), r.origen)
		if text := wantFound(t, what, err); !strings.Contains(text, test.want) {
			t.Errorf("%s: %q, want %q", what, text, test.want)
		}
	}
}

// relaxedForGood leaves a table without STRICT.
func (a *attacker) relaxedForGood(tabla string) {
	was := a.column(`SELECT sql FROM sqlite_master WHERE name = ?`, tabla)[0]
	a.redeclare(tabla, strings.Replace(was, " STRICT", "", 1))
}

// TestTamperedContents: every content that the tables name is held against its hash.
func TestTamperedContents(t *testing.T) {
	t.Parallel()
	r := newRegistro(t, 60, nil)
	path := attack(t, r.db, func(*attacker) {})
	kinds := map[string]string{}
	attack(t, r.db, func(a *attacker) {
		for _, h := range a.column(
			`SELECT tipo || ' ' || max(sha256) FROM (SELECT tipo, sha256 FROM archivos
				UNION SELECT tipo, sha256 FROM salidas) GROUP BY tipo
			UNION ALL SELECT 'anexo ' || id || ' ' || sha256 FROM anexos`) {
			i := strings.LastIndex(h, " ")
			kinds[h[:i]] = h[i+1:]
		}
	})
	if len(kinds) < 7 {
		t.Fatalf("only %q", slices.Sorted(maps.Keys(kinds)))
	}
	for kind, h := range kinds {
		h := schema.Huella(h)
		was, ok := r.contenidos[h]
		if !ok {
			t.Fatalf("%s %s is not there", kind, h)
		}
		changed := slices.Clone(was)
		changed[len(changed)/2] ^= 1
		for how, b := range map[string][]byte{"changed": changed, "shorter": was[:len(was)-1],
			"longer":      append(slices.Clone(was), '\n'),
			"another one": bytes.Repeat([]byte("x"), len(was)), "away": nil} {
			if r.contenidos[h] = b; b == nil {
				delete(r.contenidos, h)
			}
			_, err := r.verify(t, path, r.origen)
			text := wantFound(t, kind+" "+how, err)
			if !strings.Contains(text, string(h)) || strings.Contains(text,
				"anexo.pdf") || b == nil != strings.HasPrefix(text, "falta en el disco") {
				t.Errorf("%s %s: %q", kind, how, text)
			}
		}
		r.contenidos[h] = was
	}
	if _, err := r.verify(t, path, r.origen); err != nil {
		t.Error(err)
	}
}
