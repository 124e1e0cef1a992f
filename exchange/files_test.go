package exchange_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strings"

	"buzon/schema"
)

// lines gives the records of a file by their text, in the version of its header.
func lines[R schema.Registro](t tb, content []byte) (all []R) {
	t.Helper()
	v := versionOf(content)
	for line := range strings.SplitSeq(string(content), "\n") {
		if !strings.HasPrefix(line, "02|") {
			continue
		}
		r, ok := schema.ParseRecord[R](strings.TrimSuffix(line, "\r"), v)
		if !ok {
			t.Fatalf("line %q is no record", line)
		}
		all = append(all, r)
	}
	return all
}

// exampleREC gives the records of the example REC, to be changed.
func exampleREC(t tb) []schema.Reclamacion {
	return lines[schema.Reclamacion](t, example(t, "in/CONDUSEF/salida/GE_REC_20260302_001.txt"))
}

// write makes a file by its name, with the header that the name wants. Records
// are numbered anew.
func write(t tb, name string, records ...any) []byte {
	t.Helper()
	n, err := schema.ParseNombre(name)
	if err != nil {
		t.Fatal(err)
	}
	emisor := schema.CONDUSEF
	if n.Tipo == schema.RES {
		emisor = n.UNE.String()
	}
	return writeAs(t, n, emisor, records...)
}

func writeAs(t tb, n schema.Nombre, emisor string, records ...any) []byte {
	t.Helper()
	return writeIn(t, schema.V0100, n, emisor, records...)
}

// writeIn makes a file of a version of the layout.
func writeIn(t tb, v schema.Version, n schema.Nombre, emisor string, records ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := schema.NewWriter(&b,
		schema.Encabezado{GeTipoArchivo: n.Tipo, GeVersion: v, GeEmisor: emisor, GeReceptor: schema.Pasarela,
			GeFechaOperacion: n.Dia.Fecha(), GeSecuencia: n.Secuencia(),
			GeFechaHoraGeneracion: schema.NewInstante(on(n.Dia, "09:00"))})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records {
		number := schema.NewEntero(int64(i + 1))
		switch x := r.(type) {
		case schema.Reclamacion:
			x.RecNumero = number
			r = x
		case schema.Respuesta:
			x.RecNumero = number
			r = x
		case schema.Dictamen:
			x.RecNumero = number
			r = x
		}
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rec makes a REC of records.
func rec(t tb, name string, records ...schema.Reclamacion) []byte {
	return write(t, name, anys(records)...)
}

func anys[R any](records []R) []any {
	all := make([]any, len(records))
	for i, r := range records {
		all[i] = r
	}
	return all
}

// answer is a good answer to a folio of the example day.
func answer(folio schema.Folio) schema.Respuesta {
	return schema.Respuesta{RecFolioCondusef: folio, ResTipo: "1", RecFolioAtencion: "UNE-1",
		RecFechaAtencion: "03/03/2026",
		RecNivelAtencion: "1", RecSentidoResolucion: "2", RecFechaResolucion: "03/03/2026",
		ResTexto:       "No procede: el cargo fue autorizado por el Usuario.",
		ResResponsable: "Lic. Marta Ficticia Salas"}
}

// prorroga asks for more days for a folio of the example day.
func prorroga(folio schema.Folio, dias string) schema.Respuesta {
	return schema.Respuesta{RecFolioCondusef: folio, ResTipo: "2", RecFolioAtencion: "UNE-2",
		RecFechaAtencion: "03/03/2026",
		ResProrrogaDias:  schema.Entero(dias), ResProrrogaMotivo: "01",
		ResResponsable: "Lic. Marta Ficticia Salas"}
}

// sha is the SHA-256 of a content, as a record names it.
func sha(content []byte) schema.Huella {
	sum := sha256.Sum256(content)
	return schema.Huella(hex.EncodeToString(sum[:]))
}

// dictamen is what CONDUSEF tells of a folio of the example day.
func dictamen(folio schema.Folio, tipo string) schema.Dictamen {
	return schema.Dictamen{RecFolioCondusef: folio, DicTipo: schema.Entero(tipo), DicFecha: "03/03/2026"}
}

// sinEfecto leaves the dictamen of a tipo without effect.
func sinEfecto(folio schema.Folio, tipo string) schema.Dictamen {
	d := dictamen(folio, "11")
	d.DicTexto = schema.Reservado(tipo)
	return d
}

// visible gives all that the parties see of the exchange, by parte/carpeta/name:
// not estado/, which changes from visit to visit, nor the heads of the log.
func (g *gateway) visible() map[string][]byte {
	all := map[string][]byte{}
	for key := range g.boxes {
		parte, carpeta, _ := strings.Cut(key, "/")
		if carpeta == schema.CarpetaSalida || carpeta == schema.CarpetaRespuestas ||
			carpeta == schema.CarpetaEstado {
			continue
		}
		for name, content := range g.box(partyOf(g.t, parte), carpeta).Sees() {
			if !isPunto(name) {
				all[key+"/"+name] = content
			}
		}
	}
	return all
}

// names gives the names in a folder, in order.
func (g *gateway) names(parte schema.Parte, carpeta string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(g.box(parte, carpeta).Sees())), isPunto)
}

