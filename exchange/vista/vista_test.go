package vista_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"buzon/exchange/archivo"
	"buzon/exchange/vista"
	"buzon/schema"
	"buzon/store"
)

const une = schema.Parte(900001)

var lunes = schema.NewDia(2026, time.March, 2)

// casa is a store with its contents, and what parties see of it.
type casa struct {
	t     testing.TB
	store *store.Store
	vista *vista.Vista
	ahora time.Time
}

func open(t testing.TB) *casa {
	t.Helper()
	dir := t.TempDir()
	c := &casa{t: t, ahora: lunes.At(9 * 3600)}
	st, err := store.Open(context.Background(), filepath.Join(dir, "buzon.db"), store.Options{Now: c.ahora})
	c.check(err)
	t.Cleanup(func() { c.check(st.Close()) })
	contents, err := archivo.Open(dir)
	c.check(err)
	t.Cleanup(func() { c.check(contents.Close()) })
	contents.Unsynced()
	c.store, c.vista = st, &vista.Vista{Store: st, Archivo: contents}
	c.do(func(tx *store.Tx) error {
		_, err := tx.Seed([]store.Institucion{{UNE: 900001, Denominacion: "Financiera", Sector: "SOFOM",
			Termino: 20, Prorroga: 10}})
		return err
	})
	return c
}

func (c *casa) check(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *casa) do(fn func(tx *store.Tx) error) {
	c.t.Helper()
	c.check(c.store.Update(context.Background(), c.ahora, fn))
}

// keep keeps a content.
func (c *casa) keep(text string) (schema.Huella, int64) {
	c.t.Helper()
	h, n, err := c.vista.Archivo.Add(strings.NewReader(text))
	c.check(err)
	return h, n
}

// make makes a LOT, and shows it where visible says so.
func (c *casa) make(name, text string, visible bool) {
	c.t.Helper()
	h, n := c.keep(text)
	s := store.Salida{Parte: une, Carpeta: "reclamaciones", Nombre: name, Tipo: schema.LOT, SHA256: h,
		Bytes: n, Jornada: lunes, Dia: lunes}
	c.do(func(tx *store.Tx) error {
		if err := tx.AddLote(&s, nil, ""); err != nil || !visible {
			return err
		}
		return tx.Publish(&s, c.ahora)
	})
}

func (c *casa) exhibe(name, text string) {
	c.t.Helper()
	x, err := store.Exhibible("estado", name, []byte(text))
	c.check(err)
	c.do(func(tx *store.Tx) error { return tx.Exhibit(une, x) })
}

func (c *casa) upload(name, text string) error {
	h, n := c.keep(text)
	return c.store.Update(context.Background(), c.ahora, func(tx *store.Tx) error {
		return tx.AddArribo(&store.Arribo{Parte: une, Carpeta: "respuestas", Nombre: name, SHA256: h,
			Bytes: n, Momento: c.ahora,
			Subida: fmt.Sprint(name, c.ahora.UnixNano(), text)})
	})
}

// names gives what is seen in a folder.
func (c *casa) names(folder string) (all []string) {
	c.t.Helper()
	entries, err := fs.ReadDir(c.vista.De(une), folder)
	c.check(err)
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// TestSees: what is recorded as visible is there, whole, and nothing else is.
func TestSees(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.make("GE_LOT_1.txt", "uno", true)
	c.make("GE_LOT_2.txt", "dos", false)
	c.exhibe("estado.json", "{}")
	c.check(c.upload("GE_RES_1.txt", "respuesta"))
	want := map[string]string{"reclamaciones/GE_LOT_1.txt": "uno", "estado/estado.json": "{}",
		"respuestas/GE_RES_1.txt": "respuesta"}
	got := map[string]string{}
	c.check(fs.WalkDir(c.vista.De(une), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(c.vista.De(une), name)
		got[name] = string(b)
		return err
	}))
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("sees %v, want %v", got, want)
	}
	if got := c.names("."); fmt.Sprint(got) != "[acuses estado rechazos reclamaciones respuestas]" {
		t.Errorf("folders %v", got)
	}
	other := c.vista.De(900002)
	for name := range want {
		if _, err := fs.Stat(other, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("another party sees %s: %v", name, err)
		}
	}
	for _, name := range []string{"reclamaciones/GE_LOT_2.txt", "nada", "nada/GE_LOT_1.txt",
		"estado/GE_LOT_1.txt"} {
		if _, err := c.vista.De(une).Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("open %s: %v", name, err)
		}
	}
	for _, name := range []string{"reclamaciones", ".", "../x", "/reclamaciones/GE_LOT_1.txt",
		"reclamaciones/../x"} {
		if f, err := c.vista.De(une).Open(name); err == nil {
			t.Errorf("%s was opened: %v", name, f)
		}
	}
}

