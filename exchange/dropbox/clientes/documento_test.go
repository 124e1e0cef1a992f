package clientes_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"buzon/schema"
)

var update = flag.Bool("update", false, "write docs/clientes.md")

const document = "../../../docs/clientes.md"

// recipes are what the document shows of each client, in this order.
var recipes = []struct {
	says string
	acts []act
	with []string
}{
	{"ver qué hay", []act{list}, nil},
	{"recoger un lote", []act{fetch}, nil},
	{"seguir una recogida que se cortó", []act{refetch}, nil},
	{"subir con un nombre temporal y darle el suyo", []act{upload, rename},
		[]string{"{a}", "GE_RES….txt.tmp"}},
	{"seguir una carga que se cortó", []act{resume}, []string{"{a}", "GE_RES….txt.tmp"}},
	{"subir directo: también es seguro, lo que se corta no cuenta", []act{upload},
		[]string{"{a}", "GE_RES….txt"}},
	{"subir y conservar la fecha del archivo", []act{withTimes}, []string{"{a}", "GE_RES….txt"}},
	{"subir de la carpeta envio lo que falta", []act{mirror}, []string{"{de}", "envio"}},
	{"comprobar lo que se subió", []act{reread}, nil},
}

const intro = `<!-- Lo escribe: go test ./exchange/dropbox/clientes -update. No se edita a mano. -->

# Clientes probados

Cada ✓ de esta tabla es una prueba que corre, con el cliente de verdad y contra el servidor de verdad, las órdenes que están abajo. Las versiones son las de los paquetes de Debian 12, salvo donde el nombre dice otra cosa. Cómo se trabaja con el Buzón está en la [guía para la UNE](guia-une.md).

`

const meaning = `
| Columna | Qué se comprueba |
|---|---|
| ver | la lista de «reclamaciones/» |
| recoger | los bytes son idénticos, y consta una recogida completa y cerrada |
| seguir recogida | se corta la red a la mitad; el cliente baja solo lo que falta, y las dos partes juntas son el todo |
| subir y comprobar | llega una vez, idéntico; leído de vuelta es el mismo |
| nombre temporal | con «.tmp» o «.filepart» no llega nada; al cambiar el nombre llega una vez |
| carga cortada | se corta la red a la mitad: no llega nada; después se sigue o se repite, y llega una vez |
| renombrar lo no terminado | lo cortado puede tomar otro nombre temporal, y ninguno definitivo |
| conservar fechas | el servidor muestra la fecha del archivo; una segunda copia de la carpeta no envía nada |
| lo prohibido | borrar o renombrar en «reclamaciones/», subir ahí, crear carpetas o enlaces, leer otra cuenta: el cliente recibe un error y nada cambia; los permisos y las fechas de lo que no es suyo no cambian |

`

const before = `
## Antes de empezar

En las recetas, «GE_LOT….txt» y «GE_RES….txt» son los nombres completos de un lote y de una respuesta. La llave está en «~/.ssh/llave_une» (véase la guía) y la del servidor en «~/.ssh/known_hosts», después de comparar su huella con la que dio el operador. Ninguna receta desactiva esa comprobación. Para los clientes que usan OpenSSH (sftp, scp, lftp, sshfs), «~/.ssh/config»:

`

// example fills a recipe in as a party reads it.
func example(text string, more ...string) string {
	s := seat{vars: []string{
		"{home}", "/home/une", "{host}", "buzon.ejemplo.mx", "{puerto}", "2022", "{cuenta}", une1,
		"{huella}", "SHA256:la-que-dio-el-operador", "{F}", "", "{python}", "python3", "{inplace}",
		" --inplace",
	}}
	return s.fill(text,
		append(more, "{de}", "GE_RES….txt", "{lote}", "GE_LOT….txt", "{res}", "GE_RES….txt")...)
}

// row is a client's line of the table; notes grows by what its cells need.
func (c client) row(version string, notes *[]string) string {
	row := []string{c.name, version}
	for _, k := range cases {
		cell, note := "✓", c.notes[k.column]
		if !c.can(k.column, k.needs) {
			cell, note = "—", c.cannot[k.column]
		}
		if c.legacy && k.column == cases[0].column {
			note = legacy
		}
		row = append(row, cell+mark(note, notes))
	}
	return schema.MarkdownRow(row...)
}

