package estate

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Problem is what is wrong on a line of a file.
type Problem struct {
	Line   int    `json:"line" doc:"line of the file, from 1"`
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`
}

// Error gives the problem as "line N: reason".
func (p Problem) Error() string {
	if p.Field != "" {
		return fmt.Sprintf("line %d, %s: %s", p.Line, p.Field, p.Reason)
	}
	return fmt.Sprintf("line %d: %s", p.Line, p.Reason)
}

// Table is what a CSV file holds.
type Table string

const (
	Hosts      Table = "hosts"
	Interfaces Table = "interfaces"
	Products   Table = "products"
)

// CSVRow is one line of a file, by the names of the columns below.
type CSVRow struct {
	Line   int
	Fields map[string]string
}

// columns are the fields of each table; the first of a line is the field's name, the others what people call it too.
// Those with ! must be there.
var columns = map[Table][][]string{
	Hosts: {{"!application", "app", "system"}, {"!host", "hostname", "server", "machine"}, {"environment", "env", "stage"}, {"kind"}, {"address", "addresses", "ip", "ip_address"}, {"note", "description", "comment"}},
	Interfaces: {{"!from", "caller", "source", "from_application", "consumer"}, {"!to", "callee", "target", "to_application", "provider"}, {"name", "interface", "purpose"},
		{"host", "hostname", "called_name", "dns_name", "target_host"}, {"address", "addresses", "ip", "ip_address"}, {"port"}, {"protocol"}, {"between", "cache", "pool", "via"}, {"clear", "how_to_clear"}, {"note", "description", "comment"}},
	Products: {{"!application", "app", "system"}, {"!product", "software", "package"}, {"!version", "release"}, {"host", "hostname", "server"}, {"note", "description", "comment"}},
}

const (
	maxRows     = 200_000
	maxProblems = 1000
	maxField    = 2000
)

// ReadCSV reads a file whose first line names the columns. Which table it is follows from them. What cannot be read is in
// the problems, with its line; more says how many there are beyond those kept.
func ReadCSV(text []byte) (table Table, rows []CSVRow, problems []Problem, more int) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	bad := func(line int, field, reason, hint string) {
		if len(problems) >= maxProblems {
			more++
			return
		}
		problems = append(problems, Problem{line, field, reason, hint})
	}
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		bad(badLine(text), "", "The file is not UTF-8 text.", "Save it as CSV UTF-8, or convert it with iconv -f latin1 -t utf-8.")
		return
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = delimiter(text)
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err == io.EOF {
		bad(1, "", "The file is empty.", "Its first line names the columns: "+Columns())
		return
	} else if err != nil {
		bad(lineOf(err), "", "The line that names the columns cannot be read: "+plain(err)+".", "Separate columns by commas, semicolons or tabs.")
		return
	}
	fields := make([]string, len(header))
	table = tableOf(header)
	if table == "" {
		bad(1, "", "The columns do not say what the file is about: "+strings.Join(header, ", ")+".", "Name them as: "+Columns())
		return
	}
	for i, h := range header {
		fields[i] = fieldOf(table, h)
		switch {
		case fields[i] == "" && strings.TrimSpace(h) != "":
			bad(1, "", fmt.Sprintf("A file of %s has no column %q.", table, strings.TrimSpace(h)), "Take it out, or name it one of: "+names(table)+".")
		case fields[i] != "" && slices.Contains(fields[:i], fields[i]):
			bad(1, fields[i], "The column stands twice.", "Take one of them out.")
		}
	}
	for {
		rec, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			bad(lineOf(err), "", "The line cannot be read: "+plain(err)+".", `A text with quotation marks stands in quotation marks, and they are doubled within: "a ""b"" c".`)
			break // where the next line begins is not known any more
		}
		line, _ := r.FieldPos(0)
		if len(rows) >= maxRows {
			bad(line, "", fmt.Sprintf("The file has more than %d rows.", maxRows), "Import it in parts.")
			break
		}
		if len(rec) == 1 && strings.TrimSpace(rec[0]) == "" || strings.HasPrefix(rec[0], "#") {
			continue
		}
		if len(rec) != len(header) {
			bad(line, "", fmt.Sprintf("The line has %d columns, the first one %d.", len(rec), len(header)), "Put texts with a separator in them into quotation marks.")
			continue
		}
		row, ok := CSVRow{line, map[string]string{}}, true
		for i, v := range rec {
			if v = strings.TrimSpace(v); len(v) > maxField {
				bad(line, fields[i], fmt.Sprintf("The text is longer than %d bytes.", maxField), "Shorten it.")
				ok = false
			}
			if fields[i] != "" {
				row.Fields[fields[i]] = v
			}
		}
		for _, c := range columns[table] {
			if f, must := strings.CutPrefix(c[0], "!"); must && row.Fields[f] == "" {
				bad(line, f, "This must not be empty.", "")
				ok = false
			}
		}
		if ok {
			rows = append(rows, row)
		}
	}
	return
}

// Interface reads a row of a table of interfaces. The applications are names still.
func (r CSVRow) Interface() (i Interface, from, to string, problems []Problem) {
	f := r.Fields
	i = Interface{Name: f["name"], Host: f["host"], Protocol: f["protocol"], Clear: f["clear"], Note: f["note"]}
	var bad string
	if i.Addresses, bad = ParseAddresses(f["address"]); bad != "" {
		problems = append(problems, Problem{r.Line, "address", fmt.Sprintf("%q is not an IP address.", bad), "Write addresses such as 10.4.2.19 or 2001:db8::19 with blanks between them; names belong into the column host."})
	}
	if i.Between, bad = ParseBetween(f["between"]); bad != "" {
		problems = append(problems, Problem{r.Line, "between", fmt.Sprintf("%q is not known.", bad), "Use pool, jvm, dns, hosts, proxy, balancer or nat, with + between them."})
	}
	if p := f["port"]; p != "" {
		n, err := strconv.Atoi(p)
		if err != nil || n < 1 || n > 65535 {
			problems = append(problems, Problem{r.Line, "port", fmt.Sprintf("%q is not a port.", p), "Use a number from 1 to 65535."})
		}
		i.Port = n
	}
	return i, f["from"], f["to"], problems
}

// Columns tells which columns make which table.
func Columns() string {
	return "hosts: " + names(Hosts) + "; interfaces: " + names(Interfaces) + "; products: " + names(Products) + "."
}

func names(t Table) string {
	var out []string
	for _, c := range columns[t] {
		out = append(out, strings.TrimPrefix(c[0], "!"))
	}
	return strings.Join(out, ", ")
}

func fold(s string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(s)))
}

func fieldOf(t Table, header string) string {
	h := fold(header)
	for _, c := range columns[t] {
		if first := strings.TrimPrefix(c[0], "!"); first == h || slices.Contains(c[1:], h) {
			return first
		}
	}
	return ""
}

// tableOf finds the table whose necessary columns are all there.
func tableOf(header []string) Table {
	for _, t := range []Table{Interfaces, Products, Hosts} {
		all := true
		for _, c := range columns[t] {
			if f, must := strings.CutPrefix(c[0], "!"); must {
				all = all && slices.ContainsFunc(header, func(h string) bool { return fieldOf(t, h) == f })
			}
		}
		if all {
			return t
		}
	}
	return ""
}

// delimiter is what stands most often in the first line.
func delimiter(text []byte) rune {
	first, _, _ := bytes.Cut(text[:min(len(text), 64<<10)], []byte("\n"))
	best, most := ',', bytes.Count(first, []byte(","))
	for _, c := range []rune{';', '\t', '|'} {
		if n := bytes.Count(first, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

func badLine(text []byte) int {
	n := 1
	for line := range bytes.Lines(text) {
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			return n
		}
		n++
	}
	return 1
}

func lineOf(err error) int {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return e.Line
	}
	return 1
}

func plain(err error) string {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
