package simulacro

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"buzon/schema"
)

// answered is a UNE that sent one RES.
func answered(t *testing.T) (*gateway, *Cliente, schema.Nombre, []byte) {
	t.Helper()
	g := startGateway(t)
	u := g.une(t)
	n, content := g.lote(t, 1, 8)
	g.put(t, reclamaciones, n.String(), content)
	lotes, err := u.PickUp(t.Context())
	check(t, err)
	name, err := u.Answer(t.Context(), lotes[0], Plan{})
	check(t, err)
	res, err := schema.ParseNombre(name)
	check(t, err)
	return g, u, res, g.received(t, name)
}

func TestAcuses(t *testing.T) {
	t.Parallel()
	g, u, res, content := answered(t)
	if got, err := u.Acuses(t.Context()); err != nil || len(got.Acuses)+len(got.Rechazos) != 0 {
		t.Fatalf("before any: %+v, %v", got, err)
	}
	name, acu := g.acuse(t, res, content, nil)
	g.put(t, acuses, name, acu)
	got, err := u.Acuses(t.Context())
	check(t, err)
	if len(got.Acuses) != 1 || got.Acuses[0].Archivo != name || len(got.Acuses[0].Registros) != 8 ||
		got.Acuses[0].Sello.AcuArchivo != res.String() {
		t.Errorf("got %+v, want %s with 8 verdicts", got.Acuses, name)
	}
	if got, err := u.Acuses(t.Context()); err != nil || len(got.Acuses) != 0 {
		t.Errorf("the same acuse came again: %d, %v", len(got.Acuses), err)
	}
	if got, err := g.une(t).Acuses(t.Context()); err != nil || len(got.Acuses) != 1 {
		t.Errorf("a new UNE, which reads its file back, got %d acuses, %v", len(got.Acuses), err)
	}
}

// An acuse that does not prove receipt of what was sent is an error.
func TestAcusesThatProveNothing(t *testing.T) {
	t.Parallel()
	type spoil func(*schema.Sello, []schema.Acuse) []schema.Acuse
	for name, c := range map[string]struct {
		spoil spoil
		want  error
	}{
		"hash": {func(s *schema.Sello, v []schema.Acuse) []schema.Acuse {
			s.AcuHash = schema.Huella(strings.Repeat("0", 64))
			return v
		}, ErrAjeno},
		"bytes": {func(s *schema.Sello, v []schema.Acuse) []schema.Acuse {
			s.AcuBytes = "1"
			return v
		}, ErrAjeno},
		"file": {func(s *schema.Sello, v []schema.Acuse) []schema.Acuse {
			s.AcuArchivo = "GE_RES_otro.txt"
			return v
		}, ErrAjeno},
		"key": {func(s *schema.Sello, v []schema.Acuse) []schema.Acuse {
			s.AcuLlaveId = "ed25519:otra"
			return v
		}, ErrSello},
		"short": {func(_ *schema.Sello, v []schema.Acuse) []schema.Acuse { return v[:len(v)-1] }, ErrOmitido},
		"folio": {func(_ *schema.Sello, v []schema.Acuse) []schema.Acuse {
			v[2].RecFolioCondusef = "2026/090/9999999"
			return v
		}, ErrOmitido},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, u, res, content := answered(t)
			at, acu := g.acuse(t, res, content, c.spoil)
			g.put(t, acuses, at, acu)
			got, err := u.Acuses(t.Context())
			if !errors.Is(err, c.want) || len(got.Acuses) != 0 {
				t.Errorf("%d acuses, error %v; want %v", len(got.Acuses), err, c.want)
			}
		})
	}
}

// A verdict that was changed after the seal was set is found, though the hash of
// the summary was made to fit.
func TestChangedVerdictBreaksTheSeal(t *testing.T) {
	t.Parallel()
	g, u, res, content := answered(t)
	at, acu := g.acuse(t, res, content, nil)
	changed := rehash(bytes.Replace(acu, []byte("|11|1|"), []byte("|11|2|"), 1))
	if bytes.Equal(changed, acu) {
		t.Fatal("nothing was changed")
	}
	g.put(t, acuses, at, changed)
	if _, err := u.Acuses(t.Context()); !errors.Is(err, ErrSello) {
		t.Errorf("error %v, want %v", err, ErrSello)
	}
}

func TestAcuseOfAnotherKey(t *testing.T) {
	t.Parallel()
	g, u, res, content := answered(t)
	var err error
	g.sello, _, err = newKey()
	check(t, err)
	at, acu := g.acuse(t, res, content, nil)
	g.put(t, acuses, at, acu)
	if _, err := u.Acuses(t.Context()); !errors.Is(err, ErrSello) {
		t.Errorf("error %v, want %v", err, ErrSello)
	}
}

func TestRechazos(t *testing.T) {
	t.Parallel()
	g, u, res, content := answered(t)
	at, acu := g.acuse(t, res, content, func(s *schema.Sello, v []schema.Acuse) []schema.Acuse {
		s.AcuResultado, v[0].AcuEstatus, v[0].AcuCodigo = "2", "R", "NEG-01"
		v[0].AcuDiasHabiles, v[0].AcuOportunidad = "", ""
		return v
	})
	g.put(t, acuses, at, acu)
	n := res.Receipt(schema.RCH, 0)
	var b bytes.Buffer
	w, err := schema.NewWriter(&b, g.header(n, res.String()))
	check(t, err)
	check(t, w.Write(schema.Rechazo{
		RchNumero: "1", RchLinea: "2", RecFolioCondusef: "2026/090/1", RchCampo: "RecFolioCondusef",
		RchCodigo:    "NEG-01",
		RchSeveridad: schema.Error,
		RchMensaje:   "El campo RecFolioCondusef no corresponde a un folio turnado.",
	}))
	_, err = w.Close()
	check(t, err)
	g.put(t, rechazos, n.String(), b.Bytes())
	got, err := u.Acuses(t.Context())
	check(t, err)
	if len(got.Acuses) != 1 || got.Acuses[0].Registros[0].AcuCodigo != "NEG-01" {
		t.Errorf("acuses: %+v", got.Acuses)
	}
	if len(got.Rechazos) != 1 || got.Rechazos[0].Contesta != res.String() ||
		len(got.Rechazos[0].Hallazgos) != 1 {
		t.Errorf("rechazos: %+v, want one for %s", got.Rechazos, res)
	}
}
