package schema

import (
	"strings"
	"unicode/utf8"
)

// The alphabets give each character its value: its place. They differ in what
// stands between N and O and behind Z.
const (
	alfabetoCURP = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
	alfabetoRFC  = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
)

// The generic RFCs: the public at large, and foreigners. Their last character is
// no check digit.
const (
	RFCPublico    = "XAXX010101000"
	RFCExtranjero = "XEXX010101000"
)

// ValidarCURP tells whether s has the structure of a CURP, in capitals, with a
// date that exists and the key of a state (or NE, born abroad), and whether its
// check digit is right. Where the structure is wrong digito is false.
func ValidarCURP(s string) (estructura, digito bool) {
	if !shaped(s, "lvllddddddsllcccxd") || !claveCURPConocida(s[11:13]) {
		return false, false
	}
	century := 1900
	if s[16] >= 'A' { // position 17 tells the century by its kind
		century = 2000
	}
	if !fechaExiste(century, s[4:10]) {
		return false, false
	}
	return true, DigitoCURP(s[:17]) == s[17]
}

// DigitoCURP gives the check digit of the first 17 characters of a CURP, or 0
// where they are not 17 of its alphabet.
func DigitoCURP(first17 string) byte {
	if utf8.RuneCountInString(first17) != 17 {
		return 0
	}
	sum, ok := sumaPonderada(first17, alfabetoCURP, 18)
	if !ok {
		return 0
	}
	return '0' + byte((10-sum%10)%10)
}

// ValidarRFC tells whether s has the structure of an RFC, in capitals, of 12
// characters (persona moral) or 13 (física), with a date that exists, and
// whether its check digit is right. Where the structure is wrong digito is
// false. Both are true for the generic RFCs. Which of the two lengths is due is
// the caller's to say; characters are not bytes.
func ValidarRFC(s string) (estructura, digito bool) {
	if s == RFCPublico || s == RFCExtranjero {
		return true, true
	}
	const figures = "ddddddxxe" // behind the name all is ASCII
	at := len(s) - len(figures)
	if at < 0 || !shaped(s[at:], figures) || !isNombreRFC(s[:at]) {
		return false, false
	}
	// The year has no century; every day of 19aa is one of 20aa too.
	if !fechaExiste(2000, s[at:at+6]) {
		return false, false
	}
	last := len(s) - 1
	return true, DigitoRFC(s[:last]) == s[last]
}

// DigitoRFC gives the check digit of an RFC without its last character, 0 to 9
// or A, or 0 (no character) where that is not 11 or 12 characters of the
// alphabet.
func DigitoRFC(withoutDigit string) byte {
	switch utf8.RuneCountInString(withoutDigit) {
	case 11:
		withoutDigit = " " + withoutDigit
	case 12:
	default:
		return 0
	}
	sum, ok := sumaPonderada(withoutDigit, alfabetoRFC, 13)
	if !ok {
		return 0
	}
	return "0A987654321"[sum%11]
}

// ValidarCLABE tells whether s is a CLABE: 18 digits, the last of which checks.
func ValidarCLABE(s string) bool {
	return len(s) == 18 && digits(s) && DigitoCLABE(s[:17]) == s[17]
}

// DigitoCLABE gives the check digit of the first 17 digits of a CLABE, or 0 where
// they are not 17 digits.
func DigitoCLABE(first17 string) byte {
	if len(first17) != 17 || !digits(first17) {
		return 0
	}
	sum := 0
	for i := range len(first17) {
		sum += int(first17[i]-'0') * [...]int{3, 7, 1}[i%3] % 10
	}
	return '0' + byte((10-sum%10)%10)
}

// sumaPonderada adds each character's value times its weight, which falls by one
// from first. It is not ok where a character is not of the alphabet.
func sumaPonderada(s, alphabet string, first int) (sum int, ok bool) {
	weight := first
	for _, r := range s {
		value, known := 0, true
		switch {
		case r >= '0' && r <= '9':
			value = int(r - '0')
		case r >= 'A' && r <= 'N':
			value = int(r-'A') + 10
		case r >= 'O' && r <= 'Z': // one character stands between N and O
			value = int(r-'A') + 11
		default:
			at := strings.IndexRune(alphabet, r)
			known = at >= 0
			value = utf8.RuneCountInString(alphabet[:max(at, 0)])
		}
		if !known {
			return 0, false
		}
		sum += value * weight
		weight--
	}
	return sum, true
}

// fechaExiste tells whether aammdd is a day of the century.
func fechaExiste(century int, aammdd string) bool {
	year := pair(aammdd[0], aammdd[1])
	return year >= 0 && diaDe(century+year, pair(aammdd[2], aammdd[3]), pair(aammdd[4], aammdd[5])) != 0
}

// isNombreRFC tells whether s may be the letters that an RFC begins with.
func isNombreRFC(s string) bool {
	n := 0
	for _, r := range s {
		if (r < 'A' || r > 'Z') && r != 'Ñ' && r != '&' {
			return false
		}
		n++
	}
	return n == 3 || n == 4
}
