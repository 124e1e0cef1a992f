package respaldo

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
	check(t, marca.Make(data, marca.Constancia{Epoca: 1, Eventos: 1}, map[int]int64{2026: 5}))
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
	check(t, os.MkdirAll(filepath.Join(dir, "lost+found"), 0o700)) // a disk of its own
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
	x, lost, err := Restore(t.Context(), dir, into, nil)
	check(t, errors.Join(err, lost))
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
	_, _, err = Restore(t.Context(), dir, into, nil)
	check(t, err)
	if _, err := os.Stat(lugarDe(into, good)); err != nil {
		t.Error(err)
	}
}

// TestRestoreRefuses what is no whole backup, and a folder in use.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	data, st, a := taken(t)
	add(t, st, a, "uno")
	dir := filepath.Join(t.TempDir(), "respaldo") // perhaps on another disk
	x, err := Backup(t.Context(), data, dir, nil, now)
	check(t, err)
	into := filepath.Join(t.TempDir(), "otra")
	if _, _, err := Restore(t.Context(), dir, data, nil); err == nil ||
		!strings.Contains(err.Error(), "empty") {
		t.Errorf("over data in use: %v", err)
	}
	if _, _, err := Restore(t.Context(), t.TempDir(), into, nil); err == nil {
		t.Error("out of an empty folder")
	}
	if _, err := Backup(t.Context(), data, filepath.Dir(data), nil, now); err == nil {
		t.Error("into a folder that holds something else")
	}
	for name, spoil := range map[string]string{"the database": x.base(dir),
		"the mark": filepath.Join(dir, marca.Archivo)} {
		was, err := os.ReadFile(spoil)
		check(t, err)
		check(t, os.Remove(spoil)) // it may be a name of the data folder's file
		check(t, os.WriteFile(spoil, append([]byte("x"), was[:len(was)/2]...), 0o600))
		if _, _, err := Restore(t.Context(), dir, into, nil); err == nil {
			t.Errorf("%s was changed, and is restored", name)
		}
		if _, err := os.Stat(into); err == nil {
			t.Errorf("%s was changed, and the folder is there", name)
		}
		check(t, os.WriteFile(spoil, was, 0o600))
	}
	_, _, err = Restore(t.Context(), dir, into, nil)
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
	x, lost, err := Restore(t.Context(), dir, into, nil)
	if err != nil || lost != nil || x.Eventos != 2 {
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
			err = errors.Join(err, tx.AddArribo(&store.Arribo{Parte: 900001,
				Carpeta: schema.CarpetaRespuestas, Nombre: string(h[:5]), SHA256: h,
				Momento: now, Subida: string(h)}))
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
	_, lost, err := Restore(t.Context(), dir, into, nil)
	check(t, err)
	if lost == nil || !strings.Contains(lost.Error(), string(gone)) {
		t.Errorf("lost: %v", lost)
	}
	if _, err := os.Stat(lugarDe(into, kept)); err != nil {
		t.Error(err)
	}
}

// TestAlteredBackup: a backup of which a content was altered, and in which others left
// files, is restored without them, and says so; the next run of a backup brings it anew.
func TestAlteredBackup(t *testing.T) {
	t.Parallel()
	data, st, a := taken(t)
	bad, good := add(t, st, a, "uno"), add(t, st, a, "dos")
	dir := filepath.Join(t.TempDir(), "respaldo")
	_, err := Backup(t.Context(), data, dir, nil, now)
	check(t, err)
	for _, name := range []string{".DS_Store", ".almacen",
		filepath.Join(string(good[:2]), string(good[:9]))} {
		check(t, os.WriteFile(filepath.Join(dir, dirArchivo, name), []byte("x"), 0o600))
	}
	check(t, os.Remove(lugarDe(dir, bad)))
	check(t, os.WriteFile(lugarDe(dir, bad), []byte("otro"), 0o600))
	into := filepath.Join(t.TempDir(), "datos")
	_, lost, err := Restore(t.Context(), dir, into, nil)
	check(t, err)
	if lost == nil || !strings.Contains(lost.Error(), string(bad)) ||
		strings.Contains(lost.Error(), string(good)) {
		t.Errorf("lost: %v", lost)
	}
	if _, err := os.Stat(lugarDe(into, bad)); err == nil {
		t.Error("the altered one was put back")
	}
	if _, err := os.Stat(lugarDe(into, good)); err != nil {
		t.Error(err)
	}
	if x, err := Backup(t.Context(), data, dir, nil, now); err != nil || x.Nuevos != 1 || x.Contenidos != 2 {
		t.Errorf("%+v, %v", x, err)
	}
	if b, err := os.ReadFile(lugarDe(dir, bad)); string(b) != "uno" {
		t.Errorf("the backup has %q, %v", b, err)
	}
}

