package schema

import "strings"

// MarkdownHead writes the head of a table of a document: its columns, and under each
// the line, -- or longer.
func MarkdownHead(line string, columns ...string) string {
	return MarkdownRow(columns...) + "|" + strings.Repeat(line+"|", len(columns)) + "\n"
}

// MarkdownRow writes a row of a table of a document. A bar in a cell is escaped, for it
// would begin another one.
func MarkdownRow(cells ...string) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(c, "|", `\|`) + " ")
	}
	return b.String() + "|\n"
}
