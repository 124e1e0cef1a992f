package schema

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// needsPast lists the codes that no file shows by itself.
var needsPast = []Codigo{"NEG-01", "NEG-04", "NEG-05", "NEG-06", "DUP-02", "DUP-03"}

// badFile is a good file with one mistake. Its folder is <code>_<what>.
type badFile struct {
	folder string
	name   string // "": that of the draft
	make   func(d *draft) *draft
	base   string
	reglas func(r *Reglas)
}

func on(line int, campo, valor string) func(*draft) *draft {
	return func(d *draft) *draft { return d.set(line, campo, valor) }
}

func replaced(old, with string) func(*draft) *draft {
	return func(d *draft) *draft {
		d.after = func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(with), 1) }
		return d
	}
}

// observed stands for a catalog that the operator loaded.
func observed(r *Reglas) {
	r.Catalogos.Producto = func(p Cifras) bool {
		return strings.HasPrefix(string(p), "0269118") || strings.HasPrefix(string(p), "0269119") ||
			strings.HasPrefix(string(p), "0273")
	}
	r.Catalogos.Causa = func(_, c Cifras) bool {
		return slices.Contains([]Cifras{"1146", "0889", "0888", "0563"}, c)
	}
}

func badFiles() []badFile {
	return slices.Concat(badStructure(), badFormat(), badCatalog(), badBusiness())
}

func badStructure() []badFile {
	same := func(d *draft) *draft { return d }
	return []badFile{
		{folder: "EST-01_fecha_inexistente", base: nameRES, name: "GE_RES_00900001_20260230_001.txt",
			make: same},
		{folder: "EST-01_nnn_de_la_pasarela", base: nameRES, name: "GE_RES_00900001_20260318_900.txt",
			make: same},
		{folder: "EST-02_bom", base: nameRES, make: func(d *draft) *draft {
			d.after = func(b []byte) []byte { return append([]byte("\xef\xbb\xbf"), b...) }
			return d
		}},
		{folder: "EST-02_latin1", base: nameRES, make: replaced("abonó", "abon\xf3")},
		{folder: "EST-02_doble", base: nameREC,
			make: on(3, "RecDescripcionHechos", "CrÃ©dito liquidado sin carta finiquito.")},
		{folder: "EST-03_sin_01", base: nameRES, make: func(d *draft) *draft {
			d.after = func(b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] }
			return d
		}},
		{folder: "EST-03_tras_09", base: nameRES, make: func(d *draft) *draft {
			d.after = func(b []byte) []byte { return append(b, "02|3|\r\n\r\n"...) }
			return d
		}},
		{folder: "EST-03_dos_01", base: nameRES, make: func(d *draft) *draft {
			d.lines = append(d.lines, d.lines[0])
			return d
		}},
		{folder: "EST-03_sin_sello", base: nameACU, make: func(d *draft) *draft {
			d.lines = d.lines[:3]
			return d
		}},
		{folder: "EST-04_cortado", base: nameRES, make: func(d *draft) *draft {
			d.after = func(b []byte) []byte { return b[:len(b)-200] }
			return d
		}},
		{folder: "EST-04_cortado_en_09", base: nameRES, make: func(d *draft) *draft {
			d.after = func(b []byte) []byte { return b[:len(b)-3] }
			return d
		}},
		{folder: "EST-05_total", base: nameRES, make: replaced("\r\n09|2|", "\r\n09|3|")},
		{folder: "EST-06_suma", base: nameRES, make: replaced("\r\n09|2|12500.50|", "\r\n09|2|12500.51|")},
		{folder: "EST-07_contenido", base: nameRES, make: replaced("451", "450")},
		{folder: "EST-07_modo_texto", base: nameRES, make: func(d *draft) *draft {
			d.after = func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")) }
			return d
		}},
		{folder: "EST-08_separador_en_texto", base: nameRES, make: func(d *draft) *draft {
			d.lines[1] = strings.Replace(d.lines[1], "; se", "| se", 1)
			return d
		}},
		{folder: "EST-09_vacio", base: nameRES, make: func(d *draft) *draft {
			d.lines = append(d.lines, "")
			return d
		}},
		{folder: "EST-09_tipo_07", base: nameRES, make: func(d *draft) *draft {
			d.lines = append(d.lines, "07|x")
			return d
		}},
		{folder: "EST-10_secuencia", base: nameRES, make: on(1, "GeSecuencia", "002")},
		{folder: "EST-10_emisor", base: nameREC, make: on(1, "GeEmisor", Pasarela)},
		{folder: "EST-11_version", base: nameRES, make: on(1, "GeVersion", "02.00")},
		{folder: "EST-12_registros", base: nameRES, make: same, reglas: func(r *Reglas) {
			r.MaxRegistros = map[Tipo]int64{RES: 1}
		}},
		{folder: "SEG-01_emisor", base: nameRES, make: on(1, "GeEmisor", "00900002"),
			reglas: func(r *Reglas) { r.Propietario = 900001 }},
		{folder: "SEG-02_nombre", base: nameRES, name: "GE_RES_00900002_20260318_001.txt",
			reglas: func(r *Reglas) { r.Propietario = 900001 },
			make:   on(1, "GeArchivoReferencia", "")},
		{folder: "DUP-01_folio", base: nameRES, make: func(d *draft) *draft {
			return d.set(3, "RecFolioCondusef", d.get(2, "RecFolioCondusef"))
		}},
	}
}

