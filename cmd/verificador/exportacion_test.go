package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// TestUntouched verifies exports of every size up to 70, of every run where the
// log is small, with and without an older checkpoint.
func TestUntouched(t *testing.T) {
	l := newBitacora(newRows(maxTree))
	rng := rand.New(rand.NewPCG(1, 1))
	n := 0
	for size := 0; size <= maxTree; size++ {
		every := make([]int, size+1)
		for m := range every {
			every[m] = m
		}
		for a := 1; a <= size+1; a++ {
			for b := a - 1; b <= size; b++ {
				if size > 10 && rng.IntN(size*size) > 20 {
					continue
				}
				m := rng.IntN(size + 1)
				zipped := pack(l.export(a, b, size, every...))
				inf := wantCode(t, zipped, l.checkpoint(m), 0, "")
				if *inf.Eventos != (tramo{int64(a), int64(b)}) || inf.Viejo.Tamano != int64(m) ||
					inf.Punto.Tamano != int64(size) {
					t.Fatalf("%d–%d of %d, older %d: told %+v", a, b, size, m, inf)
				}
				inf = wantCode(t, zipped, "", 0, "")
				if !strings.Contains(strings.Join(inf.Observaciones, " "), "rehecha entera") {
					t.Fatal("does not say what is missing without an older checkpoint")
				}
				n++
			}
		}
	}
	t.Logf("%d exports", n)
}

// A decoded is all of an export that counts, read by encoding/json. Left out on
// purpose: eventos.csv, which is for a spreadsheet, and consulta's desde, hasta
// and momento, which nobody signs and which the report calls so.
type decoded struct {
	eventos            []row
	punto              string
	pruebas            any
	primero, ultimo    float64
	version, rehearsal any
}

func decode(members map[string][]byte) (d decoded, err error) {
	dec := json.NewDecoder(bytes.NewReader(members["eventos.jsonl"]))
	for dec.More() {
		var r row
		if err := dec.Decode(&r); err != nil {
			return d, err
		}
		d.eventos = append(d.eventos, r)
	}
	d.punto = string(members["punto.txt"])
	if err := json.Unmarshal(members["pruebas.json"], &d.pruebas); err != nil {
		return d, err
	}
	var c map[string]any
	if err := json.Unmarshal(members["consulta.json"], &c); err != nil {
		return d, err
	}
	d.primero, _ = c["primero"].(float64)
	d.ultimo, _ = c["ultimo"].(float64)
	d.version, d.rehearsal = c["version"], c["simulacro"]
	return d, nil
}

// missed fails if a tampered export is called correct although something that
// counts differs from the original's.
func missed(t *testing.T, what string, original decoded, members map[string][]byte,
	viejo string) (found bool) {
	t.Helper()
	code, _ := judge(pack(members), viejo)
	if code != 0 {
		return true
	}
	if got, err := decode(members); err != nil || !reflect.DeepEqual(got, original) {
		t.Fatalf("missed: %s (%v)", what, err)
	}
	return false
}

// TestFlips flips every bit of every member that is verified.
func TestFlips(t *testing.T) {
	l := newBitacora(newRows(11))
	members := l.export(3, 7, 11, 5)
	original, err := decode(members)
	must(err)
	flips, harmless := 0, map[string]int{}
	for _, name := range memberOrder[:4] {
		content := members[name]
		for i := range content {
			for bit := range 8 {
				tampered := maps.Clone(members)
				b := bytes.Clone(content)
				b[i] ^= 1 << bit
				tampered[name] = b
				flips++
				if !missed(t, name, original, tampered, "") {
					harmless[name]++
				}
			}
		}
	}
	t.Logf("%d flips, harmless: %v", flips, harmless)
	// Nothing in these two can be written in two ways; in the events the digits
	// of an escape can ("\u003c", "\u003C"), in the consulta a time that still
	// holds the events.
	if harmless["punto.txt"] != 0 || harmless["pruebas.json"] != 0 {
		t.Errorf("harmless flips where there can be none: %v", harmless)
	}
}

