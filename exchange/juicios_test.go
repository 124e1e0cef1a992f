package exchange

import (
	"testing"

	"buzon/schema"
)

// TestJuicios wants a judgement for each type that arrives, and for no other.
func TestJuicios(t *testing.T) {
	t.Parallel()
	for _, tipo := range schema.Tipos {
		if _, ok := juicios[tipo]; ok != tipo.Llega() {
			t.Errorf("%s arrives: %v; it is judged: %v", tipo, tipo.Llega(), ok)
		}
	}
}
