package exchange

import (
	"context"
	"errors"

	"buzon/schema"
)

// MaxAjenos is maxAjenos, for tests.
const MaxAjenos = maxAjenos

// Visit is what an upload brings: the institution is attended to, and told how it stands.
func (c *Cycle) Visit(ctx context.Context, une schema.UNE, dia schema.Dia, inf *Informe) error {
	return errors.Join(c.Attend(ctx, une, dia, inf), c.Estado(ctx, une))
}
