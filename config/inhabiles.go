package config

import (
	"bytes"
	"regexp"
	"strconv"

	"buzon/schema"
)

// inhabil is a día inhábil as the YAML writes it.
type inhabil struct {
	Fecha       schema.Dia `yaml:"fecha" required:"y" example:"2026-07-20"`
	Descripcion string     `yaml:"descripcion" required:"y" example:"Suspensión"`
	Origen      string     `yaml:"origen" required:"y" example:"CONDUSEF"`
	Publicado   schema.Dia `yaml:"publicado" example:"2026-07-10"`
	AplicaGE    string     `yaml:"aplica_ge" default:"SI" oneof:"SI,NO"`
}

func (in inhabil) schema() schema.Inhabil {
	return schema.Inhabil{
		Fecha: in.Fecha, Descripcion: in.Descripcion, Origen: in.Origen,
		Publicado: in.Publicado, AplicaGE: in.AplicaGE == "SI",
	}
}

var inhabilesLine = regexp.MustCompile(`^(?:read inhabiles: )?(?:(?:parse error on |record on )?line (\d+)(?:, column (\d+))?[:;] )?`)

// inhabilesFile reads the table, whose reader tells every mistake with its line
// in its text.
func (r *rules) inhabilesFile(path string) []schema.Inhabil {
	const key, hint = "terms.inhabiles_file", "write it as fecha,descripcion,origen[,publicado][,aplica_ge], dates as AAAA-MM-DD"
	text, err := readLimited(path, maxTabla)
	if err != nil {
		r.bad(r.place(key), key, "name a file that is there, or remove the key", "read %s: %v", path, bare(err))
		return nil
	}
	days, err := schema.ReadInhabiles(bytes.NewReader(text))
	if err == nil {
		return days
	}
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, e := range all {
		p := Problem{File: path, Message: e.Error(), Hint: hint}
		if m := inhabilesLine.FindStringSubmatch(p.Message); m != nil {
			p.Line, _ = strconv.Atoi(m[1])
			p.Column, _ = strconv.Atoi(m[2])
			p.Message = p.Message[len(m[0]):]
		}
		r.errs.add(p)
	}
	return nil
}
