package store

import (
	"fmt"
	"testing"

	"buzon/schema"
)

// BenchmarkEscribir is the cost of keeping a row and what the log says of it, with
// the disk's fsync: one a file, and in files of a thousand.
func BenchmarkEscribir(b *testing.B) {
	for _, batch := range []int{1, 1000} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			s, err := Open(b.Context(), b.TempDir()+"/buzon.db", Options{Now: now})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			if err := s.Update(b.Context(), now, func(tx *Tx) error { return siembra(tx, 1) }); err != nil {
				b.Fatal(err)
			}
			n := 0
			for b.Loop() {
				a := recibido(schema.ParteCONDUSEF, fmt.Sprint(n), schema.REC, batch)
				err := s.Update(b.Context(), now, func(tx *Tx) error {
					return recibe(tx, &a, func(in *Ingreso) error {
						for range batch {
							n++
							if err := in.acepta(&Asunto{Folio: schema.Folio(fmt.Sprintf("2026/090/%d", n)),
								Vuelta: 1, UNE: 900001}); err != nil {
								return err
							}
						}
						return nil
					})
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
