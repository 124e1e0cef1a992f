package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// estado is what is expected and done on an operation day.
type estado struct {
	Simulacro    bool              `json:"simulacro,omitempty"`
	Day          schema.Dia        `json:"day"`
	Business     bool              `json:"business_day"`
	Corte        schema.Hora       `json:"-"`
	past         bool              // its corte's hour has come
	Cut          bool              `json:"cut"`
	Closed       bool              `json:"closed"`
	Received     int               `json:"records_received"`
	Delivered    int               `json:"records_delivered"`
	Refused      int               `json:"records_refused"`
	Files        []estadoREC       `json:"files"`
	Institutions []estadoUNE       `json:"institutions"`
	Unpublished  int               `json:"files_not_visible_yet"`
	Open         int               `json:"folios_open"`
	Soon         int               `json:"folios_due_soon"` // within terms.por_vencer días hábiles
	Overdue      int               `json:"folios_overdue"`
	Due          []estadoPlazos    `json:"due"`                  // by institution
	DueFolios    []estadoPlazo     `json:"due_folios,omitempty"` // with --due
	LastRun      *estadoRun        `json:"last_run"`
	Next         map[string]string `json:"next"`
	Absent       []string          `json:"catalogs_absent"`            // that the configuration does not load
	Keyless      []string          `json:"institutions_without_key"`   // whose UNE cannot sign in
	Unfetched    map[string]int    `json:"lots_not_picked_up"`         // by institution, of those that were told of
	Head         *estadoHead       `json:"checkpoint"`                 // the newest head of the log that was signed; null: none yet
	Missing      []estadoAusente   `json:"contents_missing,omitempty"` // that the store names and archivo/ has not
	Suspended    []string          `json:"institutions_suspended"`
	Ending       []estadoLlave     `json:"keys_ending"` // within server.key_warning
	Warnings     []string          `json:"warnings"`
}

// estadoAusente is a content that was looked for in vain.
type estadoAusente struct {
	SHA256 schema.Huella   `json:"sha256"`
	Party  string          `json:"party"`
	File   string          `json:"file"`
	Since  schema.Instante `json:"since"`
	Remedy string          `json:"remedy"`
}

type estadoLlave struct {
	Institution string `json:"institution"`
	credencialLlave
}

// estadoPlazos is how the terms of an institution's open folios stand.
type estadoPlazos struct {
	Institution string `json:"institution"`
	InTime      int    `json:"a_tiempo"`
	Soon        int    `json:"por_vencer"`
	Overdue     int    `json:"vencido"`
}

// estadoPlazo is an open folio whose term ends soon, or ended.
type estadoPlazo struct {
	Institution string       `json:"institution"`
	Folio       schema.Folio `json:"folio"`
	Round       int          `json:"round"`
	Limit       schema.Dia   `json:"limit"`
	Left        int          `json:"business_days_left"` // negative: since then
	State       string       `json:"state"`
}

type estadoREC struct {
	File     string `json:"file"`
	Result   string `json:"result"`
	Records  int    `json:"records"`
	Accepted int    `json:"accepted"`
}

type estadoUNE struct {
	Institution string `json:"institution"`
	Received    int    `json:"received"`
	Delivered   int    `json:"delivered"`
	PickedUp    int    `json:"picked_up"`
	Blind       int    `json:"not_observable,omitempty"` // delivered where nobody sees a pickup
	Answered    int    `json:"answered"`
	Receipted   int    `json:"receipted"`
	Returned    int    `json:"returned"`
}

func newEstadoUNE(a store.Avance) estadoUNE {
	return estadoUNE{a.UNE.String(), a.Recibidas, a.Entregadas, a.Recogidas, a.NoObservables, a.Atendidas, a.Acusadas, a.Devueltas}
}

// estadoHead is a signed head of the log. Parties that picked it up whole can
// tell whether what came before it is changed.
type estadoHead struct {
	Events    int64           `json:"events"`
	Time      schema.Instante `json:"time"`
	Witnesses int             `json:"witnesses"`
	Witnessed int64           `json:"witnessed"` // events of the newest head that anybody picked up; 0: nobody did
}

func readHead(v *store.View) (*estadoHead, error) {
	all, err := v.UltimosPuntos(1)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	h := &estadoHead{Events: all[0].Tamano, Time: schema.NewInstante(all[0].Momento)}
	h.Witnesses, h.Witnessed, err = v.Testigos()
	return h, err
}

