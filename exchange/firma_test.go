package exchange_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/exchange/auditoria"
	"buzon/exchange/spans"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// TestWitness: each corte signs the head of the log, and every party finds it;
// who picks it up whole is a witness.
func TestWitness(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	if n := len(view(g, (*store.View).Puntos)); n != 0 {
		t.Fatalf("%d checkpoints before a corte", n)
	}
	g.mustRun(corte)
	g.mustRun(moment(2, "20:05:00"))
	puntos := view(g, (*store.View).Puntos)
	if len(puntos) != 1 {
		t.Fatalf("%d checkpoints after a corte", len(puntos))
	}
	sellos := []store.LlaveDeSello{{ID: "ed25519:2026a", Publica: publica()}}
	p, llave, err := auditoria.Open(puntos[0].Nota, sellos)
	if err != nil || llave != "ed25519:2026a" || p.Tamano != puntos[0].Tamano || !p.Momento.Equal(corte) ||
		p.Simulacro {
		t.Fatalf("%+v by %s, %v", p, llave, err)
	}
	root := view(g, func(v *store.View) (any, error) { return v.Raiz(p.Tamano) })
	if root != any(p.Raiz) {
		t.Errorf("the root is %v, the checkpoint says %v", root, p.Raiz)
	}
	var condusef []string
	for name, content := range g.box(schema.ParteCONDUSEF, schema.CarpetaEntrada).Sees() {
		if isPunto(name) && string(content) == puntos[0].Nota {
			condusef = append(condusef, name)
		}
	}
	if len(condusef) != 1 || !strings.HasPrefix(condusef[0], "bitacora_20260302_") {
		t.Errorf("CONDUSEF finds %q", condusef)
	}
	for _, une := range []schema.Parte{norte, penon, nandu} {
		if got := string(g.box(une,
			schema.CarpetaEstado).Sees()["bitacora.checkpoint"]); got != puntos[0].Nota {
			t.Errorf("%s finds %q", une, got)
		}
	}
	// The next day's is beside it, and of a third one the first is gone.
	g.mustRun(moment(3, "20:00:00"))
	all := view(g, (*store.View).Puntos)
	box := g.box(norte, schema.CarpetaEstado).Sees()
	if len(all) != 2 || string(box["bitacora.checkpoint"]) != all[1].Nota ||
		string(box["bitacora_anterior.checkpoint"]) != all[0].Nota {
		t.Errorf("%d checkpoints; norte finds %q and %q", len(all), box["bitacora.checkpoint"],
			box["bitacora_anterior.checkpoint"])
	}

	size := int64(len(all[1].Nota))
	for _, c := range []struct {
		name   string
		read   int64
		closed bool
		held   store.Punto // what was open: the name has had the one before it
		want   []int64     // sizes that have a witness
	}{
		{"bitacora.checkpoint", size - 1, true, all[1], nil},
		{"bitacora.checkpoint", size, false, all[1], nil},
		{"pendientes.csv", size, true, all[1], nil},
		{"bitacora.checkpoint", size, true, all[0], []int64{all[0].Tamano}},
		{"bitacora.checkpoint", size, true, all[1], []int64{all[0].Tamano, all[1].Tamano}},
		{"bitacora.checkpoint", size, true, all[1], []int64{all[0].Tamano, all[1].Tamano}},
		{"bitacora.checkpoint", size, true, store.Punto{}, []int64{all[0].Tamano, all[1].Tamano}},
	} {
		sum := sha256.Sum256([]byte(c.held.Nota))
		err := g.pickedUp(exchange.Lectura{Parte: norte, Carpeta: schema.CarpetaEstado, Nombre: c.name,
			Tramos: spans.Set{{To: c.read}}, Cierre: c.closed, Bytes: size,
			SHA256: schema.Huella(hex.EncodeToString(sum[:]))})
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, e := range g.events(bitacora.PuntoVisto) {
			got = append(got, int64(e.Detalle["tamano"].(float64)))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("after %+v: witnesses of %v, want %v", c, got, c.want)
		}
	}
}

// TestSignAgain: where nothing happened since, the last head still holds.
func TestSignAgain(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	a, err := g.cycle.Sign(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	b, err := g.cycle.Sign(context.Background())
	if err != nil || b.Nota != a.Nota {
		t.Errorf("%+v, %v, want %+v", b, err, a)
	}
	g.mustVisit(norte)
	g.mustRun(moment(2, "18:30:00"))
	if b, err = g.cycle.Sign(context.Background()); err != nil || b.Tamano <= a.Tamano {
		t.Errorf("%+v, %v after a run", b, err)
	}
}

// publica is the public half of the example's key, in base64.
func publica() string {
	return base64.StdEncoding.EncodeToString(exampleKey().Public().(ed25519.PublicKey))
}
