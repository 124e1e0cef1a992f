package schema

import "slices"

// lote tells whether the file is a LOT that has records, or one that has none.
// Of a file that was cut off before its first record neither is known.
func (c *check) lote(withRecords bool) bool {
	return c.clase.tipo == LOT && c.contado && (c.registros > 0) == withRecords
}

// asInName compares a field of the header with the file's name.
func asInName(c *check, p probe) bool {
	if c.nombre == nil {
		return p.campo != "GeTipoArchivo" || slices.Contains(Tipos, Tipo(p.valor))
	}
	switch p.campo {
	case "GeTipoArchivo":
		return Tipo(p.valor) == c.nombre.Tipo
	case "GeFechaOperacion":
		return Fecha(p.valor).Dia() == c.nombre.Dia
	}
	return Cifras(p.valor) == c.nombre.Secuencia()
}

// rightSender is for files that are read without an owner of their folder; where
// there is one, the tag propietario has judged.
func rightSender(c *check, p probe) bool { return c.reglas.Propietario != 0 || c.side(p.valor, true) }

func rightReceiver(c *check, p probe) bool { return c.side(p.valor, false) }

// side tells whether s may stand on a side of the file: the gateway is on one, and a
// party on the other. Where the type is not known, either may be anybody.
func (c *check) side(s string, sender bool) bool {
	switch k := c.clase; {
	case k == &ninguna:
		return true
	case k.llega != sender:
		return s == Pasarela
	case !k.acusa():
		return k.deUNE == "" && s == CONDUSEF || k.deUNE != "" && c.isUNE(s)
	case c.nombre == nil:
		return s == CONDUSEF || c.isUNE(s)
	case c.nombre.Acusa != "":
		return s == CONDUSEF
	}
	return c.isUNE(s)
}

// isUNE tells whether s is the clave8 of the name, or any where there is no name.
func (c *check) isUNE(s string) bool {
	u, err := ParseUNE(s)
	return err == nil && u.String() == s && (c.nombre == nil || c.nombre.UNE == u)
}

// rightReference wants the name of the file that this one comes from.
func rightReference(c *check, p probe) bool {
	var une UNE
	if c.nombre != nil {
		une = c.nombre.UNE
	}
	return c.clase.esReferencia(p.valor, une)
}
