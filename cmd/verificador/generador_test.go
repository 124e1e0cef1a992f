package main

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The generator is a second writer of docs/bitacora.md: encoding/json, tlog and
// note where the program has its own code, naive recursion where it has a stack.

// A signer signs notes; its key hash comes from package note.
type signer struct {
	name string
	key  ed25519.PrivateKey
	hash uint32
}

func newSigner(name string, seed byte) signer {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	vkey, err := note.NewEd25519VerifierKey(name, key.Public().(ed25519.PublicKey))
	must(err)
	v, err := note.NewVerifier(vkey)
	must(err)
	return signer{name, key, v.KeyHash()}
}

func (s signer) Name() string                    { return s.name }
func (s signer) KeyHash() uint32                 { return s.hash }
func (s signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }

// line is the key's line in llaves.txt.
func (s signer) line() string {
	return s.name + " " + base64.StdEncoding.EncodeToString(s.key.Public().(ed25519.PublicKey)) + " vigente\n"
}

var (
	// Another seed with other rows: what fuzzers found in an older log is else right for ever.
	theKey  = newSigner("ed25519:2026a", 4)
	oldKey  = newSigner("ed25519:2025a", 2)
	foreign = newSigner("ed25519:2026a", 3) // the real key's name, another key
)

func testLlaves() []byte {
	return []byte("# llaves de los sellos\n" + oldKey.line() + "\n" + theKey.line())
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// A row is an event as the document writes it.
type row struct {
	N       int64  `json:"n"`
	Momento int64  `json:"momento"`
	Evento  string `json:"evento"`
	Parte   string `json:"parte"`
	Archivo string `json:"archivo"`
	SHA256  string `json:"sha256"`
	Folio   string `json:"folio"`
	Detalle string `json:"detalle"`
}

func (r row) canonical() []byte {
	var b bytes.Buffer
	for _, f := range []string{
		fmt.Sprint(r.N), fmt.Sprint(r.Momento), r.Evento, r.Parte, r.Archivo, r.SHA256, r.Folio, r.Detalle,
	} {
		fmt.Fprintf(&b, "%d:%s,", len(f), f)
	}
	return b.Bytes()
}

const firstMilli = 1772496300000

// newRows invents n events, a second apart; every seventh is an acuse.
func newRows(n int) []row {
	rng := rand.New(rand.NewPCG(7, uint64(n)))
	rows := make([]row, n)
	for i := range rows {
		r := row{N: int64(i + 1), Momento: firstMilli + int64(i)*1000, Detalle: `{}`}
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte{byte(i), byte(rng.Int())}))
		switch i % 7 {
		case 0:
			r.Evento, r.Detalle = "almacen_creado", `{"simulacro":false}`
		case 6:
			r.Evento, r.Parte, r.SHA256 = "acuse_emitido", "00900001", sum
			r.Archivo = fmt.Sprintf("GE_ACU_00900001_20260302_%03d.txt", i)
			r.Detalle = fmt.Sprintf(`{"acuse":"ACU-2026-%08d","filas":{"acuses:%d":"%s"}}`, 20+i, i, sum[:22])
		default:
			r.Evento, r.Parte, r.SHA256 = "archivo_recibido", "CONDUSEF", sum
			r.Archivo, r.Folio = "GE_REC_ñandú \"<&>\"\n.txt", fmt.Sprintf("2026/%d", rng.IntN(1000))
			r.Detalle = fmt.Sprintf(
				`{ "bytes": %d, "texto": "é\u00e9😀\\", "nada": null, "x": [1.5e3, true] }`, i)
		}
		rows[i] = r
	}
	return rows
}

// newActs is newRows with two acts in parts in every 13 events: 3–5 and 9–12.
func newActs(n int) []row {
	rows := newRows(n)
	for first := 0; first < n; first += 13 {
		split(rows, first+2, 3)
		split(rows, first+8, 4)
	}
	return rows
}

// split makes an act of so many parts of the rows from i on.
func split(rows []row, i, parts int) {
	if i+parts > len(rows) {
		return
	}
	for k := range parts {
		r := rows[i]
		r.N, r.Folio = rows[i+k].N, ""
		r.Detalle = fmt.Sprintf(`{"bytes":7,"parte":1,"de":%d,"reclamaciones":[{"folio":"x"}]}`, parts)
		if k > 0 {
			r.Detalle = fmt.Sprintf(`{"parte":%d,"de":%d,"primero":%d,"desde":%d,"reclamaciones":[{}]}`,
				k+1, parts, rows[i].N, 10*k)
		}
		rows[i+k] = r
	}
	rows[i].Folio = ""
}

// cuts tells whether an act goes on after the event n, as newActs makes them.
func (l *bitacora) cuts(n int) bool {
	if n < 1 || n >= len(l.rows) {
		return false
	}
	var p struct{ Parte, De int }
	must(json.Unmarshal([]byte(l.rows[n-1].Detalle), &p))
	return p.Parte < p.De
}

// A bitacora is a log with tlog's hashes of it.
type bitacora struct {
	rows      []row
	leaves    []tlog.Hash
	stored    []tlog.Hash
	key       signer
	simulacro bool
}

func newBitacora(rows []row) *bitacora {
	l := &bitacora{rows: rows, key: theKey}
	for i, r := range rows {
		h, err := tlog.StoredHashes(int64(i), r.canonical(), l)
		must(err)
		l.stored = append(l.stored, h...)
		l.leaves = append(l.leaves, tlog.RecordHash(r.canonical()))
	}
	return l
}

