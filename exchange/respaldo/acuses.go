package respaldo

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
)

// Suelto is a content that a party sent, as far as it shows, and that the store does not
// know.
type Suelto struct {
	SHA256 schema.Huella
	Bytes  int64
	Tipo   schema.Tipo // "": none of the layout's, an annex perhaps
	Emisor string      // as its header says; "" where it has none
	open   func() (io.ReadCloser, error)
}

// Encontrado is what lies in a data folder and its store does not know.
type Encontrado struct {
	Acuses    []store.Reconocido // whose seal verifies
	Sueltos   map[schema.Huella]Suelto
	Alterados []schema.Huella // contents whose bytes are not those of their hash
}

// Llaves are the public keys with which acuses were sealed, by their names.
type Llaves map[string]ed25519.PublicKey

// LlavesDe gives the keys that a store registered.
func LlavesDe(sellos []store.LlaveDeSello) (Llaves, error) {
	all := Llaves{}
	for _, s := range sellos {
		pub, err := base64.StdEncoding.DecodeString(s.Publica)
		if err != nil || len(pub) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("seal %s: its public key cannot be read", s.ID)
		}
		all[s.ID] = pub
	}
	return all, nil
}

// Buscar reads every content that the store does not know; known gives those of a prefix
// of two digits that it knows.
func Buscar(a *archivo.Contenidos, known func(prefix string) ([]schema.Huella, error),
	llaves Llaves) (*Encontrado, error) {
	x := &Encontrado{Sueltos: map[schema.Huella]Suelto{}}
	conocidas := map[string]map[schema.Huella]bool{}
	err := a.Each(func(h schema.Huella, open func() (io.ReadCloser, error)) error {
		prefix := string(h[:2])
		of, asked := conocidas[prefix]
		if !asked {
			hs, err := known(prefix)
			if err != nil {
				return err
			}
			of = make(map[schema.Huella]bool, len(hs))
			for _, h := range hs {
				of[h] = true
			}
			conocidas[prefix] = of
		}
		if of[h] {
			return nil
		}
		return x.suelto(h, open, llaves)
	})
	return x, err
}

func (x *Encontrado) suelto(h schema.Huella, open func() (io.ReadCloser, error), llaves Llaves) error {
	ex, err := schema.Examine("", open, nil)
	if err != nil {
		return err
	}
	if ex.Huella != h {
		if ex, err = whole(open); err != nil {
			return err
		}
	}
	switch {
	case ex.Huella != h:
		x.Alterados = append(x.Alterados, h)
	case ex.Tipo == schema.ACU:
		if r, ok := Acuse(ex, llaves); ok {
			x.Acuses = append(x.Acuses, r)
		}
	case ex.Encabezado.GeEmisor != schema.Pasarela && !esPunto(open):
		x.Sueltos[h] = Suelto{h, ex.Bytes, ex.Tipo, ex.Encabezado.GeEmisor, open}
	}
	return nil
}

// whole reads what is longer than a file of the layout may be.
func whole(open func() (io.ReadCloser, error)) (*schema.Examen, error) {
	huge := map[schema.Tipo]int64{"": 1 << 50}
	for _, t := range []schema.Tipo{schema.REC, schema.LOT, schema.RES, schema.DIC, schema.REP, schema.ACU,
		schema.RCH} {
		huge[t] = 1 << 50
	}
	return schema.Examine("", open, &schema.Reglas{MaxBytes: huge})
}

// esPunto tells whether a content is a checkpoint of the log, which is ours.
func esPunto(open func() (io.ReadCloser, error)) bool {
	r, err := open()
	if err != nil {
		return false
	}
	defer r.Close()
	head := make([]byte, len("buzon/bitacora"))
	_, err = io.ReadFull(r, head)
	return err == nil && string(head) == "buzon/bitacora"
}

