package schema

import "slices"

// lote tells whether the file is a LOT that has records, or one that has none.
// Of a file that was cut off before its first record neither is known.
func (c *check) lote(withRecords bool) bool {
	return c.tipo == LOT && c.contado && (c.registros > 0) == withRecords
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
func rightSender(c *check, p probe) bool {
	switch {
	case c.reglas.Propietario != "":
		return true
	case c.tipo == REC || c.tipo == DIC:
		return p.valor == CONDUSEF
	case c.tipo == RES:
		return c.isUNE(p.valor)
	case c.tipo == "":
		return true
	}
	return p.valor == Pasarela
}

func rightReceiver(c *check, p probe) bool {
	switch c.tipo {
	case REC, DIC, RES:
		return p.valor == Pasarela
	case REP:
		return p.valor == CONDUSEF
	case LOT:
		return c.isUNE(p.valor)
	case ACU, RCH:
		if c.nombre == nil {
			return p.valor == CONDUSEF || c.isUNE(p.valor)
		}
		if c.nombre.Contesta != "" {
			return p.valor == CONDUSEF
		}
		return c.isUNE(p.valor)
	}
	return true
}

// isUNE tells whether s is the clave8 of the name, or any where there is no name.
func (c *check) isUNE(s string) bool {
	u, err := ParseUNE(s)
	return err == nil && u.String() == s && (c.nombre == nil || c.nombre.UNE == u)
}

// rightReference wants the name of the file that this one comes from. What an ACU
// or RCH answers may bear any name, cleaned.
func rightReference(c *check, p probe) bool {
	if c.tipo != LOT && c.tipo != RES {
		return true
	}
	n, err := ParseNombre(p.valor)
	if err != nil {
		return false
	}
	if c.tipo == LOT {
		return n.Tipo == REC
	}
	return n.Tipo == LOT && (c.nombre == nil || n.UNE == c.nombre.UNE)
}
