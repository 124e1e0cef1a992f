package store

import (
	"errors"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"buzon/schema"
	"buzon/store/bitacora"
)

// azar makes a store by steps that are drawn, as the exchange makes them.
type azar struct {
	t *rapid.T
	s *Store
	n int // files that were made
}

func (z *azar) do(fn func(tx *Tx) error) {
	z.t.Helper()
	at := now.Add(time.Duration(z.n) * time.Hour)
	if z.n++; z.n == 7 { // the clock is set back
		at = now.Add(-48 * time.Hour)
	}
	if err := z.s.Update(z.t.Context(), at, fn); err != nil {
		z.t.Fatal(err)
	}
}

func (z *azar) draw(n int, what string) int { return rapid.IntRange(0, n-1).Draw(z.t, what) }

// rec takes a REC in, of new folios, next rounds of old ones and refused ones.
func (z *azar) rec() {
	n := 1 + z.draw(30, "rows")
	a := recibido(schema.ParteCONDUSEF, fmt.Sprintf("GE_REC_%d", z.n), schema.REC, n)
	z.do(func(tx *Tx) error {
		return recibe(tx, &a, func(in *Ingreso) error {
			here := map[schema.Folio]bool{} // the layout refuses a folio's second record (DUP-01)
			for i := range n {
				f := schema.Folio(fmt.Sprintf("2026/%03d/%d", z.draw(4, "serie"), z.draw(20, "folio")))
				c := Asunto{Folio: f, Vuelta: 1, UNE: schema.UNE(900001 + z.draw(3, "une")),
					Turno: hoy + schema.Dia(z.draw(2, "turno"))}
				if last, err := tx.UltimaVuelta(f); err == nil {
					c.Vuelta = last.Vuelta + 1
				}
				ok := false
				if z.draw(5, "accepted") > 0 && !here[f] {
					switch err := in.acepta(&c); {
					case err == nil:
						ok, here[f] = true, true
					case !errors.Is(err, errRepetido):
						return err
					}
				}
				if !ok {
					if i%3 == 0 {
						f = "" // it could not be read
					}
					if err := in.Refuse(f, i+1, 0, "FMT-02"); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
}

// lotes makes a LOT of all that waits, and annuls some first.
func (z *azar) lotes() {
	z.do(func(tx *Tx) error {
		for u := schema.UNE(900001); u < 900004; u++ {
			recs, err := tx.SinLote(u)
			if err != nil {
				return err
			}
			for _, rec := range recs {
				if err := z.lote(tx, u, rec); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (z *azar) lote(tx *Tx, u schema.UNE, rec int64) error {
	n := 0
	if err := tx.DelREC(u, rec, func(FilaDeREC) error { n++; return nil }); err != nil {
		return err
	}
	for try := range 2 {
		z.n++
		s := salida(u.Parte(), schema.LOT, z.n, n, rec)
		s.Nombre = fmt.Sprintf("GE_LOT_%s_%d_%d", u, rec, z.n)
		plazos := []Plazo{{Dia0: hoy, Limite: hoy + 28}}
		if z.draw(2, "by turno") == 0 {
			plazos = []Plazo{{Turno: hoy, Dia0: hoy, Limite: hoy + 28},
				{Turno: hoy + 1, Dia0: hoy + 1, Limite: hoy + 29}}
		}
		if err := tx.AddLote(&s, plazos, "v1"); err != nil {
			return err
		}
		if try == 0 && z.draw(3, "annulled") == 0 {
			if err := tx.AnnulLote(s); err != nil {
				return err
			}
			continue
		}
		return tx.Publish(&s, tx.Now())
	}
	return nil
}

// abiertos gives the open rounds of an institution.
func (z *azar) abiertos(u schema.UNE) (all []Asunto) {
	view := func(v *View) error {
		return v.AsuntosAbiertos(u, func(a AsuntoAbierto) error { all = append(all, a.Asunto); return nil })
	}
	if err := z.s.View(z.t.Context(), view); err != nil {
		z.t.Fatal(err)
	}
	return all
}

// res answers some open rounds, in any order, and asks for prórrogas.
func (z *azar) res() {
	u := schema.UNE(900001 + z.draw(3, "une"))
	all := rapid.Permutation(z.abiertos(u)).Draw(z.t, "open")
	if len(all) == 0 {
		return
	}
	a := recibido(u.Parte(), fmt.Sprintf("res%d", z.n), schema.RES, 0)
	a.Calendario = "v1"
	z.do(func(tx *Tx) error {
		return recibe(tx, &a, func(in *Ingreso) error {
			for _, c := range all[:1+z.draw(len(all), "answers")] {
				tipo := TipoRespuesta
				if c.Prorroga == 0 && z.draw(3, "kind") == 0 {
					tipo = TipoProrroga
				}
				if z.draw(4, "refused") == 0 {
					if err := in.Refuse(c.Folio, in.renglones.N()+1, tipo, "NEG-04"); err != nil {
						return err
					}
					continue
				}
				if _, err := in.responde(&c, tipo); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// rep sends back all that waits, but for a first few.
func (z *azar) rep() {
	z.do(func(tx *Tx) error {
		var all []Respuesta
		if err := tx.PorDevolver(func(p Respuesta) error {
			all = append(all, p)
			return nil
		}); err != nil || len(all) == 0 {
			return err
		}
		all = all[z.draw(len(all), "stay"):]
		s := salida(schema.ParteCONDUSEF, schema.REP, z.n, len(all), 0)
		return errors.Join(tx.AddREP(&s, all), tx.Publish(&s, tx.Now()))
	})
}

// plazos tells how terms stand, and moves and recounts some.
func (z *azar) plazos() {
	u := schema.UNE(900001 + z.draw(3, "une"))
	all := rapid.Permutation(z.abiertos(u)).Draw(z.t, "open")
	if len(all) == 0 {
		return
	}
	all = all[:1+z.draw(len(all), "terms")]
	var limits []NuevoLimite
	for i := range all {
		limits = append(limits, NuevoLimite{&all[i], all[i].Limite + 1})
	}
	z.do(func(tx *Tx) error {
		switch z.draw(4, "what") {
		case 0:
			return tx.WarnTerms(u, all, PlazoVencido)
		case 1:
			return tx.WarnTerms(u, all, PlazoATiempo)
		case 2:
			return tx.MoveTerms(u, limits, bitacora.CargaMovido{Motivo: "prueba"})
		}
		return tx.Recount(u, limits, "v2")
	})
}

// dic tells what became of some open rounds.
func (z *azar) dic() {
	u := schema.UNE(900001 + z.draw(3, "une"))
	all := z.abiertos(u)
	if len(all) == 0 {
		return
	}
	a := recibido(schema.ParteCONDUSEF, fmt.Sprintf("dic%d", z.n), schema.DIC, 0)
	z.do(func(tx *Tx) error {
		return recibe(tx, &a, func(in *Ingreso) error {
			for i, c := range all[:1+z.draw(min(len(all), 3), "told")] {
				d := Dictamen{Tipo: 1 + z.draw(DicDesistimiento, "tipo"), Numero: i + 1, Fecha: hoy}
				if err := in.AddDictamen(&c, &d); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
