package schema

import (
	"fmt"
	"io"
	"reflect"
	"slices"
)

// conclude judges what can only be judged once the file was read to its end, and
// puts the findings in their order.
func (x *examiner) conclude() error {
	e := x.e
	x.closeOff()
	if x.s.bom {
		x.front = append(x.front, hallazgo(1, "", "", "EST-02", "El archivo no debe iniciar con BOM", ""))
	}
	if !e.headed && !x.inHeader { // else it was cut off before it could say 01
		x.front = append(x.front,
			hallazgo(1, "", "GeTipoRegistro", "EST-03", "El archivo debe iniciar con el registro 01", ""))
	}
	if err := x.judgeHeader(); err != nil {
		return err
	}
	e.silent = x.s.bom || x.notUTF8 || x.tooLarge || !e.headed || !e.Completo ||
		slices.ContainsFunc(x.front, func(h Hallazgo) bool { return h.Codigo == "EST-11" })
	if err := x.judgeSummary(); err != nil {
		return err
	}
	x.judgeSeal()
	slices.SortStableFunc(x.lines, func(a, b Hallazgo) int { return a.Linea - b.Linea })
	e.Hallazgos = x.told(append(x.front, x.lines...))
	e.tail = len(e.Hallazgos)
	e.Hallazgos = append(e.Hallazgos, x.told(x.tail)...)
	return nil
}

// closeOff handles a file that is too large or truncated. The last line of one
// that was cut is not read: what it shows may be the cut's doing.
func (x *examiner) closeOff() {
	e := x.e
	maxBytes, maxRecords := e.reglas.limits(e.Tipo)
	switch {
	case x.cut:
		x.tooLarge = true
		x.tail = append(x.tail,
			hallazgo(0, "", "", "EST-12", fmt.Sprintf("El archivo excede el límite de %d bytes", maxBytes),
				""))
	case int64(e.Registros) > maxRecords:
		x.tooLarge = true
		x.tail = append(x.tail,
			hallazgo(0, "", "", "EST-12",
				fmt.Sprintf("El archivo excede el límite de %d registros", maxRecords), ""))
	}
	if e.Completo {
		return
	}
	if !x.cut {
		x.tail = append(x.tail, NewHallazgo(0, "", "", "EST-04", ""))
	}
	last := x.last
	if last > 0 && x.recordAt == last {
		e.Registros--
		x.lines = slices.DeleteFunc(x.lines, func(h Hallazgo) bool { return h.Linea == last })
		x.notUTF8 = slices.ContainsFunc(x.lines, func(h Hallazgo) bool {
			return h.Codigo == "EST-02" && h.Campo == ""
		})
		if x.selloAt == last {
			e.Sello, x.selloAt = nil, 0
		}
	}
	if last == 1 && e.headed && !x.lastEnded {
		x.header = ""
		x.lines, x.notUTF8 = nil, false
	}
}

func (x *examiner) check() *check {
	c := newCheck(x.e.reglas, x.e.Tipo)
	if x.e.known {
		c.nombre = &x.e.Nombre
	}
	c.registros, c.contado = x.e.Registros, x.e.Completo || x.e.Registros > 0
	return c
}

// judgeLine takes a line 01, 03 or 09 apart and judges it; false is a line that
// could not be read.
func judgeLine[T any](v Version, c *check, line string, linea int, record *T, out *[]Hallazgo) (bool, error) {
	l := layoutOf[T](v)
	fields, n := l.split(line, nil)
	if fields == nil {
		*out = append(*out, wrongCount(linea, "", len(l.columns), n))
		return false, nil
	}
	l.fill(reflect.ValueOf(record).Elem(), fields)
	*out = c.judge(l, fields, linea, "", *out)
	return true, nil
}

func wrongCount(linea int, folio Folio, want, got int) Hallazgo {
	text := fmt.Sprintf("El registro debe tener %d campos y tiene %d", want, got)
	return hallazgo(linea, folio, "", "EST-08", text, fmt.Sprint(got))
}

func tooLong(linea int) Hallazgo {
	return hallazgo(linea, "", "", "EST-08", fmt.Sprintf("El registro excede %d bytes", maxLine), "")
}