// TestRestoreInto: what lies at the name of the data folder, or beside it, is nobody's to
// remove; an empty folder stays where nothing can be put back.
func TestRestoreInto(t *testing.T) {
	t.Parallel()
	data, _, _ := taken(t, "uno")
	dir := filepath.Join(t.TempDir(), "respaldo")
	_, err := Backup(t.Context(), data, dir, nil, now)
	check(t, err)
	base := t.TempDir()
	at := func(name ...string) string { return filepath.Join(append([]string{base}, name...)...) }
	check(t, os.WriteFile(at("file"), nil, 0o600))
	check(t, os.MkdirAll(at("full", "lost+found"), 0o700))
	check(t, os.WriteFile(at("full", "lost+found", "#1"), nil, 0o600))
	check(t, os.Mkdir(at("empty"), 0o700))
	check(t, os.Symlink("empty", at("link")))
	for _, name := range []string{"file", "full", "link"} {
		before, err := os.Lstat(at(name))
		check(t, err)
		_, _, err = Restore(t.Context(), dir, at(name), nil)
		if err == nil || !strings.Contains(err.Error(), at(name)) {
			t.Errorf("%s: %v", name, err)
		}
		if now, err := os.Lstat(at(name)); err != nil || !os.SameFile(before, now) {
			t.Errorf("%s is another: %v", name, err)
		}
	}
	if root := mustLstat(t, "/"); !mounted(mustLstat(t, "/proc"), root) || !mounted(root, root) ||
		mounted(mustLstat(t, at("empty")), mustLstat(t, base)) {
		t.Error("a mount point is not told from a folder")
	}
	check(t, os.Mkdir(at("empty"+enCurso), 0o700))
	check(t, os.WriteFile(at("empty"+enCurso, "somebody's"), nil, 0o600))
	check(t, os.Mkdir(at("empty", "lost+found"), 0o700))
	aside := filepath.Join(dir, marca.Archivo)
	check(t, os.Rename(aside, aside+".tmp"))
	if _, _, err := Restore(t.Context(), dir, at("empty"), nil); err == nil {
		t.Error("a backup without its mark is restored")
	}
	if _, err := os.Stat(at("empty", "lost+found")); err != nil {
		t.Errorf("the empty folder, where nothing was restored: %v", err)
	}
	check(t, os.Rename(aside+".tmp", aside))
	_, lost, err := Restore(t.Context(), dir, at("empty"), nil)
	check(t, errors.Join(lost, err))
	if _, err := os.Stat(at("empty"+enCurso, "somebody's")); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(base)
	if err != nil || len(entries) != 5 {
		t.Errorf("beside it: %v, %v", entries, err)
	}
}

func mustLstat(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	info, err := os.Lstat(path)
	check(t, err)
	return info
}

// TestBackupOfConfig: a file that cannot be read is told and holds up nothing, and what it
// was stays; what a run is not asked for, keys above all, stays in no backup.
func TestBackupOfConfig(t *testing.T) {
	t.Parallel()
	data, _, _ := taken(t, "uno")
	dir, from := filepath.Join(t.TempDir(), "respaldo"), t.TempDir()
	all, at := map[string]string{}, now
	for _, name := range []string{"buzon.yaml", "llaves/sello", "llaves/una", "otras/otra"} {
		all[name] = filepath.Join(from, filepath.Base(name))
		check(t, os.WriteFile(all[name], []byte(name), 0o600))
	}
	run := func(lost string, config map[string]string, want ...string) {
		t.Helper()
		at = at.Add(time.Minute)
		x, err := Backup(t.Context(), data, dir, config, at)
		if (err == nil) != (lost == "") || err != nil && !strings.Contains(err.Error(), lost) ||
			x.Contenidos != 1 {
			t.Errorf("%+v, %v", x, err)
		}
		if b, err := os.ReadFile(filepath.Join(dir, indice)); err != nil ||
			!strings.Contains(string(b), at.Format(time.RFC3339)) {
			t.Errorf("%s: %v", b, err)
		}
		var got []string
		check(t, fs.WalkDir(os.DirFS(filepath.Join(dir, dirConfig)), ".", func(p string, _ fs.DirEntry,
			err error) error {
			got = append(got, p)
			return err
		}))
		if !slices.Equal(got, want) {
			t.Errorf("config/ has %q, want %q", got, want)
		}
	}
	whole := []string{".", "buzon.yaml", "llaves", "llaves/sello", "llaves/una", "otras", "otras/otra"}
	run("", all, whole...)
	check(t, os.Remove(all["llaves/una"]))
	run(all["llaves/una"], all, whole...)
	run("", map[string]string{"buzon.yaml": all["buzon.yaml"]}, ".", "buzon.yaml")
}
