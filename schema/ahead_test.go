package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// spoilt makes a RES of n records: folios come again, every seventh record has
// mistakes, every eleventh line is none of a record.
func spoilt(t testing.TB, n int) *draft {
	d := newDraft(t, nameRES)
	row := d.lines[1]
	d.lines = d.lines[:1]
	for i := range n {
		d.lines = append(d.lines, row)
		folio := fmt.Sprintf("2026/090/%d", i*i%(n/2+1)+1)
		d.set(i+2, "RecNumero", fmt.Sprint(i+1)).set(i+2, "RecFolioCondusef", folio)
		switch {
		case i%7 == 3:
			d.set(i+2, "RecNivelAtencion", "9").set(i+2, "ResTexto", "corto")
		case i%11 == 5:
			d.lines[i+1] = []string{"", "02|x", "01|RES", "99|a|b",
				"02|" + strings.Repeat("x", maxLine)}[i/11%5]
		}
	}
	return d
}

// told is what a walk showed and found, in order. The consumer refuses every fifth
// record.
func told[R Registro](t testing.TB, e *Examen, workers int) (out []string) {
	t.Helper()
	records := func(yield func(*Linea[R], error) bool) {
		if err := eachRecord(e, workers, func(l *Linea[R]) bool { return yield(l, nil) }); err != nil {
			yield(nil, err)
		}
	}
	count, err := walk(e, records, func(l *Linea[R]) error {
		if l.Legible && l.Numero%5 == 0 {
			l.Refuse(l.NewHallazgo("RecFolioCondusef", "NEG-01", ""))
		}
		line := string(AppendRecord(nil, &l.Registro, e.Version))
		out = append(out, fmt.Sprint(l.Linea, l.Numero, l.Desplazamiento, l.Largo), l.Texto,
			fmt.Sprint(l.Folio, l.Legible, l.Hallazgos), line)
		return nil
	}, func(h Hallazgo) error { out = append(out, fmt.Sprint(h)); return nil })
	return append(out, fmt.Sprint(count, err))
}

func toldOf(t testing.TB, e *Examen, workers int) []string {
	switch e.Tipo {
	case REC, LOT:
		return told[Reclamacion](t, e, workers)
	case RES:
		return told[Respuesta](t, e, workers)
	case REP:
		return told[Retorno](t, e, workers)
	case ACU:
		return told[Acuse](t, e, workers)
	case RCH:
		return told[Rechazo](t, e, workers)
	case DIC:
		return told[Dictamen](t, e, workers)
	}
	return nil
}

// TestAheadIsInTurn wants the same told, in the same order, however many goroutines
// judge: of good files, of bad ones, and of one that fills the batches many times.
func TestAheadIsInTurn(t *testing.T) {
	t.Parallel()
	files := map[string]*draft{"spoilt " + nameRES: spoilt(t, 3000)}
	for _, name := range ejemplos(t) {
		files[name] = newDraft(t, name)
	}
	for i, bad := range badFiles() {
		files[fmt.Sprint(bad.folder, i)] = bad.make(newDraft(t, bad.base))
	}
	files["newer"] = spoilt(t, 1000).set(1, "GeVersion", string(v0190))
	for i, line := range files["newer"].lines[1:] {
		files["newer"].lines[i+1] = line + []string{"||", "|algo|", "|algo|más"}[i%3]
	}
	for name, d := range files {
		e, err := Examine(d.name, opener(d.bytes()), writes(testReglas(), ParteCONDUSEF))
		if err != nil {
			t.Fatal(err)
		}
		want := toldOf(t, e, 0)
		for workers := 1; workers <= 3; workers++ {
			if diff := cmp.Diff(want, toldOf(t, e, workers)); diff != "" {
				t.Errorf("%s with %d workers (-in turn +ahead):\n%.2000s", name, workers, diff)
			}
		}
	}
}

// brokenOpener gives a content whose reader fails after some bytes, from the second
// time on.
func brokenOpener(content []byte, after int, err error) func() (io.ReadCloser, error) {
	times := 0
	return func() (io.ReadCloser, error) {
		if times++; times == 1 {
			return io.NopCloser(bytes.NewReader(content)), nil
		}
		return io.NopCloser(io.MultiReader(bytes.NewReader(content[:after]), iotest.ErrReader(err))), nil
	}
}

