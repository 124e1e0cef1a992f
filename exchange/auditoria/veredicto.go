package auditoria

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// apartado is a whole content that nothing in the store refers to.
type apartado struct {
	SHA256 schema.Huella `json:"sha256"`
	Bytes  int64         `json:"bytes"`
	Day    schema.Dia    `json:"day"` // on which it was found
}

// Tell verifies, as Verify does, and prints what was found in the auditor's language;
// ErrDifiere where something differs. behind is why the store may be older than what
// parties were shown, nil where it is not: that is a difference too.
func Tell(ctx context.Context, w io.Writer, st *store.Store, contents *archivo.Contenidos,
	viejos map[string]string, behind error, step func(string, int64, int64), asJSON bool) error {
	lie, err := contents.Apartados()
	if err != nil {
		return err
	}
	var apart []apartado
	for _, x := range lie {
		apart = append(apart, apartado{x.Huella, x.Bytes, x.Dia})
	}
	simulacro, err := st.Simulacro(ctx)
	if err != nil {
		return err
	}
	r, err := Verify(ctx, st, contents.Reader, viejos, step)
	if err == nil && behind != nil {
		err = &store.Diferencia{Texto: "la base es más vieja que lo que se mostró: " + behind.Error()}
	}
	return veredicto(w, r, err, apart, len(viejos), simulacro, asJSON)
}

func veredicto(w io.Writer, r store.Verificado, err error, apart []apartado, given int, simulacro,
	asJSON bool) error {
	var d *store.Diferencia
	if err != nil && !errors.As(err, &d) {
		return err
	}
	if asJSON {
		difference := ""
		if d != nil {
			difference = d.Texto
		}
		err := json.NewEncoder(w).Encode(struct {
			OK          bool       `json:"ok"`
			Difference  string     `json:"difference,omitempty"`
			Events      int64      `json:"events"`
			Root        string     `json:"root"`
			Checkpoints int        `json:"checkpoints"`
			Rows        int64      `json:"rows"`
			Uncounted   int64      `json:"uncounted,omitempty"`
			Files       int64      `json:"files"`
			Simulacro   bool       `json:"simulacro,omitempty"`
			Apart       []apartado `json:"set_apart,omitempty"`    // whole contents that nothing refers to
			Ahead       int64      `json:"acuses_ahead,omitempty"` // sealed by a clock that was ahead
		}{d == nil, difference, r.Eventos, r.Raiz.String(), r.Cabezas, r.Filas, r.PorContar, r.Archivos,
			simulacro, apart, r.HayAdelantados})
		if d != nil {
			return errors.Join(err, ErrDifiere)
		}
		return err
	}
	if simulacro {
		fmt.Fprintln(w, bitacora.Ensayo)
	}
	for _, x := range apart {
		fmt.Fprintf(w, "apartado             %s, %d bytes, desde %s: ningún archivo lo trae; no se borra\n",
			x.SHA256, x.Bytes, x.Day)
	}
	if d != nil {
		fmt.Fprintf(w, "NO CUADRA: %s\n", d.Texto)
		return ErrDifiere
	}
	fmt.Fprintf(w, "eventos              %d, cada uno con su hoja; raíz %s\n", r.Eventos, r.Raiz)
	fmt.Fprintf(w, "puntos de control    %d cuadran, %d de ellos de fuera\n", r.Cabezas, given)
	fmt.Fprintf(w, "filas de las tablas  %d dicen lo que la bitácora registró\n", r.Filas)
	if r.PorContar > 0 {
		fmt.Fprintf(w,
			"filas por contar     %d, de un archivo que se está recibiendo o que se quedó a medias: no "+
				"cuentan, y ningún evento habla de ellas\n", r.PorContar)
	}
	if r.HayAdelantados > 0 {
		fmt.Fprintf(w, "acuses adelantados   %d: los selló un reloj que iba adelante; valen, con el momento "+
			"que dicen\n", r.HayAdelantados)
		for _, x := range r.Adelantados {
			fmt.Fprintf(w, "  %s, del %s, evento %d\n", x.Acuse, schema.Momento(x.Momento), x.Evento)
		}
	}
	fmt.Fprintf(w, "archivos guardados   %d tienen su SHA-256\n", r.Archivos)
	if given == 0 {
		fmt.Fprintln(w,
			"Sin un punto de control de fuera no se distingue una bitácora rehecha entera, o cortada, de "+
				"la verdadera (--checkpoint).")
	}
	fmt.Fprintln(w, "TODO CUADRA")
	return nil
}

// ErrDifiere is of a log that does not hold.
var ErrDifiere = errors.New("the log, the tables or the files differ")