func badFormat() []badFile {
	return []badFile{
		{folder: "FMT-01_obligatorio", base: nameREC, make: on(2, "RecUsuarioNombre", "")},
		{folder: "FMT-01_contacto", base: nameREC, make: func(d *draft) *draft {
			return d.set(2, "RecUsuarioCorreo", "").set(2, "RecUsuarioTelefono", "")
		}},
		{folder: "FMT-01_fecha_abono", base: nameRES, make: on(2, "RecFechaAbonoImporte", "")},
		{folder: "FMT-02_texto_corto", base: nameRES, make: on(2, "ResTexto", "Demasiado corto")},
		{folder: "FMT-02_folio", base: nameREC, make: on(2, "RecFolioCondusef", "2026/90/1325")},
		{folder: "FMT-03_edad_cero", base: nameREC, make: on(2, "RecEdad", "0")},
		{folder: "FMT-03_consecutivo", base: nameREC, make: on(4, "RecNumero", "4")},
		{folder: "FMT-04_fecha", base: nameRES, make: on(2, "RecFechaNotifiUsuario", "31/02/2026")},
		{folder: "FMT-05_importe", base: nameRES, make: on(2, "RecImporteAbonado", "12,500.50")},
		{folder: "FMT-06_espacios", base: nameREC, make: on(2, "RecSexo", " ")},
		{folder: "FMT-07_curp", base: nameREC, make: on(2, "RecUsuarioCurp", "JOJO200927HNLJJO09")},
		{folder: "FMT-07_curp_digito", base: nameREC, make: on(2, "RecUsuarioCurp", "OEAF771012HMCRGR09")},
		{folder: "FMT-08_rfc_de_moral", base: nameREC, make: on(2, "RecUsuarioRfc", "BBA830831LJ2")},
		{folder: "FMT-08_rfc_digito", base: nameREC, make: on(2, "RecUsuarioRfc", "GODE561231GR9")},
		{folder: "FMT-09_clabe", base: nameREC, make: on(4, "RecClabe", "064180000012345678")},
		{folder: "FMT-10_cp", base: nameREC, make: on(2, "RecCodigoPostal", "3300")},
		{folder: "FMT-11_correo", base: nameREC, make: on(2, "RecUsuarioCorreo", "usuario1.ejemplo.mx")},
		{folder: "FMT-12_telefono", base: nameREC, make: on(2, "RecUsuarioTelefono", "550000000")},
	}
}