func (l *bitacora) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = l.stored[x]
	}
	return out, nil
}

func (l *bitacora) root(t int) tlog.Hash {
	if t == 0 {
		return sha256.Sum256(nil)
	}
	h, err := tlog.TreeHash(int64(t), l)
	must(err)
	return h
}

func (l *bitacora) consistency(m, t int) []string {
	if m == 0 || m >= t {
		return []string{}
	}
	p, err := tlog.ProveTree(int64(t), int64(m), l)
	must(err)
	return b64(p)
}

// mth is RFC 6962's recursion over a run of leaves.
func mth(d []tlog.Hash) tlog.Hash {
	if len(d) == 1 {
		return d[0]
	}
	k := 1
	for 2*k < len(d) {
		k *= 2
	}
	return tlog.NodeHash(mth(d[:k]), mth(d[k:]))
}

// left and right are the lists of an export of a … b at size t.
func (l *bitacora) left(a int) []tlog.Hash {
	list := []tlog.Hash{}
	for p, size := 0, 1<<20; size > 0; size /= 2 {
		if p+size <= a-1 {
			list = append(list, mth(l.leaves[p:p+size]))
			p += size
		}
	}
	return list
}

func (l *bitacora) right(b, t int) []tlog.Hash {
	list := []tlog.Hash{}
	for p := b; p < t; {
		size := 1
		for p%(2*size) == 0 && p+2*size <= t {
			size *= 2
		}
		list = append(list, mth(l.leaves[p:p+size]))
		p += size
	}
	return list
}

func b64[T ~[32]byte](hashes []T) []string {
	out := []string{}
	for _, h := range hashes {
		out = append(out, base64.StdEncoding.EncodeToString(h[:]))
	}
	return out
}

// dayAfter is the momento of a checkpoint of size t: later for a larger one.
func dayAfter(t int) string {
	zone := time.FixedZone("", -6*3600)
	return time.UnixMilli(firstMilli).Add(time.Duration(t) * time.Hour).In(zone).Format(time.RFC3339)
}

func (l *bitacora) checkpoint(t int) string {
	first := origen
	if l.simulacro {
		first += " SIMULACRO"
	}
	root := l.root(t)
	return sign(fmt.Sprintf("%s\n%d\n%s\nmomento %s\ncorte del día\n", first, t, root, dayAfter(t)), l.key)
}

func sign(text string, keys ...note.Signer) string {
	msg, err := note.Sign(&note.Note{Text: text}, keys...)
	must(err)
	return string(msg)
}

// export writes the members of an export of a … b, for the checkpoint of size t
// with entries for the older sizes.
func (l *bitacora) export(a, b, t int, older ...int) map[string][]byte {
	var events, csv bytes.Buffer
	for _, r := range l.rows[a-1 : b] {
		line, err := json.Marshal(r)
		must(err)
		events.Write(append(line, '\n'))
		fmt.Fprintf(&csv, "%d,%s\n", r.N, r.Evento)
	}
	entries := []map[string]any{}
	for _, m := range older {
		entries = append(entries, map[string]any{
			"tamano": m, "raiz": b64([]tlog.Hash{l.root(m)})[0], "prueba": l.consistency(m, t),
		})
	}
	return map[string][]byte{
		"consulta.json": marshal(map[string]any{
			"version": 1, "desde": "2026-01-01T00:00:00-06:00", "hasta": "2026-12-31T23:59:59-06:00",
			"momento": "2026-03-09T10:00:00-06:00", "primero": a, "ultimo": b, "simulacro": l.simulacro,
		}),
		"eventos.jsonl": events.Bytes(),
		"punto.txt":     []byte(l.checkpoint(t)),
		"pruebas.json": marshal(map[string]any{
			"izquierda": b64(l.left(a)), "derecha": b64(l.right(b, t)), "consistencia": entries,
		}),
		"eventos.csv": csv.Bytes(),
	}
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	must(err)
	return b
}

var memberOrder = []string{"consulta.json", "eventos.jsonl", "punto.txt", "pruebas.json", "eventos.csv"}

func pack(members map[string][]byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range memberOrder {
		content, ok := members[name]
		if !ok {
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		must(err)
		_, err = w.Write(content)
		must(err)
	}
	must(z.Close())
	return b.Bytes()
}

// judge runs the program's core over an export and returns exit code and report.
func judge(zipped []byte, viejo string) (int, *informe) {
	a := &auditoria{}
	var err error
	a.llaves, err = readLlaves(testLlaves())
	must(err)
	if viejo != "" {
		p, err := readPunto([]byte(viejo), a.llaves)
		must(err)
		a.viejo = &p
	}
	if bytes.HasPrefix(zipped, []byte("PK")) {
		err = a.exportacion(bytes.NewReader(zipped), int64(len(zipped)))
	} else {
		err = a.prueba(zipped)
	}
	code := a.conclude(err)
	must(a.write(io.Discard))
	return code, &a.informe
}

func wantCode(t *testing.T, zipped []byte, viejo string, want int, reason string) *informe {
	t.Helper()
	code, inf := judge(zipped, viejo)
	if code != want || !strings.Contains(inf.Motivo, reason) {
		t.Fatalf("code %d (%s: %s), want %d (%s)", code, inf.Veredicto, inf.Motivo, want, reason)
	}
	return inf
}
