package schema

import (
	"strings"
	"testing"
)

// TestNombres reads names of every type, and what is wrong with others: a name that bears
// what its type has not would be another party's.
func TestNombres(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"GE_REC_20260302_001.txt":            "",
		"GE_LOT_00900001_20260302_001.txt":   "",
		"GE_RES_00900001_20260318_899.txt":   "",
		"GE_ACU_00900001_20260318_900.txt":   "",
		"GE_ACU_REC_20260302_001_2.txt":      "",
		"GE_RCH_DIC_20260319_001.txt":        "",
		"GE_REC_00900001_20260302_001.txt":   "bears no clave",
		"GE_REP_REC_20260302_001.txt":        "bears no clave",
		"GE_LOT_20260302_001.txt":            "bears its owner",
		"GE_ACU_20260302_001.txt":            "bears its owner",
		"GE_LOT_REC_20260302_001.txt":        "bears a clave8",
		"GE_RES_DIC_20260302_001.txt":        "bears a clave8",
		"GE_ACU_RES_20260302_001.txt":        "not GE_",
		"GE_ACU_XYZ_20260302_001.txt":        "not GE_",
		"GE_NNN_20260302_001.txt":            "unknown type NNN",
		"GE_LOT_00000000_20260302_001.txt":   "clave 00000000",
		"GE_REC_20260230_001.txt":            "does not exist",
		"GE_REC_20260302_000.txt":            "begins with 001",
		"GE_REC_20260302_900.txt":            "001 to 899",
		"GE_RES_00900001_20260302_001_2.txt": "ends in _k",
		"GE_ACU_00900001_20260302_001_1.txt": "ends in _k",
		"ge_REC_20260302_001.txt":            "not GE_",
	} {
		n, err := ParseNombre(s)
		switch {
		case want == "" && (err != nil || n.String() != s):
			t.Errorf("%s: %v, reads %s", s, err, n)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %s", s, err, want)
		}
	}
}
