package exchange_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

const nameREC = "GE_REC_20260302_001.txt"

// checkReceipt holds what we keep and say of a received file against the file.
func (g *gateway) checkReceipt(parte schema.Parte, name string, content, acu []byte, want schema.Resultado) {
	g.t.Helper()
	g.checkVisible()
	h, bytes_, err := g.archivo.Add(bytes.NewReader(content))
	if err != nil {
		g.t.Fatal(err)
	}
	all := view(g, func(v *store.View) ([]store.Archivo, error) { return v.Contenidos(parte, name) })
	i := slices.IndexFunc(all, func(a store.Archivo) bool { return a.SHA256 == h })
	if i < 0 {
		g.t.Fatalf("%s of %s was not taken in", name, parte)
	}
	a := all[i]
	if a.Resultado != want || a.Registros != a.Aceptados+a.Rechazados ||
		want == schema.Rechazado && a.Aceptados != 0 {
		g.t.Errorf("%s: result %v, want %v; %d records, %d accepted, %d refused", name, a.Resultado, want,
			a.Registros, a.Aceptados, a.Rechazados)
	}
	whole := view(g, func(v *store.View) ([]store.Archivo, error) { return v.Rehusados(a.Jornada) })
	told := slices.ContainsFunc(whole, func(o store.Archivo) bool { return o.ID == a.ID })
	if told != (want == schema.Rechazado) {
		g.t.Errorf("%s: %v; among those that the day refused whole: %v", name, want, told)
	}
	s := sello(g.t, acu)
	if s.AcuHash != h || s.AcuBytes != schema.NewEntero(bytes_) || s.AcuResultado.Int() != int(want) {
		g.t.Errorf("%s: the acuse says %+v", name, s)
	}
	refused := 0
	for _, e := range g.events(bitacora.ReclamacionRechazada) {
		if e.SHA256 == h {
			refused++
		}
	}
	if parte == schema.ParteCONDUSEF && refused != a.Rechazados {
		g.t.Errorf("%s: %d records refused, and the log tells of %d", name, a.Rechazados, refused)
	}
}

func TestRefusedREC(t *testing.T) {
	t.Parallel()
	good := example(t, "in/CONDUSEF/salida/"+nameREC)
	edit := func(change func(r []schema.Reclamacion)) []byte {
		r := exampleREC(t)
		change(r)
		return rec(t, nameREC, r...)
	}
	own, err := schema.ParseNombre(nameREC)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		file    string // "" nameREC
		content []byte
		result  schema.Resultado
		found   []string // code and line
		acu     string   // its name, "" the usual one
		codes   []string // by record
	}{
		{name: "cut", content: good[:len(good)/2], result: schema.Rechazado, found: []string{"EST-04 0"},
			codes: []string{"EST-04", "EST-04"}},
		{name: "hash", content: bytes.Replace(good, []byte("solicita"), []byte("Solicita"), 1),
			result: schema.Rechazado,
			found:  []string{"EST-07 0"}, codes: slices.Repeat([]string{"EST-07"}, 6)},
		{name: "latin1", content: bytes.ReplaceAll(good, []byte("ñ"), []byte{0xF1}), result: schema.Rechazado,
			found: []string{"EST-02 2"}, codes: slices.Repeat([]string{"EST-02"}, 6)},
		{name: "emisor", content: writeAs(t, own, "00900001", anys(exampleREC(t))...),
			result: schema.Rechazado,
			found:  []string{"SEG-01 1"}, codes: slices.Repeat([]string{"SEG-01"}, 6)},
		{name: "name", file: "GE_REC_2026-03-02 mañana.txt", content: good, result: schema.Rechazado,
			found: []string{"EST-01 0"},
			acu:   "GE_ACU_REC_20260302_900.txt", codes: slices.Repeat([]string{"EST-01"}, 6)},
		{name: "institution", content: edit(func(r []schema.Reclamacion) {
			r[1].RecInstitucionClave = "900009"
		}), result: schema.Parcial,
			found: []string{"CAT-11 3"}, codes: []string{"A", "CAT-11", "A", "A", "A", "A"}},
		{name: "twice", content: edit(func(r []schema.Reclamacion) {
			r[3].RecFolioCondusef = r[2].RecFolioCondusef
		}), result: schema.Parcial,
			found: []string{"DUP-01 5"}, codes: []string{"A", "A", "A", "DUP-01", "A", "A"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			file, acu := test.file, test.acu
			if file == "" {
				file, acu = nameREC, "GE_ACU_REC_20260302_001.txt"
			}
			g.leave(schema.ParteCONDUSEF, file, test.content)
			inf := g.mustRun(corrida)
			got := g.file("CONDUSEF/entrada/" + acu)
			g.checkReceipt(schema.ParteCONDUSEF, file, test.content, got, test.result)
			if diff := cmp.Diff(test.codes, codes(t, got)); diff != "" {
				t.Errorf("acuse (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.found,
				found(t, g.file("CONDUSEF/entrada/"+strings.Replace(acu, "ACU", "RCH", 1)))); diff != "" {
				t.Errorf("rechazo (-want +got):\n%s", diff)
			}
			g.mustRun(corte)
			c := view(g, func(v *store.View) (store.Balance, error) { return v.Balance(lunes) })
			accepted := len(slices.DeleteFunc(slices.Clone(test.codes), func(s string) bool {
				return s != "A"
			}))
			if !c.Cuadra() || c.Entregadas != accepted || inf.Entregadas != accepted ||
				c.Recibidas != len(test.codes) {
				t.Errorf("%+v, and %d delivered; want %d of %d", c, inf.Entregadas, accepted, len(test.codes))
			}
			if delivered := g.delivered(); len(delivered) != accepted {
				t.Errorf("delivered %v", delivered)
			}
		})
	}
}