type estadoRun struct {
	Day   schema.Dia      `json:"day"`
	Cause string          `json:"cause"`
	Start schema.Instante `json:"start"`
	End   schema.Instante `json:"end,omitempty"`
	Error string          `json:"error,omitempty"`
}

func statusCmd() *cobra.Command {
	var path, date string
	var asJSON, due bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show what is expected and done on an operation day",
		Long: `Show what came, what was delivered, picked up, answered and sent back on an
operation day, and what is overdue. Exit code 3 says that something is.

--due lists each open folio that is por_vencer (its limit is within
terms.por_vencer días hábiles) or vencido.`,
		Example: "  buzon status -c gateway/buzon.yaml\n  buzon status -c gateway/buzon.yaml --date 2026-03-02 --json\n  buzon status -c gateway/buzon.yaml --due",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var e *estado
			err := askStore(c, path, func(cfg *config.Config, v *store.View) (err error) {
				now, err := nowOf(v)
				if err != nil {
					return err
				}
				var dia schema.Dia
				if date != "" {
					if dia, err = schema.ParseDia(date); err != nil {
						return usageError{fmt.Errorf("--date: %w", err)}
					}
				}
				if e, err = statusOf(v, cfg, dia, now); err == nil && due {
					err = e.readDue(v, cfg, now)
				}
				return err
			})
			if err != nil {
				return err
			}
			if asJSON {
				err = json.NewEncoder(c.OutOrStdout()).Encode(e)
			} else {
				err = printEstado(c.OutOrStdout(), e)
			}
			if err == nil && len(e.Warnings) > 0 {
				return errObserved
			}
			return err
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&date, "date", "", "the operation day, AAAA-MM-DD")
	c.Flags().BoolVar(&due, "due", false, "list the folios that are due soon or overdue, too")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// statusOf gives the state of an operation day at a moment; day 0 is the one under
// way, or the next.
func statusOf(v *store.View, cfg *config.Config, dia schema.Dia, now time.Time) (*estado, error) {
	cal, err := v.Calendario()
	if err != nil {
		return nil, err
	}
	p := exchange.Plazos{Corte: cfg.Schedule.Corte, FinDePlazo: cfg.Schedule.FinDePlazo, PorVencer: cfg.Terms.PorVencer}
	if dia == 0 {
		if dia = schema.DiaDe(now); !cal.Habil(dia) {
			dia = cal.Siguiente(dia)
		}
	}
	e, err := readEstado(v, p, dia, now)
	if err != nil {
		return nil, err
	}
	if err := e.readTerms(v, p.Umbral(cal, now)); err != nil {
		return nil, err
	}
	e.warn(p, now)
	e.Absent = absent(cfg.Catalogos)
	return e, e.readRoll(v, cfg, now)
}

// absent names the catalogs that are not loaded: their rules know less.
func absent(c schema.Catalogos) []string {
	out := []string{}
	for _, x := range []struct {
		name   string
		absent bool
	}{{"municipios", c.Municipio == nil}, {"causas", c.Causa == nil}, {"cp", c.CP == nil}} {
		if x.absent {
			out = append(out, x.name)
		}
	}
	return out
}

// nowOf is the machine's clock; a rehearsal's stands at its last event.
func nowOf(v *store.View) (now time.Time, err error) {
	now = time.Now()
	simulacro, err := v.Simulacro()
	if err != nil || !simulacro {
		return now, err
	}
	err = v.History(store.Consulta{Ultimos: true, Limite: 1}, func(e bitacora.Evento) error {
		now = e.Momento
		return nil
	})
	return now, err
}

func readEstado(v *store.View, p exchange.Plazos, dia schema.Dia, now time.Time) (e *estado, err error) {
	cal, err := v.Calendario()
	if err != nil {
		return nil, err
	}
	e = &estado{Day: dia, Business: cal.Habil(dia), Corte: p.Corte, Files: []estadoREC{}, Institutions: []estadoUNE{}, Due: []estadoPlazos{},
		Next: map[string]string{}, Keyless: []string{}, Suspended: []string{}, Ending: []estadoLlave{}, Warnings: []string{}}
	if e.Simulacro, err = v.Simulacro(); err != nil {
		return nil, err
	}
	j, err := v.Jornada(dia)
	if err != nil {
		return nil, err
	}
	e.Cut, e.Closed = !j.Corte.IsZero(), !j.Cerrada.IsZero()
	count, err := v.Contar(dia)
	if err != nil {
		return nil, err
	}
	e.Received, e.Delivered, e.Refused = count.Recibidas, count.Entregadas, count.Rechazadas
	recs, err := v.ArchivosDe(dia, schema.REC)
	if err != nil {
		return nil, err
	}
	for _, a := range recs {
		e.Files = append(e.Files, estadoREC{a.Nombre, a.Resultado.String(), a.Registros, a.Aceptados})
	}
	all, err := v.Avances(dia)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		e.Institutions = append(e.Institutions, newEstadoUNE(a))
	}
	if err := e.readPending(v, now); err != nil {
		return nil, err
	}
	open, err := v.JornadasPorCerrar()
	for _, d := range open {
		if d != dia {
			e.Warnings = append(e.Warnings, fmt.Sprintf("%s stays open; ask with --date %s", d, d))
		}
	}
	return e, err
}

