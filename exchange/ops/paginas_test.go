package ops

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// lugar is an event of a folio as the API gives it.
type lugar struct {
	N       int64          `json:"n"`
	Event   string         `json:"event"`
	Party   string         `json:"party"`
	File    string         `json:"file"`
	Folio   string         `json:"folio"`
	Place   int            `json:"place"`
	What    string         `json:"what"`
	Details map[string]any `json:"details"`
}

type pagina struct {
	Events []lugar `json:"events"`
	Next   any     `json:"next"`
}

func (l lugar) String() string {
	return fmt.Sprintf("%s %s %s %d %s", l.Event, l.Party, l.File, l.Place, l.What)
}

// TestHistoryOfFolio: each place of a folio says what the act did to it, and of the
// payload only what is of that folio.
func TestHistoryOfFolio(t *testing.T) {
	t.Parallel()
	a := serve(t, day(t), nil)
	for folio, want := range map[string][]string{
		"2026/090/1": {
			"archivo_recibido CONDUSEF " + rec + " 1 reclamacion_aceptada",
			"archivo_publicado 00900001 " + lot + " 1 reclamacion_entregada",
			"archivo_recibido 00900001 " + res + " 1 respuesta_aceptada",
			"retorno_formado CONDUSEF " + rep + " 1 respuesta_devuelta",
		},
		"2026/090/2": {
			"archivo_recibido CONDUSEF " + rec + " 2 reclamacion_aceptada",
			"archivo_publicado 00900001 " + lot + " 2 reclamacion_entregada",
			"archivo_recibido 00900001 " + res + " 2 respuesta_rechazada",
		},
		"2026/090/9": {"archivo_recibido CONDUSEF " + rec + " 4 reclamacion_rechazada"},
	} {
		var p pagina
		body := a.get(http.StatusOK, "/api/v1/history?folio="+url.QueryEscape(folio), &p)
		var got []string
		for _, e := range p.Events {
			got = append(got, e.String())
			if e.Folio != folio {
				t.Errorf("%s: an event of %q", folio, e.Folio)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", folio, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for _, other := range []string{"2026/090/1", "2026/090/2", "2026/090/3", "2026/090/9"} {
			if other != folio && strings.Contains(body, other) {
				t.Errorf("%s: its page tells of %s:\n%s", folio, other, body)
			}
		}
	}
	for event, want := range map[string]int{
		bitacora.ReclamacionEntregada: 1, bitacora.ArchivoRecibido: 2, bitacora.DictamenAceptado: 0,
	} {
		var p pagina
		if a.get(http.StatusOK, "/api/v1/history?folio=2026/090/1&event="+event, &p); len(p.Events) != want {
			t.Errorf("%s: %d places, want %d", event, len(p.Events), want)
		}
	}
	var p pagina
	a.get(http.StatusOK, "/api/v1/history?folio=2026/090/9", &p)
	if d := p.Events[0].Details; d["codigo"] != "CAT-01" || d["linea"] != 5.0 || len(d) != 2 {
		t.Errorf("%v", d)
	}
}

// TestFolioTable: the table has the place of the folio and what was done to it.
func TestFolioTable(t *testing.T) {
	t.Parallel()
	a := serve(t, day(t), nil)
	_, body := a.request(http.MethodGet, "/api/v1/history?folio=2026/090/2", "Accept", "text/csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%v: %q", err, rows)
	}
	for i, want := range [][]string{
		{"evento", "folio", "lugar", "que"},
		{bitacora.ArchivoRecibido, "2026/090/2", "2", bitacora.ReclamacionAceptada},
		{bitacora.ArchivoPublicado, "2026/090/2", "2", bitacora.ReclamacionEntregada},
		{bitacora.ArchivoRecibido, "2026/090/2", "2", bitacora.RespuestaRechazada},
	} {
		if got := []string{rows[i][2], rows[i][6], rows[i][8], rows[i][9]}; !slices.Equal(got, want) {
			t.Errorf("row %d: %q, want %q", i, got, want)
		}
	}
}

