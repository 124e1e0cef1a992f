package bitacora

import (
	"fmt"
	"testing"

	"buzon/schema"
)

// BenchmarkLeer reads a part as long as they are, in the three ways there are; the
// time is that of a renglón.
func BenchmarkLeer(b *testing.B) {
	var rows []RenglonReclamacion
	for i := range 4000 {
		rows = append(rows,
			RenglonReclamacion{Folio: schema.Folio(fmt.Sprintf("2026/090/%d", i)), Vuelta: 1, UNE: 900001})
	}
	r, err := De("reclamaciones", rows)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	c := acto(b, 1, ArchivoRecibido, CargaRecibido{PrimeraLinea: 2}, r)[0]
	for name, read := range map[string]func() error{
		"Lector":  func() error { var l Lector; _, _, err := l.Add(c); return err },
		"Lugares": func() error { return Lugares(c, 2, func(Lugar) error { return nil }) },
		"struct":  func() error { _, err := Leer[CargaRecibido](c); return err },
	} {
		b.Run(name, func(b *testing.B) {
			n := 0
			if err := Lugares(c, 2, func(Lugar) error { n++; return nil }); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/renglon")
		})
	}
}
