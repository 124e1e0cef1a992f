package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/gateway"
	"buzon/exchange/simulacro/inventor"
	"buzon/exchange/simulacro/montaje"
	"buzon/schema"
	"buzon/store"
)

// tooShort is the length, in bytes, under which a value of a personal field is
// not looked for: it is in any text by chance.
const tooShort = 5

// personal gives the values of the personal fields of a record, by field.
func personal(t *testing.T, record any, fields int) map[string]string {
	t.Helper()
	all := map[string]string{}
	v := reflect.ValueOf(record)
	found := 0
	for i := range v.NumField() {
		r, ok := v.Field(i).Interface().(schema.Reservado)
		if !ok {
			continue
		}
		found++
		if s := strings.TrimSpace(r.Revelar()); len(s) >= tooShort {
			all[s] = v.Type().Field(i).Name
		}
	}
	if found != fields {
		t.Fatalf("%T has %d personal fields, want %d", record, found, fields)
	}
	return all
}

// rehearsed is a whole rehearsal that is over: its folder, its people, and what
// the gateway said meanwhile.
type rehearsed struct {
	*montaje.Demo
	people map[string]string // value: field
	said   string
}

// rehearse plays the demonstration's day over SFTP, with every kind of mistake in
// its REC, and the corte of its evening.
func rehearse(t *testing.T) rehearsed {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var said lockedBuffer
	d, err := openDemo(t.Context(), t.TempDir(),
		montaje.DemoOptions{N: 80, Seed: 5, Level: "debug", Defectos: inventor.Pocos}, &said)
	if err != nil {
		t.Fatal(err)
	}
	log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()),
		zapcore.AddSync(&said), zap.DebugLevel))
	d.Gateway.Cycle.Log = log
	ended := make(chan error, 1)
	go func() { ended <- d.Daemon.Serve(ctx) }()
	var out bytes.Buffer
	if err := playDemo(ctx, d, &out); err != nil {
		t.Error(err)
	}
	r := rehearsed{d, map[string]string{}, ""}
	r.sendAnnex(t)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	evening := d.Dia.At(20 * 3600)
	d.Gateway.Cycle.Now = func() time.Time { return evening }
	if err := d.Gateway.Cycle.Run(t.Context(), d.Dia, exchange.CausaAgenda, nil); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	r.said = out.String() + said.String()
	for _, rec := range d.Plan.Registros {
		r.add(personal(t, rec, 8)) // REC 17-19, 27-30, 33
	}
	r.addAnswers(t)
	return r
}

// elAnexo is an annex whose name tells whom it is about.
const elAnexo = "Credencial de Casilda Inventada.pdf"

// sendAnnex lets a UNE answer an open folio with an annex, and CONDUSEF tell what
// became of it: neither the annex's name nor the text is anybody else's.
func (r *rehearsed) sendAnnex(t *testing.T) {
	t.Helper()
	u := r.UNEs[0]
	var open []store.Asunto
	r.view(t, func(v *store.View) (err error) { open, err = v.PlazosAbiertos(); return err })
	open = slices.DeleteFunc(open, func(k store.Asunto) bool { return k.UNE != u.Clave })
	if len(open) == 0 {
		t.Fatal("no folio of the first UNE is open")
	}
	sum := sha256.Sum256([]byte("%PDF"))
	hoy := r.Dia.Fecha()
	answer := schema.Respuesta{RecNumero: "1", RecFolioCondusef: open[0].Folio, ResTipo: "1",
		RecFolioAtencion: "UNE-1", RecFechaAtencion: hoy,
		RecNivelAtencion: "1", RecSentidoResolucion: "2", RecFechaResolucion: hoy,
		ResTexto:       "Se anexa la credencial de Casilda.",
		ResResponsable: "Lic. Rutilio Ficticio", ResAnexo: elAnexo,
		ResAnexoHash: schema.Huella(hex.EncodeToString(sum[:]))}
	host, err := config.LoadHostKeys(r.Gateway.Config.Server.HostKeys)
	if err != nil {
		t.Fatal(err)
	}
	c := dialSFTP(t, r.Daemon.Addr().String(), u.Clave.String(), u.Signer, host[0].PublicKey())
	defer c.Close()
	res := schema.Nombre{Tipo: schema.RES, UNE: u.Clave, Dia: r.Dia, NNN: 700}
	send(t, c, "respuestas/"+res.String(), written(t, res, u.Clave.String(), answer))
	send(t, c, "respuestas/"+elAnexo, "%PDF")
	eventually(t, "the acuse of an answer with an annex", func() bool {
		_, err := c.Stat("acuses/" + res.Receipt(schema.ACU, 0).String())
		return err == nil
	})
	dic := schema.Nombre{Tipo: schema.DIC, Dia: r.Dia, NNN: 1}
	d := schema.Dictamen{RecNumero: "1", RecFolioCondusef: open[0].Folio, DicTipo: "1", DicFecha: hoy,
		DicTexto: "No se contestó a Casilda lo que pidió."}
	if err := r.CONDUSEF.Leave(dic.String(), []byte(written(t, dic, schema.CONDUSEF, d))); err != nil {
		t.Fatal(err)
	}
	r.people[elAnexo], r.people["Casilda"], r.people["Rutilio"] = "ResAnexo", "DicTexto", "ResResponsable"
}

