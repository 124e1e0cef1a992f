package config

import (
	"bytes"
	"errors"
	"io"

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

// inhabilesFile reads the table of the file that the key names.
func (r *rules) inhabilesFile(path string) (days []schema.Inhabil) {
	r.tabla(path, "terms.inhabiles_file",
		"write it as fecha,descripcion,origen[,publicado][,aplica_ge], dates as AAAA-MM-DD",
		func(in io.Reader) (err error) {
			days, err = schema.ReadInhabiles(in)
			return err
		})
	return days
}

// tabla hands the content of the file that a key names to read, and tells every
// mistake that it finds.
func (r *rules) tabla(path, key, hint string, read func(io.Reader) error) {
	text, err := readLimited(path, maxTabla)
	if err != nil {
		r.bad(r.place(key), key, "name a file that is there, or remove the key", "read %s: %v", path,
			bare(err))
		return
	}
	err = read(bytes.NewReader(text))
	if err == nil {
		return
	}
	for _, err := range flatten([]error{err}) {
		p := Problem{File: path, Message: err.Error(), Hint: hint}
		if bad, ok := errors.AsType[*schema.TablaError](err); ok {
			p.Line, p.Column, p.Message = bad.Linea, bad.Columna, bad.Err.Error()
		}
		r.errs.add(p)
	}
}

// flatten takes errors apart that were joined within one another.
func flatten(errs []error) (all []error) {
	for _, err := range errs {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			all = append(all, flatten(joined.Unwrap())...)
		} else {
			all = append(all, err)
		}
	}
	return all
}

// catalogos loads the catalogs that the configuration names; a rule whose catalog
// is not named falls back on what package schema knows by itself.
func (r *rules) catalogos() {
	c, out := r.c.Catalogs, &r.c.Catalogos
	if c == nil {
		return
	}
	if c.Municipios != "" {
		r.tabla(c.Municipios, "catalogs.municipios", "write it as cve_entidad,cve_municipio",
			func(in io.Reader) (err error) {
				out.Municipio, err = schema.ReadMunicipios(in)
				return err
			})
	}
	if c.Causas != "" {
		r.tabla(c.Causas, "catalogs.causas", "write it as producto,causa", func(in io.Reader) (err error) {
			out.Producto, out.Causa, err = schema.ReadCausas(in)
			return err
		})
	}
	if c.CP != "" {
		r.tabla(c.CP, "catalogs.cp", "write it as cp,cve_entidad", func(in io.Reader) (err error) {
			out.CP, err = schema.ReadCP(in)
			return err
		})
	}
}
