package schema

import (
	"bytes"
	"fmt"
	"testing"
)

// manyRecords makes a REC of n records.
func manyRecords(b *testing.B, n int) []byte {
	b.Helper()
	records := readAll[Reclamacion](b, nameREC)
	var out bytes.Buffer
	w := mustWriter(b, &out, encabezado(REC, CONDUSEF, Pasarela, "02/03/2026", "2026-03-02T18:05:11-06:00"))
	for i := range n {
		r := records[i%len(records)]
		r.RecNumero = NewEntero(int64(i + 1))
		r.RecFolioCondusef = Folio(fmt.Sprintf("2026/090/%d", i+1))
		mustWrite(b, w, &r, i)
	}
	mustClose(b, w)
	return out.Bytes()
}

const benchRecords = 5000

func perRow(b *testing.B) {
	b.ReportMetric(float64(benchRecords)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkCheck reads with validation: both readings of a REC.
func BenchmarkCheck(b *testing.B) {
	content := manyRecords(b, benchRecords)
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, count, found := checked(b, nameREC, content, testReglas()); len(found) > 0 || count.Aceptados != benchRecords {
			b.Fatal(count, places(found))
		}
	}
	perRow(b)
}

// BenchmarkParse reads the same lines without validation.
func BenchmarkParse(b *testing.B) {
	lines := bytes.Split(manyRecords(b, benchRecords), []byte("\r\n"))
	b.ReportAllocs()
	for b.Loop() {
		for _, l := range lines[1 : benchRecords+1] {
			if _, ok := ParseRecord[Reclamacion](string(l)); !ok {
				b.Fatal("not a record")
			}
		}
	}
	perRow(b)
}
