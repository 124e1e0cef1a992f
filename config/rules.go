package config

import (
	"fmt"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"buzon/schema"

	"github.com/robfig/cron/v3"
)

// rules checks what one value alone does not show.
type rules struct {
	*decoder
	c     *Config
	whole bool // the roll was read without a mistake: what is not in it is absent
}

// rule reports a broken rule at its key, unless something else was wrong there.
func (r *rules) rule(ok bool, key, hint, format string, args ...any) {
	if !ok && !r.faulty[key] {
		r.bad(r.place(key), key, hint, format, args...)
	}
}

func (r *rules) has(key string) bool { return r.at[key] != nil }

// matches checks a text against a pattern, and does not repeat the text.
func (r *rules) matches(text, pattern, key, hint string) {
	ok, err := regexp.MatchString(pattern, text)
	r.rule(ok && err == nil, key, hint, "holds what it may not, or is too long or empty")
}

func (r *rules) all() {
	r.source()
	r.server()
	r.api()
	r.remotes()
	r.schedule()
	r.layout()
	if r.has("seal.id") {
		r.matches(r.c.Seal.ID, `^[A-Za-z0-9][A-Za-z0-9:._-]{0,19}$`, "seal.id",
			"write up to 20 letters, digits and : . _ -, such as ed25519:2026a")
	}
}

func (r *rules) source() {
	var set []string
	for _, k := range []string{"folder", "remote", "account"} {
		if r.has("source." + k) {
			set = append(set, k)
		}
	}
	r.rule(len(set) == 1, "source", "keep exactly one of folder, remote and account", "has %d of them",
		len(set))
	s := r.c.Source
	if s.Folder != "" {
		r.rule(!within(s.Folder, r.c.Data) && !within(r.c.Data, s.Folder), "source.folder",
			"give CONDUSEF a folder of its own", "lies within data, or data within it")
	}
	settles := "remove it: an upload on our own server is whole when it is closed"
	if s.Remote != nil {
		settles = "remove it; source.remote.settle is what a dialled server has"
		r.remote(s.Remote)
	}
	r.rule(len(set) != 1 || s.Folder != "" || !r.has("source.settle"), "source.settle", settles,
		"belongs to source.folder, which is not set")
	if a := s.Account; a != nil {
		r.matches(a.Name, `^[A-Za-z][A-Za-z0-9_-]{0,31}$`, "source.account.name",
			"begin with a letter, no points; the accounts of institutions are their claves")
		r.rule(len(a.Keys) > 0, "source.account.keys", "add a key", "is empty")
		r.twice("source.account.keys", a.Keys)
		r.rule(r.c.Server.Listen != "", "source.account", "set server.listen, or use folder or remote",
			"needs our server, which is switched off")
	}
}

func (r *rules) remote(m *Remote) {
	const key = "source.remote."
	r.dial(&m.Dial, key)
	r.folder(m.Salida, key+"salida")
	r.folder(m.Entrada, key+"entrada")
	r.rule(filepath.Clean(m.Salida) != filepath.Clean(m.Entrada), key+"entrada", "name two folders",
		"is the same folder as salida")
}

// dial checks how a server is reached; key ends in a point.
func (r *rules) dial(m *Dial, key string) {
	r.address(m.Address, key+"address", false)
	r.matches(m.User, `^[^\x00-\x20\x7f]{1,64}$`, key+"user", "write the account's name without blanks")
	r.rule(len(m.HostKeys) > 0, key+"host_keys",
		"add the server's public key; there is no switch that turns the check off", "is empty")
	r.rule(r.has(key+"key") || r.has(key+"password_file") || r.has(key+"password_env"), key+"key",
		"set key, password_file or password_env", "nothing to log in with")
	r.rule(!r.has(key+"password_file") || !r.has(key+"password_env"), key+"password_env",
		"keep one of password_file and password_env", "two passwords")
	if r.has(key + "password_env") {
		r.matches(m.PasswordEnv, `^[A-Za-z_][A-Za-z0-9_]*$`, key+"password_env",
			"write the name of an environment variable, not the password")
	}
}

// folder checks a path on a server that we dial.
func (r *rules) folder(path, key string) {
	r.matches(path, `^[^\x00-\x1f\x7f\\]{1,255}$`, key, "write a path with / on that server")
}

// remotes checks the institutions with a server of their own: each is of the
// roll, and has one.
func (r *rules) remotes() {
	first := make(map[schema.UNE]int)
	for i := range r.c.RemoteUNEs {
		m, key := &r.c.RemoteUNEs[i], fmt.Sprintf("remote_unes[%d].", i)
		if m.UNE != 0 {
			at, twice := first[m.UNE]
			r.rule(!twice, key+"une", "keep one of the two", "%s stands twice, also on line %d", m.UNE, at)
			if !twice {
				first[m.UNE] = r.place(key + "une").Line
			}
			known := slices.ContainsFunc(r.c.Padron, func(in Alta) bool { return in.Clave == m.UNE })
			r.rule(known || !r.whole, key+"une", "add the institution to the padrón",
				"%s is not in the padrón", m.UNE)
		}
		if !r.faulty[strings.TrimSuffix(key, ".")] {
			r.dial(&m.Dial, key)
			r.folder(m.Folder, key+"folder")
		}
	}
}

func (r *rules) server() {
	s := r.c.Server
	r.rule(s.Ban <= s.BanMax, "server.ban_max", "write a value from that of ban on",
		"%s is under server.ban, %s", shortDuration(s.BanMax), shortDuration(s.Ban))
	if s.Listen == "" {
		return
	}
	r.address(s.Listen, "server.listen", true)
	r.rule(len(s.HostKeys) > 0, "server.host_keys", "name a key file, such as llaves/host_ed25519",
		"is empty")
}

