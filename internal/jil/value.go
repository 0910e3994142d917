package jil

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// unquote takes the quotation marks off a value that is one quoted text, and the escapes of colons within.
func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && closing(s, 0) == len(s)-1 {
		return strings.TrimSpace(strings.ReplaceAll(s[1:len(s)-1], `\:`, ":"))
	}
	return s
}

// badName says what is wrong with the name of an object, "" when it is right.
func badName(s string) string {
	if s == "" {
		return "is missing."
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(`"(),&|<>`, r) {
			return "cannot be read: " + quote(s) + "."
		}
	}
	if strings.Contains(s, "/*") || strings.Contains(s, "*/") {
		return "cannot be read: " + quote(s) + "."
	}
	if len(s) > 250 {
		return "is too long: " + itoa(len(s)) + " characters."
	}
	return ""
}

// check judges a value by its kind and gives it in its canonical form. An empty value clears the attribute and is right.
func (p *parser) check(key string, k kind, value string, line int) string {
	value = unquote(value)
	if value == "" {
		if k.list() {
			return "" // the list may follow on the next line
		}
		if k == jobType || k == date || p.cur.Verb() == "insert" && (k == condition || k == days || k == window) {
			p.problem(line, quote(key)+" has no value.", "Give it one, or leave the attribute out.")
		}
		return ""
	}
	wrong := func(hint string) string {
		p.problem(line, fmt.Sprintf("%s cannot be %s.", key, quote(value)), hint)
		return value
	}
	switch k {
	case name:
		if reason := badName(value); reason != "" {
			return wrong("Names have letters, digits and . _ - # @ and no blanks.")
		}
	case names:
		items := items(value)
		for _, i := range items {
			if badName(i) != "" {
				return wrong("Write names with commas between them.")
			}
		}
		return strings.Join(items, ", ")
	case jobType:
		for i := range len(value) {
			if c := value[i] | 0x20; !(c >= 'a' && c <= 'z' || value[i] >= '0' && value[i] <= '9' || value[i] == '_') || len(value) > 30 {
				return wrong("Use CMD, BOX, FW or another type of the scheduler.")
			}
		}
	case boolean:
		if !slices.Contains([]string{"0", "1", "y", "n", "yes", "no", "t", "f", "true", "false"}, strings.ToLower(value)) {
			return wrong("Use 1 or 0.")
		}
	case number:
		if _, err := strconv.Atoi(value); err != nil && !variable(value) {
			return wrong("Use a whole number.")
		}
	case times:
		return p.items(value, wrong, func(s string) bool { _, ok := clock(s); return ok }, `Write times of day as "06:00, 18:30".`)
	case minutes:
		return p.items(value, wrong, func(s string) bool { n, ok := digits(s, 2); return ok && n < 60 }, "Write minutes past the hour, 0 to 59, with commas between them.")
	case must:
		return p.items(value, wrong, func(s string) bool {
			if m, relative := strings.CutPrefix(s, "+"); relative {
				_, ok := digits(m, 5)
				return ok
			}
			_, ok := clock(s)
			return ok
		}, `Write times of day as "06:00", or minutes after the start as +90.`)
	case days:
		list := items(strings.ToLower(value))
		for i, d := range list {
			if len(d) > 2 && slices.Contains([]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}, d) {
				d, list[i] = d[:2], d[:2]
			}
			if !slices.Contains([]string{"mo", "tu", "we", "th", "fr", "sa", "su", "all"}, d) {
				return wrong("Use mo, tu, we, th, fr, sa, su or all.")
			}
		}
		return strings.Join(list, ",")
	case window:
		from, to, ok := strings.Cut(value, "-")
		_, ok1 := clock(strings.TrimSpace(from))
		_, ok2 := clock(strings.TrimSpace(to))
		if !ok || !ok1 || !ok2 {
			return wrong(`Write a window as "22:00-02:00".`)
		}
		return strings.TrimSpace(from) + "-" + strings.TrimSpace(to)
	case condition:
		if _, err := ParseCondition(value); err != nil {
			p.problem(line, key+": "+err.Error(), err.(*ConditionError).Hint)
		}
	case rights:
		for _, i := range items(strings.ToLower(value)) {
			if !slices.Contains([]string{"gx", "ge", "wx", "we", "mx", "me"}, i) {
				return wrong("Use gx, ge, wx, we, mx, me with commas between them.")
			}
		}
	case codes:
		for _, i := range items(value) {
			from, to, span := strings.Cut(i, "-")
			_, ok := digits(from, 10)
			if span {
				_, ok2 := digits(to, 10)
				ok = ok && ok2
			}
			if !ok {
				return wrong("Write exit codes as 0,4,10-20.")
			}
		}
	case date:
		if !isDate(value) {
			return wrong("Write dates as MM/DD/YYYY.")
		}
	case dateRule:
		p.dateRule(value, line)
	}
	return value
}

