package store

import (
	"cmp"
	"time"

	"buzon/schema"
)

// AsuntoAbierto is a folio that waits for its institution's answer.
type AsuntoAbierto struct {
	Asunto
	NombreLote string
}

// AsuntosAbiertos calls each for the folios of a UNE that were delivered and not
// answered, by limit and folio.
func (v *View) AsuntosAbiertos(u schema.UNE, each func(AsuntoAbierto) error) error {
	type lote struct{ nombre, calendario string }
	lotes := map[int64]lote{}
	err := v.each(
		`SELECT id, nombre, (SELECT calendario FROM lotes WHERE salida = s.id LIMIT 1) FROM salidas s
		WHERE id IN (SELECT lote FROM estados WHERE une = ?
		AND `+abierta+`)`, []any{u}, func(rows valores) error {
			var id int64
			var l lote
			err := rows.Scan(&id, &l.nombre, &l.calendario)
			lotes[id] = l
			return err
		})
	if err != nil {
		return err
	}
	return v.each(
		`SELECT r.id, r.folio, r.vuelta, r.turno, e.entregada, e.dia0, e.limite, coalesce(e.calendario, ''),
			e.prorroga, e.lote
		FROM estados e JOIN reclamaciones r ON r.id = e.reclamacion WHERE e.une = ?
		AND `+abierta+` ORDER BY e.limite, r.folio`, []any{u},
		func(row valores) error {
			l := lotes[entero(row[9])]
			return each(AsuntoAbierto{Asunto{ID: entero(row[0]), Folio: schema.Folio(texto(row[1])),
				Vuelta: int(entero(row[2])), UNE: u,
				Turno: schema.Dia(entero(row[3])), Entregada: moment(entero(row[4])),
				Dia0:   schema.Dia(entero(row[5])),
				Limite: schema.Dia(entero(row[6])), Calendario: cmp.Or(texto(row[7]), l.calendario),
				Prorroga: int(entero(row[8])), Lote: entero(row[9])},
				l.nombre})
		})
}

// LoteVisible is a LOT that a party can see, and how far it was picked up.
type LoteVisible struct {
	Nombre    string
	SHA256    schema.Huella
	Bytes     int64
	Registros int
	Publicado time.Time
	Recogida  string // the state of its pickup
}

// UltimosLotes gives a party's last n visible LOTs, the newest first.
func (v *View) UltimosLotes(parte schema.Parte, n int) (all []LoteVisible, err error) {
	err = v.each(`SELECT s.nombre, s.sha256, s.bytes, s.registros, p.momento, p.observable,
		coalesce(c.abierta, 0), coalesce(c.leida, 0), coalesce(c.veces, 0)
		FROM salidas s JOIN publicaciones p ON p.salida = s.id LEFT JOIN coberturas c ON c.salida = s.id
		WHERE s.parte = ? AND s.tipo = 'LOT' ORDER BY s.id DESC LIMIT ?`, []any{parte, n},
		func(rows valores) error {
			var x LoteVisible
			var observable bool
			var publicado, abierta, leida int64
			var c Cobertura
			if err := rows.Scan(&x.Nombre, &x.SHA256, &x.Bytes, &x.Registros, &publicado, &observable,
				&abierta, &leida, &c.Veces); err != nil {
				return err
			}
			c.Abierta, c.Leida = moment(abierta), moment(leida)
			x.Publicado, x.Recogida = moment(publicado), c.Estado()
			if !observable {
				x.Recogida = RecogidaNoObservable
			}
			all = append(all, x)
			return nil
		})
	return all, err
}

// AcuseVisible is an acuse that a party can see.
type AcuseVisible struct {
	Folio     string // ACU-AAAA-NNNNNNNN
	Archivo   string // the file that it answers
	Resultado schema.Resultado
}

// UltimosAcuses gives a party's last n visible acuses, the newest first.
func (v *View) UltimosAcuses(parte schema.Parte, n int) (all []AcuseVisible, err error) {
	err = v.each(`SELECT printf('ACU-%04d-%08d', q.anio, q.n), a.nombre, a.resultado
		FROM salidas s JOIN acuses q ON q.archivo = s.archivo JOIN archivos a ON a.id = s.archivo
		JOIN publicaciones p ON p.salida = s.id WHERE s.parte = ? AND s.tipo = 'ACU' ORDER BY s.id DESC
		LIMIT ?`, []any{parte, n},
		func(rows valores) error {
			var x AcuseVisible
			if err := rows.Scan(&x.Folio, &x.Archivo, &x.Resultado); err != nil {
				return err
			}
			all = append(all, x)
			return nil
		})
	return all, err
}
