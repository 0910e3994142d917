package redact

import (
	"cmp"
	"unicode/utf8"
)

// A text is searched in windows, so that the memory it takes does not grow with it and no finder can be slower than
// linear. A window ends at the end of a line where it can, and shows the finders what stands before and after it. Find
// and Writer cut alike, so they find alike.
const (
	windowSize   = 64 << 10 // bytes of one window that are new
	windowBefore = 256      // bytes of the text before that finders see again
	windowAfter  = 2 << 10  // bytes at the end of a window that are looked at anew in the next
)

// window is the state from one window to the next.
type window struct {
	f       *Finder
	t       *text
	found   []Finding // of the last window; offsets from the beginning of what was new in it
	context int       // bytes before the next window that finders should see
	open    bool      // the next window begins inside a private key
	joined  bool      // the first finding of the last window goes on with the last of the window before
	cutIn   Kind      // of the finding that the cut went through
}

// find searches s, of which the first before bytes were in the window before. It gives how many of the others are done
// with: all when the text ends with s.
func (w *window) find(s string, before int, last bool) (done int) {
	if w.t == nil {
		w.t = w.f.texts.Get().(*text)
	}
	t := w.t
	skip := skipContinuation(s, before)
	t.reset(s[skip:])
	t.open = w.open
	before -= skip
	if w.open { // what stands before was inside the key as well
		t.reset(s[skip+before:])
		t.open = true
		before = 0
	}
	w.f.find(t)
	found := t.resolve(w.f)
	end := len(t.s)
	if !last {
		end = w.cut(t, found, before)
	}
	w.open = t.open && end == len(t.s)
	w.found = w.found[:0]
	goesOn := Kind("")
	wasIn := w.cutIn
	w.joined = false
	for _, x := range found {
		if x.End <= before || x.Start >= end {
			continue
		}
		if x.Start < before {
			x.Start = before
		}
		if x.End > end || x.End == end && w.open {
			x.End = end
			goesOn = x.Kind
		}
		x.Start -= before
		x.End -= before
		if x.Start == 0 && x.Kind == wasIn {
			w.joined = true
		}
		w.found = append(w.found, x)
	}
	w.cutIn = goesOn
	w.context = min(windowBefore, end)
	return end - before
}

// cut gives where the window ends: after a line that no finding crosses, else at a space, else wherever it must.
func (w *window) cut(t *text, found []Finding, before int) int {
	s := t.s
	most := max(before+1, len(s)-windowAfter)
	least := max(before+1, most-windowSize/2)
	if t.open { // inside a key that began before the end
		if k := len(found) - 1; k >= 0 && found[k].End == len(s) {
			return len(s)
		}
	}
	k := len(found) - 1
	space, joint, loose := 0, 0, 0
	for p := most; p >= least; p-- {
		for k >= 0 && found[k].Start >= p {
			k--
		}
		if k >= 0 && found[k].End > p {
			p = found[k].Start + 1
			continue
		}
		switch {
		case s[p-1] == '\n':
			return p
		case space == 0 && s[p-1] == ' ':
			space = p
		case joint == 0 && class[s[p-1]] == 0:
			joint = p
		case loose == 0 && utf8.RuneStart(s[p]):
			loose = p
		}
	}
	for n := 1; n < utf8.UTFMax && most > before+1 && !utf8.RuneStart(s[most]); n++ {
		most--
	}
	return cmp.Or(space, joint, loose, most)
}

// skipContinuation gives how many bytes at the beginning of s belong to a letter that was cut, when there is anything before.
func skipContinuation(s string, before int) int {
	n := 0
	for n < before && n < utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n++
	}
	return n
}

// close gives back what was borrowed.
func (w *window) close() {
	if w.t != nil {
		w.t.s = ""
		w.f.texts.Put(w.t)
		w.t = nil
	}
}
