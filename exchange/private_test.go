package exchange_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
	"buzon/store/bitacora"
)

// secrets gives the personal data in a record. Values of few characters are in
// any text by chance.
func secrets(record any) (all []string) {
	v := reflect.ValueOf(record)
	for i := range v.NumField() {
		if r, ok := v.Field(i).Interface().(schema.Reservado); ok && len(r) >= 8 {
			all = append(all, r.Revelar())
		}
	}
	return all
}

// TestNoPersonalData: an invented day with every defect, and answers with some,
// leaves no one's data in the log, in errors, or in what tells of refusals.
func TestNoPersonalData(t *testing.T) {
	t.Parallel()
	g := openRemote(t, 0, 0)
	var roll []schema.Inscripcion
	for _, in := range institutions {
		roll = append(roll,
			schema.Inscripcion{Clave: in.UNE, Denominacion: in.Denominacion, Sector: in.Sector})
	}
	plan := inventor.New(7).Dia(inventor.Pedido{Dia: lunes, N: 120, Instituciones: roll,
		Defectos: inventor.Pocos})
	var b bytes.Buffer
	if err := inventor.WriteREC(&b, lunes, 1, plan.Registros, llegada); err != nil {
		t.Fatal(err)
	}
	var private []string
	for _, r := range plan.Registros {
		private = append(private, secrets(r)...)
	}
	g.leave(schema.ParteCONDUSEF, nameREC, b.Bytes())
	g.faults.failLike("reclamaciones put") // errors tell of names of files alone
	_, err := g.runAt(corrida, exchange.CausaAgenda)
	texts := []string{err.Error()}
	g.faults.clear()
	g.mustRun(corte)

	answers := privateAnswers(lines[schema.Reclamacion](t, g.file(norte.String()+"/reclamaciones/"+lotNorte)))
	for _, a := range answers {
		private = append(private, secrets(a)...)
	}
	const res = "GE_RES_00900001_20260303_001.txt"
	g.clock.Set(moment(3, "10:00:00"))
	g.leave(norte, res, write(t, res, answers...))
	g.mustVisit(norte)
	g.mustRun(moment(3, "20:00:00"))

	for _, e := range g.logs.All() {
		texts = append(texts, fmt.Sprintf("%s %v", e.Message, e.ContextMap()))
	}
	for _, e := range g.events("") {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(line))
	}
	findings := 0
	for path, content := range g.visible() {
		if strings.Contains(path, "_RCH_") || strings.Contains(path, "_ACU_") {
			texts = append(texts, string(content))
			findings += strings.Count(string(content), "[reservado]") + strings.Count(string(content), "*")
		}
	}
	if len(private) < 300 || len(texts) < 300 || len(g.names(norte, schema.CarpetaRechazos)) != 1 {
		t.Fatalf("the day is too small to tell: %d values, %d texts, %d masked", len(private), len(texts),
			findings)
	}
	all := strings.Join(texts, "\n")
	for _, p := range private {
		if strings.Contains(all, strings.TrimSpace(p)) {
			t.Errorf("%q came out", p)
		}
	}
}

// privateAnswers answers a LOT with people's names in the texts, three of four
// times with a mistake in a private field itself.
func privateAnswers(lote []schema.Reclamacion) (answers []any) {
	for i, r := range lote {
		a := answer(r.RecFolioCondusef)
		a.ResTexto = schema.Reservado(fmt.Sprintf("Se informa a %s que su queja %d procede.",
			r.RecUsuarioNombre.Revelar(), i))
		switch i % 4 {
		case 1:
			a.ResTexto = " " + a.ResTexto
		case 2:
			a.ResResponsable = schema.Reservado("Lic. " + strings.Repeat("Marta Ficticia ", 20))
		case 3:
			a.ResTexto, a.ResTipo, a.ResProrrogaDias, a.ResProrrogaMotivo = a.ResTexto+" MÃºltiple", "2", "3",
				"99"
		}
		answers = append(answers, a)
	}
	return answers
}

// TestNamesOfStrangeFiles: what a UNE calls a file otherwise than the layout does may
// name a person, be it no annex that could be taken.
func TestNamesOfStrangeFiles(t *testing.T) {
	t.Parallel()
	g := openDelivered(t)
	g.clock.Set(on(dia(t, "2026-03-10"), "10:00"))
	for i, name := range []string{"INE de Marta Peñón.docx", "INE de Marta Pen\u0303o\u0301n.pdf",
		"Marta Peñón"} {
		g.leave(norte, name, []byte{byte('a' + i)})
	}
	g.mustVisit(norte)
	g.mustRun(on(dia(t, "2026-03-10"), "20:00"))
	for _, e := range g.events("") {
		if s := fmt.Sprintf("%+v", e); strings.Contains(s, "Marta") {
			t.Errorf("event %s", s)
		}
	}
	for _, l := range g.logs.All() {
		if s := fmt.Sprintf("%s %v", l.Message, l.ContextMap()); strings.Contains(s, "Marta") {
			t.Errorf("log %s", s)
		}
	}
	if acuses := g.names(norte, "acuses"); len(acuses) != 3 {
		t.Errorf("acuses %q", acuses)
	}
	if got := g.events(bitacora.ArchivoRecibido); got[len(got)-1].Archivo != "[archivo]" {
		t.Errorf("told as %q", got[len(got)-1].Archivo)
	}
}
