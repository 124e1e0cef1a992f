package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// millones invents a log of millions through the store's own methods, as the
// exchange writes: one transaction a file. All that was delivered on a day is
// answered and goes back on it.
type millones struct {
	tb     testing.TB
	s      *Store
	folios int // of an institution in a day
	acuses int64
}

const millonesUNEs = 200

func (m *millones) do(at time.Time, fn func(*Tx) error) {
	m.tb.Helper()
	if err := m.s.Update(m.tb.Context(), at, fn); err != nil {
		m.tb.Fatal(err)
	}
}

func clave(i int) schema.UNE { return schema.UNE(900001 + i) }

// folioDe is the i-th folio of an institution on a day.
func (m *millones) folioDe(dia, une, i int) schema.Folio {
	return schema.Folio(fmt.Sprintf("2026/%03d/%d", dia, i*millonesUNEs+une+1))
}

func nombreDe(tipo schema.Tipo, u schema.UNE, dia schema.Dia) string {
	return schema.Nombre{Tipo: tipo, UNE: u, Dia: dia, NNN: 1}.String()
}

func (m *millones) archivo(tipo schema.Tipo, parte schema.Parte, u schema.UNE, dia schema.Dia,
	registros int) Archivo {
	a := recibido(parte, nombreDe(tipo, u, dia), tipo, registros)
	a.Jornada, a.Recibido = dia, dia.At(0).Add(8*time.Hour)
	if tipo == schema.RES {
		a.Calendario = schema.NewCalendario(nil).Version()
	}
	return a
}

func (m *millones) salida(tipo schema.Tipo, parte schema.Parte, u schema.UNE, dia schema.Dia, registros int,
	de int64) Salida {
	n := nombreDe(tipo, u, dia)
	return Salida{Parte: parte, Carpeta: "reclamaciones", Nombre: n, Tipo: tipo, SHA256: huellaDe(n),
		Bytes: 9000, Registros: registros,
		Jornada: dia, Dia: dia, NNN: 1, Archivo: de}
}

// acuse answers a file.
func (m *millones) acuse(tx *Tx, a *Archivo, u schema.UNE) error {
	m.acuses++
	s := m.salida(schema.ACU, a.Parte, u, a.Jornada, a.Registros, a.ID)
	if err := tx.AddAcuse(a, &s, fmt.Sprintf("ACU-2026-%08d", m.acuses), 2026, m.acuses); err != nil {
		return err
	}
	return tx.Publish(&s, tx.Now())
}

// day is one operation day: a REC, a LOT for each institution, which picks it up and
// answers all of it, and a REP.
func (m *millones) day(n int) {
	dia := hoy + schema.Dia(n)
	at := func(hour int) time.Time { return dia.At(0).Add(time.Duration(hour) * time.Hour) }
	rec := m.archivo(schema.REC, schema.ParteCONDUSEF, 0, dia, millonesUNEs*m.folios)
	var casos []Asunto
	for i := range m.folios {
		for u := range millonesUNEs {
			casos = append(casos, Asunto{Folio: m.folioDe(n, u, i), Vuelta: 1, UNE: clave(u), Turno: dia})
		}
	}
	m.do(at(8), func(tx *Tx) error { return errors.Join(recibeREC(tx, &rec, casos), m.acuse(tx, &rec, 0)) })
	for u := range millonesUNEs {
		var lot Salida
		m.do(at(9), func(tx *Tx) error {
			lot = m.salida(schema.LOT, clave(u).Parte(), clave(u), dia, m.folios, rec.ID)
			return errors.Join(tx.AddLote(&lot, []Plazo{{Dia0: dia, Limite: dia + 28}},
				schema.NewCalendario(nil).Version()), tx.Publish(&lot, tx.Now()))
		})
		m.do(at(10), func(tx *Tx) error { return recoge(tx, lot) })
	}
	for u := range millonesUNEs {
		a := m.archivo(schema.RES, clave(u).Parte(), clave(u), dia, m.folios)
		m.do(at(16), func(tx *Tx) error {
			return errors.Join(recibe(tx, &a, func(in *Ingreso) error {
				for i := range m.folios {
					casos[i*millonesUNEs+u].Limite = dia + 28
					if _, err := in.responde(&casos[i*millonesUNEs+u], TipoRespuesta); err != nil {
						return err
					}
				}
				return nil
			}), m.acuse(tx, &a, clave(u)))
		})
	}
	m.do(at(20), func(tx *Tx) error { return m.cierra(tx, dia, rec.Registros) })
}

// recoge picks a LOT up, whole.
func recoge(tx *Tx, s Salida) error {
	at, u := tx.Now(), s.Parte.String()
	return tx.AddRecogida(s,
		Recogida{Salida: s.ID, Cuenta: u, Fingerprint: "SHA256:" + string(huellaDe(u))[:43],
			Direccion:  fmt.Sprintf("192.0.2.%s:40000", u[6:]),
			Cliente:    "SSH-2.0-OpenSSH_9.6",
			Algoritmos: "mlkem768x25519-sha256 ssh-ed25519 aes128-gcm@openssh.com", Abierta: at, Cerrada: at,
			Primero: at, Ultimo: at,
			Tramos: "0-8999", Cubiertos: 9000, Cierre: true, Completa: true, Ronda: 1},
		Cobertura{Abierta: at, Leida: at, Completa: at, Veces: 1},
		bitacora.ArchivoRecogido, "0-8999")
}

// cierra is the end of a day.
func (m *millones) cierra(tx *Tx, dia schema.Dia, registros int) error {
	var all []Respuesta
	if err := tx.PorDevolver(func(p Respuesta) error { all = append(all, p); return nil }); err != nil {
		return err
	}
	if len(all) != registros {
		return fmt.Errorf("%d answers of %d folios", len(all), registros)
	}
	s := m.salida(schema.REP, schema.ParteCONDUSEF, 0, dia, len(all), 0)
	c := Balance{Recibidas: registros, Entregadas: registros}
	return errors.Join(tx.AddREP(&s, all), tx.Publish(&s, tx.Now()), tx.CutDay(dia), tx.CloseDay(dia, c))
}

// numero is a number that the environment gives.
func numero(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// inventa opens the invented log of a folder and brings it to a number of days,
// going on where an earlier run ended.
func inventa(tb testing.TB, dir string, days, folios int) *millones {
	tb.Helper()
	s, err := Open(tb.Context(), filepath.Join(dir, "buzon.db"),
		Options{Now: now, Simulacro: true, Unsynced: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	m := &millones{tb: tb, s: s, folios: folios}
	first := 0
	if err := s.View(tb.Context(), func(v *View) error {
		return errors.Join(v.get(`SELECT count(*) FROM archivos WHERE `+esREC, nil, &first),
			v.get(`SELECT count(*) FROM acuses`, nil, &m.acuses))
	}); err != nil {
		tb.Fatal(err)
	}
	if first == 0 {
		m.do(now, func(tx *Tx) error { return siembra(tx, millonesUNEs) })
	}
	start := time.Now()
	for n := first; n < days; n++ {
		m.day(n)
		if (n+1)%100 == 0 {
			tb.Logf("%d days, %s", n+1, time.Since(start).Round(time.Second))
		}
	}
	return m
}
