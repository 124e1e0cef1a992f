package montaje

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/exchange/simulacro"
	"buzon/exchange/simulacro/escenario"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// Simulacion is a rehearsal of months on one machine.
type Simulacion struct {
	SimulacionOptions
	reloj  *simulacro.Reloj
	g      *gateway.Gateway
	heart  *gateway.Heart
	ensayo *simulacro.Ensayo
}

// SimulacionOptions says what a Simulacion is to be like.
type SimulacionOptions struct {
	Dir       string // a full path; it is not there yet, or empty
	Escenario *escenario.Escenario
	Archivo   string // the path of the scenario; "": it is left in Dir
	Seed      uint64
	Log       *zap.Logger
	Version   string                                // of the program
	Step      func(dia schema.Dia, done, total int) // is told of each día hábil; may be nil
}

// Desenlace says what came of a rehearsal.
type Desenlace struct {
	Simulacro    bool              `json:"simulacro"`
	Scenario     string            `json:"scenario"`
	Config       string            `json:"config"`
	Rows         int               `json:"rows"`
	CameTrue     int               `json:"came_true"`
	Institutions int               `json:"institutions"`
	First        schema.Dia        `json:"first_day"`
	Last         schema.Dia        `json:"last_day"`
	BusinessDays int               `json:"business_days"`
	Files        int64             `json:"files"` // received and published
	Events       int64             `json:"events"`
	Seconds      float64           `json:"seconds"`  // of the machine's clock
	Problems     []simulacro.Falla `json:"problems"` // all that did not come true
}

// inicio is the hour at which a rehearsal begins, on the day of its first row.
const inicio = 6 * 3600

// OpenSimulacion writes the working set and builds the gateway over it.
func OpenSimulacion(ctx context.Context, o SimulacionOptions) (*Simulacion, error) {
	s := &Simulacion{SimulacionOptions: o}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Simulacion) open(ctx context.Context) error {
	s.reloj = simulacro.NewReloj(s.Escenario.Primero().At(inicio))
	roll := inventor.Roll(s.Escenario.Instituciones())
	huellas, err := s.writeSet(roll)
	if err != nil {
		return err
	}
	cfg, err := config.Load(filepath.Join(s.Dir, config.FileYAML))
	if err != nil {
		return err
	}
	cfg.Source.Settle = 0 // the times of files are not of a virtual clock
	if _, err := gateway.InitStore(ctx, cfg, true, s.reloj.Now()); err != nil {
		return err
	}
	opts := gateway.Options{Config: cfg, Log: s.Log, Now: s.reloj.Now, Command: "simulate",
		Version: s.Version, Unsynced: true}
	if s.g, err = gateway.Open(ctx, opts); err != nil {
		return err
	}
	cal, err := s.g.Cycle.Calendario(ctx)
	if err != nil {
		return err
	}
	s.g.Cycle.Seguidas = true
	s.ensayo = &simulacro.Ensayo{Cycle: s.g.Cycle, Vista: s.g.Vista,
		CONDUSEF: s.g.Folder(schema.CarpetaSalida), Reloj: s.reloj,
		Cal: cal, Padron: roll, Termino: cfg.Terms.Dias, Huellas: huellas, Seed: s.Seed, Step: s.Step,
		Late:  func(ctx context.Context) error { return s.late(ctx) },
		Corte: func(ctx context.Context, dia schema.Dia) error { return s.g.Corte(ctx, dia, 0) }}
	return nil
}

// writeSet makes the working set that 'buzon init --simulacro' makes, with the
// scenario's institutions in its roll, and gives the keys of their UNEs.
func (s *Simulacion) writeSet(roll []schema.Inscripcion) (map[schema.UNE]string, error) {
	keys := filepath.Join(s.Dir, "llaves")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return nil, err
	}
	if s.Archivo == "" {
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
	if err := os.WriteFile(filepath.Join(s.Dir, config.FilePadron), b.Bytes(), 0o600); err != nil {
		return nil, err
	}
	_, _, err := config.Init(s.Dir, true, s.reloj.Now())
	return huellas, err
}

// writeScenario leaves a scenario that was made beside what is made of it.
func (s *Simulacion) writeScenario() (err error) {
	s.Archivo = filepath.Join(s.Dir, "escenario.csv")
	f, err := os.OpenFile(s.Archivo, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(s.Escenario.Write(f), f.Close())
}

// late records that our server is up: from its first call on, until close.
func (s *Simulacion) late(ctx context.Context) (err error) {
	if s.heart == nil {
		s.heart, err = gateway.NewHeart(ctx, s.g, true)
		return err
	}
	return s.heart.Pass(ctx)
}

// Play plays the scenario and holds the log against it.
func (s *Simulacion) Play(ctx context.Context) (*Desenlace, error) {
	j, err := s.ensayo.Play(ctx, s.Escenario)
	if s.heart != nil {
		ctx := context.WithoutCancel(ctx)
		err = errors.Join(err, s.heart.Pass(ctx), s.heart.Stop(ctx))
	}
	if err != nil {
		return nil, err
	}
	c, err := s.ensayo.Cotejar(ctx, s.Escenario)
	if err != nil {
		return nil, err
	}
	inf := &Desenlace{Simulacro: true, Scenario: s.Archivo, Config: filepath.Join(s.Dir, config.FileYAML),
		Rows: len(s.Escenario.Filas), Institutions: len(s.ensayo.Padron), First: j.Primero, Last: j.Ultimo,
		BusinessDays: j.Habiles,
		CameTrue:     c.Cumplidas, Problems: append([]simulacro.Falla{}, c.Fallas...)}
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

// Close ends the gateway.
func (s *Simulacion) Close() error {
	if s.g == nil {
		return nil
	}
	return s.g.Close()
}
