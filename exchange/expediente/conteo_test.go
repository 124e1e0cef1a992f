package expediente_test

import (
	"fmt"
	"testing"

	"buzon/exchange/expediente"
	"buzon/exchange/idatu"
	"buzon/schema"
)

// numbered makes an event one of another folio.
func numbered(n int, all ...entry) (out []entry) {
	for _, e := range all {
		e.Folio = schema.Folio(fmt.Sprintf("2026/090/%d", n))
		out = append(out, e)
	}
	return out
}

// counts are numerator and denominator of each criterion of an institution.
func counts(t *testing.T, x *expediente.Expediente, une schema.UNE, desde, hasta string) [10][2]int64 {
	t.Helper()
	var out [10][2]int64
	next := 1
	for _, c := range x.Conteos(day(desde), day(hasta)) {
		if c.Institucion != une {
			continue
		}
		if c.Criterio != next || c.Proceso != idatu.GE {
			t.Errorf("got %+v, want criterion %d", c, next)
		}
		out[next-1] = [2]int64{c.Numerador, c.Denominador}
		next++
	}
	return out
}

// TestConteos has one asunto in each log: what it adds to each criterion.
func TestConteos(t *testing.T) {
	t.Parallel()
	inTime, late := entry{"2026-03-10 10:00:00", answered("2026-03-10 10:00:00", 1)},
		entry{"2026-04-06 10:00:00", answered("2026-04-06 10:00:00", 2)}
	against := entry{"2026-03-10 10:00:00", answered("2026-03-10 10:00:00", 2)}
	partly := entry{"2026-03-10 10:00:00", answered("2026-03-10 10:00:00", 3)}
	more := entry{"2026-03-09", extended("2026-04-16", 10)}
	dic := func(tipo int) entry { return entry{"2026-04-20", dictamen(tipo)} }
	type c = [2]int64
	for name, x := range map[string]struct {
		log  []entry
		want [10][2]int64
	}{
		"open":                   {[]entry{more}, [10]c{}},
		"direct":                 {[]entry{inTime}, [10]c{{0, 1}, {6, 1}, {0, 1}, {0, 1}}},
		"direct, nobody answers": {[]entry{dic(7)}, [10]c{{1, 1}, {0, 0}, {0, 1}, {0, 1}}},
		"direct, late":           {[]entry{late}, [10]c{{1, 1}, {22, 1}, {0, 1}, {0, 1}}},
		"direct, marked":         {[]entry{inTime, dic(1)}, [10]c{{0, 1}, {6, 1}, {1, 1}, {0, 1}}},
		"direct, marked twice": {[]entry{inTime, dic(1), dic(2)},
			[10]c{{0, 1}, {6, 1}, {1, 1}, {0, 1}}},
		"direct, late and marked": {[]entry{late, dic(2)}, [10]c{{1, 1}, {22, 1}, {1, 1}, {0, 1}}},
		"direct, mark undone": {[]entry{inTime, dic(1), {"2026-04-20", undone(1)}},
			[10]c{{0, 1}, {6, 1}, {0, 1}, {0, 1}}},
		"prórroga": {[]entry{more, late},
			[10]c{3: {1, 1}, 4: {0, 1}, 5: {22, 1}, 6: {0, 1}}},
		"prórroga, marked": {[]entry{more, late, dic(2)},
			[10]c{3: {1, 1}, 4: {0, 1}, 5: {22, 1}, 6: {1, 1}}},
		"prórroga, nobody answers":     {[]entry{more, dic(7)}, [10]c{3: {1, 1}, 4: {1, 1}, 6: {0, 1}}},
		"desistimiento":                {[]entry{{"2026-03-09", dictamen(6)}}, [10]c{3: {0, 1}}},
		"desistimiento after prórroga": {[]entry{more, {"2026-03-10", dictamen(6)}}, [10]c{3: {0, 1}}},
		"desistimiento that went to CO": {[]entry{{"2026-03-09", dictamen(6)}, dic(3), dic(4)},
			[10]c{3: {0, 1}, 7: {0, 1}}},
		"nobody answers, went to CO": {[]entry{dic(3), dic(5)},
			[10]c{{1, 1}, {0, 0}, {0, 1}, {0, 1}, 7: {0, 1}}},
		"favourable that went": {[]entry{inTime, dic(3)},
			[10]c{{0, 1}, {6, 1}, {0, 1}, {0, 1}, 7: {1, 1}, 8: {0, 1}}},
		"partly favourable, not conciliated": {[]entry{partly, dic(3), dic(5)},
			[10]c{{0, 1}, {6, 1}, {0, 1}, {0, 1}, 7: {1, 1}, 8: {1, 1}}},
		"favourable, conciliated": {[]entry{inTime, dic(3), dic(4)},
			[10]c{{0, 1}, {6, 1}, {0, 1}, {0, 1}, 7: {1, 1}, 8: {0, 1}}},
		"not favourable that went": {[]entry{against, dic(3)},
			[10]c{{0, 1}, {6, 1}, {0, 1}, {0, 1}, 7: {0, 1}, 9: {0, 1}}},
		"not favourable, conciliated": {[]entry{against, dic(3), dic(4)},
			[10]c{{0, 1}, {6, 1}, {0, 1}, {0, 1}, 7: {0, 1}, 9: {1, 1}}},
		"not favourable, not conciliated": {[]entry{against, dic(3), dic(5)},
			[10]c{{0, 1}, {6, 1}, {0, 1}, {0, 1}, 7: {0, 1}, 9: {0, 1}}},
		"late, not favourable, conciliated": {[]entry{late, dic(3), dic(4)},
			[10]c{{1, 1}, {22, 1}, {0, 1}, {0, 1}, 7: {0, 1}, 9: {1, 1}}},
		"went, and that was undone": {[]entry{inTime, dic(3), {"2026-04-20", undone(3)}},
			[10]c{{0, 1}, {6, 1}, {0, 1}, {0, 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newRegistro(t)
			b.write(append([]entry{entrega}, x.log...))
			moment := "2026-05-01"
			if name == "open" {
				moment = "2026-04-16"
			}
			r := b.read(moment)
			same(t, "counts", counts(t, r, 900001, "2026-03-01", "2026-05-01"), x.want)
			if bad := idatu.Metodo2018().CheckConteos(r.Conteos(day("2026-03-01"),
				day("2026-05-01"))); len(bad) > 0 {
				t.Errorf("no counts of the method: %v", bad)
			}
			for criterio := range 12 {
				if n, d := r.Asuntos[0].Aporte(criterio); name == "open" && n+d > 0 {
					t.Errorf("open, and adds %d of %d to %d", n, d, criterio)
				}
				var sum [2]int64
				for _, p := range r.Evidencia(criterio, day("2026-03-01"), day("2026-05-01")) {
					sum[0], sum[1] = sum[0]+p.Numerador, sum[1]+1
				}
				want := [2]int64{}
				if criterio >= 1 && criterio <= 10 {
					want = x.want[criterio-1]
				}
				same(t, fmt.Sprintf("evidence of %d", criterio), sum, want)
			}
		})
	}
}

// TestPeriod has asuntos that are concluded at the edges of a quarter; the hour
// is Mexico City's.
func TestPeriod(t *testing.T) {
	t.Parallel()
	b := newRegistro(t)
	b.joins("2017-12-02", 900002, "Uniones de Crédito")
	var log []entry
	for n, reply := range []string{"2026-03-31 23:59:59", "2026-04-01 00:00:00", "2026-06-30 23:59:59",
		"2026-07-01 00:00:00"} {
		log = append(log, numbered(n+1,
			entry{"2026-03-12 09:00:00", delivered("2026-03-12", "2026-07-30")},
			entry{"2026-07-02", answered(reply, 1)})...)
	}
	// Nobody answers: it belongs to the day of its limit.
	log = append(log, numbered(5, entry{"2026-03-02 09:00:00", delivered("2026-03-02", "2026-03-31")})...)
	b.write(log)
	x := b.read("2026-07-03")
	concluded := func(desde, hasta string) int64 { return counts(t, x, 900001, desde, hasta)[3][1] }
	for want, period := range map[int64][2]string{
		0: {"2026-01-01", "2026-03-30"}, 2: {"2026-01-01", "2026-03-31"}, 3: {"2026-03-31", "2026-04-01"},
		4: {"2026-01-01", "2026-06-30"}, 5: {"2026-03-31", "2026-07-01"}, 1: {"2026-07-01", "2026-07-01"},
	} {
		same(t, fmt.Sprint(period), concluded(period[0], period[1]), want)
	}
	same(t, "the second quarter", concluded("2026-04-01", "2026-06-30"), int64(2))
	same(t, "days of four", counts(t, x, 900001, "2026-01-01", "2026-12-31")[1][1], int64(4))
	same(t, "who has nothing", counts(t, x, 900002, "2026-01-01", "2026-12-31"), [10][2]int64{})
	var folios []schema.Folio
	for _, p := range x.Evidencia(1, day("2026-03-31"), day("2026-04-01")) {
		folios = append(folios, p.Folio)
	}
	same(t, "evidence", folios, []schema.Folio{"2026/090/1", "2026/090/2", "2026/090/5"})
}

// TestPublished1 has a log with the counts of the first published ficha.
func TestPublished1(t *testing.T) {
	t.Parallel()
	b := newRegistro(t)
	cal := b.read("2018-01-01").Calendario
	byDay := map[schema.Dia][]suceso{}
	put := func(d schema.Dia, n int, e suceso) {
		e.Folio = schema.Folio(fmt.Sprintf("2018/090/%d", n))
		byDay[d] = append(byDay[d], e)
	}
	for n := range 57 {
		dia0 := cal.Vence(day("2018-01-02"), n)
		put(dia0, n, delivered(dia0.String(), cal.Vence(dia0, 20).String()))
		after := func(days int) schema.Dia { return cal.Vence(dia0, days) }
		if n >= 54 { // desistimientos
			put(after(4), n, dictamen(6))
			if n == 56 {
				put(after(5), n, dictamen(3))
			}
			continue
		}
		days, sentido := 16, 1
		if n < 21 {
			days = 17 // 21·17 + 33·16 = 885
		}
		if n%9 == 0 {
			sentido = 2
			put(after(days+1), n, dictamen(3))
		}
		put(after(days), n, answered(after(days).String(), sentido))
	}
	for d := day("2018-01-02"); d < day("2018-07-01"); d++ {
		if len(byDay[d]) > 0 {
			b.log(d.String(), byDay[d]...)
		}
	}
	x := b.read("2018-07-01")
	same(t, "counts", counts(t, x, 900001, "2018-01-01", "2018-06-30"), [10][2]int64{
		{0, 54}, {885, 54}, {0, 54}, {0, 57}, {}, {}, {}, {0, 7}, {}, {0, 6}})
	r, err := idatu.Metodo2018().Score(x.Conteos(day("2018-01-01"), day("2018-06-30")), nil)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "total", r.Instituciones[0].Proceso(idatu.GE).Total.FloatString(2), "96.76")

	var quarters [10][2]int64
	for _, q := range [][2]string{{"2018-01-01", "2018-03-31"}, {"2018-04-01", "2018-06-30"}} {
		part := counts(t, x, 900001, q[0], q[1])
		if part == ([10][2]int64{}) {
			t.Errorf("%v has nothing", q)
		}
		for i, c := range part {
			quarters[i][0], quarters[i][1] = quarters[i][0]+c[0], quarters[i][1]+c[1]
		}
	}
	same(t, "quarters", quarters, counts(t, x, 900001, "2018-01-01", "2018-06-30"))
}
