package simulacro

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

func TestPickUp(t *testing.T) {
	t.Parallel()
	g := startGateway(t)
	u := g.une(t)
	if lotes, err := u.PickUp(t.Context()); err != nil || len(lotes) != 0 {
		t.Fatalf("empty folder: %v, %v", lotes, err)
	}
	n, content := g.lote(t, 1, 25)
	g.put(t, reclamaciones, n.String(), content)
	lotes, err := u.PickUp(t.Context())
	check(t, err)
	if len(lotes) != 1 || lotes[0].Archivo != n.String() || len(lotes[0].Registros) != 25 {
		t.Fatalf("got %d lotes, want %s with 25 records", len(lotes), n)
	}
	if r := lotes[0].Registros[24]; r.RecNumero != "25" || r.RecInstitucionClave != "900001" ||
		r.RecFechaLimite == "" {
		t.Errorf("last record: number %s of %s, limit %q", r.RecNumero, r.RecInstitucionClave,
			r.RecFechaLimite)
	}
	if lotes, err := u.PickUp(t.Context()); err != nil || len(lotes) != 0 {
		t.Errorf("the same LOT came again: %d, %v", len(lotes), err)
	}
	empty, content := g.lote(t, 2, 0) // says "nothing for you"
	content = bytes.Replace(content, []byte(inventor.NombreREC(turno, 2).String()), nil, 1)
	g.put(t, reclamaciones, empty.String(), rehash(content))
	lotes, err = u.PickUp(t.Context())
	check(t, err)
	if len(lotes) != 1 || len(lotes[0].Registros) != 0 {
		t.Errorf("got %d lotes, want an empty one", len(lotes))
	}
	if lotes, err := g.une(t).PickUp(t.Context()); err != nil || len(lotes) != 2 {
		t.Errorf("a new UNE got %d lotes, %v; want both", len(lotes), err)
	}
}

// One byte changed, one record cut, another institution's file: each is told,
// and the good LOT beside it is still given.
func TestPickUpRefusesBadLots(t *testing.T) {
	t.Parallel()
	lines := func(b []byte) []string { return strings.SplitAfter(string(b), "\n") }
	other := func(n schema.Nombre) schema.Nombre { n.UNE = 900002; return n }
	for name, spoil := range map[string]func(n schema.Nombre, b []byte) (schema.Nombre, []byte){
		"byte": func(n schema.Nombre, b []byte) (schema.Nombre, []byte) {
			return n, bytes.Replace(b, []byte("usuario"), []byte("usuarix"), 1)
		},
		"cut": func(n schema.Nombre, b []byte) (schema.Nombre, []byte) { return n, b[:len(b)/2] },
		"record missing": func(n schema.Nombre, b []byte) (schema.Nombre, []byte) {
			l := lines(b)
			return n, rehash([]byte(strings.Join(append(l[:2:2], l[3:]...), "")))
		},
		"bad record": func(n schema.Nombre, b []byte) (schema.Nombre, []byte) {
			return n, rehash(bytes.Replace(b, []byte("|6|"), []byte("|5|"), 1))
		},
		"other institution": func(n schema.Nombre, b []byte) (schema.Nombre, []byte) {
			b = bytes.ReplaceAll(b, []byte("|00900001|"), []byte("|00900002|"))
			return other(n), rehash(bytes.ReplaceAll(b, []byte("|900001|"), []byte("|900002|")))
		},
		"no LOT": func(n schema.Nombre, b []byte) (schema.Nombre, []byte) {
			n.Tipo = schema.RES
			return n, b
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := startGateway(t)
			n, content := g.lote(t, 1, 10)
			n, content = spoil(n, content)
			g.put(t, reclamaciones, n.String(), content)
			good, content := g.lote(t, 2, 3)
			g.put(t, reclamaciones, good.String(), content)
			u := g.une(t)
			for range 2 { // also the second time: it was not taken as read
				lotes, err := u.PickUp(t.Context())
				if err == nil || !strings.Contains(err.Error(), n.String()) {
					t.Fatalf("%s: error %v, want one that names it", n, err)
				}
				for _, l := range lotes {
					if l.Archivo != good.String() {
						t.Errorf("%s was given", l.Archivo)
					}
				}
			}
		})
	}
}

func TestUNEPinsTheHostKey(t *testing.T) {
	t.Parallel()
	g := startGateway(t)
	_, other, err := newKey()
	check(t, err)
	u, err := NewUNE(Acceso{Clave: clave, Address: g.address, HostKeys: []ssh.PublicKey{other.PublicKey()},
		Signer: g.party})
	check(t, err)
	defer u.Close()
	if _, err := u.PickUp(t.Context()); err == nil {
		t.Error("a server with another key was talked to")
	}
	if _, err := NewUNE(Acceso{Clave: clave, Address: g.address, Signer: g.party}); err == nil {
		t.Error("a UNE without a pinned key was made")
	}
}

