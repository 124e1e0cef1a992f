package schema

import "reflect"

// convertible refuses a record that says what the version of its receiver cannot.
// It is told here, at the gate, so that no delivery meets a record that it cannot
// write. Each lost field is told, unless another mistake was found in it.
func (j *judge[R]) convertible(l *Linea[R]) {
	r := j.e.reglas
	if r.Escribe == nil || j.layout.desde == V0100 { // nothing older to be written in
		return
	}
	parte, ok := j.receptor(l)
	if !ok {
		return
	}
	v := r.Escribe(parte)
	to := layoutOf[R](v)
	if to == nil {
		return
	}
	for _, c := range to.lost(reflect.ValueOf(&l.Registro).Elem()) {
		i, there := j.layout.index[c.name]
		if !there {
			continue
		}
		text := "no existe en la versión " + string(v) + ", en la que se escribe a " + parte.String() +
			"; debe " + pasa(c)
		l.Refuse(hallazgo(l.Linea, l.Folio, c.name, "NEG-09", enCampo(c.name, text), j.fields[i]))
	}
}

// receptor tells to whom the record goes on: the institution of a reclamación, or
// CONDUSEF, which gets the answers. ok is false where that is not known, or where
// nothing is written of it.
func (j *judge[R]) receptor(l *Linea[R]) (parte Parte, ok bool) {
	switch k := j.e.Tipo.clase().sigue.clase(); {
	case k.deCONDUSEF != "":
		return ParteCONDUSEF, true
	case k.deUNE != "":
		const campo = "RecInstitucionClave"
		for _, h := range l.Hallazgos {
			if h.Campo == campo && h.Severidad == Error {
				return 0, false
			}
		}
		parte = Entero(j.fields[j.layout.index[campo]]).UNE().Parte()
		return parte, parte != 0
	}
	return 0, false
}

// pasa says with what in the field the record goes on.
func pasa(c column) string {
	if c.sin == "" {
		return "estar vacío"
	}
	return "ser " + c.sin
}
