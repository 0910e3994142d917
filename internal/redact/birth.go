package redact

// birth finds the date after a word about birth: born on 12 May 1980, DOB: 05/12/1980.
func (t *text) birth(i int) {
	s := t.s
	for k := i + 1; k < len(t.words) && k <= i+6; k++ {
		w := &t.words[k]
		if int(w.start)-int(t.words[i].end) > 40 {
			return
		}
		if t.newline(k-1) && !t.labelled(t.words[k].start) {
			return
		}
		if w.shape == digits || w.about&isMonth != 0 {
			if end := t.date(k); end > 0 {
				t.add(Finding{int(w.start), end, BirthDate, 0.95, "a date said to be of birth"})
				return
			}
			if n := w.end - w.start; w.shape == digits && n == 4 && (s[w.start] == '1' || s[w.start] == '2') {
				t.add(Finding{int(w.start), int(w.end), BirthDate, 0.7, "a year said to be of birth"})
				return
			}
		}
	}
}

// date gives the end of the date that word i begins, 0 for none.
func (t *text) date(i int) int {
	s := t.s
	var number [3]int
	months, years, seen := 0, 0, 0
	end := 0
	for k := i; k < len(t.words) && seen < 3; k++ {
		w := &t.words[k]
		if k > i {
			gap := s[t.words[k-1].end:w.start]
			if len(gap) > 3 {
				break
			}
			bad := false
			for p := range len(gap) {
				switch gap[p] {
				case ' ', '-', '/', '.', ',':
				default:
					bad = true
				}
			}
			if bad {
				break
			}
		}
		n := w.end - w.start
		switch {
		case w.about&isMonth != 0:
			months++
		case ordinal.has(w.hash): // of, the
			continue
		case class[s[w.start]] == isDigit && (w.shape == digits && (n <= 2 || n == 4) || n <= 4 && w.shape == alnum && n >= 3):
			v := 0
			for p := w.start; p < w.end && class[s[p]] == isDigit; p++ {
				v = v*10 + val(s[p])
			}
			number[seen] = v
			if w.shape == digits && n == 4 {
				if v < 1850 || v > 2100 {
					return 0
				}
				years++
			} else if v < 1 && n == 1 || v > 99 {
				return 0
			}
		default:
			k = len(t.words)
			continue
		}
		seen++
		end = int(w.end)
	}
	if seen == 3 && months <= 1 && years <= 1 || seen == 2 && months == 1 {
		return end
	}
	if w := t.words[i]; seen == 1 && w.end-w.start == 8 {
		return int(w.end)
	}
	return 0
}

var ordinal = set("of the de")
