package main

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

// check holds what every side has in its hands against what was planned: the
// store's word alone would prove nothing.
func (d *demo) check(ctx context.Context, out io.Writer, rows []ops.EstadoUNE) error {
	bad := 0
	say := func(ok bool, format string, args ...any) {
		mark := "ok  "
		if !ok {
			mark, bad = "FAIL", bad+1
		}
		fmt.Fprintf(out, "%s  %s\n", mark, fmt.Sprintf(format, args...))
	}
	fmt.Fprintln(out)
	refused := d.plan.Rechazados()
	accepted := len(d.plan.Registros) - refused

	count, err := d.count(ctx)
	if err != nil {
		return err
	}
	say(count.Recibidas == len(d.plan.Registros) && count.Entregadas == accepted && count.Rechazadas == refused,
		"received %d = delivered %d + refused %d", count.Recibidas, count.Entregadas, count.Rechazadas)

	found, err := d.findings()
	if err != nil {
		return err
	}
	say(slices.Equal(found, d.planted()), "the RCH for CONDUSEF has each of the %d mistakes that were planted, and no other", len(d.plan.Defectos))

	lots, sent := 0, 0
	for _, u := range d.unes {
		lots += u.received
		for _, a := range u.acuses {
			sent += len(a.Registros)
			ok := a.Sello.AcuResultado == "1"
			say(ok && len(u.rechazos) == 0, "%s: %s, sealed, %d records accepted", u.clave, a.Sello.AcuFolio, len(a.Registros))
		}
	}
	say(lots == accepted, "the UNEs hold %d folios in LOTs whose hashes are right", lots)

	returned, err := d.returned()
	if err != nil {
		return err
	}
	say(returned == sent && sent > 0, "CONDUSEF holds %d answers in its REP, the UNEs sent %d", returned, sent)

	whole := 0
	for _, r := range rows {
		if r.PickedUp == r.Delivered && r.Answered == r.Receipted && r.Receipted == r.Returned {
			whole++
		}
	}
	say(whole == len(rows) && whole > 0, "%d of %d institutions with rows picked up all, and each answer was receipted and returned", whole, len(rows))
	if bad > 0 {
		return fmt.Errorf("demo: %d checks failed", bad)
	}
	return nil
}

func (d *demo) count(ctx context.Context) (c store.Cuenta, err error) {
	err = d.g.Store.View(ctx, func(v *store.View) (err error) {
		c, err = v.Contar(d.dia)
		return err
	})
	return c, err
}

// planted is what the RCH must say: line, field, code.
func (d *demo) planted() (all []string) {
	for _, x := range d.plan.Defectos {
		all = append(all, fmt.Sprintf("%d %s %s", x.Indice+2, x.Campo, x.Codigo))
	}
	slices.Sort(all)
	return all
}

// findings is what the RCH in CONDUSEF's hands says.
func (d *demo) findings() (all []string, err error) {
	name := strings.Replace(d.rec, "GE_REC_", "GE_RCH_REC_", 1)
	names, err := d.condusef.Received()
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
func (d *demo) returned() (n int, err error) {
	names, err := d.condusef.Received()
	for _, name := range names {
		if strings.HasPrefix(name, "GE_REP_") {
			err = errors.Join(err, readRecords(d, name, func(*schema.Retorno) { n++ }))
		}
	}
	return n, err
}

// readRecords reads a file in CONDUSEF's hands; any mistake in it is an error.
func readRecords[R schema.Registro](d *demo, name string, each func(*R)) error {
	content, err := d.condusef.Read(name)
	if err != nil {
		return err
	}
	ex, err := schema.Examine(name, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }, nil)
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
