package config

import (
	"reflect"
	"strings"
	"testing"

	"buzon/schema"
)

// TestTodoONadaNamesWhatArrives holds the types that a key may name against the table.
func TestTodoONadaNamesWhatArrives(t *testing.T) {
	t.Parallel()
	f, ok := reflect.TypeFor[Layout]().FieldByName("TodoONada")
	if !ok {
		t.Fatal("no such key")
	}
	named := strings.Split(f.Tag.Get("oneof"), ",")
	var arrive []string
	for _, tipo := range schema.Tipos {
		if tipo.Llega() {
			arrive = append(arrive, string(tipo))
		}
	}
	if !reflect.DeepEqual(named, arrive) {
		t.Errorf("layout.todo_o_nada takes %v, what arrives is %v", named, arrive)
	}
}