// foundIn reads an upload with the rules of its folder.
func foundIn(t *testing.T, name string, content []byte) (all []schema.Hallazgo) {
	t.Helper()
	ex, err := schema.Examine(name, opener(content), &schema.Reglas{
		Hoy: schema.DiaDe(ahora), Propietario: clave.Parte(), Esperado: []schema.Tipo{schema.RES},
	})
	check(t, err)
	_, err = ex.Check(func(h schema.Hallazgo) { all = append(all, h) })
	check(t, err)
	return all
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	g := startGateway(t)
	u := g.une(t)
	n, content := g.lote(t, 1, 60)
	g.put(t, reclamaciones, n.String(), content)
	lotes, err := u.PickUp(t.Context())
	check(t, err)
	said := map[schema.Folio][]string{}
	for i, plan := range []Plan{{Prorrogas: 0.3, Pendientes: 0.3}, {Prorrogas: 1}, {}} {
		name, err := u.Answer(t.Context(), lotes[0], plan)
		check(t, err)
		want := schema.Nombre{Tipo: schema.RES, UNE: clave, Dia: schema.DiaDe(ahora), NNN: i + 1}.String()
		if name != want {
			t.Fatalf("name %s, want %s", name, want)
		}
		content := g.received(t, name)
		if bad := foundIn(t, name, content); len(bad) > 0 {
			t.Errorf("%s: findings %v", name, bad)
		}
		ex, err := schema.Examine(name, opener(content), nil)
		check(t, err)
		if ex.Encabezado.GeArchivoReferencia != n.String() {
			t.Errorf("%s answers %q, want %s", name, ex.Encabezado.GeArchivoReferencia, n)
		}
		for l, err := range schema.Records[schema.Respuesta](ex) {
			check(t, err)
			said[l.Folio] = append(said[l.Folio], string(l.Registro.ResTipo))
		}
		if i == 0 && (len(said) == 0 || len(said) == 60) {
			t.Errorf("%d of 60 cases in the first RES, want some", len(said))
		}
	}
	for _, r := range lotes[0].Registros {
		if got := strings.Join(said[r.RecFolioCondusef], ""); got != "1" && got != "21" {
			t.Errorf("folio %s: said %q, want an answer after at most one prórroga", r.RecFolioCondusef, got)
		}
	}
	if name, err := u.Answer(t.Context(), lotes[0], Plan{}); err != nil || name != "" {
		t.Errorf("nothing is left to say, yet: %q, %v", name, err)
	}
	later, err := g.une(t).Answer(t.Context(), lotes[0], Plan{})
	if err != nil || !strings.HasSuffix(later, "_004.txt") {
		t.Errorf("a new UNE sent %q, %v; want the next number", later, err)
	}
}

// What a UNE uploads appears whole under its name, never before.
func TestAnswerLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	g := startGateway(t)
	u := g.une(t)
	n, content := g.lote(t, 1, 5)
	g.put(t, reclamaciones, n.String(), content)
	lotes, err := u.PickUp(t.Context())
	check(t, err)
	name, err := u.Answer(t.Context(), lotes[0], Plan{})
	check(t, err)
	files, err := g.files.Arrivals(clave.String(), respuestas)
	check(t, err)
	if len(files) != 1 || files[0].Name != name {
		t.Errorf("arrived: %v, want %s alone", files, name)
	}
}

func TestAnswersAreBelievable(t *testing.T) {
	t.Parallel()
	g := startGateway(t)
	u := g.une(t)
	const n = 6_000
	p := inventor.New(4).Dia(inventor.Pedido{Dia: turno, N: n, Instituciones: roll})
	all := u.answers(Lote{"GE_LOT", p.Registros}, Usual(), schema.DiaDe(ahora))
	share := map[string]float64{}
	for _, r := range all {
		share[string("tipo "+r.ResTipo)] += 1 / float64(n)
		share[string("sentido "+r.RecSentidoResolucion)] += 1 / float64(n)
	}
	share["callado"] = 1 - float64(len(all))/n
	for what, want := range map[string][2]float64{
		"tipo 2": {0.10, 0.13}, "callado": {0.04, 0.06}, "sentido 1": {0.31, 0.36}, "sentido 3": {0.15, 0.19},
		"sentido 2": {0.31, 0.36},
	} {
		if got := share[what]; got < want[0] || got > want[1] {
			t.Errorf("%s: %.3f of the cases, want %.3f to %.3f", what, got, want[0], want[1])
		}
	}
	claim := map[schema.Folio]schema.Reclamacion{}
	for _, r := range p.Registros {
		claim[r.RecFolioCondusef] = r
	}
	for _, r := range all {
		got, asked := r.RecImporteAbonado.Centavos(), claim[r.RecFolioCondusef].RecMontoReclamado.Centavos()
		bad := false
		switch r.RecSentidoResolucion {
		case "1":
			bad = got != asked
		case "2":
			bad = got != 0
		case "3":
			bad = asked > 0 && (got <= 0 || got >= asked)
		}
		if bad {
			t.Fatalf("sentido %s: %s paid of %s", r.RecSentidoResolucion, got, asked)
		}
	}
	content, err := writeRES(schema.Nombre{Tipo: schema.RES, UNE: clave, Dia: schema.DiaDe(ahora), NNN: 1},
		"", all, ahora)
	check(t, err)
	if bad := foundIn(t, "GE_RES_00900001_20260318_001.txt", content); len(bad) > 0 {
		t.Errorf("findings: %v", bad[:min(5, len(bad))])
	}
}

func TestEstado(t *testing.T) {
	t.Parallel()
	g := startGateway(t)
	u := g.une(t)
	for _, text := range []string{"uno", "otro"} {
		g.put(t, estado, "llaves.txt", []byte(text))
		got, err := u.Estado(t.Context())
		if errors.Is(err, fs.ErrNotExist) || err != nil {
			t.Fatal(err)
		}
		if string(got["llaves.txt"]) != text {
			t.Errorf("llaves.txt is %q, want %q", got["llaves.txt"], text)
		}
	}
}
