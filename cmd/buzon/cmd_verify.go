package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/archivo"
	"buzon/exchange/auditoria"
	"buzon/exchange/gateway"
	"buzon/schema"
	"buzon/store"
)

func verifyCmd() *cobra.Command {
	var path string
	var old []string
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify",
		Short: "Hold the log, the tables and the files against each other and against checkpoints",
		Long: `Hold every event against the tree of the log, the tree against every checkpoint
that was signed and those that you name, every row of the tables against what the
log says of it, and every kept file against its hash. Nothing is repaired. The
first thing that differs is named, in Spanish, and the exit code is 1.

A log whose end was cut off, or that was rebuilt whole with the real key, agrees
with itself: only a checkpoint from outside shows it. Every UNE has them in
estado/, CONDUSEF in entrada/; ask one of them for an old one.`,
		Example: "  buzon verify -c gateway/buzon.yaml\n  buzon verify -c gateway/buzon.yaml --checkpoint " +
			"bitacora_20260302_31.checkpoint",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			viejos, err := readCheckpoints(old)
			if err != nil {
				return err
			}
			return openStore(path, func(cfg *config.Config, st *store.Store) (err error) {
				if err := gateway.TakeOwner(cfg.Data, saidOn(c)); err != nil {
					return err
				}
				contents, err := gateway.Contents(c.Context(), cfg, st)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, contents.Close()) }()
				apart, err := contents.Apartados()
				if err != nil {
					return err
				}
				var step func(string, int64, int64)
				if isTerminal(c.ErrOrStderr()) {
					show := progress(c.ErrOrStderr())
					step = func(what string, done, total int64) { show(what, int(done), int(total)) }
				}
				simulacro, err := st.Simulacro(c.Context())
				if err != nil {
					return err
				}
				r, err := auditoria.Verify(c.Context(), st, contents.Reader, viejos, step)
				return verdict(c.OutOrStdout(), r, err, apart, len(viejos), simulacro, asJSON)
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringArrayVar(&old, "checkpoint", nil,
		"a checkpoint that somebody kept; may be given several times")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// setApart is a whole content that nothing in the store refers to.
type setApart struct {
	SHA256 schema.Huella `json:"sha256"`
	Bytes  int64         `json:"bytes"`
	Day    schema.Dia    `json:"day"` // on which it was found
}

func setsApart(all []archivo.Apartado) (out []setApart) {
	for _, x := range all {
		out = append(out, setApart{x.Huella, x.Bytes, x.Dia})
	}
	return out
}

// verdict prints what verify found, in the auditor's language.
func verdict(w io.Writer, r store.Verificado, err error, apart []archivo.Apartado, given int, simulacro,
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
			Apart       []setApart `json:"set_apart,omitempty"` // whole contents that nothing refers to
		}{d == nil, difference, r.Eventos, r.Raiz.String(), r.Cabezas, r.Filas, r.PorContar, r.Archivos,
			simulacro, setsApart(apart)})
		if d != nil {
			return errors.Join(err, errDiffers)
		}
		return err
	}
	markRehearsal(w, simulacro)
	for _, x := range apart {
		fmt.Fprintf(w, "apartado             %s, %d bytes, desde %s: ningún archivo lo trae; no se borra\n",
			x.Huella, x.Bytes, x.Dia)
	}
	if d != nil {
		fmt.Fprintf(w, "NO CUADRA: %s\n", d.Texto)
		return errDiffers
	}
	fmt.Fprintf(w, "eventos              %d, cada uno con su hoja; raíz %s\n", r.Eventos, r.Raiz)
	fmt.Fprintf(w, "puntos de control    %d cuadran, %d de ellos de fuera\n", r.Cabezas, given)
	fmt.Fprintf(w, "filas de las tablas  %d dicen lo que la bitácora registró\n", r.Filas)
	if r.PorContar > 0 {
		fmt.Fprintf(w,
			"filas por contar     %d, de un archivo que se está recibiendo o que se quedó a medias: no "+
				"cuentan, y ningún evento habla de ellas\n", r.PorContar)
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

var errDiffers = errors.New("the log, the tables or the files differ")
