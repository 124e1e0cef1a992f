package store

import (
	"fmt"
	"testing"

	"buzon/schema"
)

// BenchmarkEscribir is the cost of keeping a row and its event, with the disk's
// fsync: one a transaction, and in batches. An older version of this package, run
// with this file, tells what the tree and the hashes of the rows cost.
func BenchmarkEscribir(b *testing.B) {
	for _, batch := range []int{1, 1000} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			s, err := Open(b.Context(), b.TempDir()+"/buzon.db", Options{Now: now})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			a := Archivo{Parte: schema.CONDUSEF, Nombre: "rec", SHA256: "h", K: 1, Jornada: schema.DiaDe(now), Recibido: now}
			err = s.Update(b.Context(), now, func(tx *Tx) error {
				if _, err := tx.Seed([]Institucion{{UNE: 900001, Denominacion: "Una", Sector: "Uno", Termino: 20, Prorroga: 10}}); err != nil {
					return err
				}
				return tx.AddArchivo(&a)
			})
			if err != nil {
				b.Fatal(err)
			}
			registro := string(make([]byte, 600))
			n := 0
			for b.Loop() {
				err := s.Update(b.Context(), now, func(tx *Tx) error {
					for range batch {
						n++
						c := Caso{Folio: schema.Folio(fmt.Sprintf("2026/090/%d", n)), Vuelta: 1, UNE: 900001, Numero: n, Registro: registro}
						if err := tx.AddReclamacion(&a, &c); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
