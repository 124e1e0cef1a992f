package store

import (
	"errors"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Epoca is what begins an epoch: the store may have been older than what parties were
// shown.
type Epoca struct {
	Orden   Orden
	Epoca   int64         // the last one that is known otherwise
	Eventos int64         // how many the log had once, as far as is known
	Acuses  []Reconocido  // that verify, and are not in the store
	Minimo  map[int]int64 // of each year: the highest number that is known otherwise
	Ocupa   []Ocupado
}

// Reconocido is an acuse that was given before an epoch and that the store does not
// have: what it says of the file that it answers.
type Reconocido struct {
	Anio     int
	N        int64
	SHA256   schema.Huella // of the ACU
	Parte    schema.Parte
	Nombre   string // of the file, as the acuse has it
	Contesta schema.Huella
	Bytes    int64
	Recibido time.Time
}

// Folio is its AcuFolio.
func (r *Reconocido) Folio() string { return FolioDeAcuse(r.Anio, r.N) }

// Ocupado is a name that a party's own folder shows.
type Ocupado struct {
	Parte  schema.Parte
	Nombre string
}

// salto is of what the first number of a year is a multiple in a new epoch.
const salto = 100_000

// Epoca is the number of the epoch that the log is in; the first is 1.
func (v *View) Epoca() (n int64, err error) {
	err = v.get(`SELECT coalesce(max(epoca), 1) FROM epocas`, nil, &n)
	return n, err
}

// epocasDesde counts the epochs that began on a day or after it; one that a database which
// was put back does not know is told by the number of the next.
func (v *View) epocasDesde(dia schema.Dia) (n int, err error) {
	err = v.get(`SELECT coalesce((SELECT max(epoca) FROM epocas), 1) - coalesce((SELECT epoca FROM epocas
		WHERE momento < ? ORDER BY momento DESC, epoca DESC LIMIT 1), 1)`, []any{ms(dia.At(0))}, &n)
	return n, err
}

// HayAcuses tells whether any was ever given.
func (v *View) HayAcuses() (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM acuses WHERE id > 0)`, nil, &yes)
	return yes, err
}

// HayAcuse tells whether the store has the acuse of a number, with that content.
func (v *View) HayAcuse(year int, n int64, sha256 schema.Huella) (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM acuses q JOIN salidas s ON s.id = q.salida
		WHERE q.anio = ? AND q.n = ? AND s.sha256 = ?)`, []any{year, n, string(sha256)}, &yes)
	return yes, err
}

// BeginEpoca begins an epoch: the numbers of the acuses of each year until now go on at
// the next multiple of 100,000 after the highest one that is known, and what sealed
// acuses say of moments is believed. It gives the number of the epoch and the highest
// numbers that were given until then, as a new mark has them.
func (tx *Tx) BeginEpoca(e Epoca) (epoca int64, dados map[int]int64, err error) {
	if epoca, err = tx.Epoca(); err != nil {
		return 0, nil, err
	}
	epoca = max(epoca, e.Epoca) + 1
	carga := bitacora.CargaEpoca{CargaOrden: e.Orden.dicha(), Epoca: epoca, Eventos: e.Eventos}
	if carga.Numeros, err = tx.numeros(epoca, e); err != nil {
		return 0, nil, err
	}
	dados = map[int]int64{}
	for _, n := range carga.Numeros {
		dados[n.Anio] = n.Desde - 1
	}
	for _, o := range e.Ocupa {
		if _, err := tx.work(`INSERT INTO ocupados (parte, nombre) VALUES (?,?) ON CONFLICT DO NOTHING`,
			o.Parte, o.Nombre); err != nil {
			return 0, nil, err
		}
	}
	a := Acto{Evento: bitacora.EpocaIniciada, Carga: carga, Renglones: &bitacora.Renglones{Lista: "acuses"}}
	defer a.Renglones.Close()
	for _, r := range e.Acuses {
		if _, err := tx.work(`INSERT INTO reconocidos (parte, nombre, sha256, recibido) VALUES (?,?,?,?)
			ON CONFLICT DO UPDATE SET recibido = min(recibido, excluded.recibido)`,
			r.Parte, r.Nombre, string(r.Contesta), ms(r.Recibido)); err != nil {
			return 0, nil, err
		}
		if err := a.Renglones.Add(&bitacora.RenglonReconocido{Acuse: r.Folio(), SHA256: r.SHA256,
			Parte: r.Parte.String(), ContestaSHA256: r.Contesta,
			Recibido: schema.NewInstante(r.Recibido)}); err != nil {
			return 0, nil, err
		}
	}
	return epoca, dados, tx.Log(a)
}

// numeros says where the numbers of each year go on: of the years of which one is known,
// of this one and of the one before, which uploads of the last night may still be of.
func (tx *Tx) numeros(epoca int64, e Epoca) (all []bitacora.NumeroDeEpoca, err error) {
	last := schema.DiaDe(tx.now).Year()
	conocido := map[int]int64{last: 0, last - 1: 0}
	for year, n := range e.Minimo {
		conocido[year] = max(conocido[year], n)
	}
	for _, r := range e.Acuses {
		conocido[r.Anio] = max(conocido[r.Anio], r.N)
	}
	ultimo := map[int]int64{}
	if err := tx.each(`SELECT anio, max(n) FROM acuses GROUP BY anio`, nil, func(row valores) error {
		var year int
		var n int64
		err := row.Scan(&year, &n)
		ultimo[year], conocido[year] = n, max(conocido[year], n)
		return err
	}); err != nil {
		return nil, err
	}
	first, end := last-1, last
	for year := range conocido {
		first, end = min(first, year), max(end, year)
	}
	for year := first; year <= end; year++ {
		before, err := tx.UltimoAcuse(year) // an epoch before may have given none
		if err != nil {
			return nil, err
		}
		n := bitacora.NumeroDeEpoca{Anio: year, Ultimo: ultimo[year], Conocido: max(conocido[year], before)}
		n.Desde = n.Conocido/salto*salto + salto
		if _, err := tx.add(tEpocas, epoca, year, n.Desde, ms(tx.now)); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// Reconocido gives when a content of a party came first, as a sealed acuse of before an
// epoch has it; zero where none says so.
func (v *View) Reconocido(parte schema.Parte, nombre string, sha256 schema.Huella) (time.Time, error) {
	var at int64
	err := v.get(`SELECT recibido FROM reconocidos WHERE parte = ? AND nombre = ? AND sha256 = ?`,
		[]any{parte, nombre, string(sha256)}, &at)
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, nil
	}
	return moment(at), err
}

// Dado tells whether a name may not be given to what is made for a party: something bears
// it, or its folder showed it when an epoch began.
func (v *View) Dado(parte schema.Parte, nombre string) (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM salidas WHERE parte = ?1 AND nombre = ?2)
		OR EXISTS (SELECT 1 FROM ocupados WHERE parte = ?1 AND nombre = ?2)`, []any{parte, nombre}, &yes)
	return yes, err
}