// TestErrorComesBehindWhatWasRead has the second reading fail, or the file become
// shorter, in the middle.
func TestErrorComesBehindWhatWasRead(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	content := spoilt(t, 2000).bytes()
	half := content[:len(content)/2]
	half = half[:bytes.LastIndexByte(half, '\n')+1]
	for wrong, want := range map[error]error{lost: lost, io.EOF: errSource} {
		var all [][]string
		for _, workers := range []int{0, 2} {
			e, err := Examine(nameRES, brokenOpener(content, len(half), wrong), testReglas())
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, told[Respuesta](t, e, workers))
		}
		if diff := cmp.Diff(all[0], all[1]); diff != "" {
			t.Errorf("%v (-in turn +ahead):\n%.2000s", wrong, diff)
		}
		if end := all[1][len(all[1])-1]; len(all[1]) < 500 || !strings.HasSuffix(end, want.Error()) {
			t.Errorf("%v: %d told, the last %s", wrong, len(all[1]), end)
		}
	}
}

// TestNoGoroutineIsLeft stops in the middle in every way, and wants the goroutines
// gone when the walk is.
func TestNoGoroutineIsLeft(t *testing.T) { // not parallel: it counts
	content := manyRecords(t, 4000)
	r := testReglas()
	e, err := Examine(nameREC, opener(content), r)
	if err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	most := 0
	walkTo := func(stop func(l *Linea[Reclamacion]) bool) (caught any) {
		defer func() { caught = recover() }()
		_ = eachRecord(e, 3, func(l *Linea[Reclamacion]) bool {
			most = max(most, runtime.NumGoroutine()-before)
			return !stop(l)
		})
		return nil
	}
	at := func(n int) func(l *Linea[Reclamacion]) bool {
		return func(l *Linea[Reclamacion]) bool { return l.Numero == n }
	}
	for name, c := range map[string]struct {
		stop func(l *Linea[Reclamacion]) bool
		want any
	}{
		"at once": {at(1), nil}, "in the middle": {at(2000), nil},
		"at the end": {at(4000), nil}, "never": {at(0), nil},
		"panic": {func(l *Linea[Reclamacion]) bool {
			if l.Numero == 700 {
				panic("consumer")
			}
			return false
		}, "consumer"},
	} {
		if got := walkTo(c.stop); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		mustBeGone(t, name, before)
		before = min(before, runtime.NumGoroutine()) // one of another test may have ended meanwhile
	}
	if most != 3 {
		t.Errorf("at most %d goroutines judged", most)
	}
	next, stop := iter.Pull2(Records[Reclamacion](e))
	if _, err, ok := next(); err != nil || !ok {
		t.Error(err)
	}
	stop()
	mustBeGone(t, "pulled", before)
}

// mustBeGone wants no more goroutines than before. One that has done its work may
// still be on its last step, for as long as a busy machine keeps it there.
func mustBeGone(t *testing.T, name string, before int) {
	t.Helper()
	for begin := time.Now(); time.Since(begin) < 10*time.Second; runtime.Gosched() {
		if runtime.NumGoroutine() <= before {
			return
		}
	}
	t.Errorf("%s: %d goroutines are left", name, runtime.NumGoroutine()-before)
}

// TestPanicOfARuleComesBehindWhatWasJudged has a function of the Reglas panic.
func TestPanicOfARuleComesBehindWhatWasJudged(t *testing.T) {
	t.Parallel()
	content := manyRecords(t, 1000)
	for _, workers := range []int{0, 1, 3} {
		r := testReglas()
		r.Catalogos.CP = func(Cifras, int) bool { return true }
		e, err := Examine(nameREC, opener(content), r)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		records := readAll[Reclamacion](t, nameREC)
		r.Catalogos.CP = func(cp Cifras, _ int) bool {
			if cp == records[3].RecCodigoPostal {
				panic("rule")
			}
			return true
		}
		caught := func() (caught any) {
			defer func() { caught = recover() }()
			return eachRecord(e, workers, func(*Linea[Reclamacion]) bool { seen++; return true })
		}()
		first := slices.IndexFunc(records, func(o Reclamacion) bool {
			return o.RecCodigoPostal == records[3].RecCodigoPostal
		})
		if caught != "rule" || seen != first {
			t.Errorf("%d workers: %v after %d records, want %d", workers, caught, seen, first)
		}
	}
}
