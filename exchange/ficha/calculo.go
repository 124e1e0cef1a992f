package ficha

import "buzon/exchange/idatu"

// renglonDeCalculo is a criterion's line of the calculation.
type renglonDeCalculo struct {
	Numero                              int
	Nombre                              string
	Numerador, Denominador              string
	Indice, LimitesIndice               string
	Participacion, LimitesParticipacion string
	PorIndice, PorParticipacion         string
	Puntos, Maximo                      string
}

// calculo are the lines of a process, one for each criterion of the method: one
// without a row is there too, and says so.
func (h *Hoja) calculo(r *idatu.ReglaProceso, m *idatu.Marca) []renglonDeCalculo {
	var out []renglonDeCalculo
	for i := range r.Criterios {
		rule := &r.Criterios[i]
		line := renglonDeCalculo{Numero: rule.Numero, Nombre: rule.Nombre, Maximo: miles(rule.Puntos),
			Numerador: sinDato, Denominador: sinDato, Indice: sinDato, Participacion: sinDato,
			PorIndice: logrado(nil, m), PorParticipacion: logrado(nil, m), Puntos: logrado(nil, m)}
		if x := puntajeDe(m, rule.Numero); x != nil {
			line.Numerador, line.Denominador = miles(x.Numerador), miles(x.Denominador)
			line.Indice, line.LimitesIndice = valor(x.Indice, rule.Tiempo), limites(x.LimiteIndice)
			line.Participacion, line.LimitesParticipacion = valor(x.Participacion, false),
				limites(x.LimiteParticipacion)
			line.PorIndice, line.PorParticipacion = logrado(x.PorIndice, m), logrado(x.PorParticipacion, m)
			line.Puntos = logrado(x.Puntos, m)
		}
		if rule.Tiempo {
			line.Participacion, line.LimitesParticipacion, line.PorParticipacion = noAplica, "", noAplica
		}
		out = append(out, line)
	}
	return out
}

// limites are vmin and vmax, empty where they are not told.
func limites(l *idatu.Limite) string {
	if l == nil || l.Min == nil || l.Max == nil {
		return ""
	}
	return dos(l.Min) + " a " + dos(l.Max)
}

// posibles are the most points of a process.
func posibles(r *idatu.ReglaProceso) (sum int64) {
	for _, c := range r.Criterios {
		sum += c.Puntos
	}
	return sum
}
