package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/schema"
	"buzon/store"
)

func traceCmd() *cobra.Command {
	var path string
	var asJSON bool
	c := &cobra.Command{
		Use:   "trace FOLIO",
		Short: "Show a folio's way, from its source line to its answer and back",
		Long: `Show where a folio came from, line and hash, the LOT that carried it, who
picked that up, what was answered, and in which REP it went back. Events of it
that were refused are listed too.`,
		Example: "  buzon trace -c gateway/buzon.yaml 2026/090/1325\n  buzon trace -c gateway/buzon.yaml 2026/090/1325 --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return askStore(c, path, func(_ *config.Config, v *store.View) error {
				return trace(c.OutOrStdout(), v, schema.Folio(args[0]), asJSON)
			})
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// via is one file on a folio's way.
type via struct {
	File   string          `json:"file"`
	Line   int             `json:"line,omitempty"`
	SHA256 schema.Huella   `json:"sha256"`
	Time   schema.Instante `json:"time,omitempty"` // received, or visible
}

type trazaPickup struct {
	Account    string          `json:"account"`
	Key        string          `json:"key"`
	Address    string          `json:"address"`
	Client     string          `json:"client"`
	Algorithms string          `json:"algorithms"`
	Opened     schema.Instante `json:"opened"`
	First      schema.Instante `json:"first_byte,omitempty"`
	Last       schema.Instante `json:"last_byte,omitempty"`
	Time       schema.Instante `json:"time"` // its end
	Spans      string          `json:"spans"`
	Bytes      int64           `json:"bytes"`
	Closed     bool            `json:"closed"`   // false: the connection broke
	Complete   bool            `json:"complete"` // this handle alone read every byte
}

// trazaState is what all handles on a LOT together show.
type trazaState struct {
	State  string          `json:"state"`
	Opened schema.Instante `json:"opened,omitempty"`
	First  schema.Instante `json:"first_byte,omitempty"`
	Whole  schema.Instante `json:"whole,omitempty"`
	Times  int             `json:"times"`
}

func newTrazaState(c store.Cobertura, observable bool) *trazaState {
	s := &trazaState{State: c.Estado(), Times: c.Veces}
	if !observable {
		s.State = store.RecogidaNoObservable
	}
	for _, x := range []struct {
		at   time.Time
		into *schema.Instante
	}{{c.Abierta, &s.Opened}, {c.Leida, &s.First}, {c.Completa, &s.Whole}} {
		if !x.at.IsZero() {
			*x.into = schema.NewInstante(x.at)
		}
	}
	return s
}

func newTrazaPickup(p store.Recogida) trazaPickup {
	t := trazaPickup{Account: p.Cuenta, Key: p.Huella, Address: p.Direccion, Client: p.Cliente, Algorithms: p.Algoritmos,
		Opened: schema.NewInstante(p.Abierta), Time: schema.NewInstante(p.Cerrada), Spans: p.Tramos, Bytes: p.Cubiertos,
		Closed: p.Cierre, Complete: p.Completa}
	if !p.Primero.IsZero() {
		t.First, t.Last = schema.NewInstante(p.Primero), schema.NewInstante(p.Ultimo)
	}
	return t
}

type trazaAnswer struct {
	Type     string     `json:"type"`
	RES      via        `json:"res"`
	Acuse    string     `json:"acuse"`
	ACU      *via       `json:"acu"`
	Days     int        `json:"business_days"`
	InTime   bool       `json:"in_time"`
	Limit    schema.Dia `json:"limit"`
	Calendar string     `json:"calendar"`
	REP      *via       `json:"rep"`
}

type trazaRound struct {
	Round       int           `json:"round"`
	Institution string        `json:"institution"`
	REC         via           `json:"rec"`
	Turned      schema.Dia    `json:"assigned"`
	LOT         *via          `json:"lot"`
	Day0        schema.Dia    `json:"day_0"`
	Limit       schema.Dia    `json:"limit"`
	Calendar    string        `json:"calendar"`
	Blind       bool          `json:"pickups_not_observable,omitempty"` // the LOT lies on a server that is not ours
	Pickup      *trazaState   `json:"pickup"`
	Pickups     []trazaPickup `json:"pickups"`
	Answers     []trazaAnswer `json:"answers"`
}

