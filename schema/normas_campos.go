package schema

import (
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"unicode/utf8"
)

func inRange(_ *check, p probe) bool {
	n := atoi(p.valor)
	return n >= p.low && n <= p.high
}

func longEnough(_ *check, p probe) bool {
	n := p.low
	return len(p.valor) >= utf8.UTFMax*n || utf8.RuneCountInString(p.valor) >= n
}

// in tells whether the file is of one of the types that the tag names.
func (c *check) in(p probe) bool { return slices.Contains(p.words, string(c.clase.tipo)) }

// increasing keeps what it saw: the numbers in an ACU are those of the records
// that it answers, in their order.
func increasing(c *check, p probe) bool {
	n := atoi(p.valor)
	if n <= c.before.numero {
		return false
	}
	c.before.numero = n
	return true
}

// unique is DUP-01.
func unique(c *check, p probe) bool {
	return !c.clase.foliosOnce || c.before.folios == nil || !c.before.folios.has(p.valor)
}

func notAfter(c *check, p probe) bool {
	other := Fecha(c.other(p)).Dia()
	if other == 0 || p.param == "RecFechaTurno" && !c.untilOperation(other) {
		return true
	}
	return Fecha(p.valor).Dia() <= other
}

func notBefore(c *check, p probe) bool {
	other := Fecha(c.other(p)).Dia()
	return other == 0 || c.otherBad(p) || Fecha(p.valor).Dia() >= other
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
	return c.clase.tipo != LOT || c.nombre == nil || Entero(p.valor).UNE() == c.nombre.UNE
}

func asInRoll(c *check, p probe) bool {
	if c.reglas.Institucion == nil || c.otherBad(p) {
		return true
	}
	known, ok := c.reglas.Institucion(Entero(c.other(p)).UNE())
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
	return in == nil || c.otherBad(p) || in(Cifras(c.other(p)), Cifras(p.valor))
}

func inState(c *check, p probe) bool {
	if c.otherBad(p) {
		return true
	}
	entidad, n := atoi(c.other(p)), atoi(p.valor)
	if in := c.reglas.Catalogos.Municipio; in != nil {
		return in(entidad, n)
	}
	return n >= 1 && n <= Municipios(entidad)
}

func postalCodeFits(c *check, p probe) bool {
	if c.otherBad(p) {
		return true
	}
	entidad := atoi(c.other(p))
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
	switch n := utf8.RuneCountInString(p.valor); c.other(p) {
	case "1":
		return n == 13
	case "2":
		return n == 12
	}
	return true
}

func needsPaymentDate(c *check, p probe) bool {
	return p.valor != "" || c.otherBad(p) || Monto(c.other(p)).Centavos() == 0
}

// previousType is for a DIC that undoes another: its text is that one's type.
func previousType(c *check, p probe) bool {
	if !c.holds(p) {
		return true
	}
	n := atoi(p.valor)
	return form('N', 2, p.valor) == sound && n >= 1 && n <= 10
}

func isSignature(_ *check, p probe) bool {
	b, err := base64.StdEncoding.Strict().DecodeString(p.valor)
	return err == nil && len(b) == ed25519.SignatureSize
}
