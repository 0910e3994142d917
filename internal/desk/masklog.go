package desk

import (
	"context"
	"io"
	"slices"
	"strings"

	"firebreak/internal/evidence"
	"firebreak/internal/privacy"
	"firebreak/internal/redact"
	"firebreak/internal/ticket"
)

// logShield masks lines of a log; nil leaves them as they are.
type logShield struct {
	mask  *redact.Finder
	names *redact.Pseudonyms
	log   io.ReaderAt
	x     *evidence.LogIndex
}

// logShield gives what masks the lines of a log, nil for a caller who asked for the original.
func (d *Desk) logShield(ctx context.Context, e *ticket.Entry) (*logShield, error) {
	s, err := d.shield(ctx)
	if err != nil {
		return nil, err
	}
	if open, err := d.lookAtEntry(ctx, e); err != nil || open {
		return nil, err
	}
	return &logShield{mask: s.mask, names: s.names(e)}, nil
}

// keyReach is how many lines before one that may belong to a key are read to find out: more than the longest key has.
const keyReach = 130

// lines masks lines of the log, which need not follow on each other. The result tells which were altered.
func (s *logShield) lines(lines []evidence.Line) ([]bool, error) {
	changed := make([]bool, len(lines))
	if s == nil {
		return changed, nil
	}
	for from := 0; from < len(lines); {
		to := from + 1
		for to < len(lines) && lines[to].Number == lines[to-1].Number+1 {
			to++
		}
		if err := s.run(lines[from:to], changed[from:to]); err != nil {
			return nil, err
		}
		from = to
	}
	return changed, nil
}

// run masks lines that follow on each other.
func (s *logShield) run(lines []evidence.Line, changed []bool) error {
	var before []evidence.Line
	if n := lines[0].Number; n > 1 && keyLine(lines[0].Text) {
		var err error
		first := max(n-keyReach, 1)
		if before, err = evidence.ReadLines(s.log, s.x, first, n-first); err != nil {
			return err
		}
	}
	parts := make([]part, 0, len(before)+len(lines))
	for i := range before {
		parts = append(parts, part{at: &before[i].Text, goesOn: true})
	}
	for i := range lines {
		if lines[i].Cut {
			lines[i].Text = cutSafe(lines[i].Text)
		}
		parts = append(parts, part{at: &lines[i].Text, goesOn: true})
	}
	marks := slices.DeleteFunc(markParts(s.mask, parts), func(m privacy.Mark) bool { return m.Text < len(before) })
	maskParts(parts, marks, s.names)
	for _, m := range marks {
		changed[m.Text-len(before)] = true
	}
	return nil
}

// shows reports whether a text stands in a line as it is shown.
func (s *logShield) shows(number int, text string) (bool, error) {
	if s == nil {
		return true, nil
	}
	lines, err := evidence.ReadLines(s.log, s.x, number, 1)
	if err != nil || len(lines) == 0 {
		return false, err
	}
	cut := lines[0].Cut
	changed, err := s.lines(lines)
	if err != nil {
		return false, err
	}
	return !changed[0] && !cut || strings.Contains(strings.ToLower(lines[0].Text), strings.ToLower(text)), nil
}

// cutSafe shortens a text that was cut off in the middle, so that it does not end in half of a number or a word that nobody
// would know as private.
func cutSafe(s string) string {
	if i := strings.LastIndexAny(s, " \t,;|"); i > len(s)-256 && i > 0 {
		s = s[:i]
	}
	return strings.TrimRight(s, "0123456789 -")
}
