package bitacora

import (
	"encoding/json"
	"strconv"
	"time"

	"buzon/schema"
)

// adjunto writes itself as encoding/json would, byte by byte, but for what is usual,
// and several times as fast: a REC may have a million renglones.
type adjunto interface {
	AppendJSON(b []byte) []byte
}

// AppendJSON appends the renglón as encoding/json writes it, without what is usual.
func (r RenglonReclamacion) AppendJSON(b []byte) []byte {
	o := objeto{b: append(b, '{')}
	o.textoSi("folio", string(r.Folio))
	o.usual("vuelta", r.Vuelta, r.Codigo)
	o.enteroSi("une", int64(r.UNE))
	o.textoSi("codigo", string(r.Codigo))
	return append(o.b, '}')
}

// AppendJSON appends the renglón as encoding/json writes it, without what is usual.
func (r RenglonRespuesta) AppendJSON(b []byte) []byte {
	o := objeto{b: append(b, '{')}
	o.textoSi("folio", string(r.Folio))
	o.usual("vuelta", r.Vuelta, r.Codigo)
	o.usual("tipo", r.Tipo, r.Codigo)
	o.enteroSi("sentido", int64(r.Sentido))
	o.enteroSi("prorroga", int64(r.Prorroga))
	if r.Dias != nil {
		o.entero("dias", int64(*r.Dias))
	}
	o.usual("oportunidad", r.Oportunidad, r.Codigo)
	o.diaSi("limite", r.Limite)
	o.textoSi("codigo", string(r.Codigo))
	return append(o.b, '}')
}

// AppendJSON appends the renglón as encoding/json writes it, without what is usual.
func (d RenglonDictamen) AppendJSON(b []byte) []byte {
	o := objeto{b: append(b, '{')}
	o.textoSi("folio", string(d.Folio))
	o.usual("vuelta", d.Vuelta, d.Codigo)
	o.enteroSi("une", int64(d.UNE))
	o.enteroSi("tipo", int64(d.Tipo))
	o.diaSi("fecha", d.Fecha)
	o.enteroSi("anula", int64(d.Anula))
	o.textoSi("codigo", string(d.Codigo))
	return append(o.b, '}')
}

// AppendJSON appends the renglón as encoding/json writes it, without what is usual.
func (d RenglonDevuelta) AppendJSON(b []byte) []byte {
	o := objeto{b: append(b, '{')}
	o.texto("folio", string(d.Folio))
	o.usual("vuelta", d.Vuelta, "")
	o.usual("tipo", d.Tipo, "")
	return append(o.b, '}')
}

// AppendJSON appends the renglón as encoding/json writes it, without what is usual.
func (e RenglonEntregada) AppendJSON(b []byte) []byte {
	o := objeto{b: append(b, '{')}
	o.texto("folio", string(e.Folio))
	o.usual("vuelta", e.Vuelta, "")
	o.diaSi("dia0", e.Dia0)
	o.diaSi("limite", e.Limite)
	return append(o.b, '}')
}

// AppendJSON appends the renglón as encoding/json writes it, without what is usual.
func (p RenglonPlazo) AppendJSON(b []byte) []byte {
	o := objeto{b: append(b, '{')}
	o.texto("folio", string(p.Folio))
	o.usual("vuelta", p.Vuelta, "")
	o.dia("limite", p.Limite)
	o.diaSi("limite_anterior", p.LimiteAnterior)
	o.textoSi("calendario_anterior", p.CalendarioAnterior)
	return append(o.b, '}')
}

// objeto is a JSON object that is being written. Those in Si leave out what is
// zero, as omitempty does.
type objeto struct{ b []byte }

func (o *objeto) clave(name string) {
	if o.b[len(o.b)-1] != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, '"', ':')
}

func (o *objeto) entero(name string, n int64) {
	o.clave(name)
	o.b = strconv.AppendInt(o.b, n, 10)
}

func (o *objeto) enteroSi(name string, n int64) {
	if n != 0 {
		o.entero(name, n)
	}
}

// usual leaves out 1 in a renglón without a code: nearly all say it, and who reads
// fills it in (completar.go).
func (o *objeto) usual(name string, n int, codigo schema.Codigo) {
	if n != 1 || codigo != "" {
		o.enteroSi(name, int64(n))
	}
}

func (o *objeto) texto(name, s string) {
	o.clave(name)
	if !llano(s) {
		b, _ := json.Marshal(s) // no text is an error
		o.b = append(o.b, b...)
		return
	}
	o.b = append(o.b, '"')
	o.b = append(o.b, s...)
	o.b = append(o.b, '"')
}

func (o *objeto) textoSi(name, s string) {
	if s != "" {
		o.texto(name, s)
	}
}

func (o *objeto) dia(name string, d schema.Dia) {
	o.clave(name)
	year, month, day := time.Date(1, 1, int(d), 0, 0, 0, 0, time.UTC).Date() // day 1 is 0001-01-01
	if d == 0 || year < 1 || year > 9999 {
		o.b = append(o.b, '"')
		o.b = append(o.b, d.String()...)
		o.b = append(o.b, '"')
		return
	}
	o.b = append(o.b, '"', digit(year/1000), digit(year/100), digit(year/10), digit(year), '-',
		digit(int(month)/10), digit(int(month)), '-', digit(day/10), digit(day), '"')
}

func (o *objeto) diaSi(name string, d schema.Dia) {
	if d != 0 {
		o.dia(name, d)
	}
}

func digit(n int) byte { return byte('0' + n%10) }

// llano tells whether encoding/json writes a text as it is, between quotes.
func llano(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < 0x20, c > 0x7e, c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}
