package schema

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strings"
	"unicode/utf8"
)

// maxLine is the longest line that is read, in bytes without its end; of a longer
// one only the beginning is kept, enough to tell its type.
const (
	maxLine  = 256 << 10
	kept     = 16
	readSize = 64 << 10
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// scanner reads lines in constant memory. A line ends in LF or CRLF.
type scanner struct {
	r   *bufio.Reader
	sum hash.Hash // of every byte read; nil: none is kept

	text   []byte // the line without its end, until the next
	long   bool   // it exceeds maxLine
	ended  bool   // a line end stands after it
	utf8   bool   // it is UTF-8
	line   int    // its number, from 1
	size   int    // its bytes without its end, those that are not kept too
	start  int64  // bytes of the file before it
	bytes  int64  // bytes read so far
	before Huella // SHA-256 of what stands before it, if it may be a 09 or 03

	bom   bool
	carry []byte // a character that one chunk began
	cr    bool   // the chunk before ended in CR
}

func newScanner(r io.Reader, sum hash.Hash) (*scanner, error) {
	s := &scanner{r: bufio.NewReaderSize(r, readSize), sum: sum}
	head, err := s.r.Peek(len(byteOrderMark))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if s.bom = bytes.Equal(head, byteOrderMark); s.bom {
		s.count(head)
		_, err = s.r.Discard(len(head))
		return s, err
	}
	return s, nil
}

func (s *scanner) count(chunk []byte) {
	s.bytes += int64(len(chunk))
	if s.sum != nil {
		s.sum.Write(chunk)
	}
}

// next reads a line; false is the end of the file.
func (s *scanner) next() (bool, error) {
	s.text, s.long, s.ended, s.utf8 = s.text[:0], false, false, true
	s.start, s.cr = s.bytes, false
	for first := true; ; first = false {
		chunk, err := s.r.ReadSlice('\n')
		if first && len(chunk) > 0 {
			s.line++
			s.mark(chunk)
		}
		s.count(chunk)
		s.ended = err == nil
		if errors.Is(err, bufio.ErrBufferFull) {
			s.keep(chunk, false)
			s.cr = bytes.HasSuffix(chunk, []byte("\r"))
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return false, err
		}
		s.keep(chunk, true)
		s.trim()
		s.size = int(s.bytes-s.start) - endOf(chunk, s.cr)
		return s.bytes > s.start, nil
	}
}

// endOf counts the bytes of the line end in the last chunk of a line, and a CR that
// ended the one before it.
func endOf(chunk []byte, cr bool) int {
	text := bytes.TrimSuffix(chunk, []byte("\n"))
	n := len(chunk) - len(text)
	if bytes.HasSuffix(text, []byte("\r")) || len(text) == 0 && cr {
		n++
	}
	return n
}

// mark takes the hash of what stands before a line 09 or 03 while it is at hand.
func (s *scanner) mark(chunk []byte) {
	if s.sum != nil && (bytes.HasPrefix(chunk, []byte("09")) || bytes.HasPrefix(chunk, []byte("03"))) {
		s.before = newHuella(s.sum)
	}
}

func (s *scanner) keep(chunk []byte, last bool) {
	s.utf8 = s.utf8 && s.whole(chunk, last)
	const withEnd = maxLine + len("\r\n")
	switch {
	case s.long:
	case len(s.text)+len(chunk) > withEnd:
		s.long = true
		s.text = s.text[:kept]
	default:
		s.text = append(s.text, chunk...)
	}
}

// whole tells whether chunk goes on as UTF-8. A character that it only begins is
// carried over to the next chunk of the line.
func (s *scanner) whole(chunk []byte, last bool) bool {
	if len(s.carry) > 0 {
		chunk = append(s.carry, chunk...)
		s.carry = nil
	}
	for n := 1; !last && n < utf8.UTFMax && n <= len(chunk); n++ {
		if tail := chunk[len(chunk)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				s.carry = bytes.Clone(tail)
				chunk = chunk[:len(chunk)-n]
			}
			break
		}
	}
	return utf8.Valid(chunk)
}

// trim takes the line end away. A CR that the end of the file cut from its LF
// goes too.
func (s *scanner) trim() {
	if s.long {
		return
	}
	s.text = bytes.TrimSuffix(bytes.TrimSuffix(s.text, []byte("\n")), []byte("\r"))
	if len(s.text) > maxLine {
		s.long = true
		s.text = s.text[:kept]
	}
}

// kind is the first field of the line, or the beginning of one that is no type.
func (s *scanner) kind() string {
	first, _, _ := bytes.Cut(s.text[:min(len(s.text), kept)], []byte(separator))
	return string(first)
}

// string gives the line as UTF-8.
func (s *scanner) string(latin1 bool) string { return ReadLine(s.text, latin1) }

// ReadLine gives the Texto of a line from its bytes in the file, those of
// Linea.Largo from Linea.Desplazamiento on; latin1 is that of the Reglas with
// which the file was read.
func ReadLine(b []byte, latin1 bool) string {
	if !latin1 {
		return string(b)
	}
	var text strings.Builder
	text.Grow(len(b) + len(b)/8)
	for _, c := range b {
		text.WriteRune(rune(c))
	}
	return text.String()
}

func newHuella(h hash.Hash) Huella { return Huella(hex.EncodeToString(h.Sum(nil))) }

// rehash gives what the hash of r would be with every line end an LF, and with
// every one a CRLF.
func rehash(r io.Reader) (lf, crlf Huella, err error) {
	sumLF, sumCRLF := sha256.New(), sha256.New()
	both := io.MultiWriter(sumLF, sumCRLF) // hashes never fail
	br := bufio.NewReaderSize(r, readSize)
	held := false // a CR whose LF may be in the next chunk
	for {
		chunk, err := br.ReadSlice('\n')
		text := bytes.TrimSuffix(chunk, []byte("\n"))
		ended := len(text) < len(chunk)
		if held && (len(text) > 0 || !ended) {
			both.Write([]byte("\r"))
		}
		held = bytes.HasSuffix(text, []byte("\r"))
		both.Write(bytes.TrimSuffix(text, []byte("\r")))
		if ended {
			sumLF.Write([]byte("\n"))
			sumCRLF.Write([]byte("\r\n"))
			held = false
		}
		if errors.Is(err, io.EOF) {
			return newHuella(sumLF), newHuella(sumCRLF), nil
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return "", "", err
		}
	}
}
