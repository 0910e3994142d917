package signature

import "strings"

// levels are words by which a log states how bad a line is.
var levels = setOf("trace debug info notice warn warning error err severe critical crit fatal alert emerg emergency panic fine finer finest config verbose")

// message gives where the message of a log line begins, behind what loggers put before it: marks of a quoted mail,
// date and time, level, process, thread, host, name of the logger. 0 when there is no such thing.
func message(line string) int {
	p := 0
	dated := false                                            // a date or a level was read, so more of a logger's words may come
	fresh := false                                            // and nothing else yet
	for p < len(line) && (line[p] == '>' || line[p] == ' ') { // a quoted mail
		p++
	}
	if p > 0 && !strings.Contains(line[:p], ">") {
		p = 0
	}
	for rounds := 0; rounds < 12 && p < len(line); rounds++ {
		from := p
		for p < len(line) && (line[p] == ' ' || line[p] == '-' || line[p] == '|' || line[p] == ':') {
			if line[p] == '-' && p+1 < len(line) && line[p+1] != ' ' && line[p+1] != '-' || !dated && rounds == 0 {
				break
			}
			p++
		}
		if p >= len(line) {
			return from
		}
		c := line[p]
		if class[c]&(digit|letter) != 0 {
			if e := dateAt(line, p); e > 0 {
				fresh = !dated
				dated = true
				p = e
				continue
			}
		}
		if fresh = fresh && class[c]&(digit|letter) != 0; c == '[' || c == '(' || c == '<' {
			end := strings.IndexByte(line[p:min(len(line), p+80)], closing(c))
			if end < 0 || c != '[' && !dated && rounds > 0 {
				return lead(line, from)
			}
			inside := line[p+1 : p+end]
			if !dated && c == '[' && inside != "" && dateAt(line, p+1) > 0 {
				dated = true
			}
			if !dated && !levels.has(inside) && rounds > 0 {
				return lead(line, from)
			}
			p += end + 1
			continue
		}
		e := p
		for e < len(line) && class[line[e]]&space == 0 {
			e++
		}
		w := line[p:e]
		bare := strings.Trim(w, "[]():,-|*")
		switch {
		case dated && (w == "stdout" || w == "stderr" || w == "F" || w == "P"): // a container's
			p = e
		case levels.has(bare) && w != "panic:" && !(bare == "fatal" && strings.HasPrefix(line[e:], " error: ")) && (classes(bare)&lower == 0 || dated || strings.HasSuffix(w, ":")):
			p = e
			dated = dated || classes(bare)&lower == 0
		case !dated:
			return lead(line, from)
		case classes(bare)&(letter|colon|slash) == 0 && bare != "": // a process
			p = e
		case strings.HasSuffix(w, ":") && !exceptionName(bare) && !code(bare) && (strings.Contains(w, "[") || strings.Contains(bare, ".") && !host(bare)): // cron[123]: or a logger
			p = e
		case e+3 < len(line) && line[e:e+3] == " - " && !exceptionName(bare) && classes(bare)&(equals|slash) == 0: // name of the logger
			p = e
		case host(bare) || fresh && hosted(line, p, e):
			p = e
		default:
			return lead(line, from)
		}
	}
	return lead(line, p)
}

// closing is the bracket that ends what an opening one begins.
func closing(open byte) byte {
	if open == '(' {
		return ')'
	}
	return open + 2 // [ ] and < >, as ASCII has them
}

// lead skips spaces; the message keeps one tab, by which some stack traces are known.
func lead(line string, p int) int {
	for p < len(line) && (line[p] == ' ' || line[p] == '|' || p > 0 && line[p] == '-' && p+1 < len(line) && line[p+1] == ' ') {
		p++
	}
	return p
}

// hosted reports whether, behind the word line[p:e], a program follows, with its process or without, as in syslog: the
// word is a host.
func hosted(line string, p, e int) bool {
	if class[line[p]]&upper != 0 {
		return false
	}
	e = lead(line, e)
	n := e
	for n < len(line) && class[line[n]]&space == 0 && n < e+60 {
		n++
	}
	return n > e+2 && line[n-1] == ':' && (line[n-2] == ']' || classes(line[e:n-1])&(letter|under|joint) != 0 && classes(line[e:n-1])&(cut|equals|slash|dot) == 0)
}

// exceptionName reports whether a word is the name of an exception: java.lang.NullPointerException, KeyError.
func exceptionName(w string) bool {
	end := 0
	for _, e := range [...]string{"Exception", "Error", "Throwable", "Fault", "Failure", "Interrupt", "Exit", "Warning"} {
		if n := len(w) - len(e); n > 0 && w[n] == e[0] && w[n:] == e {
			end = len(e)
		}
	}
	if end == 0 {
		return false
	}
	from := 0 // of the last part
	for i := range len(w) {
		switch k := class[w[i]]; {
		case k&dot != 0 || w[i] == '$':
			from = i + 1
		case k&(letter|digit|under) == 0:
			return false
		}
	}
	return len(w)-from > end && class[w[from]]&upper != 0
}
