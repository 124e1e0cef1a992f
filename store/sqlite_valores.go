package store

import (
	"bytes"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"

	"buzon/schema"
)

// valores are the columns of a row that was read: int64, string, []byte or nil, as STRICT
// tables have them. They hold until the next row.
type valores []driver.Value

// Scan takes the columns over into what dest points to. What points to a text, a number
// or a bool of whatever name takes no NULL.
func (v valores) Scan(dest ...any) error {
	if len(dest) != len(v) {
		return fmt.Errorf("%d columns for %d places", len(v), len(dest))
	}
	for i, d := range dest {
		if !toma(d, v[i]) {
			if err := v.otro(i, d); err != nil {
				return fmt.Errorf("column %d: %w", i, err)
			}
		}
	}
	return nil
}

// toma takes what most columns are.
func toma(dest any, value driver.Value) bool {
	switch d := dest.(type) {
	case *int64:
		n, ok := value.(int64)
		*d = n
		return ok
	case *int:
		n, ok := value.(int64)
		*d = int(n)
		return ok
	case *string:
		s, ok := value.(string)
		*d = s
		return ok
	case *schema.Parte:
		s, ok := value.(string)
		return ok && d.UnmarshalText([]byte(s)) == nil
	}
	return false
}

// otro takes a column into what is of a type of its own.
func (v valores) otro(i int, dest any) error {
	if s, ok := dest.(sql.Scanner); ok {
		return s.Scan(v[i])
	}
	to := reflect.ValueOf(dest).Elem()
	switch x := v[i].(type) {
	case int64:
		switch {
		case to.CanInt() && !to.OverflowInt(x):
			to.SetInt(x)
			return nil
		case to.CanUint() && x >= 0 && !to.OverflowUint(uint64(x)):
			to.SetUint(uint64(x))
			return nil
		case to.Kind() == reflect.Bool && (x == 0 || x == 1):
			to.SetBool(x == 1)
			return nil
		}
	case string:
		if to.Kind() == reflect.String {
			to.SetString(x)
			return nil
		}
	case []byte:
		switch {
		case to.Kind() == reflect.Slice && to.Type().Elem().Kind() == reflect.Uint8:
			to.SetBytes(bytes.Clone(x))
			return nil
		case to.Kind() == reflect.String:
			to.SetString(string(x))
			return nil
		}
	case nil:
		if to.Kind() == reflect.Slice {
			to.SetZero()
			return nil
		}
	}
	return fmt.Errorf("a %T for a %s", v[i], to.Type())
}

// texto is a column that is TEXT, "" where it is NULL.
func texto(v driver.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// entero is a column that is INTEGER, 0 where it is NULL.
func entero(v driver.Value) int64 {
	n, _ := v.(int64) // STRICT tables have nothing else
	return n
}
