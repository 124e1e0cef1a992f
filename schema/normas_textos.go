package schema

import "strings"

func fixed(s string) func(string) string { return func(string) string { return s } }
func with(s string) func(string) string  { return func(param string) string { return s + param } }

// when writes a condition "Campo valor".
func when(s string) func(string) string {
	return func(param string) string { return s + strings.Replace(param, " ", " es ", 1) }
}

// oneOf writes "debe ser 1, 2 o 3".
func oneOf(param string) string {
	all := strings.Fields(param)
	last := len(all) - 1
	if last == 0 {
		return "debe ser " + all[0]
	}
	return "debe ser " + strings.Join(all[:last], ", ") + " o " + all[last]
}

func between(param string) string {
	low, high, _ := strings.Cut(param, " ")
	return "debe estar entre " + low + " y " + high
}

func says(s string) func(Tipo, string) string { return func(Tipo, string) string { return s } }

func about(s string) func(Tipo, string) string {
	return func(_ Tipo, campo string) string { return s + campo }
}

// condition writes "si Campo es valor" of a parameter "Campo valor".
func condition(s string) func(Tipo, string) string {
	return func(_ Tipo, param string) string { return s + "si " + strings.Replace(param, " ", " es ", 1) }
}

// only is for a tag whose parameter lists the types that it means.
func only(s string) func(Tipo, string) string {
	return func(t Tipo, list string) string {
		if listed(list, string(t)) {
			return s
		}
		return ""
	}
}

// where is for a tag that means something only in files of some types.
func where(s string, is func(*clase) bool) func(Tipo, string) string {
	return func(t Tipo, _ string) string {
		if is(t.clase()) {
			return s
		}
		return ""
	}
}

func inLot(s string) func(Tipo, string) string {
	return where(s, func(k *clase) bool { return k.tipo == LOT })
}

// onSide says who stands on a side of the files of a type.
func onSide(sender bool) func(Tipo, string) string {
	const clave = "la clave de 8 dígitos del nombre del archivo"
	return func(t Tipo, _ string) string {
		switch k := t.clase(); {
		case k.llega != sender:
			return Pasarela
		case k.acusa():
			return CONDUSEF + ", o " + clave
		case k.deUNE != "":
			return clave
		}
		return CONDUSEF
	}
}
