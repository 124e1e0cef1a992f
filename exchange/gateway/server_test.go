package gateway

import (
	"reflect"
	"slices"
	"testing"

	"buzon/config"
	"buzon/schema"
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

// TestUploadBytes: who leaves the larger files may leave them, and an annex has a limit of
// its own.
func TestUploadBytes(t *testing.T) {
	t.Parallel()
	g := opened(t)
	g.Config.Source.Account = &config.OwnAccount{Name: schema.CONDUSEF}
	g.Config.Layout.MaxBytes = map[schema.Tipo]int64{schema.DIC: schema.REC.MaxBytes() + 1}
	g.Config.Server.MaxAnnexBytes = 7
	res := schema.RES.MaxBytes()
	for _, c := range []struct {
		account, name string
		want          int64
	}{
		{schema.CONDUSEF, "GE_REC_20260302_001.txt", schema.REC.MaxBytes() + 1},
		{"00900001", "GE_RES_00900001_20260318_001.txt", res},
		{"00900001", "contrato.pdf", 7},
		{"00900001", "carga.tmp", res}, // it may become either
	} {
		if got := g.uploadBytes(c.account, c.name); got != c.want {
			t.Errorf("%s, %s: %d bytes, want %d", c.account, c.name, got, c.want)
		}
	}
}
