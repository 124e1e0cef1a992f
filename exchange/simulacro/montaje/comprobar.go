package montaje

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"buzon/exchange/ops"
	"buzon/schema"
	"buzon/store"
)

// Comprobacion is one thing that was held against what was planned.
type Comprobacion struct {
	OK  bool
	Que string
}

// Check holds what every side has in its hands against what was planned: the
// store's word alone would prove nothing. rows is what Avances gave. With an error it
// gives what was held before.
func (d *Demo) Check(ctx context.Context, rows []ops.EstadoUNE) (all []Comprobacion, err error) {
	say := func(ok bool, format string, args ...any) {
		all = append(all, Comprobacion{ok, fmt.Sprintf(format, args...)})
	}
	refused := d.Plan.Rechazados()
	accepted := len(d.Plan.Registros) - refused

	count, err := d.count(ctx)
	if err != nil {
		return all, err
	}
	say(count.Recibidas == len(d.Plan.Registros) && count.Entregadas == accepted &&
		count.Rechazadas == refused,
		"received %d = delivered %d + refused %d", count.Recibidas, count.Entregadas, count.Rechazadas)

	found, err := d.findings()
	if err != nil {
		return all, err
	}
	say(slices.Equal(found, d.planted()),
		"the RCH for CONDUSEF has each of the %d mistakes that were planted, and no other",
		len(d.Plan.Defectos))

	lots, sent := 0, 0
	for _, u := range d.UNEs {
		lots += u.received
		for _, a := range u.acuses {
			sent += len(a.Registros)
			ok := a.Sello.AcuResultado == "1"
			say(ok && len(u.rechazos) == 0, "%s: %s, sealed, %d records accepted", u.Clave, a.Sello.AcuFolio,
				len(a.Registros))
		}
	}
	say(lots == accepted, "the UNEs hold %d folios in LOTs whose hashes are right", lots)

	returned, err := d.returned()
	if err != nil {
		return all, err
	}
	say(returned == sent && sent > 0, "CONDUSEF holds %d answers in its REP, the UNEs sent %d", returned,
		sent)

	whole := 0
	for _, r := range rows {
		if r.PickedUp == r.Delivered && r.Answered == r.Receipted && r.Receipted == r.Returned {
			whole++
		}
	}
	say(whole == len(rows) && whole > 0,
		"%d of %d institutions with rows picked up all, and each answer was receipted and returned", whole,
		len(rows))
	return all, nil
}

func (d *Demo) count(ctx context.Context) (c store.Balance, err error) {
	err = d.Gateway.Store.View(ctx, func(v *store.View) (err error) {
		c, err = v.Balance(d.Dia)
		return err
	})
	return c, err
}

// planted is what the RCH must say: line, field, code.
func (d *Demo) planted() (all []string) {
	for _, x := range d.Plan.Defectos {
		all = append(all, fmt.Sprintf("%d %s %s", x.Indice+2, x.Campo, x.Codigo))
	}
	slices.Sort(all)
	return all
}

// findings is what the RCH in CONDUSEF's hands says.
func (d *Demo) findings() (all []string, err error) {
	name := strings.Replace(d.REC, "GE_REC_", "GE_RCH_REC_", 1)
	names, err := d.CONDUSEF.Received()
	if err != nil || !slices.Contains(names, name) { // an RCH is written only where there is a finding
		return nil, err
	}
	err = readRecords(d, name, func(r *schema.Rechazo) {
		all = append(all, fmt.Sprintf("%s %s %s", r.RchLinea, r.RchCampo, r.RchCodigo))
	})
	slices.Sort(all)
	return all, err
}

// returned counts the answers in the REPs in CONDUSEF's hands.
func (d *Demo) returned() (n int, err error) {
	names, err := d.CONDUSEF.Received()
	for _, name := range names {
		if strings.HasPrefix(name, "GE_REP_") {
			err = errors.Join(err, readRecords(d, name, func(*schema.Retorno) { n++ }))
		}
	}
	return n, err
}

// readRecords reads a file in CONDUSEF's hands; any mistake in it is an error.
func readRecords[R schema.Registro](d *Demo, name string, each func(*R)) error {
	content, err := d.CONDUSEF.Read(name)
	if err != nil {
		return err
	}
	ex, err := schema.Examine(name, func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}, nil)
	if err != nil {
		return err
	}
	count, err := schema.Walk(ex, func(l *schema.Linea[R]) error {
		each(&l.Registro)
		return nil
	}, nil)
	if err == nil && count.Resultado != schema.Aceptado {
		err = fmt.Errorf("%s: the gateway wrote a file that is wrong: %s", name, ex.Codigo())
	}
	return err
}
