package schema

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"buzon/schema/nombres"
)

// Reglas is what an agreement and the moment set about the reading of a file.
// The zero value is the default of the layout. It is read only while a file is
// read, so one value may serve several files at once; its functions may be called
// from several goroutines even for one.
type Reglas struct {
	// Hoy is the day beyond which a date is in the future (NEG-07); 0: unchecked.
	Hoy Dia

	// Operacion is the last day that GeFechaOperacion may say (NEG-07); 0: unchecked.
	Operacion Dia

	// Propietario owns the folder that the file came from. It must be GeEmisor
	// (SEG-01) and the clave in the name (SEG-02). Where there is none, as for a
	// file read by hand, GeEmisor is compared with type and name (EST-10).
	Propietario Parte

	// Esperado lists the types that the folder takes; another is EST-01. nil: any.
	Esperado []Tipo

	// Institucion looks an institution up in the roll (CAT-11, CAT-14); nil:
	// unchecked.
	Institucion func(UNE) (Inscripcion, bool)

	// Latin1 reads the bytes as ISO-8859-1. Hashes are over the bytes as they came.
	Latin1 bool

	// MaxBytes and MaxRegistros bound a file by its type (EST-12); 0: section 2's limit.
	MaxBytes, MaxRegistros map[Tipo]int64

	// Folio is the pattern of RecFolioCondusef; nil: PatronFolio.
	Folio *regexp.Regexp

	// ProrrogaMax is the longest prórroga in días hábiles; 0: ProrrogaMaxima.
	ProrrogaMax int

	// Anexos lists the extensions of annexes, in lower case and without the
	// point; nil: ExtensionesAnexos.
	Anexos []string

	// Versiones are those of the layout that the party may send; another is EST-11.
	// nil: 01.00 alone.
	Versiones []Version

	// Escribe gives the version in which the gateway writes to a party. A record of
	// a REC or RES that says what the version of its receiver cannot is NEG-09. It
	// is called from several goroutines. nil: unchecked.
	Escribe func(Parte) Version

	Catalogos Catalogos

	// Advertencias names fields whose FMT or CAT code is to warn instead of
	// refusing: "RecEdad:FMT-03".
	Advertencias map[string]bool
}

// Inscripcion is a row of the roll (padrón). An empty Denominacion or Sector is
// not compared.
type Inscripcion struct {
	Clave                UNE
	Denominacion, Sector string
}

// Catalogos holds the catalogs that the configuration loaded. A nil one falls
// back on what the package knows by itself.
type Catalogos struct {
	Municipio func(entidad, municipio int) bool // nil: up to the state's highest clave
	Producto  func(producto Cifras) bool        // nil: any twelve digits
	Causa     func(producto, causa Cifras) bool // nil: any four digits
	CP        func(cp Cifras, entidad int) bool // nil: by its first two digits
}

// What holds where no agreement says otherwise.
const (
	PatronFolio       = `^\d{4}/\d{3}/\d{1,7}$`
	ProrrogaMaxima    = 10
	ExtensionesAnexos = "pdf,jpg,png,tif,zip"
)

var defaultAnexos = strings.Split(ExtensionesAnexos, ",")

// ValidFolio tells whether f has the form of a folio under these rules.
func (r *Reglas) ValidFolio(f Folio) bool {
	if r.Folio != nil {
		return r.Folio.MatchString(string(f))
	}
	return isDefaultFolio(string(f))
}

// isDefaultFolio tells whether s is of PatronFolio, sooner than that does.
func isDefaultFolio(s string) bool {
	const fixed = "dddd/ddd/"
	n := len(s) - len(fixed)
	return n >= 1 && n <= 7 && shaped(s[:len(fixed)], fixed) && digits(s[len(fixed):])
}

// ValidAnexo tells whether name may be the name of an annex: what any file's may
// have, with one of the agreed extensions, no path and no leading point.
func (r *Reglas) ValidAnexo(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || name[0] == '.' || !nombres.Permitidas(name) {
		return false
	}
	ext := name[dot+1:]
	if strings.ContainsRune(ext, 'İ') { // whose lower case is i
		return false
	}
	allowed := r.Anexos
	if allowed == nil {
		allowed = defaultAnexos
	}
	return slices.Contains(allowed, strings.ToLower(ext))
}

func (r *Reglas) prorrogaMax() int {
	if r.ProrrogaMax > 0 {
		return r.ProrrogaMax
	}
	return ProrrogaMaxima
}

func (r *Reglas) versiones() []Version {
	if len(r.Versiones) == 0 {
		return []Version{V0100}
	}
	return r.Versiones
}

func (r *Reglas) acepta(v Version) bool { return v.Conocida() && slices.Contains(r.versiones(), v) }

// lee is the version by which a file is read whose header says s: that one where
// the program knows it, else the newest that is accepted.
func (r *Reglas) lee(s string) Version {
	if v := Version(s); v.Conocida() {
		return v
	}
	newest := V0100
	for _, v := range r.versiones() {
		if v.Conocida() {
			newest = max(newest, v)
		}
	}
	return newest
}

// noAcordada is the finding of a header whose version is not accepted.
func (r *Reglas) noAcordada(valor string) Hallazgo {
	var all []string
	for _, v := range r.versiones() {
		all = append(all, string(v))
	}
	return hallazgo(1, "", "GeVersion", "EST-11", enCampo("GeVersion", oneOf(strings.Join(all, " "))), valor)
}

// limits gives the most bytes and the most records that a file may have.
func (r *Reglas) limits(t Tipo) (bytes, records int64) {
	return cmp.Or(r.MaxBytes[t], t.MaxBytes()), cmp.Or(r.MaxRegistros[t], t.MaxRegistros())
}