// items gives the parts of a list with commas.
func items(s string) []string {
	var out []string
	for i := range strings.SplitSeq(s, ",") {
		if i = strings.TrimSpace(i); i != "" {
			out = append(out, i)
		}
	}
	return out
}

func (p *parser) items(value string, wrong func(string) string, ok func(string) bool, hint string) string {
	list := items(strings.ReplaceAll(value, `"`, ""))
	for _, i := range list {
		if !ok(i) && !variable(i) {
			return wrong(hint)
		}
	}
	return strings.Join(list, ", ")
}

// variable reports whether a value is filled in when the job runs.
func variable(s string) bool { return strings.HasPrefix(s, "$") }

func digits(s string, most int) (int, bool) {
	if s == "" || len(s) > most {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// clock reads HH:MM as minutes of the day.
func clock(s string) (int, bool) {
	h, m, ok := strings.Cut(s, ":")
	hour, ok1 := digits(h, 2)
	minute, ok2 := digits(m, 2)
	return hour*60 + minute, ok && ok1 && ok2 && len(m) == 2 && hour < 24 && minute < 60
}

// isDateRow reports whether a line of a calendar is a date.
func isDateRow(line string) bool { return line[0] >= '0' && line[0] <= '9' }

// isDate judges MM/DD/YYYY, days of the month included.
func isDate(s string) bool {
	part := strings.Split(s, "/")
	if len(part) != 3 || len(part[2]) != 4 {
		return false
	}
	m, ok1 := digits(part[0], 2)
	d, ok2 := digits(part[1], 2)
	y, ok3 := digits(part[2], 4)
	if !ok1 || !ok2 || !ok3 || m < 1 || m > 12 || d < 1 {
		return false
	}
	last := []int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m-1]
	if m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		last = 29
	}
	return d <= last
}

// dateRow reads "MM/DD/YYYY [HH:MM[:SS]]" of a calendar.
func (p *parser) dateRow(line string) {
	f := strings.Fields(line)
	ok := isDate(f[0]) && len(f) <= 2
	if ok && len(f) == 2 {
		t := f[1]
		if strings.Count(t, ":") == 2 {
			i := strings.LastIndexByte(t, ':')
			s, good := digits(t[i+1:], 2)
			ok, t = good && s < 60 && len(t)-i == 3, t[:i]
		}
		_, good := clock(t)
		ok = ok && good
	}
	if !ok {
		p.problem(p.line, quote(line)+" is not a date of a calendar.", "Write it as MM/DD/YYYY or MM/DD/YYYY HH:MM.")
		return
	}
	p.add("", strings.Join(f, " "), p.line)
}

// dateRule looks at the keywords of an extended calendar. Those this package does not know are kept and warned about.
func (p *parser) dateRule(s string, line int) {
	depth := 0
	for _, r := range s {
		switch r {
		case '(', '{':
			depth++
		case ')', '}':
			if depth--; depth < 0 {
				p.problem(line, "A bracket is closed that was not opened in "+quote(s)+".", "")
				return
			}
		}
	}
	if depth != 0 {
		p.problem(line, "A bracket is not closed in "+quote(s)+".", "")
	}
	unknown := ""
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t&|,(){}", r) }) {
		if !dateWord(strings.ToUpper(w)) && unknown == "" {
			unknown = w
		}
	}
	if unknown != "" {
		p.warn(line, "The date keyword "+quote(unknown)+" is not known here; the rule is kept as it stands.", "Check it with autocal_asc.")
	}
}

// dateWord knows the keywords of an extended calendar, in capitals.
func dateWord(w string) bool {
	if w == "AND" || w == "OR" || w == "NOT" {
		return true
	}
	w = strings.TrimPrefix(w, "X")
	stem := strings.TrimRight(w, "0123456789")
	if h, after, ok := strings.Cut(w, "#"); ok {
		if _, ok := digits(after, 3); !ok && after != "L" && after != "E" && after != "O" {
			_, last := strings.CutPrefix(after, "L")
			if n, ok := digits(strings.TrimPrefix(after, "L"), 3); !last || !ok || n < 0 {
				return false
			}
		}
		stem = h + "#"
	}
	switch stem {
	case "DAILY", "WORKDAYS", "WORKD#", "WORKDM", "FOMWORK", "EOMWORK", "WEEKDAYS", "WEEKD#", "WEEKDM", "WEEK#", "MNTHD#", "MNTHDM", "FOM", "EOM", "CYCLE", "CYCL#", "CYCLM", "CWEEK#", "CWRK#", "CWRKM", "HOLIDAYS", "YEARD#", "FOQ", "EOQ", "FOY", "EOY":
		return true
	}
	base := strings.TrimSuffix(stem, "#")
	base = strings.TrimPrefix(base, "C")
	for _, b := range []string{base, strings.TrimSuffix(base, "M"), "C" + base} {
		switch b {
		case "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC":
			return true
		}
	}
	return false
}