// address checks host:port. To listen the host may be empty and the port 0.
func (r *rules) address(text, key string, listen bool) {
	host, port, err := net.SplitHostPort(text)
	n, notNumber := strconv.ParseUint(port, 10, 16)
	ok := err == nil && notNumber == nil && !strings.ContainsFunc(host, unicode.IsSpace)
	ok = ok && (listen || n > 0 && host != "")
	r.rule(ok, key, "write host:port, such as 127.0.0.1:2022", "%q is not an address with a port in digits",
		text)
}

func (r *rules) schedule() {
	const key = "schedule.pull"
	const hint = `write minute, hour, day, month, weekday, such as "*/5 7-21 * * *"`
	pull := r.c.Schedule.Pull
	// Zones and shortcuts of the cron library are refused before it sees them: one
	// zone holds for the exchange, and a zone without a blank after it panics there.
	if strings.Contains(pull, "TZ=") || strings.HasPrefix(strings.TrimSpace(pull), "@") {
		r.rule(false, key, hint, "%q names a zone or a shortcut", pull)
		return
	}
	s, err := cron.ParseStandard(pull)
	if err != nil {
		r.rule(false, key, hint, "not cron with five fields: %v", err)
		return
	}
	from := time.Date(2024, 1, 1, 0, 0, 0, 0, schema.Zona) // a leap year, so that 29 February counts
	next := s.Next(from)
	r.rule(!next.IsZero(), key, hint, "%q never comes", pull)
	if r.c.Schedule.Days != DiasHabiles {
		return
	}
	cal := schema.NewCalendario(nil)
	for ; !next.IsZero() &&
		next.Year() < 2026; next = s.Next((schema.DiaDe(next) + 1).At(0).Add(-time.Second)) {
		if cal.Habil(schema.DiaDe(next)) {
			return
		}
	}
	r.rule(next.IsZero(), key, "name days that are días hábiles, or set schedule.days to todos",
		"%q never comes on a día hábil", pull)
}

func (r *rules) layout() {
	seen := make(map[string]bool)
	for i, ext := range r.c.Layout.Annexes {
		key := fmt.Sprintf("layout.annexes[%d]", i)
		r.matches(ext, `^[a-z0-9]{1,8}$`, key,
			"write the extension in lower case without its point, such as pdf")
		r.rule(!seen[ext], key, "remove one", "%q stands twice", ext)
		seen[ext] = true
	}
	r.versions()
}

// inhabiles checks the days of the YAML and adds those of the file. A day may
// stand in both: an operator moves days from one to the other.
func (r *rules) inhabiles() {
	type row struct {
		fecha  schema.Dia
		origen string
	}
	seen := make(map[row]bool)
	for i, in := range r.c.Terms.Inhabiles {
		key := fmt.Sprintf("terms.inhabiles[%d]", i)
		if r.faulty[key] {
			continue
		}
		r.rule(in.Fecha == 0 || !seen[row{in.Fecha, in.Origen}], key, "remove one", "%s of %s stands twice",
			in.Fecha, in.Origen)
		seen[row{in.Fecha, in.Origen}] = true
		r.rule(strings.TrimSpace(in.Descripcion) != "", key+".descripcion", "say what the day is", "is empty")
		r.rule(strings.TrimSpace(in.Origen) != "", key+".origen", "say who set the day", "is empty")
	}
	if r.c.Terms.InhabilesFile != "" {
		r.c.Terms.Inhabiles = append(r.c.Terms.Inhabiles, r.inhabilesFile(r.c.Terms.InhabilesFile)...)
	}
}

// twice refuses a key that stands twice in one list.
func (r *rules) twice(list string, llaves []LlavePublica) {
	for i, l := range llaves {
		same := func(o LlavePublica) bool { return l.igual(o) }
		r.rule(slices.IndexFunc(llaves, same) >= i || l.Key == nil, fmt.Sprintf("%s[%d]", list, i),
			"remove one", "the key stands twice")
	}
}

// within tells whether path is dir or lies in it.
func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// secrets reads each private file once, so that a start does not fail for it
// later, in the middle of a run. What only one party needs is no reason not to start.
func (r *rules) secrets() {
	check := func(key string, err error) {
		if err != nil {
			message, hint := split(err)
			r.rule(false, key, hint, "%s", message)
		}
	}
	if !r.faulty["seal.key"] {
		_, err := LoadSeal(r.c.Seal.Key)
		check("seal.key", err)
	}
	if r.c.Server.Listen != "" {
		for i, path := range r.c.Server.HostKeys {
			if key := fmt.Sprintf("server.host_keys[%d]", i); !r.faulty[key] {
				_, err := LoadHostKeys([]string{path})
				check(key, err)
			}
		}
	}
	if a := r.c.API; a.Listen != "" && !r.faulty["api.tls_cert"] {
		_, err := a.LoadTLS()
		check("api.tls_key", err)
	}
	login := func(m *Dial, key string) {
		_, err := m.Signer()
		check(key+"key", err)
		name := key + "password_file"
		if m.PasswordEnv != "" {
			name = key + "password_env"
		}
		_, err = m.Password()
		check(name, err)
	}
	all := len(r.errs)
	if m := r.c.Source.Remote; m != nil {
		login(&m.Dial, "source.remote.")
	}
	for i := range r.c.RemoteUNEs {
		login(&r.c.RemoteUNEs[i].Dial, fmt.Sprintf("remote_unes[%d].", i))
	}
	r.errs, r.c.Faults = r.errs[:all], slices.Clone(r.errs[all:])
}
