package schema

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"
)

// manyRecords makes a REC of n records.
func manyRecords(tb testing.TB, n int) []byte {
	tb.Helper()
	records := readAll[Reclamacion](tb, nameREC)
	var out bytes.Buffer
	w := mustWriter(tb, &out, encabezado(REC, CONDUSEF, Pasarela, "02/03/2026", "2026-03-02T18:05:11-06:00"))
	for i := range n {
		r := records[i%len(records)]
		r.RecNumero = NewEntero(int64(i + 1))
		r.RecFolioCondusef = Folio(fmt.Sprintf("2026/090/%d", i+1))
		mustWrite(tb, w, &r, i)
	}
	mustClose(tb, w)
	return out.Bytes()
}

const benchRecords = 5000

// perRow runs f, which reads benchRecords rows, and reports rows a second and
// allocations a row.
func perRow(b *testing.B, f func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		f()
	}
	runtime.ReadMemStats(&after)
	rows := float64(benchRecords) * float64(b.N)
	b.ReportMetric(rows/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/rows, "allocs/row")
}

// BenchmarkCheck reads with validation: both readings of a REC.
func BenchmarkCheck(b *testing.B) {
	content := manyRecords(b, benchRecords)
	b.SetBytes(int64(len(content)))
	perRow(b, func() {
		if _, count, found := checked(b, nameREC, content, testReglas()); len(found) > 0 ||
			count.Aceptados != benchRecords {
			b.Fatal(count, places(found))
		}
	})
}

// BenchmarkCheckOfBadRows has a mistake in three fields of each row.
func BenchmarkCheckOfBadRows(b *testing.B) {
	content := bytes.ReplaceAll(manyRecords(b, benchRecords), []byte("|NO|0|1|"), []byte("|No|2|x|"))
	b.SetBytes(int64(len(content)))
	perRow(b, func() {
		if _, _, found := checked(b, nameREC, content, testReglas()); len(found) < benchRecords {
			b.Fatal(len(found))
		}
	})
}

// BenchmarkExamine is the first reading alone.
func BenchmarkExamine(b *testing.B) {
	content := manyRecords(b, benchRecords)
	b.SetBytes(int64(len(content)))
	perRow(b, func() {
		if e, err := Examine(nameREC, opener(content), testReglas()); err != nil ||
			e.Registros != benchRecords {
			b.Fatal(e, err)
		}
	})
}

// BenchmarkWalk is the second reading, judged where it is shown and on all cores.
func BenchmarkWalk(b *testing.B) {
	content := manyRecords(b, benchRecords)
	e, err := Examine(nameREC, opener(content), testReglas())
	if err != nil {
		b.Fatal(err)
	}
	for name, workers := range map[string]int{"inTurn": 0, "ahead": workersFor(e)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			perRow(b, func() {
				n := 0
				err := eachRecord(e, workers, func(l *Linea[Reclamacion]) bool { n++; return l.Bueno() })
				if err != nil || n != benchRecords {
					b.Fatal(n, err)
				}
			})
		})
	}
}

// BenchmarkParse reads the same lines without validation.
func BenchmarkParse(b *testing.B) {
	lines := bytes.Split(manyRecords(b, benchRecords), []byte("\r\n"))
	perRow(b, func() {
		for _, l := range lines[1 : benchRecords+1] {
			if _, ok := ParseRecord[Reclamacion](string(l), V0100); !ok {
				b.Fatal("not a record")
			}
		}
	})
}

// BenchmarkWrite writes claims, and acuses.
func BenchmarkWrite(b *testing.B) {
	write := func(b *testing.B, w *Writer, record any) {
		perRow(b, func() {
			for range benchRecords {
				if w.total = 0; w.Write(record) != nil {
					b.Fatal(w.err)
				}
			}
		})
	}
	b.Run("Reclamacion", func(b *testing.B) {
		h := encabezado(LOT, Pasarela, "00900001", "02/03/2026", "2026-03-02T18:05:11-06:00")
		r := readAll[Reclamacion](b, nameREC)[0]
		r.RecMontoReclamado = "0.00" // their sum is not to grow out of its field
		write(b, mustWriter(b, io.Discard, h), &r)
	})
	b.Run("Acuse", func(b *testing.B) {
		h := encabezado(ACU, Pasarela, "00900001", "02/03/2026", "2026-03-02T18:05:11-06:00")
		write(b, mustWriter(b, io.Discard, h), &readAll[Acuse](b, nameACU)[0])
	})
}

// TestMemoryOfManyRecords reads a file whose every record stands, and wants live
// memory to stay the same but for 16 bytes a folio.
func TestMemoryOfManyRecords(t *testing.T) { // not parallel: it measures
	const records, step, fixed = 40_000, 10_000, 512 << 10
	content := manyRecords(t, records)
	before := liveHeap()
	e, err := Examine(nameREC, opener(content), testReglas())
	if err != nil {
		t.Fatal(err)
	}
	count, err := Walk(e, func(l *Linea[Reclamacion]) error {
		if l.Numero%step == 0 {
			if got := liveHeap() - before; got > fixed+16*int64(l.Numero) {
				t.Errorf("after %d records %d bytes are in use", l.Numero, got)
			}
		}
		return nil
	}, nil)
	if err != nil || count.Aceptados != records {
		t.Error(count, err)
	}
	runtime.KeepAlive(content)
}

// liveHeap is what a collection leaves, in bytes.
func liveHeap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