func badCatalog() []badFile {
	return []badFile{
		{folder: "CAT-01_entidad", base: nameREC, make: on(2, "RecEntidadFederativa", "33")},
		{folder: "CAT-02_municipio", base: nameREC, make: on(2, "RecMunicipioAlcaldia", "18")},
		{folder: "CAT-03_cp", base: nameREC, make: on(2, "RecCodigoPostal", "44260")},
		{folder: "CAT-04_medio", base: nameREC, make: on(2, "RecMedioRecepcionCanal", "7")},
		{folder: "CAT-05_producto", base: nameREC, make: on(2, "RecProductoServicio", "999911801257"),
			reglas: observed},
		{folder: "CAT-06_causa", base: nameREC, make: on(2, "RecCausaMotivo", "9999"), reglas: observed},
		{folder: "CAT-07_sentido", base: nameRES, make: on(2, "RecSentidoResolucion", "4")},
		{folder: "CAT-08_nivel", base: nameRES, make: on(2, "RecNivelAtencion", "5")},
		{folder: "CAT-09_persona", base: nameREC, make: on(2, "RecTipoPersona", "3")},
		{folder: "CAT-10_sexo", base: nameREC, make: on(2, "RecSexo", "F")},
		{folder: "CAT-11_institucion", base: nameREC, make: on(2, "RecInstitucionClave", "900009")},
		{folder: "CAT-11_ajena_en_lote", base: nameLOT, make: func(d *draft) *draft {
			return d.set(2, "RecInstitucionClave", "900002").set(2, "RecDenominacion",
				roll[900002].Denominacion)
		}},
		{folder: "CAT-12_motivo", base: nameRES, make: on(3, "ResProrrogaMotivo", "05")},
		{folder: "CAT-13_pori", base: nameREC, make: on(2, "RecPori", "Si")},
		{folder: "CAT-14_sector", base: nameREC, make: on(2, "RecSector", "SOFOM")},
	}
}

func badBusiness() []badFile {
	return []badFile{
		{folder: "NEG-02_turno", base: nameREC, make: on(2, "RecFechaTurno", "03/03/2026")},
		{folder: "NEG-02_reclamacion", base: nameREC, make: on(2, "RecFechaReclamacion", "03/03/2026")},
		{folder: "NEG-02_notificacion", base: nameRES, make: on(2, "RecFechaNotifiUsuario", "17/03/2026")},
		{folder: "NEG-03_no_monetario", base: nameREC, make: on(3, "RecMontoReclamado", "1.00")},
		{folder: "NEG-03_desfavorable", base: nameRES, make: on(2, "RecSentidoResolucion", "2")},
		{folder: "NEG-07_futura", base: nameRES, make: on(2, "RecFechaAtencion", "21/03/2026")},
		{folder: "NEG-08_moral_con_edad", base: nameREC, make: on(7, "RecEdad", "40")},
		{folder: "NEG-09_limite_en_rec", base: nameREC, make: on(2, "RecFechaLimite", "31/03/2026")},
		{folder: "NEG-09_prorroga_con_nivel", base: nameRES, make: on(3, "RecNivelAtencion", "1")},
		{folder: "NEG-10_prorroga_larga", base: nameRES, make: on(3, "ResProrrogaDias", "11")},
		{folder: "NEG-11_anexo_con_ruta", base: nameRES, make: func(d *draft) *draft {
			return d.set(2, "ResAnexo", "carpeta/carta.pdf").set(2, "ResAnexoHash", strings.Repeat("0a", 32))
		}},
	}
}

// TestBadFiles is not parallel: with -update it writes what other tests list.
func TestBadFiles(t *testing.T) {
	for _, bad := range badFiles() {
		t.Run(bad.folder, func(t *testing.T) {
			d := bad.make(newDraft(t, bad.base))
			name := d.name
			if bad.name != "" {
				name = bad.name
			}
			want := Codigo(bad.folder[:6])
			if bad.folder == "SEG-02_nombre" || strings.HasPrefix(bad.folder, "EST-01") {
				d = renamed(d, name)
			}
			path := filepath.Join(formats, bad.folder, name)
			kept := keepGolden(t, path, d.bytes())
			r := testReglas()
			if bad.reglas != nil {
				bad.reglas(r)
			}
			_, count, found := checked(t, name, kept, r)
			if len(found) != 1 || found[0].Codigo != want {
				t.Fatalf("found %v, want one %s", places(found), want)
			}
			warns := strings.HasSuffix(bad.folder, "_digito") || want == "CAT-14"
			if warned := found[0].Severidad == Advertencia; warned != warns ||
				warned != (count.Resultado == Aceptado) {
				t.Errorf("a finding of severity %s gave result %s", found[0].Severidad, count.Resultado)
			}
			if whole := wholeCodes[want] &&
				bad.folder != "EST-02_doble"; whole != (count.Resultado == Rechazado) {
				t.Errorf("result %s of %s", count.Resultado, want)
			}
		})
	}
}

