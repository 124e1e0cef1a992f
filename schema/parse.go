package schema

import "reflect"

// parsing is room in which lines are taken apart, one after another.
type parsing[T any] struct {
	fields []string
	record T
}

// parse takes a line apart by T's table of a version, unchecked; false is another
// number of fields. The room for it is kept for the next one, but nothing of the
// line.
func parse[T any](l *layout, line string) (r T, ok bool) {
	p, _ := l.rooms.Get().(*parsing[T])
	if p == nil {
		p = &parsing[T]{fields: make([]string, 0, len(l.columns))}
	}
	defer l.rooms.Put(p)
	fields, _ := l.split(line, p.fields)
	if fields == nil {
		return r, false
	}
	l.fill(reflect.ValueOf(&p.record).Elem(), fields)
	r, p.record = p.record, r
	clear(fields)
	return r, true
}