// Acuse gives what an ACU says of the file that it answers. It is false where its seal is
// of none of the keys: then nothing that it says is believed.
func Acuse(ex *schema.Examen, llaves Llaves) (r store.Reconocido, ok bool) {
	s := ex.Sello
	if ex.Tipo != schema.ACU || s == nil || !s.Verificar(ex.AntesDelSello, llaves[s.AcuLlaveId]) {
		return r, false
	}
	r = store.Reconocido{SHA256: ex.Huella, Nombre: s.AcuArchivo, Contesta: s.AcuHash,
		Recibido: s.AcuFechaHoraRecepcion.Time()}
	var err error
	if r.Parte, err = schema.ParseParte(ex.Encabezado.GeReceptor); err != nil {
		return r, false
	}
	if r.Bytes, err = strconv.ParseInt(string(s.AcuBytes), 10, 64); err != nil {
		return r, false
	}
	r.Anio, r.N, ok = numero(s.AcuFolio)
	return r, ok && !r.Recibido.IsZero()
}

// numero takes an AcuFolio apart.
func numero(folio string) (year int, n int64, ok bool) {
	parts := strings.Split(folio, "-")
	if len(parts) != 3 || parts[0] != "ACU" {
		return 0, 0, false
	}
	year, err := strconv.Atoi(parts[1])
	if err != nil {
		return 0, 0, false
	}
	n, err = strconv.ParseInt(parts[2], 10, 64)
	return year, n, err == nil && store.FolioDeAcuse(year, n) == folio
}

// Readmitir gives the arrivals of what parties sent: each content of which a sealed acuse
// says when it came, with the first moment that one says, and the annexes that it names.
// They are taken out of Sueltos; what stays there nobody vouches for.
func (x *Encontrado) Readmitir(reglas *schema.Reglas, carpeta func(schema.Parte) string,
	acuses []store.Reconocido) (all []store.Arribo, err error) {
	type clave struct {
		parte  schema.Parte
		nombre string
		sha256 schema.Huella
	}
	at := map[clave]int{}
	for _, r := range acuses {
		s, there := x.Sueltos[r.Contesta]
		if !there || s.Bytes != r.Bytes {
			continue
		}
		k := clave{r.Parte, r.Nombre, r.Contesta}
		i, seen := at[k]
		if !seen {
			i, at[k] = len(all), len(all)
			all = append(all, store.Arribo{Parte: r.Parte, Carpeta: carpeta(r.Parte), Nombre: r.Nombre,
				SHA256: r.Contesta, Bytes: r.Bytes, Momento: r.Recibido})
		}
		if r.Recibido.Before(all[i].Momento) {
			all[i].Momento = r.Recibido
		}
	}
	for i := range all {
		anexos, err := x.anexos(&all[i], reglas)
		if err != nil {
			return nil, err
		}
		all = append(all, anexos...)
	}
	for i := range all {
		all[i].Subida = fmt.Sprintf("readmitido-%s-%s-%d", all[i].Parte, all[i].SHA256, i)
		delete(x.Sueltos, all[i].SHA256)
	}
	return all, nil
}

// anexos gives the annexes that a RES names: they had come when it was receipted.
func (x *Encontrado) anexos(res *store.Arribo, reglas *schema.Reglas) (all []store.Arribo, err error) {
	ex, err := schema.Examine(res.Nombre, x.Sueltos[res.SHA256].open, reglas)
	if err != nil || ex.Tipo != schema.RES || ex.Rechazado() {
		return nil, err
	}
	type anexo struct {
		nombre string
		sha256 schema.Huella
	}
	told := map[anexo]bool{}
	_, err = schema.Walk(ex, func(l *schema.Linea[schema.Respuesta]) error {
		a := anexo{l.Registro.ResAnexo, l.Registro.ResAnexoHash}
		s, there := x.Sueltos[a.sha256]
		if !l.Legible || !there || told[a] || !reglas.ValidAnexo(a.nombre) {
			return nil
		}
		told[a] = true
		all = append(all, store.Arribo{Parte: res.Parte, Carpeta: res.Carpeta, Nombre: a.nombre,
			SHA256: a.sha256, Bytes: s.Bytes, Momento: res.Momento})
		return nil
	}, nil)
	return all, err
}