func (x *examiner) judgeHeader() error {
	if x.header == "" {
		return nil
	}
	e := x.e
	before := len(x.front)
	read, err := judgeLine(e.Version, x.check(), x.header, 1, &e.Encabezado, &x.front)
	if err != nil {
		return err
	}
	// Another version may have another header: that is told, not its count.
	version := nth(x.header, 2)
	unread := !read && isVersion(version) && !e.reglas.acepta(Version(version))
	for i, h := range x.front[before:] {
		if h.Codigo == "EST-11" || unread {
			x.front[before+i] = e.reglas.noAcordada(version)
		}
	}
	good := read && !slices.ContainsFunc(x.front[before:], func(h Hallazgo) bool {
		return h.Campo == "GeFechaOperacion"
	})
	if good {
		e.operacion = e.Encabezado.GeFechaOperacion.Dia()
		if last := e.reglas.Operacion; last != 0 && e.operacion > last {
			x.front = append(x.front, hallazgo(1, "", "GeFechaOperacion", "NEG-07",
				"GeFechaOperacion no debe ser posterior al siguiente día hábil, "+last.String(),
				string(e.Encabezado.GeFechaOperacion)))
		}
	}
	return nil
}

// judgeSummary compares the 09 with what was read. Where something else explains
// the differences, told leaves them out.
func (x *examiner) judgeSummary() error {
	e := x.e
	if x.summary == "" {
		return nil
	}
	var found []Hallazgo
	read, err := judgeLine(e.Version, x.check(), x.summary, x.sumLine, &e.Sumario, &found)
	if err != nil {
		return err
	}
	if read && !e.silent {
		bad := map[string]bool{}
		for _, h := range found {
			bad[h.Campo] = true
		}
		if found, err = x.compare(bad, found); err != nil {
			return err
		}
	}
	x.tail = append(found, x.tail...)
	return nil
}

func (x *examiner) compare(bad map[string]bool, out []Hallazgo) ([]Hallazgo, error) {
	e, s := x.e, &x.e.Sumario
	differs := func(code Codigo, text string, valor string) {
		out = append(out, hallazgo(0, "", "", code, text, valor))
	}
	if !bad["GeTotalRegistros"] && s.GeTotalRegistros.Int() != e.Registros {
		differs("EST-05",
			fmt.Sprintf("El total de registros del sumario (%s) no coincide con los recibidos (%d)",
				s.GeTotalRegistros, e.Registros), string(s.GeTotalRegistros))
	}
	if !bad["GeSumaMontos"] && x.legible && x.amounts && s.GeSumaMontos.Centavos() != x.sum {
		differs("EST-06",
			fmt.Sprintf("La suma de montos del sumario (%s) no coincide con la de los registros (%s)",
				s.GeSumaMontos, x.sum), string(s.GeSumaMontos))
	}
	if !bad["GeHash"] && s.GeHash != x.hash09.get() {
		text := definiciones["EST-07"].significado
		mended, err := x.lineEndsChanged()
		if err != nil {
			return nil, err
		}
		if mended {
			text += ": los fines de línea cambiaron en el envío; transfiera en modo binario"
		}
		differs("EST-07", text, string(s.GeHash))
	}
	return out, nil
}

// lineEndsChanged tells whether the hash would be right with CRLF for LF or the
// reverse, as after a transfer in text mode.
func (x *examiner) lineEndsChanged() (bool, error) {
	rc, err := x.e.open()
	if err != nil {
		return false, err
	}
	defer rc.Close()
	lf, crlf, err := rehash(io.LimitReader(rc, x.antes09))
	want := x.e.Sumario.GeHash
	return lf == want || crlf == want, err
}

// told leaves out what follows from a mistake that is told.
func (x *examiner) told(found []Hallazgo) []Hallazgo {
	if !x.e.silent {
		return found
	}
	return slices.DeleteFunc(found, func(h Hallazgo) bool { return silenced(h.Codigo) })
}

func silenced(c Codigo) bool { return c >= "EST-05" && c <= "EST-10" }
