package schema

import "strings"

// shaped tells whether s has the shape, byte by byte. A small letter in the shape
// stands for a class, any other byte for itself:
//
//	d  digit              v  capital vowel, or X
//	l  capital letter     c  capital consonant
//	x  either of these    s  H, M or X
//	e  digit, or A
//
// It does the work of a regular expression in each of a file's millions of rows.
func shaped(s, shape string) bool {
	if len(s) != len(shape) {
		return false
	}
	for i := range len(shape) {
		if class := shape[i]; class >= 'a' {
			if !classes[class-'a'][s[i]] {
				return false
			}
		} else if s[i] != class {
			return false
		}
	}
	return true
}

// classes says of each small letter of a shape which bytes it stands for.
var classes = func() (all [26][256]bool) {
	for i := range all {
		for b := range all[i] {
			all[i][b] = inClass(byte(b), 'a'+byte(i))
		}
	}
	return all
}()

func inClass(b, class byte) bool {
	digit, capital := b >= '0' && b <= '9', b >= 'A' && b <= 'Z'
	switch class {
	case 'd':
		return digit
	case 'l':
		return capital
	case 'x':
		return digit || capital
	case 'v':
		return strings.IndexByte("AEIOUX", b) >= 0
	case 'c':
		return capital && strings.IndexByte("AEIOU", b) < 0
	case 's':
		return b == 'H' || b == 'M' || b == 'X'
	case 'e':
		return digit || b == 'A'
	}
	return b == class
}

// listed tells whether word is one of the words of a list that blanks part, as
// tags write it.
func listed(list, word string) bool {
	for rest, more := list, true; more; {
		var one string
		if one, rest, more = strings.Cut(rest, " "); one == word {
			return true
		}
	}
	return false
}