// TestTamper makes thousands of random changes to random exports.
func TestTamper(t *testing.T) {
	l := newBitacora(newRows(40))
	rng := rand.New(rand.NewPCG(2, 2))
	found := 0
	const tries = 4000
	for i := range tries {
		size := 2 + rng.IntN(39)
		a := 1 + rng.IntN(size)
		b := a + rng.IntN(size-a+1)
		m := 1 + rng.IntN(size)
		members := l.export(a, b, size, m)
		original, err := decode(members)
		must(err)
		what := tamper(rng, members)
		viejo := ""
		if i%2 == 0 {
			viejo = l.checkpoint(m)
		}
		if missed(t, what, original, members, viejo) {
			found++
		}
	}
	t.Logf("%d of %d found, the others change nothing that counts", found, tries)
	if found < tries*3/4 {
		t.Errorf("only %d of %d tamperings were any", found, tries)
	}
}

// tamper changes one member and says how.
func tamper(rng *rand.Rand, members map[string][]byte) string {
	lines := bytes.SplitAfter(members["eventos.jsonl"], []byte("\n"))
	lines = lines[:len(lines)-1]
	i, j := rng.IntN(len(lines)), rng.IntN(len(lines))
	join := func(parts ...[][]byte) {
		var all [][]byte
		for _, p := range parts {
			all = append(all, p...)
		}
		members["eventos.jsonl"] = bytes.Join(all, nil)
	}
	switch rng.IntN(8) {
	case 0:
		join(lines[:i], lines[i+1:])
		return "event removed"
	case 1:
		lines[i], lines[j] = lines[j], lines[i]
		join(lines)
		return "events swapped"
	case 2:
		join(lines[:i+1], lines[i:])
		return "event doubled"
	case 3:
		join(lines[:i])
		return "tail cut"
	case 4:
		lines[i], lines[j] = swapNumbers(lines[i], lines[j])
		join(lines)
		return "contents swapped, numbers kept"
	}
	name := memberOrder[rng.IntN(4)]
	b := bytes.Clone(members[name])
	if len(b) == 0 {
		return "nothing"
	}
	at := rng.IntN(len(b))
	switch rng.IntN(3) {
	case 0:
		b[at] = byte(rng.IntN(256))
	case 1:
		b = append(b[:at], b[at+1:]...)
	default:
		end := at + rng.IntN(len(b)-at)
		b = append(b[:end], b[at:]...)
	}
	members[name] = b
	return "bytes of " + name
}

func swapNumbers(x, y []byte) ([]byte, []byte) {
	var a, b row
	must(json.Unmarshal(x, &a))
	must(json.Unmarshal(y, &b))
	a.N, b.N = b.N, a.N
	return append(marshal(b), '\n'), append(marshal(a), '\n')
}

// TestRebuilt gives the attacker the real key: a history that is changed, cut or
// lengthened in the past, signed well, is found by whoever kept a checkpoint.
func TestRebuilt(t *testing.T) {
	const size = 33
	rows := newRows(size)
	real := newBitacora(rows)
	for m := 1; m <= size; m++ {
		for k := range size {
			changed := append([]row(nil), rows...)
			changed[k].Folio += "x"
			forged := newBitacora(changed)
			members := forged.export(1, size, size, m)
			code, inf := judge(pack(members), real.checkpoint(m))
			if k < m && code != 1 {
				t.Fatalf("event %d changed, checkpoint of %d: %d %s", k+1, m, code, inf.Motivo)
			}
			if k >= m && code != 0 {
				t.Fatalf("event %d changed after the checkpoint of %d: %d %s", k+1, m, code, inf.Motivo)
			}
			// The forger may copy the real entry; it does not fit his tree.
			members["pruebas.json"] = real.export(1, size, size, m)["pruebas.json"]
			if code, _ := judge(pack(members), real.checkpoint(m)); k < m && code == 0 {
				t.Fatalf("event %d changed, real entry of %d: correct", k+1, m)
			}
		}
		short := pack(real.export(1, m-1, m-1))
		// The cut log's momento is earlier than the kept checkpoint's here …
		wantCode(t, short, real.checkpoint(m), 2, "más viejo")
		// … and later here.
		late := real.export(1, m-1, m-1)
		text, _, _ := strings.Cut(string(late["punto.txt"]), "momento ")
		late["punto.txt"] = []byte(sign(text+"momento "+dayAfter(size+1)+"\n", theKey))
		wantCode(t, pack(late), real.checkpoint(m), 1, "falta el final")
	}
}

