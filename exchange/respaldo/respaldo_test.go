package respaldo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"buzon/exchange/archivo"
	"buzon/exchange/marca"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

var now = time.Date(2026, 3, 2, 18, 0, 0, 0, schema.Zona)

// taken is a data folder with a store that stays open, as the daemon's does.
func taken(t *testing.T, contents ...string) (data string, st *store.Store, a *archivo.Contenidos) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "datos")
	a, err := archivo.Open(data)
	check(t, err)
	st, err = store.Open(t.Context(), filepath.Join(data, BaseDatos), store.Options{Now: now})
	check(t, err)
	t.Cleanup(func() { _, _ = a.Close(), st.Close() })
	check(t, marca.Make(data, marca.Estado{Epoca: 1, Eventos: 1}, map[int]int64{2026: 5}))
	for _, text := range contents {
		add(t, st, a, text)
	}
	return data, st, a
}

// add keeps a content, and an event beside it.
func add(t *testing.T, st *store.Store, a *archivo.Contenidos, text string) schema.Huella {
	t.Helper()
	h, _, err := a.Add(strings.NewReader(text))
	check(t, err)
	check(t, st.Update(t.Context(), now, func(tx *store.Tx) error {
		return tx.Log(store.Acto{Evento: bitacora.ServicioIniciado,
			Carga: bitacora.CargaServicio{Version: text}})
	}))
	return h
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func inode(t *testing.T, path string) uint64 {
	t.Helper()
	info, err := os.Stat(path)
	check(t, err)
	return info.Sys().(*syscall.Stat_t).Ino
}

func lugarDe(dir string, h schema.Huella) string {
	return filepath.Join(dir, dirArchivo, string(h[:2]), string(h))
}

// TestBackup: a first run brings all, a further one what is new; only their owner reads
// what is there; what is put back is the newest.
func TestBackup(t *testing.T) {
	t.Parallel()
	data, st, a := taken(t, "uno", "dos")
	secret := filepath.Join(t.TempDir(), "buzon.yaml")
	check(t, os.WriteFile(secret, []byte("data: datos\n"), 0o644))
	dir := filepath.Join(t.TempDir(), "respaldo")
	for round, want := range []Indice{{Eventos: 3, Contenidos: 2, Nuevos: 2},
		{Eventos: 4, Contenidos: 3, Nuevos: 1}, {Eventos: 4, Contenidos: 3}} {
		if round == 1 {
			add(t, st, a, "tres")
		}
		x, err := Backup(t.Context(), data, dir, map[string]string{"buzon.yaml": secret}, now)
		check(t, err)
		if x.Eventos != want.Eventos || x.Contenidos != want.Contenidos || x.Nuevos != want.Nuevos {
			t.Errorf("round %d: %+v, want %+v", round, x, want)
		}
	}
	h := add(t, st, a, "uno")
	if inode(t, lugarDe(dir, h)) == inode(t, lugarDe(data, h)) {
		t.Error("kept anew here, and it is the backup's file too")
	}
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		check(t, err)
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %v", path, info.Mode())
		}
		return err
	}))
	if got, err := filepath.Glob(filepath.Join(dir, "buzon-*.db")); err != nil || len(got) != 1 {
		t.Errorf("databases %v, %v", got, err)
	}
	into := filepath.Join(t.TempDir(), "otra")
	check(t, os.Mkdir(into, 0o700))
	x, err := Restore(t.Context(), dir, into)
	check(t, err)
	if r, err := Check(t.Context(), into); err != nil || r.Eventos != 4 || x.Eventos != 4 {
		t.Errorf("restored %+v, %v", r, err)
	}
	e, err := marca.Read(into)
	if err != nil || !e.Restaurada || e.Acuses[2026].Dado != 5 {
		t.Errorf("the mark says %+v, %v", e, err)
	}
	if inode(t, lugarDe(into, h)) == inode(t, lugarDe(dir, h)) {
		t.Error("what was restored is the backup's file")
	}
}

// TestBackupLinks: on the same disk a content costs a name.
func TestBackupLinks(t *testing.T) {
	t.Parallel()
	data, st, a := taken(t)
	h := add(t, st, a, "uno")
	dir := filepath.Join(filepath.Dir(data), "respaldo")
	_, err := Backup(t.Context(), data, dir, nil, now)
	check(t, err)
	if inode(t, lugarDe(dir, h)) != inode(t, lugarDe(data, h)) {
		t.Error("it was copied")
	}
}

