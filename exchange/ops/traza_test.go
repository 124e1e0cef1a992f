package ops

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"buzon/schema"
	"buzon/store"
)

// TestTraceFile: each type of file says what it is, what it answers, and how its
// folios stand.
func TestTraceFile(t *testing.T) {
	t.Parallel()
	st := day(t)
	for name, want := range map[string]struct{ what, folios string }{
		rec: {"CONDUSEF received 2026-03-02T08:00:00-06:00 parcial 4/3/1 by " + lot,
			"2:2026/090/1=devuelto 3:2026/090/2=entregado 4:2026/090/3=entregado " +
				"5:2026/090/9=rechazado(CAT-01)"},
		lot: {"00900001 made visible 2026-03-02T11:00:00-06:00 answers " + rec + " completo SHA256:llave",
			"2:2026/090/1=devuelto 3:2026/090/2=entregado 4:2026/090/3=entregado"},
		res: {"00900001 received 2026-03-02T13:00:00-06:00 parcial 2/1/1 ACU-2026-00000001 by " + acu +
			" by " + rch, "2:2026/090/1=devuelto 3:2026/090/2=rechazado(FMT-04)"},
		acu: {"00900001 made visible 2026-03-02T13:00:00-06:00 ACU-2026-00000001 answers " + res +
			" publicado", "2:2026/090/1=devuelto 3:2026/090/2=rechazado(FMT-04)"},
		rch: {"00900001 made visible 2026-03-02T13:00:00-06:00 answers " + res + " publicado",
			"3:2026/090/2=rechazado(FMT-04)"},
		rep: {"CONDUSEF made visible 2026-03-02T20:00:00-06:00 publicado", "2:2026/090/1=devuelto"},
	} {
		err := st.View(t.Context(), func(v *store.View) error {
			files, err := TraceFile(v, name)
			if err != nil || len(files) != 1 {
				return fmt.Errorf("%d files: %w", len(files), err)
			}
			f := files[0]
			var folios []string
			if err := f.EachFolio(v, func(x FileFolio) error {
				folios = append(folios, line(x))
				return nil
			}); err != nil {
				return err
			}
			if got := what(f); got != want.what {
				t.Errorf("%s:\n%s\nwant\n%s", name, got, want.what)
			}
			if got := strings.Join(folios, " "); got != want.folios {
				t.Errorf("%s:\n%s\nwant\n%s", name, got, want.folios)
			}
			return pages(v, f, folios)
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// pages reads the folios of a file two at a time, by their cursor.
func pages(v *store.View, f FileTrace, want []string) error {
	var got []string
	for after := int64(0); ; after = f.Next {
		f.Next = 0
		if err := f.readFolios(v, after, 2); err != nil {
			return err
		}
		if len(f.Folios) > 2 {
			return fmt.Errorf("a page of %d", len(f.Folios))
		}
		for _, x := range f.Folios {
			got = append(got, line(x))
		}
		if f.Next == 0 {
			break
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		return fmt.Errorf("by pages %q, want %q", got, want)
	}
	return nil
}

func what(f FileTrace) string {
	s := f.Party.String() + " received " + string(f.Received)
	if f.Made {
		s = f.Party.String() + " made visible " + string(f.Visible)
	}
	if f.Result != "" {
		s += fmt.Sprintf(" %s %d/%d/%d", f.Result, f.Records, f.Accepted, f.Refused)
	}
	if f.Acuse != "" {
		s += " " + f.Acuse
	}
	if f.Acusa != nil {
		s += " answers " + f.Acusa.File
	}
	for _, x := range f.Hechos {
		s += " by " + x.File
	}
	if f.Pickup != nil {
		s += " " + f.Pickup.State
	}
	for _, p := range f.Pickups {
		s += " " + p.Key
	}
	return s
}

func line(x FileFolio) string {
	s := fmt.Sprintf("%d:%s=%s", x.Line, x.Folio, x.State)
	if x.Code != "" {
		s += "(" + string(x.Code) + ")"
	}
	return s
}

// TestTraceFileOfParties: one name and one content of three parties are three
// files, and the records of one are not the other's.
func TestTraceFileOfParties(t *testing.T) {
	t.Parallel()
	st := day(t)
	err := st.Update(t.Context(), ocho, func(tx *store.Tx) error {
		for _, x := range []struct {
			parte schema.Parte
			folio schema.Folio
		}{{900001, "2026/090/1"}, {900002, "2026/090/2"}} {
			if err := refused(tx, x.parte, x.folio); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := st.View(t.Context(), func(v *store.View) error {
		files, err := TraceFile(v, rec)
		if err != nil {
			return err
		}
		return WriteFiles(&b, v, files)
	}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for l := range strings.Lines(b.String()) {
		var f FileTrace
		if err := json.Unmarshal([]byte(l), &f); err != nil {
			t.Fatalf("%v: %s", err, l)
		}
		x := f.Party.String()
		for _, y := range f.Folios {
			x += " " + line(y)
		}
		got = append(got, x)
	}
	want := []string{
		"CONDUSEF 2:2026/090/1=devuelto 3:2026/090/2=entregado 4:2026/090/3=entregado " +
			"5:2026/090/9=rechazado(CAT-01)",
		"00900001 2:2026/090/1=rechazado(EST-10)", "00900002 2:2026/090/2=rechazado(EST-10)"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
	a := serve(t, st, nil)
	var page struct {
		Files []struct {
			Party string
			Next  int64
		}
	}
	a.get(200, "/api/v1/files/"+rec+"?limit=1", &page)
	if len(page.Files) != 3 || page.Files[0].Next == 0 || page.Files[1].Next != 0 {
		t.Errorf("%+v", page)
	}
	after := fmt.Sprintf("/api/v1/files/%s?limit=1&after=%d", rec, page.Files[0].Next)
	a.get(400, after, nil)
	if a.get(200, after+"&institution=CONDUSEF", &page); len(page.Files) != 1 {
		t.Errorf("%+v", page)
	}
}

// refused takes in a file in which a party calls itself what it is not.
func refused(tx *store.Tx, parte schema.Parte, folio schema.Folio) error {
	a := store.Archivo{Parte: parte, Nombre: rec, SHA256: sha("a"), Tipo: schema.REC, Jornada: lunes,
		Recibido: ocho, K: 1, Resultado: schema.Rechazado}
	in, err := tx.TakeIn(&a)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := in.Refuse(folio, 1, 0, "EST-10"); err != nil {
		return err
	}
	return in.Judge("", "EST-10", 2)
}

// TestTraceOfLOTInTheMaking: what is not visible yet, and what was taken back, is
// known all the same.
func TestTraceOfLOTInTheMaking(t *testing.T) {
	t.Parallel()
	st := day(t)
	const name = "GE_LOT_00900001_20260303_001.txt"
	in := store.Archivo{Parte: schema.ParteCONDUSEF, Nombre: "GE_REC_20260303_001.txt", SHA256: sha("1"),
		Tipo: schema.REC, Jornada: lunes + 1, Recibido: ocho, K: 1, Resultado: schema.Aceptado}
	out := store.Salida{Parte: 900001, Carpeta: "reclamaciones", Nombre: name, Tipo: schema.LOT,
		SHA256: sha("2"), Registros: 1, Jornada: lunes + 1, Dia: lunes + 1, NNN: 1}
	state := func() (text string) {
		t.Helper()
		if err := st.View(t.Context(), func(v *store.View) error {
			files, err := TraceFile(v, name)
			if err != nil {
				return err
			}
			text = string(files[0].Visible + files[0].Annulled)
			return files[0].EachFolio(v, func(x FileFolio) error { text += " " + line(x); return nil })
		}); err != nil {
			t.Fatal(err)
		}
		return text
	}
	do := func(fn func(tx *store.Tx) error) {
		t.Helper()
		if err := st.Update(t.Context(), ocho, fn); err != nil {
			t.Fatal(err)
		}
	}
	do(func(tx *store.Tx) error {
		f, err := tx.TakeIn(&in)
		if err != nil {
			return err
		}
		defer f.Close()
		c := store.Asunto{Folio: "2026/090/77", Vuelta: 1, UNE: 900001, Linea: 2, Numero: 1, Turno: lunes}
		if _, err := f.AddReclamacion(&c, &schema.Reclamacion{}); err != nil {
			return err
		}
		if err := f.Judge("", "", 2); err != nil {
			return err
		}
		out.Archivo = in.ID
		return tx.AddLote(&out, []store.Plazo{{Dia0: lunes, Limite: limite}}, "2026.1")
	})
	way := func() (text string) {
		t.Helper()
		if err := st.View(t.Context(), func(v *store.View) error {
			x, err := TraceFolio(v, "2026/090/77", &Acuerdo{})
			if err != nil {
				return err
			}
			text = fmt.Sprintf("%d events", len(x.Events))
			if r := x.Asuntos[0]; r.LOT != nil {
				text += fmt.Sprintf(", %s line %d%s, limit %s by %s, %s", r.LOT.File, r.LOT.Line, r.LOT.Time,
					r.Limit, r.Calendar, r.Term)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return text
	}
	if got := state(); got != " 2:2026/090/77=en_lote" {
		t.Errorf("made: %q", got)
	}
	if got := way(); got != "1 events, "+name+" line 2, limit 2026-03-31 by 2026.1, a_tiempo" {
		t.Errorf("made: %q", got)
	}
	do(func(tx *store.Tx) error { return tx.AnnulLote(out) })
	if got := state(); got != "2026-03-02T08:00:00-06:00" {
		t.Errorf("taken back: %q", got)
	}
	if got := way(); got != "1 events" {
		t.Errorf("taken back: %q", got)
	}
}

func TestTraceFolio(t *testing.T) {
	t.Parallel()
	st := day(t)
	err := st.View(t.Context(), func(v *store.View) error {
		for _, f := range []schema.Folio{"", "2026/090/8"} {
			if _, err := TraceFolio(v, f, &Acuerdo{}); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%q: %v", f, err)
			}
		}
		x, err := TraceFolio(v, "2026/090/1", &Acuerdo{})
		if err != nil {
			return err
		}
		if len(x.Asuntos) != 1 || x.Asuntos[0].REC.File != rec || x.Asuntos[0].LOT.File != lot ||
			x.Asuntos[0].Pickup.State != store.RecogidaCompleto ||
			len(x.Asuntos[0].Respuestas) != 1 || x.Asuntos[0].Respuestas[0].REP.File != rep ||
			x.Asuntos[0].Respuestas[0].ACU.File != acu || x.More != nil {
			t.Errorf("%+v", x)
		}
		if _, err := TraceFile(v, "no.txt"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown file: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
