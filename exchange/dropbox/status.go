package dropbox

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/pkg/sftp"

	"buzon/exchange/dropbox/tree"
)

var (
	errTooManyHandles = errors.New("too many open handles")
	errOffset         = errors.New("offset beyond any file")
	errUnsupported    = errors.New("operation unsupported")
)

// status is what a client gets: a code of the protocol and a text for people,
// which never holds a path of the server.
type status struct {
	code error
	text string
}

func (s status) Error() string { return s.text }
func (s status) Unwrap() error { return s.code }

// verdict is what an error means to the client and to the log. reason is ""
// where nothing was refused; broken says that the server, or what it stands on,
// is at fault, or an upload that is not whole.
type verdict struct {
	status error
	reason Reason
	broken bool
}

// judge turns an error into a status of the protocol.
func (s *session) judge(err error) verdict {
	fail := func(r Reason, text string) verdict {
		return verdict{status{sftp.ErrSSHFxFailure, text}, r, false}
	}
	switch {
	case errors.Is(err, errTooManyHandles):
		return fail(TooManyHandles, fmt.Sprintf("Demasiados archivos abiertos: %d como máximo.", s.srv.cfg.Limits.Handles))
	case errors.Is(err, tree.ErrTooLarge):
		return fail(FileTooLarge, fmt.Sprintf("Archivo demasiado grande: %s como máximo.", size(s.srv.uploadBytes(s.peer.account))))
	case errors.Is(err, tree.ErrFilesQuota):
		return fail(FilesOfDay, "Se agotó el número de archivos del día; continúe mañana.")
	case errors.Is(err, tree.ErrBytesQuota):
		return fail(BytesOfDay, "Se agotaron los bytes del día; continúe mañana.")
	case errors.Is(err, tree.ErrDiskFull):
		return fail(DiskFull, "El buzón no tiene espacio por ahora; vuelva a intentar más tarde.")
	case errors.Is(err, errUnsupported):
		return verdict{status: status{sftp.ErrSSHFxOpUnsupported, "Operación no admitida."}}
	case errors.Is(err, fs.ErrNotExist):
		return verdict{status: status{sftp.ErrSSHFxNoSuchFile, "No existe."}}
	case errors.Is(err, tree.ErrCase):
		return verdict{status: status{sftp.ErrSSHFxPermissionDenied, "Nombre igual al de otro archivo salvo por las mayúsculas."}, reason: BadName}
	case errors.Is(err, tree.ErrName):
		return verdict{status: status{sftp.ErrSSHFxPermissionDenied, badNameText}, reason: BadName}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrInvalid):
		return verdict{status: status{sftp.ErrSSHFxPermissionDenied, "No permitido aquí."}, reason: NotPermitted}
	}
	return verdict{status: status{sftp.ErrSSHFxFailure, "No se pudo completar; vuelva a intentar."}, broken: true}
}

const badNameText = "Nombre no admitido: de 1 a 100 letras, dígitos, espacios y . _ - ( ); ni CON, NUL o parecidos, ni un punto al final."

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