// delivered counts each folio over all LOTs that are visible.
func (g *gateway) delivered() map[schema.Folio]int {
	all := map[schema.Folio]int{}
	for path, content := range g.visible() {
		if strings.Contains(path, "/reclamaciones/") {
			for _, r := range lines[schema.Reclamacion](g.t, content) {
				all[r.RecFolioCondusef]++
			}
		}
	}
	return all
}

// TestRefusedIsKept reads a refused file from where it is kept for auditors.
func TestRefusedIsKept(t *testing.T) {
	t.Parallel()
	g := open(t)
	content := []byte("this is no file of the exchange\x00\xff")
	g.leave(norte, "cualquier cosa.txt", content)
	g.mustVisit(norte)
	g.restart()
	a := view(g, func(v *store.View) ([]store.Archivo, error) {
		return v.Contenidos(norte, "cualquier cosa.txt")
	})
	if len(a) != 1 || a[0].Resultado != schema.Rechazado {
		t.Fatalf("%+v", a)
	}
	r, err := g.archivo.Open(a[0].SHA256)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(kept, content) {
		t.Errorf("kept %q, %v", kept, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestTruncatedWaits: a file without its summary may still be arriving, so it is
// judged only after it lay unchanged for the time agreed.
func TestTruncatedWaits(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.truncado = 15 * 60e9
	good := example(t, "in/CONDUSEF/salida/"+nameREC)
	g.leave(schema.ParteCONDUSEF, nameREC, good[:900])
	waits := func(hour string) {
		t.Helper()
		inf := g.mustRun(moment(2, hour))
		if len(inf.EnEspera) != 1 || !strings.HasPrefix(inf.EnEspera[0], nameREC) || inf.Recibidos != 0 ||
			len(g.visible()) != 0 {
			t.Fatalf("at %s: %+v", hour, inf)
		}
	}
	waits("18:07:00")
	waits("18:21:59")
	g.leave(schema.ParteCONDUSEF, nameREC, good[:1000]) // it grew: the wait begins anew
	waits("18:22:00")
	waits("18:36:59")
	g.mustRun(moment(2, "18:37:00"))
	acu := g.file("CONDUSEF/entrada/GE_ACU_REC_20260302_001.txt")
	g.checkReceipt(schema.ParteCONDUSEF, nameREC, good[:1000], acu, schema.Rechazado)
	if f := found(t, g.file("CONDUSEF/entrada/GE_RCH_REC_20260302_001.txt")); !slices.Equal(f,
		[]string{"EST-04 0"}) {
		t.Errorf("found %v", f)
	}

	g.leave(schema.ParteCONDUSEF, "GE_REC_20260302_002.txt", good[:1000])
	g.mustRun(moment(2, "18:38:00"))
	second := rec(t, "GE_REC_20260302_002.txt", exampleREC(t)...)
	g.leave(schema.ParteCONDUSEF, "GE_REC_20260302_002.txt", second) // whole now: taken at once
	g.mustRun(moment(2, "18:39:00"))
	g.checkReceipt(schema.ParteCONDUSEF, "GE_REC_20260302_002.txt", second,
		g.file("CONDUSEF/entrada/GE_ACU_REC_20260302_002.txt"), schema.Aceptado)
}

// TestNamesThatCannotBeRepeated: such a file is answered under its folder's
// owner, from 900 on, for as many as come.
func TestNamesThatCannotBeRepeated(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	res := write(t, "GE_RES_00900002_20260302_001.txt", answer("2026/140/402"))
	g.leave(norte, "GE_RES_00900002_20260302_001.txt", res) // Peñón's file in Norte's folder
	odd := "respuestas de Peñón|a 2 de marzo, en un nombre que es bastante más largo que 60.txt"
	g.leave(norte, odd, res)
	g.mustVisit(norte)
	for i, want := range []struct{ file, archivo, code string }{
		{"GE_RES_00900002_20260302_001.txt", "GE_RES_00900002_20260302_001.txt", "SEG-02 0"},
		{odd, "respuestas_de_Pe__n_a_2_de_marzo__en_un_nombre_que_es_bastan", "EST-01 0"},
	} {
		name := "00900001_20260302_90" + string(rune('0'+i)) + ".txt"
		acu := g.file(norte.String() + "/acuses/GE_ACU_" + name)
		g.checkReceipt(norte, want.file, res, acu, schema.Rechazado)
		if s := sello(t, acu); len(s.AcuArchivo) > 60 ||
			!strings.HasPrefix(s.AcuArchivo, want.archivo[:20]) || strings.ContainsAny(s.AcuArchivo,
			" |ñó,") {
			t.Errorf("AcuArchivo %q, want as %q", s.AcuArchivo, want.archivo)
		}
		if f := found(t, g.file(norte.String()+"/rechazos/GE_RCH_"+name)); !slices.Contains(f, want.code) {
			t.Errorf("%s: found %v", want.file, f)
		}
	}
	if n := len(g.names(penon, "acuses")) + len(g.names(penon, "rechazos")); n != 0 {
		t.Error("the other institution was told of it")
	}
	for i := range 105 {
		g.leave(norte, "x"+strings.Repeat("y", i)+".txt", []byte("nothing"))
	}
	g.mustVisit(norte)
	g.checkVisible()
	if n := len(g.names(norte, "acuses")); n != 107 {
		t.Errorf("%d acuses for 107 files", n)
	}
}

// TestWhatWaits: a REC of a day to come lies where it is until its day.
func TestWhatWaits(t *testing.T) {
	t.Parallel()
	g := open(t)
	const tomorrow = "GE_REC_20260303_001.txt"
	g.leave(schema.ParteCONDUSEF, tomorrow, rec(t, tomorrow, exampleREC(t)...))
	if inf := g.mustRun(corrida); inf.Recibidos != 0 || len(inf.EnEspera) != 1 || len(g.visible()) != 0 {
		t.Errorf("%+v", inf)
	}
	if inf := g.mustRun(moment(3, "09:00:00")); inf.Entregadas != 6 {
		t.Errorf("%+v", inf)
	}
}
