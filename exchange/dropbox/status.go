package dropbox

import (
	"errors"
	"fmt"
	"io/fs"

	"buzon/exchange/dropbox/protocol"
	"buzon/exchange/dropbox/subidas"
	"buzon/schema/nombres"
)

// refusal is what an error means to the client and to the log. The status has a
// text for people, which never holds a path of the server. reason is "" where
// nothing was refused; broken says that the server, or what it stands on, is at
// fault, or an upload that is not whole.
type refusal struct {
	status protocol.Status
	reason Reason
	broken bool
}

// judge turns an error into a status of the protocol.
func (s *session) judge(err error) refusal {
	say := func(c protocol.Code, r Reason, text string) refusal {
		return refusal{protocol.Status{Code: c, Text: text}, r, false}
	}
	fail := func(r Reason, text string) refusal { return say(protocol.Failure, r, text) }
	deny := func(r Reason, text string) refusal { return say(protocol.PermissionDenied, r, text) }
	var large subidas.TooLarge
	switch {
	case errors.Is(err, protocol.ErrHandles):
		return fail(TooManyHandles,
			fmt.Sprintf("Demasiados archivos abiertos: %d como máximo.", s.srv.cfg.Limits.Handles))
	case errors.As(err, &large):
		return fail(FileTooLarge, fmt.Sprintf("Archivo demasiado grande: %s como máximo.", size(large.Max)))
	case errors.Is(err, subidas.ErrFilesQuota):
		return fail(FilesOfDay, "Se agotó el número de archivos del día; continúe mañana.")
	case errors.Is(err, subidas.ErrBytesQuota):
		return fail(BytesOfDay, "Se agotaron los bytes del día; continúe mañana.")
	case errors.Is(err, subidas.ErrDiskFull):
		return fail(DiskFull, "El buzón no tiene espacio por ahora; vuelva a intentar más tarde.")
	case errors.Is(err, ErrUnavailable):
		v := fail("", "El archivo está temporalmente no disponible; vuelva a intentar más tarde.")
		v.broken = true
		return v
	case errors.Is(err, protocol.ErrMalformed):
		return say(protocol.BadMessage, "", "Petición mal formada.")
	case errors.Is(err, protocol.ErrHandle):
		return fail("", "Ese archivo no está abierto.")
	case errors.Is(err, protocol.ErrUnsupported):
		return say(protocol.Unsupported, "", "Operación no admitida.")
	case errors.Is(err, fs.ErrNotExist):
		return say(protocol.NoSuchFile, "", "No existe.")
	case errors.Is(err, subidas.ErrCase):
		return deny(BadName, "Nombre igual al de otro archivo salvo por las mayúsculas.")
	case errors.Is(err, subidas.ErrName):
		return deny(BadName, badNameText)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrInvalid):
		return deny(NotPermitted, "No permitido aquí.")
	}
	return refusal{protocol.Status{Code: protocol.Failure, Text: "No se pudo completar; vuelva a intentar."},
		"", true}
}

var badNameText = fmt.Sprintf("Nombre no admitido: de 1 a %d letras, dígitos, espacios y . _ - ( ); "+
	"ni CON, NUL o parecidos, ni un punto al final.", nombres.MaxEnviado)

// size writes a number of bytes as people say it.
func size(n int64) string {
	for _, u := range []struct {
		unit int64
		name string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.unit && n%u.unit == 0 {
			return fmt.Sprintf("%d %s", n/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
