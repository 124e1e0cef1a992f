package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"

	"buzon/schema"
	"buzon/store"
)

// lote is a LOT as estado.json tells of it.
type lote struct {
	Archivo   string          `json:"archivo"`
	SHA256    schema.Huella   `json:"sha256"`
	Bytes     int64           `json:"bytes"`
	Registros int             `json:"registros"`
	Publicado schema.Instante `json:"publicado"`
	Recogida  string          `json:"recogida"`
	dia       schema.Dia
}

// lotes gives a UNE's newest LOTs and how far each was picked up.
func lotes(v *store.View, parte schema.Parte) ([]lote, error) {
	all, err := v.UltimosLotes(parte, ultimos)
	out := make([]lote, len(all))
	for i, s := range all {
		out[i] = lote{s.Nombre, s.SHA256, s.Bytes, s.Registros, schema.NewInstante(s.Publicado), s.Recogida,
			schema.DiaDe(s.Publicado)}
	}
	return out, err
}

// falta tells whether the UNE did not fetch all of a LOT yet.
func (l *lote) falta() bool {
	switch l.Recogida {
	case store.RecogidaPublicado, store.RecogidaAbierto, store.RecogidaParcial:
		return true
	}
	return false
}

type acuse struct {
	Folio     string `json:"folio"`
	Archivo   string `json:"archivo"` // the file that it answers
	Resultado string `json:"resultado"`
}

type folios struct {
	Abiertos  int `json:"abiertos"`
	PorVencer int `json:"por_vencer"` // días hábiles left: 3 at most
	Vencidos  int `json:"vencidos"`
}

// json is estado.json: how the institution stands, for its own programs. Fields
// may be added; version changes where one changes its meaning.
func (s *situacion) json() ([]byte, error) {
	out := struct {
		Version      int         `json:"version"`
		Simulacro    bool        `json:"simulacro,omitempty"`
		Institucion  string      `json:"institucion"`
		Denominacion string      `json:"denominacion"`
		Fecha        schema.Dia  `json:"fecha"`
		Folios       folios      `json:"folios"`
		Lotes        []lote      `json:"lotes"`  // the newest first
		Acuses       []acuse     `json:"acuses"` // the newest first
		Llaves       []llaveJSON `json:"llaves"`
		Avisos       []string    `json:"avisos"`
	}{1, s.simulacro, s.une.UNE.String(), s.une.Denominacion, s.hoy, s.pendientes.folios, s.lotes, []acuse{},
		s.llaves, s.avisos()}
	for _, a := range s.acuses {
		out.Acuses = append(out.Acuses, acuse{a.Folio, schema.CleanArchivo(a.Archivo), a.Resultado.String()})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(out)
	return b.Bytes(), err
}

// add counts a folio by how its term stands.
func (n *folios) add(situacion string) {
	n.Abiertos++
	switch situacion {
	case store.PlazoPorVencer:
		n.PorVencer++
	case store.PlazoVencido:
		n.Vencidos++
	}
}

// avisos says what the UNE should see to.
func (s *situacion) avisos() []string {
	all := []string{}
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if hoy := s.pendientes.hoy; hoy > 0 {
		add("Folios cuyo plazo termina hoy: %d. Vea pendientes.csv.", hoy)
	}
	if n := s.pendientes.folios.Vencidos; n > 0 {
		add("Folios vencidos sin respuesta: %d. Vea pendientes.csv.", n)
	}
	for _, l := range s.lotes {
		if l.dia < s.hoy && l.falta() {
			add("El lote %s, publicado el %s, no se ha recogido completo.", l.Archivo, l.dia)
		}
	}
	for _, k := range s.llaves {
		if k.Estado == llaveVigente && k.Hasta != 0 && int(k.Hasta-s.hoy) <= s.aviso {
			add("La llave %s (%s) sirve hasta el %s; solicite el alta de otra.", k.Nombre, k.Huella, k.Hasta)
		}
	}
	return all
}
