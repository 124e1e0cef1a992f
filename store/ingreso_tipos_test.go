package store

import (
	"testing"

	"buzon/schema"
)

// TestIngresables wants what is done with the records of each type that arrives.
func TestIngresables(t *testing.T) {
	t.Parallel()
	for _, tipo := range schema.Tipos {
		if k, ok := ingresables[tipo]; ok != tipo.Llega() {
			t.Errorf("%s arrives: %v; the store takes it in: %v", tipo, tipo.Llega(), ok)
		} else if ok && (k.lista == "" || k.rehusado == nil || k.apply == nil || k.folios == "") {
			t.Errorf("%s: its row lacks something: %+v", tipo, k)
		}
	}
}
