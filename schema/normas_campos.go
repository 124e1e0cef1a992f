package schema

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

func inRange(_ *check, p probe) bool {
	low, high, _ := strings.Cut(p.param, " ")
	n := atoi(p.valor)
	return n >= atoi(low) && n <= atoi(high)
}

func longEnough(_ *check, p probe) bool {
	n := atoi(p.param)
	return len(p.valor) >= utf8.UTFMax*n || utf8.RuneCountInString(p.valor) >= n
}

// in tells whether the file is of one of the types.
func (c *check) in(types string) bool {
	return listed(types, string(c.tipo))
}

// increasing keeps what it saw: the numbers in an ACU are those of the records
// that it answers, in their order.
func increasing(c *check, p probe) bool {
	n := atoi(p.valor)
	if n <= c.anterior {
		return false
	}
	c.anterior = n
	return true
}

// unique is DUP-01. A REP may tell of a folio twice, a prórroga and then its
// answer, and a DIC of all that befell it.
func unique(c *check, p probe) bool {
	switch c.tipo {
	case REC, LOT, RES:
		return c.folios == nil || !c.folios.has(p.valor)
	}
	return true
}

func notAfter(c *check, p probe) bool {
	other := Fecha(c.value(p.param)).Dia()
	if other == 0 || p.param == "RecFechaTurno" && !c.untilOperation(other) {
		return true
	}
	return Fecha(p.valor).Dia() <= other
}

func notBefore(c *check, p probe) bool {
	other := Fecha(c.value(p.param)).Dia()
	return other == 0 || c.bad[p.param] || Fecha(p.valor).Dia() >= other
}

func (c *check) untilOperation(d Dia) bool { return c.operacion == 0 || d <= c.operacion }

func notFuture(c *check, p probe) bool {
	return c.reglas.Hoy == 0 || Fecha(p.valor).Dia() <= c.reglas.Hoy
}

func inRoll(c *check, p probe) bool {
	une := Entero(p.valor).UNE()
	if une == 0 || c.reglas.Institucion == nil {
		return une != 0
	}
	_, ok := c.reglas.Institucion(une)
	return ok
}

// ofLot holds a LOT to the rows of its own institution.
func ofLot(c *check, p probe) bool {
	return c.tipo != LOT || c.nombre == nil || Entero(p.valor).UNE() == c.nombre.UNE
}

func asInRoll(c *check, p probe) bool {
	if c.reglas.Institucion == nil || c.bad["RecInstitucionClave"] {
		return true
	}
	known, ok := c.reglas.Institucion(Entero(c.value("RecInstitucionClave")).UNE())
	want := known.Denominacion
	if p.campo == "RecSector" {
		want = known.Sector
	}
	return !ok || want == "" || want == p.valor
}

func knownProduct(c *check, p probe) bool {
	in := c.reglas.Catalogos.Producto
	return in == nil || in(Cifras(p.valor))
}

func knownCause(c *check, p probe) bool {
	in := c.reglas.Catalogos.Causa
	return in == nil || c.bad["RecProductoServicio"] || in(Cifras(c.value("RecProductoServicio")), Cifras(p.valor))
}

func inState(c *check, p probe) bool {
	if c.bad["RecEntidadFederativa"] {
		return true
	}
	entidad, n := atoi(c.value("RecEntidadFederativa")), atoi(p.valor)
	if in := c.reglas.Catalogos.Municipio; in != nil {
		return in(entidad, n)
	}
	return n >= 1 && n <= Municipios(entidad)
}

func postalCodeFits(c *check, p probe) bool {
	if c.bad["RecEntidadFederativa"] {
		return true
	}
	entidad := atoi(c.value("RecEntidadFederativa"))
	if in := c.reglas.Catalogos.CP; in != nil {
		return in(Cifras(p.valor), entidad)
	}
	return EntidadDeCP(p.valor, entidad)
}

// identified judges the structure and keeps what the tag behind it judges, so that
// an identifier is taken apart once.
func identified(valid func(string) (estructura, digito bool)) func(*check, probe) bool {
	return func(c *check, p probe) (estructura bool) {
		estructura, c.digito = valid(p.valor)
		return estructura
	}
}

func digitFits(c *check, _ probe) bool { return c.digito }

func rfcOfPerson(c *check, p probe) bool {
	if p.valor == RFCPublico || p.valor == RFCExtranjero { // people and firms alike
		return true
	}
	switch n := utf8.RuneCountInString(p.valor); c.value("RecTipoPersona") {
	case "1":
		return n == 13
	case "2":
		return n == 12
	}
	return true
}

func needsPaymentDate(c *check, p probe) bool {
	return p.valor != "" || c.bad[p.param] || Monto(c.value(p.param)).Centavos() == 0
}

// previousType is for a DIC that undoes another: its text is that one's type.
func previousType(c *check, p probe) bool {
	if !c.holds(p.param) {
		return true
	}
	n := atoi(p.valor)
	return form('N', 2, p.valor) == sound && n >= 1 && n <= 10
}

func isSignature(_ *check, p probe) bool {
	b, err := base64.StdEncoding.Strict().DecodeString(p.valor)
	return err == nil && len(b) == ed25519.SignatureSize
}