// whole judges a statement when all its attributes are read.
func (p *parser) whole(s *Statement) {
	has := func(key string) (int, bool) {
		n, ok := p.seen[key]
		return n, ok
	}
	exclusive := func(a, b string) {
		la, oka := has(a)
		lb, okb := has(b)
		va, _ := s.Get(a)
		vb, _ := s.Get(b)
		if oka && okb && va != "" && vb != "" {
			p.problem(max(la, lb), fmt.Sprintf("%s and %s exclude each other in one job.", a, b), "Keep one of them.")
		}
	}
	switch s.Noun() {
	case "job", "box":
		exclusive("start_times", "start_mins")
		exclusive("days_of_week", "run_calendar")
		for _, key := range []string{"start_times", "start_mins"} {
			if n, ok := has(key); ok {
				if v, _ := s.Get(key); v == "" && s.Verb() == "insert" {
					p.problem(n, quote(key)+" has no value.", "Give it one, or leave the attribute out.")
				}
			}
		}
		if s.Verb() == "insert" {
			d, _ := s.Get("date_conditions")
			if on := strings.ContainsAny(strings.ToLower(d), "1yt"); !on {
				for _, key := range []string{"start_times", "start_mins", "days_of_week", "run_calendar", "run_window"} {
					if n, ok := has(key); ok {
						p.warn(n, key+" of "+s.Name+" has no effect: date_conditions is not 1.", "Set date_conditions: 1, or take the dates away.")
						break
					}
				}
			}
			p.needs(s)
		}
		if s.Verb() == "rename" {
			if v, _ := s.Get("new_name"); v == "" {
				p.problem(s.Line, "rename_job of "+quote(s.Name)+" does not say the new name.", "Add new_name: NAME.")
			}
		}
		if s.Verb() == "delete" && len(s.Attributes) > 0 {
			p.problem(s.Attributes[0].Line, "A statement "+s.Keyword+" takes no attributes.", "Begin a new statement for them.")
		}
	case "calendar", "extended_calendar", "cycle":
		if len(s.Attributes) == 0 {
			p.warn(s.Line, "The calendar "+s.Name+" has no dates.", "")
		}
	}
}

// needs warns about a job that its scheduler would refuse.
func (p *parser) needs(s *Statement) {
	typ, _ := s.Get("job_type")
	set := func(key string) bool { v, _ := s.Get(key); return v != "" }
	_, profile := s.Get("command")
	switch strings.ToUpper(typ) {
	case "", "C", "CMD":
		if !profile {
			p.warn(s.Line, "The command job "+s.Name+" has no command.", "")
		}
		if !set("machine") {
			p.warn(s.Line, "The job "+s.Name+" names no machine.", "")
		}
	case "F", "FW":
		if !set("watch_file") {
			p.warn(s.Line, "The file watcher "+s.Name+" names no file.", "")
		}
	case "B", "BOX":
		if set("command") {
			n := p.seen["command"]
			p.problem(n, "A box runs no command, but "+s.Name+" has one.", "Make it a CMD job inside of a box.")
		}
	}
}

// suggest names the known word that is nearest to one that is not.
func suggest[T any](p *parser, got string, known map[string]T) string {
	if len(p.Problems) >= maxProblems || len(got) > 60 {
		return ""
	}
	best, least := "", 3
	for w := range known {
		if d := distance(got, w, least); d < least || d == least && best != "" && w < best {
			best, least = w, d
		}
	}
	if best == "" {
		return ""
	}
	return "Did you mean " + best + "?"
}

// distance is the number of letters to change, add, drop or swap, up to most.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	prev, cur := make([]int, len(b)+1), make([]int, len(b)+1)
	var before []int
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		cur[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j+1]+1, cur[j]+1, prev[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] && before != nil {
				cur[j+1] = min(cur[j+1], before[j-1]+1)
			}
		}
		before, prev, cur = prev, cur, make([]int, len(b)+1)
	}
	return prev[len(b)]
}
