package exchange_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store/bitacora"
)

// sized lists every file of a mailbox as so large, in bytes.
type sized struct {
	exchange.Mailbox
	size int64
}

type sizedInfo struct {
	fs.FileInfo
	size int64
}

func (i sizedInfo) Size() int64 { return i.size }

func (m sized) List(ctx context.Context) ([]fs.FileInfo, error) {
	files, err := m.Mailbox.List(ctx)
	for i, f := range files {
		files[i] = sizedInfo{f, m.size}
	}
	return files, err
}

// TestAnnexTooLarge: one over 64 MiB is left where it lies, and that is told
// without its name.
func TestAnnexTooLarge(t *testing.T) {
	t.Parallel()
	for size, waits := range map[int64]int{64 << 20: 0, 64<<20 + 1: 1} {
		g := openDelivered(t)
		g.cycle.AnexoBytes = 64 << 20
		g.memory(norte, schema.CarpetaRespuestas).Keeps = true
		g.reach = func(parte schema.Parte, p *exchange.Route) { // our own server takes none
			p.Propio = p.Propio && parte != norte
			mailbox := p.Mailbox
			p.Mailbox = func(carpeta string) (exchange.Mailbox, error) {
				mb, err := mailbox(carpeta)
				return sized{mb, size}, err
			}
		}
		g.clock.Set(moment(3, "10:00:00"))
		g.leave(norte, carta, cartaPDF)
		inf := &exchange.Informe{}
		if err := g.cycle.Visit(t.Context(), 900001, lunes+1, inf); err != nil {
			t.Fatal(err)
		}
		if n := len(g.events(bitacora.AnexoRecibido)); n != 1-waits || len(inf.EnEspera) != waits {
			t.Errorf("%d bytes: %d taken, %v", size, n, inf.EnEspera)
		}
		if strings.Contains(strings.Join(inf.EnEspera, " "), "Marta") {
			t.Errorf("%q tells its name", inf.EnEspera)
		}
	}
}

// TestAnnexFindings: what an RCH tells of an annex, once the wait for it is over.
func TestAnnexFindings(t *testing.T) {
	t.Parallel()
	badName, badHash := conAnexo(folioNorte, "carta.exe", cartaPDF), conAnexo(folioNorte, carta, cartaPDF)
	badHash.ResAnexoHash = badHash.ResAnexoHash[1:] + "X"
	for name, c := range map[string]struct {
		todo    bool
		records []schema.Respuesta
		codes   string
		found   string
	}{
		"missing": {false,
			[]schema.Respuesta{answer2(folioMonto), conAnexo(folioNorte, carta, cartaPDF)}, "A NEG-11",
			"NEG-11 3"},
		"missing, todo o nada": {true,
			[]schema.Respuesta{answer2(folioMonto), conAnexo(folioNorte, carta, cartaPDF)}, "NEG-11 NEG-11",
			"NEG-11 3"},
		"a name that none may have": {false, []schema.Respuesta{badName}, "NEG-11", "NEG-11 2"},
		"a hash that is none":       {false, []schema.Respuesta{badHash}, "FMT-02", "FMT-02 2"},
		"of a folio that is unknown": {false, []schema.Respuesta{conAnexo("2026/190/777", carta, cartaPDF)},
			"NEG-01", "NEG-01 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openDelivered(t)
			g.cycle.TodoONada = map[schema.Tipo]bool{schema.RES: c.todo}
			g.clock.Set(moment(3, "10:00:00"))
			g.leave(norte, resAnexo, write(t, resAnexo, anys(c.records)...))
			g.clock.Set(moment(3, "10:30:00"))
			g.mustVisit(norte)
			of := strings.TrimPrefix(resAnexo, "GE_RES_")
			if got := strings.Join(codes(t, g.file("00900001/acuses/GE_ACU_"+of)), " "); got != c.codes {
				t.Errorf("%s, want %s", got, c.codes)
			}
			if got := strings.Join(found(t, g.file("00900001/rechazos/GE_RCH_"+of)), ", "); got != c.found {
				t.Errorf("found %s, want %s", got, c.found)
			}
		})
	}
}

// TestAnnexOfCONDUSEF: it sends none, whatever the name of a file.
func TestAnnexOfCONDUSEF(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.leave(schema.ParteCONDUSEF, "carta.pdf", cartaPDF)
	g.mustRun(corrida)
	if len(g.events(bitacora.AnexoRecibido)) != 0 || len(g.events(bitacora.RechazoEmitido)) != 1 {
		t.Error("it was taken for an annex")
	}
}