// TestMissing: a name whose content is gone stays in sight, and says so.
func TestMissing(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.do(func(tx *store.Tx) error {
		s := store.Salida{Parte: une, Carpeta: "reclamaciones", Nombre: "GE_LOT_1.txt", Tipo: schema.LOT,
			Jornada: lunes, Dia: lunes,
			SHA256: schema.Huella(strings.Repeat("a", 64)), Bytes: 7}
		if err := tx.AddLote(&s, nil, ""); err != nil {
			return err
		}
		return tx.Publish(&s, c.ahora)
	})
	if got := c.names("reclamaciones"); len(got) != 1 {
		t.Errorf("sees %v", got)
	}
	if _, err := c.vista.De(une).Open("reclamaciones/GE_LOT_1.txt"); !errors.Is(err, vista.ErrAusente) ||
		errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// TestOpenHolds: an open file keeps its content, whatever takes its name, and each of
// several handles its own; the bytes in memory go with the last of them.
func TestOpenHolds(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.exhibe("pendientes.csv", "antes")
	first, err := c.vista.De(une).Open("estado/pendientes.csv")
	c.check(err)
	again, err := c.vista.De(une).Open("estado/pendientes.csv")
	c.check(err)
	c.ahora = c.ahora.Add(time.Minute)
	c.exhibe("pendientes.csv", "después")
	second, err := c.vista.De(une).Open("estado/pendientes.csv")
	c.check(err)
	c.check(again.Close())
	c.check(again.Close()) // twice is once
	for want, f := range map[string]fs.File{"antes": first, "después": second} {
		b, err := io.ReadAll(f)
		if i, _ := f.Stat(); err != nil || string(b) != want || i.Size() != int64(len(want)) {
			t.Errorf("%q, %v, want %q", b, err, want)
		}
		b = make([]byte, 3)
		if _, err := f.(io.ReaderAt).ReadAt(b, 1); err != nil || string(b) != want[1:4] {
			t.Errorf("at 1: %q, %v", b, err)
		}
		c.check(f.Close())
	}
	if n := c.vista.Held(); n != 0 {
		t.Errorf("%d contents stay in memory", n)
	}
}

// TestTimes: a file's time is that of its showing, and changes by a second at least
// with its content; a folder's is that of its last visible change.
func TestTimes(t *testing.T) {
	t.Parallel()
	c := open(t)
	at := func(name string) time.Time {
		i, err := fs.Stat(c.vista.De(une), name)
		c.check(err)
		return i.ModTime()
	}
	if got := at("estado"); got.Unix() != 0 {
		t.Errorf("of a folder in which nothing ever was: %v", got)
	}
	c.exhibe("estado.json", "1")
	shown := at("estado/estado.json")
	if !shown.Equal(c.ahora) || !at("estado").Equal(c.ahora) {
		t.Errorf("shown at %v, the folder at %v; it was %v", shown, at("estado"), c.ahora)
	}
	c.exhibe("estado.json", "1")
	if !at("estado/estado.json").Equal(shown) {
		t.Error("the same content changed its time")
	}
	for i, text := range []string{"2", "3", "4"} { // within one moment
		c.exhibe("estado.json", text)
		if want := shown.Add(time.Duration(i+1) * time.Second); !at("estado/estado.json").Equal(want) {
			t.Errorf("content %s: %v, want %v", text, at("estado/estado.json"), want)
		}
	}
	c.make("GE_LOT_1.txt", "uno", true)
	c.ahora = c.ahora.Add(time.Hour)
	c.make("GE_LOT_2.txt", "dos", true)
	if !at("reclamaciones").Equal(c.ahora) || at("reclamaciones/GE_LOT_1.txt").Equal(c.ahora) {
		t.Errorf("folder %v, first %v", at("reclamaciones"), at("reclamaciones/GE_LOT_1.txt"))
	}
}

// TestUploads: under a used name the last one is seen, and each waits to be taken in;
// in another case the name is refused until it is free.
func TestUploads(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.check(c.upload("Carta Ñ.pdf", "una"))
	first := c.ahora
	c.ahora = c.ahora.Add(time.Minute)
	c.check(c.upload("Carta Ñ.pdf", "otra"))
	if err := c.upload("CARTA ñ.pdf", "tercera"); !errors.Is(err, store.ErrMayusculas) {
		t.Errorf("another case: %v", err)
	}
	b, err := fs.ReadFile(c.vista.De(une), "respuestas/Carta Ñ.pdf")
	if err != nil || string(b) != "otra" || len(c.names("respuestas")) != 1 {
		t.Errorf("sees %q, %v in %v", b, err, c.names("respuestas"))
	}
	var waiting []store.Arribo
	ask := func() {
		c.check(c.store.View(t.Context(), func(v *store.View) (err error) {
			waiting, err = v.PorTomar(une)
			return err
		}))
	}
	if ask(); len(waiting) != 2 || !waiting[0].Momento.Equal(first) || !waiting[1].Momento.Equal(c.ahora) {
		t.Fatalf("waiting: %+v", waiting)
	}
	retire := func() (n int) {
		c.do(func(tx *store.Tx) (err error) {
			n, err = tx.RetireArribos(une, "respuestas", c.ahora.Add(time.Hour))
			return err
		})
		return n
	}
	c.do(func(tx *store.Tx) error { return tx.Take(waiting[1].ID) })
	if n := retire(); n != 0 || len(c.names("respuestas")) != 1 {
		t.Errorf("%d retired while one of its name waits", n)
	}
	c.do(func(tx *store.Tx) error { return tx.Take(waiting[0].ID) })
	given := time.Unix(0, 0)
	c.do(func(tx *store.Tx) error { return tx.SetTime(une, "respuestas", "Carta Ñ.pdf", given) })
	if i, err := fs.Stat(c.vista.De(une), "respuestas/Carta Ñ.pdf"); err != nil || !i.ModTime().Equal(given) {
		t.Errorf("the time that the client set: %v, %v", i, err)
	}
	if n := retire(); n != 1 || len(c.names("respuestas")) != 0 {
		t.Errorf("%d retired; sees %v", n, c.names("respuestas"))
	}
	c.check(c.upload("CARTA ñ.pdf", "tercera"))
	c.check(c.store.View(t.Context(), func(v *store.View) error {
		files, bytes, err := v.Subidas(une, first, first.Add(time.Hour))
		if files != 3 || bytes != int64(len("una")+len("otra")+len("tercera")) {
			t.Errorf("the day's uploads: %d files, %d bytes", files, bytes)
		}
		return err
	}))
}

// BenchmarkListing lists 10,000 names.
func BenchmarkListing(b *testing.B) {
	c := open(b)
	h, n := c.keep("uno")
	c.do(func(tx *store.Tx) error {
		for i := range 10_000 {
			s := store.Salida{Parte: une, Carpeta: "reclamaciones", Nombre: fmt.Sprintf("GE_LOT_%05d.txt", i),
				Tipo:   schema.LOT,
				SHA256: h, Bytes: n, Jornada: lunes, Dia: lunes, NNN: i}
			if err := tx.AddLote(&s, nil, ""); err != nil {
				return err
			}
			if err := tx.Publish(&s, c.ahora); err != nil {
				return err
			}
		}
		return nil
	})
	for b.Loop() {
		if got := c.names("reclamaciones"); len(got) != 10_000 {
			b.Fatal(len(got))
		}
	}
}
