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
	r     io.Reader
	block []byte // what was read of r and not scanned yet is block[at:]
	at    int
	err   error   // of r, behind the block
	sum   *digest // of every byte read; nil: none is kept

	text   []byte   // the line without its end, until the next
	long   bool     // it exceeds maxLine
	ended  bool     // a line end stands after it
	line   int      // its number, from 1
	size   int      // its bytes without its end, those that are not kept too
	start  int64    // bytes of the file before it
	bytes  int64    // bytes read so far
	before *dueHash // of what stands before it, if it may be a 09 or 03

	bom   bool
	held  []byte // room for lines that do not lie in one block
	utf8  bool   // what was seen of a line that is too long is UTF-8
	carry []byte // a character that one chunk of it began
	cr    bool   // the chunk before ended in CR
}

func newScanner(r io.Reader, sum *digest) (*scanner, error) {
	s := &scanner{r: r, sum: sum}
	s.fill()
	if len(s.block) < len(byteOrderMark) && s.err != nil && !errors.Is(s.err, io.EOF) {
		return nil, s.err
	}
	if s.bom = bytes.HasPrefix(s.block, byteOrderMark); s.bom {
		s.at, s.bytes = len(byteOrderMark), int64(len(byteOrderMark))
	}
	return s, nil
}

// fill reads the next block. Of the one before nothing stays.
func (s *scanner) fill() {
	room := s.block
	if s.sum != nil {
		room = s.sum.swap(s.block)
	} else if room == nil {
		room = make([]byte, readSize)
	}
	n := 0
	for empty := 0; n < readSize && s.err == nil; {
		var got int
		got, s.err = s.r.Read(room[n:readSize])
		if n += got; got > 0 {
			empty = 0
		} else if empty++; empty > maxEmptyReads && s.err == nil {
			s.err = io.ErrNoProgress
		}
	}
	s.block, s.at = room[:n], 0
}

// maxEmptyReads is how often a source may give nothing and no error, as bufio has it.
const maxEmptyReads = 100

// next reads a line; false is the end of the file.
func (s *scanner) next() (bool, error) {
	s.text, s.long, s.utf8, s.cr = nil, false, true, false
	s.start, s.held = s.bytes, s.held[:0]
	for first := true; ; {
		chunk, whole := s.chunk()
		if first && len(chunk) > 0 {
			first = false
			s.line++
			s.mark(chunk)
		}
		s.bytes += int64(len(chunk))
		switch {
		case whole, errors.Is(s.err, io.EOF):
			s.ended = whole
			s.finish(chunk)
			return s.bytes > s.start, nil
		case s.err != nil:
			return false, s.err
		}
		s.keep(chunk)
		s.fill()
	}
}

// chunk takes from the block what it has of the line, and tells whether that is
// its end.
func (s *scanner) chunk() ([]byte, bool) {
	rest := s.block[s.at:]
	n, whole := bytes.IndexByte(rest, '\n')+1, true
	if n == 0 {
		n, whole = len(rest), false
	}
	s.at += n
	return rest[:n], whole
}

// mark takes the hash of what stands before a line 09 or 03 while it is at hand.
func (s *scanner) mark(chunk []byte) {
	if s.sum != nil && chunk[0] == '0' && (len(chunk) == 1 || chunk[1] == '9' || chunk[1] == '3') {
		s.before = s.sum.mark(s.at - len(chunk))
	}
}

// keep keeps a chunk that is not the line's last.
func (s *scanner) keep(chunk []byte) {
	if len(chunk) == 0 {
		return
	}
	s.cr = chunk[len(chunk)-1] == '\r'
	s.add(chunk, false)
}

// add appends a chunk to the line, or lets it go where that becomes too long.
func (s *scanner) add(chunk []byte, last bool) {
	const withEnd = maxLine + len("\r\n")
	if !s.long && len(s.held)+len(chunk) > withEnd {
		s.utf8 = s.whole(s.held, false)
		s.cutOff(s.held, chunk)
	}
	if s.long {
		s.utf8 = s.whole(chunk, last) && s.utf8
		return
	}
	s.held = append(s.held, chunk...)
}

// cutOff keeps the beginning of a line that is too long.
func (s *scanner) cutOff(parts ...[]byte) {
	var head []byte
	for _, p := range parts {
		head = append(head, p[:min(len(p), kept-len(head))]...)
	}
	s.long, s.text = true, head
}

// finish makes a line of its last chunk. One that lies in a block stays there. A CR
// that the end of the file cut from its LF goes too.
func (s *scanner) finish(chunk []byte) {
	s.size = int(s.bytes-s.start) - endOf(chunk, s.cr)
	if len(s.held) > 0 || s.long {
		s.add(chunk, true)
		chunk = s.held
	}
	if s.long {
		return
	}
	text := chunk[:min(s.size, len(chunk))]
	if s.text = text; len(text) > maxLine {
		s.utf8 = utf8.Valid(chunk)
		s.cutOff(text)
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

// isUTF8 tells whether the line is UTF-8.
func (s *scanner) isUTF8() bool {
	if s.long {
		return s.utf8
	}
	return utf8.Valid(s.text)
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

// kind is the first field of the line, or the beginning of one that is no type.
func (s *scanner) kind() string {
	head := s.text[:min(len(s.text), kept)]
	if len(head) > 2 && head[0] == '0' && head[1] == '2' && head[2] == separator[0] {
		return "02" // as nearly all are: it takes no memory
	}
	first, _, _ := bytes.Cut(head, []byte(separator))
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