// written is a file of one record.
func written(t *testing.T, n schema.Nombre, emisor string, record any) string {
	t.Helper()
	var b strings.Builder
	w, err := schema.NewWriter(&b,
		schema.Encabezado{GeTipoArchivo: n.Tipo, GeVersion: schema.V0100, GeEmisor: emisor,
			GeReceptor:       schema.Pasarela,
			GeFechaOperacion: n.Dia.Fecha(), GeSecuencia: n.Secuencia(),
			GeFechaHoraGeneracion: schema.NewInstante(n.Dia.At(9 * 3600))})
	if err == nil {
		err = w.Write(record)
	}
	if err == nil {
		_, err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (r *rehearsed) view(t *testing.T, ask func(*store.View) error) {
	t.Helper()
	if err := r.Gateway.Store.View(t.Context(), ask); err != nil {
		t.Fatal(err)
	}
}

func (r *rehearsed) add(values map[string]string) {
	for value, field := range values {
		r.people[value] = field
	}
}

// addAnswers adds what the UNEs wrote, from the files that the gateway kept.
func (r *rehearsed) addAnswers(t *testing.T) {
	t.Helper()
	answers := 0
	kept, err := filepath.Glob(filepath.Join(r.Dir, "datos", "archivo", "??", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range kept {
		content := read(t, path)
		if !strings.HasPrefix(content, "01|RES|") {
			continue
		}
		for _, line := range records(content) {
			a, ok := schema.ParseRecord[schema.Respuesta](strings.TrimRight(line, "\r\n"), schema.V0100)
			if !ok {
				t.Fatalf("%s: not a record", path)
			}
			answers++
			r.add(personal(t, a, 2)) // RES 15, 16
		}
	}
	if answers < 30 {
		t.Fatalf("%d answers are too few to tell", answers)
	}
}

// clean looks for every value in a text.
func (r *rehearsed) clean(t *testing.T, where, text string) {
	t.Helper()
	if text == "" {
		t.Errorf("%s: nothing to look at", where)
	}
	told := map[string]bool{}
	for value, field := range r.people {
		if strings.Contains(text, value) && !told[field] {
			told[field] = true
			t.Errorf("%s has a value of %s", where, field)
		}
	}
}

// TestNobodyIsNamed plays a day and looks for the personal data of its people in
// all that others see: the log in every column and payload, the other tables, an
// export, estado/, what the gateway logs, what the commands print and the API answers.
func TestNobodyIsNamed(t *testing.T) {
	t.Parallel()
	r := rehearse(t)
	if len(r.people) < 400 {
		t.Fatalf("%d values are too few to tell", len(r.people))
	}
	r.clean(t, "what the gateway logged and printed", r.said)
	r.cleanTables(t)
	st, err := store.OpenReadOnly(gateway.StorePath(filepath.Join(r.Dir, "datos")))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	r.cleanLog(t, st)
	r.cleanAPI(t, st)
	path := filepath.Join(t.TempDir(), "e.zip")
	r.asked(t, "export", "-o", path)
	for name, text := range unzip(t, path) {
		r.clean(t, "export: "+name, text)
	}
	estado := 0
	err = filepath.WalkDir(set{r.Dir}.box(""), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Base(filepath.Dir(path)) != "estado" {
			return err
		}
		estado++
		if filepath.Base(path) == "dictamenes.csv" { // it has the texts for the UNE that they are meant for
			return nil
		}
		r.clean(t, path, read(t, path))
		return nil
	})
	if err != nil || estado < 5*len(r.UNEs) {
		t.Errorf("%d files in estado/, %v", estado, err)
	}
	r.asked(t, "history")
	r.asked(t, "history", "--json")
	r.asked(t, "status", "--date", r.Dia.String())
	r.asked(t, "status", "--date", r.Dia.String(), "--json")
	r.asked(t, "verify")
	for i, rec := range r.Plan.Registros {
		if i%7 == 0 && rec.RecFolioCondusef != "" {
			// a refused one is unknown
			_, out, errOut := buzon("trace", "-c", r.Config, string(rec.RecFolioCondusef))
			r.clean(t, "trace", out+errOut)
		}
	}
}

// asked runs a command, which must succeed, and looks at what it prints.
func (r *rehearsed) asked(t *testing.T, command string, args ...string) {
	t.Helper()
	code, out, errOut := buzon(append([]string{command, "-c", r.Config}, args...)...)
	if code != exitDone && !(command == "status" && code == exitObserved) {
		t.Errorf("%s: exit %d: %s", command, code, errOut)
	}
	r.clean(t, command+" "+strings.Join(args, " "), out+errOut)
}

// raw gives every column of every row of a table, as text.
func raw(t *testing.T, path, table string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT * FROM ` + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	var b strings.Builder
	fmt.Fprintln(&b, columns)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if bytes, ok := v.([]byte); ok {
				v = string(bytes)
			}
			fmt.Fprintln(&b, v)
		}
	}
	return b.String()
}

func unzip(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all := map[string]string{}
	for _, f := range z.File {
		m, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(m)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(b)
	}
	if len(all) != 5 {
		t.Errorf("%d members", len(all))
	}
	return all
}

// lockedBuffer may be written by several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
