package bitacora_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
	"buzon/store/bitacora"
	"buzon/store/bitacora/bitacoratest"
)

// version logs a version of the calendar, and gives it as it is read.
func version(t *testing.T, at time.Time, name string, dias ...schema.Inhabil) bitacora.VersionCalendario {
	t.Helper()
	d := bitacora.CargaCalendario{Calendario: name, Anterior: "antes", Causa: "orden"}
	for _, in := range dias {
		d.Dias = append(d.Dias, bitacora.NewDiaCalendario(in))
	}
	var r bitacoratest.Memoria
	r.Log(t, at, bitacoratest.Dicho{Evento: bitacora.CalendarioCambiado, Carga: d})
	v, err := bitacora.LeerCalendario(r.Eventos[0])
	if err != nil {
		t.Fatal(err)
	}
	want := bitacora.VersionCalendario{N: 1, Momento: at, Version: name, Anterior: "antes", Causa: "orden",
		Dias: dias}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	return v
}

// TestCalendarioEn folds versions up to moments: the last word on each day and
// origin counts.
func TestCalendarioEn(t *testing.T) {
	t.Parallel()
	first := schema.Inhabil{Fecha: schema.NewDia(2026, time.March, 17), Descripcion: "Inventada",
		Origen: "DOF", Publicado: schema.NewDia(2026, time.March, 1), AplicaGE: true}
	not, other := first, first
	not.AplicaGE, other.Origen = false, "CNBV"
	names := func(rows ...schema.Inhabil) string { return schema.NewCalendario(rows).Version() }
	all := []bitacora.VersionCalendario{
		version(t, ayer, names(first), first),
		version(t, ayer.Add(2*time.Hour), names(not, other), not, other),
	}
	for at, want := range map[time.Time][]schema.Inhabil{
		ayer.Add(-time.Millisecond): nil, ayer: {first}, ayer.Add(2*time.Hour - 1): {first},
		ayer.Add(2 * time.Hour): {not, other},
	} {
		cal, err := bitacora.CalendarioEn(all, at)
		if err != nil || cal.Version() != names(want...) {
			t.Errorf("at %s: %v, %v", at, cal, err)
		}
		got := bitacora.Inhabiles(all, at)
		slices.SortFunc(got, func(a, b schema.Inhabil) int { return len(b.Origen) - len(a.Origen) })
		slices.SortFunc(want, func(a, b schema.Inhabil) int { return len(b.Origen) - len(a.Origen) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("at %s (-want +got):\n%s", at, diff)
		}
	}
	if got := bitacora.Inhabiles(all, time.Time{}); len(got) != 2 {
		t.Errorf("in all: %v", got)
	}
	if diff := cmp.Diff([]schema.Inhabil{other, not},
		bitacora.Sustituir([]schema.Inhabil{first, other}, []schema.Inhabil{not})); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
	all[1].Version = names(first)
	if _, err := bitacora.CalendarioEn(all, ayer); err != nil {
		t.Error(err)
	}
	if _, err := bitacora.CalendarioEn(all, ayer.Add(2*time.Hour)); err == nil {
		t.Error("another program's calendar counts")
	}
}

// TestFin is the hour at which a limit's day ends.
func TestFin(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]schema.Hora{"": 24*3600 - 1, "18:00:00": 18 * 3600} {
		if got, err := (bitacora.CargaConfiguracion{FinDePlazo: text}).Fin(); got != want || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if _, err := (bitacora.CargaConfiguracion{FinDePlazo: "tarde"}).Fin(); err == nil {
		t.Error("an hour that is none")
	}
}
