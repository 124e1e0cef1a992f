package store

import "database/sql/driver"

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