// TestViejo covers what an older checkpoint can lead to besides.
func TestViejo(t *testing.T) {
	l := newBitacora(newRows(20))
	zipped := pack(l.export(1, 20, 20, 7))
	wantCode(t, zipped, l.checkpoint(7), 0, "")
	wantCode(t, zipped, l.checkpoint(8), 2, "--checkpoint")
	wantCode(t, zipped, l.checkpoint(0), 0, "")
	wantCode(t, zipped, l.checkpoint(20), 0, "")
	old := newBitacora(newRows(20))
	old.key = oldKey
	wantCode(t, zipped, old.checkpoint(7), 0, "")
	old.simulacro = true
	wantCode(t, zipped, old.checkpoint(7), 1, "simulacro")
	other := newBitacora(newRows(19))
	wantCode(t, zipped, other.checkpoint(7), 1, "no es consistente")
	other.rows = newRows(20)
	other.rows[3].Folio = "x"
	wantCode(t, zipped, newBitacora(other.rows).checkpoint(20), 1, "dos raíces distintas")
}

func TestSimulacro(t *testing.T) {
	l := newBitacora(newRows(5))
	l.simulacro = true
	inf := wantCode(t, pack(l.export(1, 5, 5)), "", 0, "")
	var out strings.Builder
	must(inf.write(&out))
	if !strings.HasPrefix(out.String(), "SIMULACRO: ") {
		t.Errorf("first line: %s", out.String())
	}
	members := l.export(1, 5, 5)
	members["consulta.json"] = bytes.Replace(members["consulta.json"], []byte("true"), []byte("false"), 1)
	if inf = wantCode(t, pack(members), "", 1, "simulacro"); !inf.Simulacro {
		t.Error("not told")
	}
	l.simulacro = false
	members = l.export(1, 5, 5)
	members["consulta.json"] = bytes.Replace(members["consulta.json"], []byte("false"), []byte("true"), 1)
	if inf = wantCode(t, pack(members), "", 1, "simulacro"); !inf.Simulacro {
		t.Error("not told")
	}
}

// TestForms gives fields a wrong form that the tree does cover.
func TestForms(t *testing.T) {
	for _, c := range []struct {
		spoil  func(r *row)
		reason string
	}{
		{func(r *row) { r.Evento = "" }, "no tiene nombre"},
		{func(r *row) { r.Parte = "1234567" }, "la parte"},
		{func(r *row) { r.SHA256 = strings.Repeat("A", 64) }, "el sha256"},
		{func(r *row) { r.Detalle = "{}{}" }, "el detalle"},
		{func(r *row) { r.Detalle = "" }, "el detalle"},
		{func(r *row) { r.Detalle = `{"acuse":"a","acuse":"b"}` }, "el detalle"},
	} {
		rows := newRows(5)
		c.spoil(&rows[2])
		wantCode(t, pack(newBitacora(rows).export(1, 5, 5)), "", 1, c.reason)
	}
}

// TestClock tells of a clock that was set back, and finds nothing wrong in it.
func TestClock(t *testing.T) {
	rows := newRows(6)
	rows[2].Momento -= 400 * 24 * 3600 * 1000
	rows[3].Momento = -1
	inf := wantCode(t, pack(newBitacora(rows).export(1, 6, 6)), "", 0, "")
	told := strings.Join(inf.Observaciones, "\n")
	if !strings.Contains(told, "\n2 eventos de en medio") || !strings.Contains(told, "\n2 veces un evento") {
		t.Errorf("told:\n%s", told)
	}
	inf = wantCode(t, pack(newBitacora(newRows(6)).export(1, 6, 6)), "", 0, "")
	if len(inf.Observaciones) != 2 {
		t.Errorf("told: %v", inf.Observaciones)
	}
}