// wholeCodes lists the codes that refuse a file whole wherever they stand.
var wholeCodes = map[Codigo]bool{
	"EST-01": true, "EST-02": true, "EST-03": true, "EST-04": true, "EST-05": true, "EST-06": true,
	"EST-07": true, "EST-10": true, "EST-11": true, "EST-12": true, "SEG-01": true, "SEG-02": true,
}

// renamed makes the header fit another name, as far as that can be read.
func renamed(d *draft, name string) *draft {
	if _, err := ParseNombre(name); err != nil {
		return d
	}
	return d.set(1, "GeEmisor", "00900001")
}

// keepGolden gives the content of a file under testdata, which it writes first if
// asked to.
func keepGolden(t testing.TB, path string, content []byte) []byte {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, content) {
		t.Errorf("%s is not what it is made from; run with -update", path)
	}
	return kept
}

func TestEveryCodeHasAFile(t *testing.T) {
	t.Parallel()
	folders, err := os.ReadDir(formats)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{"buenos": true}
	for _, bad := range badFiles() {
		made[bad.folder] = true
	}
	for _, c := range Codigos() {
		has := slices.ContainsFunc(folders, func(d os.DirEntry) bool {
			return strings.HasPrefix(d.Name(), string(c)+"_")
		})
		if past := slices.Contains(needsPast, c); has == past {
			t.Errorf("%s: a file is there: %v, it needs the past: %v", c, has, past)
		}
	}
	for _, d := range folders {
		if !made[d.Name()] {
			t.Errorf("folder %s is of no case", d.Name())
		}
	}
}

func TestGoodFiles(t *testing.T) {
	t.Parallel()
	writeGood(t)
	paths, err := filepath.Glob(filepath.Join(formats, "buenos", "GE_*.txt"))
	if err != nil || len(paths) < 9 {
		t.Fatalf("%d good files, %v", len(paths), err)
	}
	seen := map[Tipo]bool{}
	for _, path := range paths {
		name := filepath.Base(path)
		e, count, found := checked(t, name, good(t, name), testReglas())
		if len(found) != 0 || count.Resultado != Aceptado || count.Aceptados != count.Registros {
			t.Errorf("%s: %+v %v", name, count, places(found))
		}
		seen[e.Tipo] = true
	}
	if len(seen) != len(Tipos) {
		t.Errorf("good files of %v, want one of each type", seen)
	}
}

// writeGood makes the two files that are not among the agreed examples.
func writeGood(t *testing.T) {
	t.Helper()
	recibida := Instante("2026-03-18T16:22:31-06:00")
	var rep bytes.Buffer
	w := mustWriter(t, &rep, encabezado(REP, Pasarela, CONDUSEF, "18/03/2026", "2026-03-18T20:00:02-06:00"))
	for i, r := range readAll[Respuesta](t, nameRES) {
		mustWrite(t, w, Retorno{Respuesta: r, RecInstitucionClave: "900001", AcuFolio: "ACU-2026-00000017",
			AcuFechaHoraRecepcion: recibida, AcuDiasHabiles: "11", AcuOportunidad: "1"}, i)
	}
	mustClose(t, w)
	keepGolden(t, filepath.Join(formats, "buenos", nameREP), rep.Bytes())

	var dic bytes.Buffer
	w = mustWriter(t, &dic, encabezado(DIC, CONDUSEF, Pasarela, "19/03/2026", "2026-03-19T18:00:00-06:00"))
	for i, d := range []Dictamen{
		{RecNumero: "1", RecFolioCondusef: "2026/090/1325", DicTipo: "3", DicFecha: "19/03/2026"},
		{RecNumero: "2", RecFolioCondusef: "2026/090/1325", DicTipo: "4", DicFecha: "19/03/2026",
			DicTexto: "Las partes conciliaron."},
		{RecNumero: "3", RecFolioCondusef: "2026/090/1325", DicTipo: "11", DicFecha: "19/03/2026",
			DicTexto: "4"},
	} {
		mustWrite(t, w, d, i)
	}
	mustClose(t, w)
	keepGolden(t, filepath.Join(formats, "buenos", nameDIC), dic.Bytes())
}

func encabezado(t Tipo, from, to string, day Fecha, at Instante) Encabezado {
	return Encabezado{GeTipoArchivo: t, GeVersion: V0100, GeEmisor: from, GeReceptor: to,
		GeFechaOperacion: day, GeSecuencia: "001", GeFechaHoraGeneracion: at}
}
