package ops

import (
	"encoding/csv"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"buzon/store"
	"buzon/store/bitacora"
	"buzon/store/bitacora/bitacoratest"
)

// TestExportIsAnEvent: what an auditor takes away is in the log, with how many
// rows it was; what an operator takes is not.
func TestExportIsAnEvent(t *testing.T) {
	t.Parallel()
	st := day(t)
	a := serve(t, st, withTokens)
	var before historia
	a.as(operadorToken).get(http.StatusOK, "/api/v1/history", &before)
	for _, token := range []string{operadorToken, auditorToken} {
		resp, body := a.as(token).request(http.MethodGet, "/api/v1/history?institution=900001&order=newest",
			"Accept", "text/csv, */*;q=0.1")
		if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"),
			"text/csv") || !strings.Contains(resp.Header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d %v", resp.StatusCode, resp.Header)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF"))).ReadAll()
		want := 0
		for _, e := range before.Events {
			if e.Party == une {
				want++
			}
		}
		if err != nil || len(rows) != want+1 || rows[1][3] != une {
			t.Errorf("%d rows, want %d (%v)", len(rows), want+1, err)
		}
		told := log(t, st, bitacora.ConsultaExportada)
		if token == operadorToken {
			if len(told) != 0 {
				t.Errorf("an operator's table is an event: %+v", told)
			}
			continue
		}
		if len(told) != 1 {
			t.Fatalf("%d events", len(told))
		}
		for k, x := range map[string]any{"quien": "auditora", "rol": "auditor", "renglones": float64(want),
			"completa": true, "consulta": "institution=900001 order=newest"} {
			if told[0].Detalle[k] != x {
				t.Errorf("%s: %v, want %v", k, told[0].Detalle[k], x)
			}
		}
	}
	if err := st.View(t.Context(), func(v *store.View) error {
		l := bitacoratest.Llenados{}
		l.Add(t, v.Actos(time.Time{}, bitacoratest.DeLaAPI))
		l.Check(t, bitacoratest.DeLaAPI, nil)
		return nil
	}); err != nil {
		t.Error(err)
	}
	for accept, want := range map[string]bool{"": false, "*/*": false, "text/csv": true,
		"text/csv;q=0": false, "application/json, text/csv;q=0.5": false, "text/csv;q=x": false,
		"text/*": false} {
		if wantsCSV(accept) != want {
			t.Errorf("Accept: %s: %t", accept, !want)
		}
	}
}

// TestCutExportIsAnEvent: the log tells too of a table that was cut, the client
// sees that it was, and the store is not held meanwhile.
func TestCutExportIsAnEvent(t *testing.T) {
	t.Parallel()
	const many = 20_000
	st := day(t)
	if err := st.Update(t.Context(), ocho, func(tx *store.Tx) error {
		for range many { // more than the buffers of a connection hold
			if err := tx.Log(store.Acto{Evento: bitacora.LlaveAlta, Archivo: strings.Repeat("x", 1000),
				Carga: bitacora.CargaLlave{}}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	a := serve(t, st, withTokens).as(auditorToken)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.base+"/api/v1/history", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+auditorToken)
	r.Header.Set("Accept", "text/csv")
	resp, err := a.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := resp.Body.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if err := st.Update(t.Context(), ocho, func(tx *store.Tx) error {
		return tx.Log(store.Acto{Evento: bitacora.AccesoRehusado, Carga: bitacora.CargaAcceso{}})
	}); err != nil {
		t.Errorf("a writer is held up: %v", err)
	}
	a.end() // in the middle
	if _, err := io.Copy(io.Discard, resp.Body); err == nil {
		t.Error("the client takes it for whole")
	}
	_ = resp.Body.Close()
	a.stop()
	told := log(t, st, bitacora.ConsultaExportada)
	if len(told) != 1 {
		t.Fatalf("%d events tell of it", len(told))
	}
	d := told[0].Detalle
	if rows := d["renglones"].(float64); d["completa"] != false || rows == 0 || rows >= many {
		t.Errorf("%v", d)
	}
}
