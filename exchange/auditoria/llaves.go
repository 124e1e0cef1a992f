package auditoria

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"buzon/store"
)

// maxLlaves is the largest llaves.txt that is read, in bytes.
const maxLlaves = 1 << 20

// ReadLlaves reads the keys of seals as estado/llaves.txt tells of them: a line
// each, its name and its 32 bytes in base64; what follows on the line, empty lines
// and those that begin with # say nothing.
func ReadLlaves(r io.Reader) (all []store.LlaveDeSello, err error) {
	text, err := io.ReadAll(io.LimitReader(r, maxLlaves+1))
	if err == nil && len(text) > maxLlaves {
		err = fmt.Errorf("over %d bytes", maxLlaves)
	}
	if err != nil {
		return nil, err
	}
	for i, line := range strings.Split(string(text), "\n") {
		cols := strings.Fields(line)
		if len(cols) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if len(cols) < 2 || !utf8.ValidString(line) || !isName(cols[0]) {
			return nil, fmt.Errorf("line %d: want the name of a key and its 32 bytes in base64", i+1)
		}
		key, err := base64.StdEncoding.Strict().DecodeString(cols[1])
		if err != nil || len(key) != 32 {
			return nil, fmt.Errorf("line %d: the key is not 32 bytes in base64", i+1)
		}
		if s := (store.LlaveDeSello{ID: cols[0], Publica: cols[1]}); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("holds no key")
	}
	return all, nil
}

// isName tells whether a note may carry the name of a key.
func isName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r == '+' || unicode.IsSpace(r) })
}
