package schema

import "math/bits"

// Texts are gone over eight bytes at a time, each in its place of one number: in
// reading a file that is most of the work.
const (
	ones   = 0x0101010101010101
	highs  = 0x80 * ones // the bit that no ASCII byte has
	lows   = 0x7f * ones
	blanks = ' ' * ones
	bars   = '|' * ones
)

// eight gives the first eight bytes of s as a number, the first the lowest.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// zeros has the high bit of each byte of x that is 0.
func zeros(x uint64) uint64 { return ^((x&lows + lows) | x | lows) }

// isPlain8 tells whether eight bytes are ASCII without control characters.
func isPlain8(x uint64) bool {
	// A byte below a blank gets its high bit set, and it alone borrows from others.
	return (x|(x-blanks))&highs == 0 && zeros(x^lows) == 0
}

// isPlain tells whether s is ASCII without control characters.
func isPlain(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if !isPlain8(eight(s)) {
			return false
		}
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// cut appends the fields of line to dst, nil where they are not so many as wanted.
func cut(line string, want int, dst []string) []string {
	begin, i := 0, 0
	for ; i+8 <= len(line); i += 8 {
		for found := zeros(eight(line[i:]) ^ bars); found != 0; found &= found - 1 {
			if len(dst) == want-1 {
				return nil
			}
			at := i + bits.TrailingZeros64(found)/8
			dst, begin = append(dst, line[begin:at]), at+1
		}
	}
	for ; i < len(line); i++ {
		if line[i] != separator[0] {
			continue
		}
		if len(dst) == want-1 {
			return nil
		}
		dst, begin = append(dst, line[begin:i]), i+1
	}
	if len(dst) != want-1 {
		return nil
	}
	return append(dst, line[begin:])
}