// TestPagesOfFolio: a folio that stands twice in one act has a page between its two
// places, in both orders.
func TestPagesOfFolio(t *testing.T) {
	t.Parallel()
	st := day(t)
	const folio = "2026/090/7"
	if err := st.Update(t.Context(), ocho, func(tx *store.Tx) error { return twice(tx, folio) }); err != nil {
		t.Fatal(err)
	}
	a := serve(t, st, nil)
	for _, order := range []string{"oldest", "newest"} {
		path := "/api/v1/history?folio=" + folio + "&order=" + order
		var whole pagina
		a.get(http.StatusOK, path, &whole)
		if len(whole.Events) != 3 || whole.Next != nil {
			t.Fatalf("%s: %+v", order, whole)
		}
		var got []lugar
		for after := ""; ; {
			var p pagina
			a.get(http.StatusOK, path+"&limit=1"+after, &p)
			if len(p.Events) != 1 {
				t.Fatalf("%s%s: %+v", order, after, p)
			}
			got = append(got, p.Events...)
			if p.Next == nil || len(got) > len(whole.Events) {
				break
			}
			if want := fmt.Sprintf("%d.%d", p.Events[0].N, p.Events[0].Place); p.Next != want {
				t.Fatalf("next %v, want %s", p.Next, want)
			}
			after = fmt.Sprintf("&after=%v", p.Next)
		}
		if fmt.Sprint(got) != fmt.Sprint(whole.Events) {
			t.Errorf("%s: by pages %v, whole %v", order, got, whole.Events)
		}
		var p pagina // a number alone is a whole act
		a.get(http.StatusOK, fmt.Sprintf("%s&after=%d", path, got[0].N), &p)
		if len(p.Events) == 0 || p.Events[0].N == got[0].N {
			t.Errorf("%s after the whole of %d: %v", order, got[0].N, p.Events)
		}
	}
}

// twice refuses a record of a folio twice in one file, and once in another.
func twice(tx *store.Tx, folio schema.Folio) error {
	for k, numbers := range [][]int{{2, 5}, {1}} {
		a := store.Archivo{Parte: schema.ParteCONDUSEF, Nombre: "GE_REC_20260303_001.txt",
			SHA256: sha(fmt.Sprint(k)),
			Tipo:   schema.REC, Jornada: lunes + 1, Recibido: tx.Now(), K: k + 1, Resultado: schema.Rechazado}
		in, err := tx.TakeIn(&a)
		if err != nil {
			return err
		}
		defer in.Close()
		for n := 1; n <= numbers[len(numbers)-1]; n++ {
			f := schema.Folio("2026/090/70")
			if slices.Contains(numbers, n) {
				f = folio
			}
			if err := in.Refuse(f, n, 0, "NEG-01"); err != nil {
				return err
			}
		}
		if err := in.Judge("", "", 2); err != nil {
			return err
		}
	}
	return nil
}

// TestPageIsBounded: a page has at most limit events and 4 MiB, and the pages
// together hold each event once; an act of several events goes on in the next one.
func TestPageIsBounded(t *testing.T) {
	t.Parallel()
	st := day(t)
	const parts = 330
	if err := st.Update(t.Context(), ocho, func(tx *store.Tx) error { return long(tx, parts) }); err != nil {
		t.Fatal(err)
	}
	if err := st.View(t.Context(), func(v *store.View) error {
		n, err := v.ActosDe(bitacora.PlazoVencido)
		if err == nil && n != 1 {
			err = fmt.Errorf("one act in many parts counts as %d", n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	a := serve(t, st, nil)
	for _, order := range []string{"oldest", "newest"} {
		var got []int64
		sizes := 0
		for after := ""; ; {
			var p pagina
			body := a.get(http.StatusOK, "/api/v1/history?limit=300&order="+order+after, &p)
			if len(body) > store.MaxPagina || len(p.Events) > 300 {
				t.Fatalf("%s%s: %d events, %d bytes", order, after, len(p.Events), len(body))
			}
			if len(body) > store.MaxPagina-2*bitacora.MaxCarga {
				sizes++
			}
			for _, e := range p.Events {
				got = append(got, e.N)
			}
			if p.Next == nil || len(got) > 2*parts {
				break
			}
			after = fmt.Sprintf("&after=%.0f", p.Next)
		}
		if order == "newest" {
			slices.Reverse(got)
		}
		if sizes < 2 || len(got) < parts {
			t.Errorf("%s: %d events, and %d pages that 4 MiB bound", order, len(got), sizes)
		}
		for i, n := range got {
			if n != int64(i)+1 {
				t.Fatalf("%s: event %d stands where %d should", order, n, i+1)
			}
		}
	}
}

// long tells an act of about so many events, each as long as one may be.
func long(tx *store.Tx, parts int) error {
	r := &bitacora.Renglones{Lista: "folios"}
	defer r.Close()
	const renglon = `{"folio":"2026/090/0000000","limite":"2026-03-31"},`
	for i := range parts * bitacora.MaxCarga / len(renglon) {
		f := schema.Folio(fmt.Sprintf("2026/090/%07d", i))
		if err := r.Add(&bitacora.RenglonPlazo{Folio: f, Vuelta: 1, Limite: limite}); err != nil {
			return err
		}
	}
	name := strings.Repeat("<", 200) // six bytes each in JSON
	return tx.Log(store.Acto{Evento: bitacora.PlazoVencido, Parte: 900001, Archivo: name,
		Carga: bitacora.CargaAvisado{}, Renglones: r})
}