// TestBackupOfAltered: what is not what was kept is left out and told, and the rest is there.
func TestBackupOfAltered(t *testing.T) {
	t.Parallel()
	data, st, a := taken(t)
	bad, good := add(t, st, a, "uno"), add(t, st, a, "dos")
	check(t, os.Chmod(lugarDe(data, bad), 0o600))
	check(t, os.WriteFile(lugarDe(data, bad), []byte("otro"), 0o600))
	dir := filepath.Join(filepath.Dir(data), "respaldo")
	x, err := Backup(t.Context(), data, dir, nil, now)
	if err == nil || !strings.Contains(err.Error(), string(bad)) || x.Contenidos != 1 {
		t.Errorf("%+v, %v", x, err)
	}
	if _, err := os.Stat(lugarDe(dir, bad)); err == nil {
		t.Error("the altered one is in the backup")
	}
	into := filepath.Join(t.TempDir(), "otra")
	_, err = Restore(t.Context(), dir, into)
	check(t, err)
	if _, err := os.Stat(lugarDe(into, good)); err != nil {
		t.Error(err)
	}
}

// TestRestoreRefuses what is no whole backup, and a folder in use.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	data, st, a := taken(t)
	h := add(t, st, a, "uno")
	dir := filepath.Join(t.TempDir(), "respaldo") // perhaps on another disk
	x, err := Backup(t.Context(), data, dir, nil, now)
	check(t, err)
	into := filepath.Join(t.TempDir(), "otra")
	if _, err := Restore(t.Context(), dir, data); err == nil || !strings.Contains(err.Error(), "empty") {
		t.Errorf("over data in use: %v", err)
	}
	if _, err := Restore(t.Context(), t.TempDir(), into); err == nil {
		t.Error("out of an empty folder")
	}
	if _, err := Backup(t.Context(), data, filepath.Dir(data), nil, now); err == nil {
		t.Error("into a folder that holds something else")
	}
	for name, spoil := range map[string]string{"a content": lugarDe(dir, h), "the database": x.base(dir)} {
		was, err := os.ReadFile(spoil)
		check(t, err)
		check(t, os.Remove(spoil)) // it may be a name of the data folder's file
		check(t, os.WriteFile(spoil, append([]byte("x"), was...), 0o600))
		if _, err := Restore(t.Context(), dir, into); err == nil {
			t.Errorf("%s was changed, and is restored", name)
		}
		if _, err := os.Stat(into); err == nil {
			t.Errorf("%s was changed, and the folder is there", name)
		}
		check(t, os.WriteFile(spoil, was, 0o600))
	}
	_, err = Restore(t.Context(), dir, into)
	check(t, err)
}

// TestKilledBackup: what a run that was killed left is no backup, and the one of before
// still is.
func TestKilledBackup(t *testing.T) {
	t.Parallel()
	data, st, a := taken(t, "uno")
	dir := filepath.Join(t.TempDir(), "respaldo")
	_, err := Backup(t.Context(), data, dir, nil, now)
	check(t, err)
	add(t, st, a, "dos")
	check(t, os.WriteFile(filepath.Join(dir, BaseDatos+enCurso), []byte("half"), 0o600))
	check(t, os.WriteFile(filepath.Join(dir, "buzon-0000000000000000.db"), []byte("of a killed one"), 0o600))
	check(t, os.WriteFile(filepath.Join(dir, dirArchivo, "tmp", "half"), []byte("half"), 0o600))
	into := filepath.Join(t.TempDir(), "otra")
	x, err := Restore(t.Context(), dir, into)
	if err != nil || x.Eventos != 2 {
		t.Errorf("%+v, %v", x, err)
	}
	x, err = Backup(t.Context(), data, dir, nil, now)
	if err != nil || x.Eventos != 3 || x.Nuevos != 1 {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestBackupOfMissing: a content that the database names and that is nowhere is told, and
// the rest is there; one that the backup has is not missed.
func TestBackupOfMissing(t *testing.T) {
	t.Parallel()
	data, st, a := taken(t)
	gone, kept := add(t, st, a, "uno"), add(t, st, a, "dos")
	check(t, st.Update(t.Context(), now, func(tx *store.Tx) error {
		_, err := tx.Seed([]store.Institucion{{UNE: 900001, Denominacion: "F", Sector: "S", Termino: 20}})
		for _, h := range []schema.Huella{gone, kept} {
			err = errors.Join(err, tx.AddArribo(&store.Arribo{Parte: 900001, Carpeta: schema.CarpetaRespuestas,
				Nombre: string(h[:5]), SHA256: h, Momento: now, Subida: string(h)}))
		}
		return err
	}))
	check(t, os.Remove(lugarDe(data, gone)))
	dir := filepath.Join(t.TempDir(), "respaldo")
	for range 2 {
		x, err := Backup(t.Context(), data, dir, nil, now)
		if err == nil || !strings.Contains(err.Error(), string(gone)) ||
			strings.Contains(err.Error(), string(kept)) || x.Base == "" {
			t.Errorf("%+v, %v", x, err)
		}
		if err := os.Remove(lugarDe(data, kept)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	into := filepath.Join(t.TempDir(), "otra")
	_, err := Restore(t.Context(), dir, into)
	check(t, err)
	if _, err := os.Stat(lugarDe(into, kept)); err != nil {
		t.Error(err)
	}
}
