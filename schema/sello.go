package schema

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
)

const (
	registroSello = "03"
	selloAside    = "El registro 03 (sello) va una sola vez, justo antes del registro 09"
)

// Cadena is the text that the seal signs. d is the hash of every byte of the ACU
// before its line 03, so that the seal covers each verdict.
func (s *Sello) Cadena(d Huella) string {
	return "||" + strings.Join([]string{
		"1.0", s.AcuFolio, s.AcuArchivo, string(s.AcuBytes), string(s.AcuHash),
		string(s.AcuFechaHoraRecepcion), string(s.AcuResultado), s.AcuLlaveId, string(d),
	}, separator) + "||"
}

// Sellar signs the seal as it stands into AcuSello.
func (s *Sello) Sellar(d Huella, key ed25519.PrivateKey) {
	s.AcuSello = base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(s.Cadena(d))))
}

// Verificar tells whether AcuSello is the signature of pub's owner over the seal
// and d. A key of another length verifies nothing.
func (s *Sello) Verificar(d Huella, pub ed25519.PublicKey) bool {
	sig, err := base64.StdEncoding.Strict().DecodeString(s.AcuSello)
	return err == nil && len(pub) == ed25519.PublicKeySize && ed25519.Verify(pub, []byte(s.Cadena(d)), sig)
}

// seal reads line 03 of an ACU, which stands once, last before 09. Without a good
// one an ACU proves nothing, so any mistake here refuses it whole.
func (x *examiner) seal() error {
	e, s := x.e, x.s
	if x.sellos++; x.sellos > 1 {
		x.misplaced(s.line, selloAside, registroSello)
		return nil
	}
	x.selloAt = s.line
	x.sealed = s.before
	if s.long {
		x.legible = false
		x.lines = append(x.lines, tooLong(s.line))
		return nil
	}
	var sello Sello
	read, err := judgeLine(e.Version, newCheck(e.reglas, e.Tipo), s.string(e.reglas.Latin1), s.line, &sello,
		&x.lines)
	if x.legible = x.legible && read; read {
		e.Sello = &sello
	}
	return err
}

// judgeSeal tells of a seal that is missing or not the last before 09.
func (x *examiner) judgeSeal() {
	switch e := x.e; {
	case !e.clase.sellado || !e.Completo:
	case x.selloAt == 0:
		x.tail = append([]Hallazgo{hallazgo(x.sumLine, "", "GeTipoRegistro", "EST-03",
			"Falta el registro 03 (sello) antes del registro 09", "")}, x.tail...)
	case x.selloAt != x.recordAt && x.sellos == 1:
		x.misplaced(x.selloAt, selloAside, registroSello)
	}
}