// mark gives the number of a note, in superscript.
func mark(note string, notes *[]string) string {
	if note == "" {
		return ""
	}
	i := 0
	for i < len(*notes) && (*notes)[i] != note {
		i++
	}
	if i == len(*notes) {
		*notes = append(*notes, note)
	}
	return fmt.Sprintf("<sup>%d</sup>", i+1)
}

// render writes the document; version gives the one of a client.
func render(version func(client) string) string {
	var d strings.Builder
	var notes []string
	columns := []string{"cliente", "versión"}
	for _, k := range cases {
		columns = append(columns, string(k.column))
	}
	d.WriteString(intro + schema.MarkdownHead("---", columns...))
	for _, c := range clients() {
		d.WriteString(c.row(version(c), &notes))
	}
	d.WriteString(strings.NewReplacer("«", "`", "»", "`").Replace(meaning))
	for i, n := range notes {
		fmt.Fprintf(&d, "%d. %s.\n", i+1, n)
	}
	d.WriteString(strings.NewReplacer("«", "`", "»", "`").Replace(before) + "```\n" + example(sshConfig) +
		"```\n")
	for _, c := range clients() {
		c.recipes(&d)
	}
	return d.String()
}

func (c client) recipes(d *strings.Builder) {
	d.WriteString("\n## " + c.name + "\n\n")
	if c.legacy {
		d.WriteString(legacy + ".\n\n")
	}
	if c.like != "" {
		d.WriteString(c.like + "\n")
		return
	}
	for _, path := range slices.Sorted(maps.Keys(c.files)) {
		fmt.Fprintf(d, "`%s`:\n\n```\n%s```\n\n",
			strings.Replace(path, ".", "~/.", strings.Count(path[:1], ".")), example(c.files[path]))
	}
	d.WriteString("```sh\n")
	if c.setup != "" {
		d.WriteString("# una sola vez\n" + example(c.setup) + "\n")
	}
	if mount, _, found := strings.Cut(c.wrap[0], " &&"); found {
		d.WriteString("# conectar; al final: fusermount3 -u buzon\n" + example(mount) + "\n")
	}
	for _, r := range recipes {
		if lines := c.lines(r.acts, r.with); lines != "" {
			d.WriteString("# " + r.says + "\n" + lines)
		}
	}
	d.WriteString("```\n")
}

// lines are the commands of a recipe, nothing where the client lacks one.
func (c client) lines(acts []act, with []string) string {
	var lines string
	for _, a := range acts {
		if c.acts[a] == "" || a == withTimes && c.acts[a] == c.acts[upload] {
			return ""
		}
		if a == rename {
			with = []string{"{de}", "GE_RES….txt.tmp", "{a}", "GE_RES….txt"}
		}
		lines += example(c.acts[a], with...) + "\n"
	}
	return lines
}

// checkDocument compares the document with what is declared and was tested, or
// writes it. The version is that which was tested when it was written.
func checkDocument(t *testing.T, tested map[string]bool) {
	t.Helper()
	b, err := os.ReadFile(document)
	if err != nil && !(*update && os.IsNotExist(err)) {
		t.Fatal(err)
	}
	old := string(b)
	written := func(c client) string { return version(lineOf(old, c)) }
	if !*update {
		if old != render(written) {
			t.Errorf("%s is not what was tested; look at what the clients do now and run this test with "+
				"-update", document)
		}
		return
	}
	text := render(func(c client) string {
		if tested[c.name] {
			return c.versionHere(t)
		}
		return written(c)
	})
	for _, c := range clients() {
		if !tested[c.name] && lineOf(old, c) != lineOf(text, c) {
			t.Errorf("%s: its row would change, and not all of it was tested here", c.name)
		}
	}
	if t.Failed() {
		return
	}
	if err := os.WriteFile(document, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// lineOf finds a client's line of the table.
func lineOf(text string, c client) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "| "+c.name+" | ") {
			return line
		}
	}
	return ""
}

// version is the second cell of a line.
func version(line string) string {
	cells := strings.Split(line, " | ")
	if len(cells) < 2 {
		return ""
	}
	return cells[1]
}

// versionHere asks for the version of the program that was tested.
func (c client) versionHere(t *testing.T) string {
	t.Helper()
	line := c.version
	if line == "" {
		line = "dpkg-query -W -f '${Version}' " + c.pack
	}
	out, err := exec.Command("sh", "-c", line).Output()
	if err != nil {
		t.Fatalf("version of %s: %v", c.name, err)
	}
	return strings.TrimSpace(string(out))
}
