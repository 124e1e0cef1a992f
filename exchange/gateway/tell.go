package gateway

import (
	"context"

	"go.uber.org/zap"

	"buzon/exchange"
	"buzon/schema"
)

// ran tells what a run of the daemon's could not do, and has what may pass tried again.
func (g *Gateway) ran(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	g.tell(what, err)
	if g.after != nil {
		g.after(err)
	}
}

// tell logs what could not be done: with each party once for as long as it is the same,
// since nobody mends it sooner for a line every five minutes. Of those in well, or of all
// parties where none is named, what is not in err is well again.
func (g *Gateway) tell(what string, err error, well ...schema.Parte) {
	parties, rest := exchange.SplitErrors(err)
	if rest != nil {
		g.log.Error(what, zap.Error(rest), zap.String("class", string(exchange.ClassOf(rest))))
	}
	failed := map[schema.Parte]bool{}
	for _, p := range parties {
		failed[p.Parte] = true
		text := p.Error()
		if before, _ := g.lastTold.Swap(p.Parte, text); before == text {
			continue
		}
		class := exchange.ClassOf(p)
		log := g.log.Error
		if class == exchange.Passing {
			log = g.log.Warn
		}
		log(what, zap.Error(p), zap.String("class", string(class)))
	}
	if len(well) == 0 {
		g.lastTold.Range(func(parte, _ any) bool {
			well = append(well, parte.(schema.Parte))
			return true
		})
	}
	for _, parte := range well {
		if !failed[parte] {
			g.lastTold.Delete(parte)
		}
	}
}