func (e *estado) readPending(v *store.View, now time.Time) (err error) {
	if e.Unfetched, err = v.SinRecoger(); err != nil {
		return err
	}
	if e.Head, err = readHead(v); err != nil {
		return err
	}
	if e.Unpublished, err = v.SinPublicar(); err != nil {
		return err
	}
	if e.Open, err = v.Abiertas(); err != nil {
		return err
	}
	missing, err := v.Ausentes()
	if err != nil {
		return err
	}
	for _, a := range missing {
		e.Missing = append(e.Missing, estadoAusente{a.SHA256, a.Parte, a.Nombre, schema.NewInstante(a.Desde), a.Remedio()})
	}
	due, err := v.Pendientes()
	if err != nil {
		return err
	}
	for _, p := range due {
		e.Next[p.Tarea] = string(schema.NewInstante(p.Para))
	}
	run, err := v.UltimaCorrida()
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	e.LastRun = &estadoRun{Day: run.Jornada, Cause: run.Causa, Start: schema.NewInstante(run.Inicio), Error: run.Error}
	if !run.Fin.IsZero() {
		e.LastRun.End = schema.NewInstante(run.Fin)
	}
	return nil
}

// readRoll tells whose UNE cannot sign in, or soon cannot.
func (e *estado) readRoll(v *store.View, cfg *config.Config, now time.Time) error {
	roll, err := readCredenciales(v, cfg, now)
	for _, c := range roll {
		if c.State == "suspended" {
			e.Suspended = append(e.Suspended, c.Institution)
		}
		if c.keyless != "" {
			e.Keyless = append(e.Keyless, c.Institution)
		}
		if c.lapsed {
			e.Warnings = append(e.Warnings, c.Institution+": "+c.keyless)
		}
		for _, k := range c.Keys {
			if k.ending {
				e.Ending = append(e.Ending, estadoLlave{c.Institution, k})
			}
		}
	}
	return err
}

// warn says what somebody should look at.
func (e *estado) warn(p exchange.Plazos, now time.Time) {
	add := func(format string, args ...any) { e.Warnings = append(e.Warnings, fmt.Sprintf(format, args...)) }
	e.past = e.Business && !now.Before(e.Day.At(p.Corte))
	switch {
	case e.past && len(e.Files) == 0:
		add("no REC came from CONDUSEF for %s; ask them, and look at the last run", e.Day)
	case e.past && !e.Cut:
		add("the corte of %s (%s) was not done; is the daemon running?", e.Day, p.Corte)
	case e.Cut && !e.Closed:
		add("%s stays open: %d received, %d delivered, %d refused", e.Day, e.Received, e.Delivered, e.Refused)
	}
	if e.Refused > 0 {
		add("%d records of CONDUSEF were refused; the RCH in entrada/ says why", e.Refused)
	}
	if e.Unpublished > 0 {
		add("%d files are made and not visible yet; the next run tries again", e.Unpublished)
	}
	for _, m := range e.Missing {
		add("the content of %s of %s is missing (%s): %s", m.File, m.Party, m.SHA256[:8], m.Remedy)
	}
	for _, une := range slices.Sorted(maps.Keys(e.Unfetched)) {
		add("%s did not pick up %d of its LOTs; 'buzon history --event no_recogido' says when our server was up", une, e.Unfetched[une])
	}
	if e.Overdue > 0 {
		add("%d folios passed their limit without an answer", e.Overdue)
	}
	if e.LastRun != nil && e.LastRun.Error != "" {
		add("the last run failed: %s", strings.ReplaceAll(e.LastRun.Error, "\n", "; "))
	}
}
