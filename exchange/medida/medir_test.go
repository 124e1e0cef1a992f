package medida_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// corrida is what one run of a form took.
type corrida struct {
	pared time.Duration // until its work is to be seen
	orden time.Duration // until its command ended
	cpu   time.Duration // of all its processes
	pico  int64         // bytes that the largest of them held resident
	disco int64         // bytes of what it left
	base  int64         // of them those of its database
	suyos int64         // of them the others in its own folder, and not in that of a party
	piso  int64         // bytes that this process held as it began: no peak is told below
}

// mide runs a form once in a fresh folder, which it removes.
func mide(ctx context.Context, f forma, base string, d *dia) (c corrida, err error) {
	dir, err := os.MkdirTemp(base, "corrida")
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := f.prepara(dir, d); err != nil {
		return c, fmt.Errorf("prepare: %w", err)
	}
	if err := iguala(d); err != nil {
		return c, err
	}
	if c.piso, err = residente(); err != nil {
		return c, err
	}
	var dijo, errores bytes.Buffer
	cmd := f.orden(ctx, dir, d)
	cmd.Stdout, cmd.Stderr = &dijo, &errores
	desde := time.Now()
	err = cmd.Run()
	c.orden = time.Since(desde)
	if err != nil {
		return c, fmt.Errorf("%s: %w\n%.2000s%.2000s", filepath.Base(cmd.Path), err, errores.Bytes(),
			dijo.Bytes())
	}
	c.pared = c.orden
	if visto, err := f.visto(errores.Bytes()); err != nil {
		return c, fmt.Errorf("when it was to be seen: %w", err)
	} else if !visto.IsZero() {
		c.pared = visto.Sub(desde)
	}
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	c.pico = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	if err := f.comprueba(dir, d, dijo.Bytes()); err != nil {
		return c, fmt.Errorf("not done: %w", err)
	}
	base, carpetas := f.deja(dir)
	if c.disco, err = disco(base, carpetas); err != nil {
		return c, err
	}
	info, err := os.Stat(base)
	if err != nil {
		return c, err
	}
	c.base = info.Size()
	c.suyos, err = disco(base, carpetas[:1])
	c.suyos -= c.base
	return c, err
}

// iguala makes every run begin alike: nothing of before waits for the disk, the REC
// is in the page cache, and this process is small. A child's peak begins with what
// its parent held, which Linux counts where the child becomes another program.
func iguala(d *dia) error {
	f, err := os.Open(d.ruta)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	debug.FreeOSMemory()
	syscall.Sync()
	return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// residente is the most that this process held since iguala.
func residente() (int64, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(b), "VmHWM:")
	kib, err := strconv.ParseInt(strings.Fields(after + " -")[0], 10, 64)
	return kib << 10, err
}

// disco adds up the sizes of what a form left, its database after a checkpoint. A
// file counts once, however many names it has.
func disco(base string, carpetas []string) (total int64, err error) {
	err = consulta(base, `PRAGMA wal_checkpoint(TRUNCATE)`, func(rows *sql.Rows) error {
		var ocupada int
		if err := rows.Scan(&ocupada, new(int), new(int)); err != nil || ocupada == 0 {
			return err
		}
		return errors.New("the database is in use")
	})
	if err != nil {
		return 0, fmt.Errorf("checkpoint %s: %w", filepath.Base(base), err)
	}
	seen := map[uint64]bool{}
	for _, dir := range carpetas {
		err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			if inode := info.Sys().(*syscall.Stat_t).Ino; !seen[inode] {
				seen[inode] = true
				total += info.Size()
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return total, nil
}

// consulta asks a database and shows each row.
func consulta(ruta, query string, each func(*sql.Rows) error) (err error) {
	db, err := sql.Open("sqlite3", "file:"+ruta+"?mode=rw")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