func trace(w io.Writer, v *store.View, f schema.Folio, asJSON bool) error {
	all, err := v.Trace(f)
	if err != nil {
		return err
	}
	rounds := make([]trazaRound, len(all))
	for i, t := range all {
		rounds[i] = newRound(t)
	}
	events := []store.Evento{}
	if err := v.History(store.Consulta{Folio: f}, func(e store.Evento) error { events = append(events, e); return nil }); err != nil {
		return err
	}
	if len(events) == 0 {
		return fmt.Errorf("folio %s: nothing is known of it; 'buzon history' lists what is", f)
	}
	if asJSON {
		return json.NewEncoder(w).Encode(struct {
			Folio  schema.Folio   `json:"folio"`
			Rounds []trazaRound   `json:"rounds"`
			Events []store.Evento `json:"events"`
		}{f, rounds, events})
	}
	fmt.Fprintf(w, "folio %s\n", f)
	for _, r := range rounds {
		printRound(w, r)
	}
	fmt.Fprintln(w, "\nevents")
	for _, e := range events {
		code := ""
		if c, ok := e.Detalle["codigo"]; ok {
			code = fmt.Sprintf("  %v", c)
		}
		fmt.Fprintf(w, "  %6d  %s  %-22s %s%s\n", e.N, hourOf(e.Momento), e.Evento, e.Archivo, code)
	}
	return nil
}

func newRound(t store.Traza) trazaRound {
	c := t.Caso
	r := trazaRound{Round: c.Vuelta, Institution: c.UNE.String(), Turned: c.Turno, Day0: c.Dia0, Limit: c.Limite, Calendar: c.Calendario,
		REC:     via{t.REC.Nombre, c.Linea, t.REC.SHA256, schema.NewInstante(t.REC.Recibido)},
		Pickups: []trazaPickup{}, Answers: []trazaAnswer{}}
	r.LOT = viaSalida(t.LOT, t.LineaLOT)
	if t.LOT != nil {
		r.Blind = t.LOT.NoObservable
		r.Pickup = newTrazaState(t.Cobertura, !r.Blind)
	}
	for _, p := range t.Recogidas {
		r.Pickups = append(r.Pickups, newTrazaPickup(p))
	}
	for _, p := range t.Contestaciones {
		kind := "respuesta"
		if p.Tipo == store.TipoProrroga {
			kind = "prorroga"
		}
		r.Answers = append(r.Answers, trazaAnswer{Type: kind, RES: via{p.RES.Nombre, p.Linea, p.RES.SHA256, schema.NewInstante(p.Recibida)},
			Acuse: p.Acuse, ACU: viaSalida(p.ACU, 0), Days: p.Dias, InTime: p.Oportunidad == 1, Limit: p.Limite, Calendar: p.Calendario,
			REP: viaSalida(p.REP, 0)})
	}
	return r
}

func viaSalida(s *store.Salida, line int) *via {
	if s == nil {
		return nil
	}
	x := &via{File: s.Nombre, Line: line, SHA256: s.SHA256}
	if !s.Publicado.IsZero() {
		x.Time = schema.NewInstante(s.Publicado)
	}
	return x
}

func printRound(w io.Writer, r trazaRound) {
	fmt.Fprintf(w, "\nround %d, institution %s\n", r.Round, r.Institution)
	printVia(w, "came in", &r.REC)
	printVia(w, "delivered in", r.LOT)
	if r.LOT != nil {
		fmt.Fprintf(w, "  term          day 0 %s, limit %s, calendar %s\n", r.Day0, r.Limit, r.Calendar)
	}
	if r.Blind {
		fmt.Fprintf(w, "  %-13s not observable: the LOT lies on the institution's own server\n", "picked up")
	}
	if r.Pickup != nil && !r.Blind {
		fmt.Fprintf(w, "  %-13s %s\n", "pickup", r.Pickup.State)
	}
	for _, p := range r.Pickups {
		printPickup(w, p)
	}
	for _, a := range r.Answers {
		late := "in time"
		if !a.InTime {
			late = "late (extemporánea)"
		}
		printVia(w, a.Type, &a.RES)
		fmt.Fprintf(w, "  %-13s day %d, %s; limit %s; %s\n", "", a.Days, late, a.Limit, a.Acuse)
		printVia(w, "receipted in", a.ACU)
		printVia(w, "returned in", a.REP)
	}
}

func printPickup(w io.Writer, p trazaPickup) {
	what, much := "read in part", fmt.Sprintf("%d bytes were sent", p.Bytes)
	switch {
	case p.Complete:
		what, much = "picked up", "every byte was sent"
	case p.Bytes == 0:
		what, much = "opened", "no byte was sent"
	}
	if !p.Closed {
		much += ", the connection broke"
	}
	fmt.Fprintf(w, "  %-13s %s by %s from %s, %s\n  %-13s %s, key %s\n  %-13s %s\n", what, p.Time, p.Account, p.Address, much,
		"", p.Client, p.Key, "", p.Algorithms)
}

func printVia(w io.Writer, what string, x *via) {
	if x == nil {
		fmt.Fprintf(w, "  %-13s not yet\n", what)
		return
	}
	line := ""
	if x.Line > 0 {
		line = fmt.Sprintf(" line %d", x.Line)
	}
	at := string(x.Time)
	if at == "" {
		at = "not visible yet"
	}
	fmt.Fprintf(w, "  %-13s %s%s  %s\n  %-13s sha256 %s\n", what, x.File, line, at, "", x.SHA256)
}
