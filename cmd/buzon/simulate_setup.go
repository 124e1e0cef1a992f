package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/crypto/ssh"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/gateway"
	"buzon/exchange/simulacro"
	"buzon/exchange/simulacro/escenario"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// simulation is a rehearsal of months on one machine.
type simulation struct {
	dir, scenario string // scenario is the path of its file
	seed          uint64
	asJSON        bool
	escenario     *escenario.Escenario

	reloj  *simulacro.Reloj
	g      *gateway.Gateway
	heart  *gateway.Heart
	ensayo *simulacro.Ensayo
}

// inicio is the hour at which a rehearsal begins, on the day of its first row.
const inicio = 6 * 3600

// open writes the working set and builds the gateway over it.
func (s *simulation) open(ctx context.Context, errOut io.Writer) error {
	s.reloj = simulacro.NewReloj(s.escenario.Primero().At(inicio))
	roll := inventor.Roll(s.escenario.Instituciones())
	huellas, err := s.writeSet(roll)
	if err != nil {
		return err
	}
	cfg, err := config.Load(filepath.Join(s.dir, "buzon.yaml"))
	if err != nil {
		return err
	}
	cfg.Source.Settle = 0 // the times of files are not of a virtual clock
	log, err := newLogger(quiet(cfg.Log), errOut)
	if err != nil {
		return err
	}
	if err := markSimulacro(ctx, cfg, s.reloj.Now()); err != nil {
		return err
	}
	opts := optionsOf(cfg, log, s.reloj.Now, "simulate")
	opts.Unsynced = true
	if s.g, err = gateway.Open(ctx, opts); err != nil {
		return err
	}
	cal, err := s.g.Cycle.Calendario(ctx)
	if err != nil {
		return err
	}
	s.g.Cycle.Seguidas = true
	s.ensayo = &simulacro.Ensayo{Cycle: s.g.Cycle, Vista: s.g.Vista, CONDUSEF: s.g.Folder(exchange.CarpetaSalida), Reloj: s.reloj,
		Cal: cal, Padron: roll, Termino: cfg.Terms.Dias, Huellas: huellas, Seed: s.seed,
		Late:  func(ctx context.Context) error { return s.late(ctx) },
		Corte: func(ctx context.Context, dia schema.Dia) error { return s.g.Corte(ctx, dia, 0) }}
	if isTerminal(errOut) {
		show := progress(errOut)
		s.ensayo.Step = func(dia schema.Dia, done, total int) { show("SIMULACRO "+dia.String(), done, total) }
	}
	return nil
}

// writeSet makes the working set that 'buzon init --simulacro' makes, with the
// scenario's institutions in its roll, and gives the keys of their UNEs.
func (s *simulation) writeSet(roll []schema.Institucion) (map[schema.UNE]string, error) {
	keys := filepath.Join(s.dir, "llaves")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return nil, err
	}
	if s.scenario == "" {
		if err := s.writeScenario(); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	table := csv.NewWriter(&b)
	rows := [][]string{{"clave", "denominacion", "sector", "llave"}}
	huellas := map[schema.UNE]string{}
	for _, in := range roll {
		signer, err := newKeyFile(filepath.Join(keys, in.Clave.String()))
		if err != nil {
			return nil, err
		}
		public := signer.PublicKey()
		huellas[in.Clave] = ssh.FingerprintSHA256(public)
		rows = append(rows, []string{string(in.Clave.Clave()), in.Denominacion, in.Sector,
			string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(public))) + " simulacro"})
	}
	if err := table.WriteAll(rows); err != nil { // flushes
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(s.dir, config.FilePadron), b.Bytes(), 0o600); err != nil {
		return nil, err
	}
	_, _, err := config.Init(s.dir, true, s.reloj.Now())
	return huellas, err
}

// late records that our server is up: from its first call on, until close.
func (s *simulation) late(ctx context.Context) (err error) {
	if s.heart == nil {
		s.heart, err = gateway.NewHeart(ctx, s.g, true)
		return err
	}
	return s.heart.Beat(ctx)
}

// play plays the scenario and holds the log against it.
func (s *simulation) play(ctx context.Context) (*simulateReport, error) {
	j, err := s.ensayo.Play(ctx, s.escenario)
	if s.heart != nil {
		err = errors.Join(err, s.heart.Stop(context.WithoutCancel(ctx)))
	}
	if err != nil {
		return nil, err
	}
	c, err := s.ensayo.Cotejar(ctx, s.escenario)
	if err != nil {
		return nil, err
	}
	inf := &simulateReport{Simulacro: true, Scenario: s.scenario, Config: filepath.Join(s.dir, "buzon.yaml"),
		Rows: len(s.escenario.Filas), Institutions: len(s.ensayo.Padron), First: j.Primero, Last: j.Ultimo, BusinessDays: j.Habiles,
		CameTrue: c.Cumplidas, Problems: c.Fallas}
	return inf, s.g.Store.View(ctx, func(v *store.View) error {
		received, err := v.ActosDe(bitacora.ArchivoRecibido)
		if err != nil {
			return err
		}
		sent, err := v.ActosDe(bitacora.ArchivoPublicado)
		if err != nil {
			return err
		}
		inf.Files = received + sent
		inf.Events, err = v.Eventos()
		return err
	})
}

func (s *simulation) close() error {
	if s.g == nil {
		return nil
	}
	return s.g.Close()
}