func isPunto(name string) bool { return strings.HasSuffix(name, ".checkpoint") }

// file gives a visible file.
func (g *gateway) file(path string) []byte {
	g.t.Helper()
	b, ok := g.visible()[path]
	if !ok {
		g.t.Fatalf("%s is not there; there are %q", path, slices.Sorted(maps.Keys(g.visible())))
	}
	return b
}

func examine(t tb, name string, content []byte) *schema.Examen {
	t.Helper()
	return examineBy(t, name, content, nil)
}

func examineBy(t tb, name string, content []byte, rules *schema.Reglas) *schema.Examen {
	t.Helper()
	x, err := schema.Examine(name, func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}, rules)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// checkVisible reads every file that we left as its receiver would: it obeys
// the layout without a finding, in the version that it gets on the file's day, and
// each seal is ours.
func (g *gateway) checkVisible() {
	g.t.Helper()
	for path, content := range g.visible() {
		if strings.Contains(path, "/"+schema.CarpetaAnexos+"/") {
			continue
		}
		x := examineBy(g.t, path[strings.LastIndex(path, "/")+1:], content, g.reglasDe(path))
		if _, err := x.Check(func(h schema.Hallazgo) {
			g.t.Errorf("%s: %s %s line %d: %s", path, h.Codigo, h.Campo, h.Linea, h.Mensaje)
		}); err != nil {
			g.t.Errorf("%s: %v", path, err)
		}
		if x.Tipo == schema.ACU &&
			(x.Sello == nil || !x.Sello.Verificar(x.AntesDelSello,
				exampleKey().Public().(ed25519.PublicKey))) {
			g.t.Errorf("%s: the seal does not hold", path)
		}
	}
}

// sello gives the seal of an ACU.
func sello(t tb, content []byte) *schema.Sello {
	t.Helper()
	x := examine(t, "GE_ACU_REC_20260302_001.txt", content)
	if x.Sello == nil {
		t.Fatalf("no seal in %s", content)
	}
	return x.Sello
}

// codes gives the code of each record of an ACU, "A" for an accepted one.
func codes(t tb, acu []byte) (all []string) {
	t.Helper()
	for _, r := range lines[schema.Acuse](t, acu) {
		if r.AcuEstatus == "A" {
			all = append(all, "A")
		} else {
			all = append(all, string(r.AcuCodigo))
		}
	}
	return all
}

// found gives the errors of an RCH as "code line", in their order.
func found(t tb, rch []byte) (all []string) {
	t.Helper()
	for _, r := range lines[schema.Rechazo](t, rch) {
		if r.RchSeveridad == schema.Error {
			all = append(all, string(r.RchCodigo)+" "+string(r.RchLinea))
		}
	}
	return all
}
