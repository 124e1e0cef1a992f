package store

import (
	"testing"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// TestAcusesAhead: an acuse that a clock sealed which was a month ahead is named; one of
// before, and one that only waited for another transaction, are not.
func TestAcusesAhead(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	acuse := func(folio string, at time.Time) {
		t.Helper()
		err := s.Update(t.Context(), at, func(tx *Tx) error {
			return tx.Log(Acto{Evento: bitacora.AcuseEmitido, Parte: schema.ParteCONDUSEF,
				Carga: bitacora.CargaAcuse{Acuse: folio}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	acuse("ACU-2026-00000001", now)
	acuse("ACU-2026-00000002", now.Add(30*time.Second))
	acuse("ACU-2026-00000003", now)
	r, err := s.Verify(t.Context(), nil, nil)
	if err != nil || r.HayAdelantados != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	ahead := now.AddDate(0, 1, 0)
	acuse("ACU-2026-00000004", ahead)
	acuse("ACU-2026-00000005", now.Add(time.Minute))
	r, err = s.Verify(t.Context(), nil, nil)
	if err != nil || r.HayAdelantados != 1 || len(r.Adelantados) != 1 ||
		r.Adelantados[0].Acuse != "ACU-2026-00000004" || !r.Adelantados[0].Momento.Equal(ahead) {
		t.Errorf("%+v %v", r, err)
	}
}
