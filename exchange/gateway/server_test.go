package gateway

import (
	"reflect"
	"slices"
	"testing"

	"buzon/config"
)

// TestEveryBoundIsSet: a bound of the server that no key of the configuration sets would
// bound nothing, whatever the key says.
func TestEveryBoundIsSet(t *testing.T) {
	t.Parallel()
	s := config.Default().Server
	byFile := []string{"FileBytes"} // uploadBytes has it, of each file
	for _, bounds := range []any{limitsOf(&s), quotaOf(&s, false)} {
		v := reflect.ValueOf(bounds)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if v.Field(i).IsZero() != slices.Contains(byFile, name) {
				t.Errorf("%s.%s is %v", v.Type(), name, v.Field(i))
			}
		}
	}
}
