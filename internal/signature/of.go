package signature

import (
	"strings"
)

// Of gives the errors that a text speaks of, most telling first, at most MaxFound of them.
func Of(text string) []Found {
	var out []Found
	seen := map[string]int{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if !strings.Contains(line, "Exception") && !strings.Contains(line, "ERROR") && !strings.Contains(line, "ORA-") {
			continue
		}
		s := Cold(line)
		if i, ok := seen[s.ID]; ok {
			out[i].Count++
			continue
		}
		if len(out) == MaxFound {
			break
		}
		seen[s.ID] = len(out)
		out = append(out, Found{Signature: s, Kind: Line, Line: n, Count: 1})
	}
	return out
}
