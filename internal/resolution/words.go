package resolution

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Own gives what the writer of a mail or a note said themselves: without what they quoted, their greeting, and their
// signature. A text of nothing else is given as it is.
func Own(text string) string {
	var out []string
	fence := false
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		trim := strings.TrimSpace(line)
		if strings.HasPrefix(trim, "```") {
			fence = !fence
			out = append(out, line)
			continue
		}
		if fence {
			out = append(out, line)
			continue
		}
		if line == "--" || line == "-- " || quoteHead(trim) || closing(trim) {
			break
		}
		if strings.HasPrefix(trim, ">") || greeting(trim) {
			continue
		}
		out = append(out, line)
	}
	if own := strings.TrimSpace(strings.Join(out, "\n")); own != "" {
		return own
	}
	return strings.TrimSpace(text)
}

// quoteHead reports whether a line introduces what was quoted below.
func quoteHead(line string) bool {
	low := strings.ToLower(line)
	switch {
	case strings.HasPrefix(low, "-----original message"), strings.HasPrefix(low, "________________________________"),
		strings.HasPrefix(low, "begin forwarded message"), strings.HasPrefix(low, "---------- forwarded message"):
		return true
	case strings.HasSuffix(low, ":") && (strings.HasPrefix(low, "on ") && strings.HasSuffix(low, "wrote:") || strings.HasPrefix(low, "am ") && strings.HasSuffix(low, "schrieb:") || strings.HasPrefix(low, "le ") && strings.HasSuffix(low, "écrit :")):
		return true
	}
	return false
}

func greeting(line string) bool {
	low := strings.ToLower(strings.TrimRight(line, "!,. "))
	if len(low) > 40 || len(strings.Fields(low)) > 4 {
		return false
	}
	for _, g := range []string{"hi", "hello", "hey", "dear", "good morning", "good afternoon", "good evening", "hallo", "guten tag", "bonjour", "team"} {
		if low == g || strings.HasPrefix(low, g+" ") || strings.HasPrefix(low, g+",") {
			return strings.HasSuffix(line, ",") || strings.HasSuffix(line, "!") || low == g || len(strings.Fields(low)) <= 3
		}
	}
	return false
}

func closing(line string) bool {
	low := strings.TrimRight(strings.ToLower(line), "!,. ")
	switch low {
	case "regards", "kind regards", "best regards", "best", "thanks", "many thanks", "thank you", "thanks in advance", "cheers", "sincerely", "yours", "kr", "br", "mit freundlichen grüßen", "viele grüße", "cordialement":
		return true
	}
	return strings.HasPrefix(low, "sent from my ") || strings.HasPrefix(low, "kind regards,") || strings.HasPrefix(low, "best regards,")
}

// Sentences cuts a text into sentences. The lines of a code block and of a log are sentences of their own; an
// abbreviation, a number and a file name do not end one.
func Sentences(text string) (out []string) {
	fence := false
	for block := range strings.SplitSeq(text, "\n") {
		block = strings.TrimSpace(block)
		if strings.HasPrefix(block, "```") {
			fence = !fence
			continue
		}
		block = strings.TrimSpace(strings.TrimLeft(block, "*-•# \t"))
		if block == "" {
			continue
		}
		if fence {
			out = append(out, block)
			continue
		}
		start := 0
		for i, r := range block {
			if r != '.' && r != '!' && r != '?' {
				continue
			}
			rest := block[i+1:]
			next, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, " "))
			if rest != "" && (rest[0] != ' ' || unicode.IsLower(next)) || r == '.' && abbreviated(block[start:i]) {
				continue
			}
			if s := strings.TrimSpace(block[start : i+1]); len(s) > 1 {
				out = append(out, s)
			}
			start = i + 1
		}
		if s := strings.TrimSpace(block[start:]); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func abbreviated(before string) bool {
	last := before[strings.LastIndexAny(before, " (")+1:]
	switch strings.ToLower(last) {
	case "e.g", "i.e", "etc", "approx", "no", "dr", "mr", "mrs", "ca", "vs", "z.b":
		return true
	}
	return len(last) > 0 && len(last) <= 2 && strings.Trim(last, "0123456789") == "" // "1. Compare"
}

// Commands gives what was typed in a terminal session, without the prompts.
func Commands(text string) (out []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if at := prompt(line); at >= 0 {
			if c := strings.TrimSpace(line[at:]); c != "" && c != "exit" && c != "clear" && c != "ls" && c != "pwd" {
				out = append(out, c)
			}
		}
	}
	return out
}

// prompt gives where the command begins in a line of a session, -1 when the line has none.
func prompt(line string) int {
	for _, p := range []string{"$ ", "# ", "% ", "SQL> ", "PS> ", "mysql> ", "sqlite> ", "psql> "} {
		if strings.HasPrefix(line, p) {
			return len(p)
		}
	}
	// user@host:~/dir$ command, [root@host ~]# command, host=> command
	for i := 0; i < len(line) && i < 80; i++ {
		switch line[i] {
		case '$', '#', '>':
			head := line[:i]
			if i+1 < len(line) && line[i+1] == ' ' && i > 0 && (strings.ContainsRune(head, '@') || line[i-1] == '=' || strings.HasPrefix(head, "PS ")) && len(strings.Fields(head)) <= 3 {
				return i + 1
			}
			return -1
		}
	}
	return -1
}

// fenced gives the lines of code blocks that are commands: not output, not a definition.
func fenced(text string) (out []string) {
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "```") {
			inside = !inside
			continue
		}
		if !inside || line == "" {
			continue
		}
		if at := prompt(line); at >= 0 {
			line = strings.TrimSpace(line[at:])
		}
		if isCommand(line) {
			out = append(out, line)
		}
	}
	return out
}

// programs begin lines that are commands.
var programs = map[string]bool{}

func init() {
	for w := range strings.FieldsSeq(`awk cat cd chmod chown cp crontab curl date df dig docker du echo export find free getent git grep gzip head hostname ifconfig ip java
		journalctl kill kubectl ln ls lsof mkdir mount mv mysql netstat nc nslookup openssl ping printf ps psql python python3 rm rsync scp sed sendevent autorep jil service sftp sleep sort
		sqlplus ss ssh su sudo systemctl tail tar tcpdump telnet top touch traceroute umount uptime vi wc wget which zcat
		select insert update delete alter create drop grant revoke exec execute begin commit rollback truncate merge with explain call analyze vacuum`) {
		programs[w] = true
	}
}

func isCommand(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	return programs[strings.ToLower(strings.TrimLeft(word, "("))] || strings.HasPrefix(word, "./") || strings.HasPrefix(word, "/") && strings.Contains(line, " ")
}
