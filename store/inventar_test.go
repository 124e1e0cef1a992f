package store

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"buzon/schema"
)

// hoy is the day of the tests' moment.
var hoy = schema.DiaDe(now)

// huellaDe is a hash that nobody else has.
func huellaDe(parts ...any) schema.Huella {
	return schema.Huella(fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, parts...))))
}

// registro is a record as a REC has it.
var registro = schema.Reclamacion{RecUnidadAtencion: "09", RecFechaReclamacion: hoy.Fecha(),
	RecFechaTurno:          hoy.Fecha(),
	RecMedioRecepcionCanal: "6", RecProductoServicio: "100201010201", RecCausaMotivo: "0123", RecPori: "NO",
	RecTipoPersona: "1",
	RecSexo:        "M", RecEdad: "44", RecEntidadFederativa: "9", RecMunicipioAlcaldia: "9015",
	RecMonetario: "SI", RecMontoReclamado: "1500.00"}

// errRepetido says that a REC has a round of a folio that is there already.
var errRepetido = errors.New("the round is there already")

// siembra puts institutions into the roll, 900001 and those after it.
func siembra(tx *Tx, n int) error {
	for i := range n {
		u := schema.UNE(900001 + i)
		if _, err := tx.Seed([]Institucion{{UNE: u, Denominacion: "Inventada " + u.String(), Sector: "Uno",
			Termino: 20, Prorroga: 10}}); err != nil {
			return err
		}
	}
	return nil
}

// recibido is a file of a party, all of whose records are accepted.
func recibido(parte schema.Parte, nombre string, tipo schema.Tipo, registros int) Archivo {
	return Archivo{Parte: parte, Nombre: nombre, SHA256: huellaDe(parte, nombre), Bytes: 9000, Tipo: tipo,
		Jornada: hoy, Recibido: now, K: 1,
		Resultado: schema.Aceptado, Registros: registros, Aceptados: registros, Version: "01.00"}
}

// recibe takes a file in whose records add adds.
func recibe(tx *Tx, a *Archivo, add func(*Ingreso) error) error {
	in, err := tx.TakeIn(a)
	if err != nil {
		return err
	}
	if err := add(in); err != nil {
		return errors.Join(err, in.Close())
	}
	return errors.Join(in.Judge("ACU-2026-00000001", "", 2), in.Close())
}

// acepta accepts the next record of a REC.
func (in *Ingreso) acepta(c *Asunto) error {
	c.Numero, c.Posicion = in.renglones.N()+1, Posicion{int64(in.renglones.N()) * 300, 299}
	c.Turno, c.Monetario, c.Monto = max(c.Turno, hoy), true, 150000
	ok, err := in.AddReclamacion(c, &registro)
	if err == nil && !ok {
		err = fmt.Errorf("%s: %w", c.Folio, errRepetido)
	}
	return err
}

// recibeREC takes a REC in that has these rounds, and reads back what rows they are.
func recibeREC(tx *Tx, a *Archivo, casos []Asunto) error {
	if err := recibe(tx, a, func(in *Ingreso) error {
		for i := range casos {
			if err := in.acepta(&casos[i]); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return relee(tx, casos)
}

// relee says of rounds that count, each the last one of its folio, what rows they are.
func relee(tx *Tx, casos []Asunto) error {
	for i := range casos {
		c := &casos[i]
		k, err := tx.UltimaVuelta(c.Folio)
		if err == nil && k.Vuelta != c.Vuelta {
			err = fmt.Errorf("its last round is %d, not %d", k.Vuelta, c.Vuelta)
		}
		if err != nil {
			return fmt.Errorf("folio %s: %w", c.Folio, err)
		}
		c.ID = k.ID
	}
	return nil
}

// responde accepts an answer of tipo to a round as the next record of a RES.
func (in *Ingreso) responde(c *Asunto, tipo int) (Respuesta, error) {
	p := Respuesta{Tipo: tipo, Numero: in.renglones.N() + 1,
		Posicion: Posicion{int64(in.renglones.N()) * 400, 399}, Dias: 5, Oportunidad: 1,
		Limite: c.Limite, Vuelta: c.Vuelta, Acuse: "ACU-2026-00000001"}
	if tipo == TipoProrroga {
		p.Prorroga, p.Limite = 10, c.Limite+14
	} else {
		p.Sentido = 1
	}
	err := in.AddRespuesta(c, &p)
	return p, err
}

// salida is a file that was made for a party.
func salida(parte schema.Parte, tipo schema.Tipo, nnn, registros int, archivo int64) Salida {
	n := schema.Nombre{Tipo: tipo, UNE: parte.UNE(), Dia: hoy, NNN: nnn}
	return Salida{Parte: parte, Carpeta: "carpeta", Nombre: n.String(), Tipo: tipo,
		SHA256: huellaDe(n, parte), Bytes: 9000, Registros: registros,
		Jornada: hoy, Dia: hoy, NNN: nnn, Archivo: archivo}
}

// entrega makes a LOT of the rounds of a REC that are of an institution, and shows it.
func entrega(tx *Tx, u schema.UNE, rec int64, nnn, registros int) (Salida, error) {
	s := salida(u.Parte(), schema.LOT, nnn, registros, rec)
	err := tx.AddLote(&s, []Plazo{{Dia0: hoy, Limite: hoy + 28}}, "v1")
	return s, errors.Join(err, tx.Publish(&s, tx.Now()))
}

// rondas are n first rounds, of as many institutions in turn.
func rondas(n, unes int) (all []Asunto) {
	for i := range n {
		all = append(all,
			Asunto{Folio: schema.Folio(fmt.Sprintf("2026/090/%d", i+1)), Vuelta: 1,
				UNE: schema.UNE(900001 + i%unes)})
	}
	return all
}
