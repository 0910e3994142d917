package redact

import (
	"bytes"
	"io"
)

// Writer masks what is written to it and passes it on. Findings may stand across the borders of writes; the memory it
// takes does not grow with the text.
type Writer struct {
	w      io.Writer
	p      *Pseudonyms
	window window
	held   []byte // what stands before, and what is not yet looked at
	before int    // bytes of held that were passed on
	out    []byte
	err    error
}

// NewWriter makes a Writer. Close it to have the rest written; the writer below is not closed.
func NewWriter(w io.Writer, f *Finder, p *Pseudonyms) *Writer {
	return &Writer{w: w, p: p, window: window{f: f}}
}

// Write takes b in. The error is that of the writer below.
func (w *Writer) Write(b []byte) (int, error) {
	n := 0
	for n < len(b) && w.err == nil {
		k := min(len(b)-n, w.before+windowSize-len(w.held))
		w.held = append(w.held, b[n:n+k]...)
		n += k
		if len(w.held)-w.before == windowSize && n < len(b) {
			w.pass(false)
		} else if len(w.held)-w.before == windowSize {
			break
		}
	}
	return n, w.err
}

// Flush passes on the lines that are whole, for a reader who waits. What belongs together over the end of a line, such as
// a name broken over two, may be missed there; private keys are not.
func (w *Writer) Flush() error {
	k := bytes.LastIndexByte(w.held[w.before:], '\n')
	if k < 0 || w.err != nil {
		return w.err
	}
	rest := bytes.Clone(w.held[w.before+k+1:])
	w.held = w.held[:w.before+k+1]
	w.pass(true)
	w.held = append(w.held, rest...)
	return w.err
}

// Close writes what is held back.
func (w *Writer) Close() error {
	if len(w.held) > w.before && w.err == nil {
		w.pass(true)
	}
	w.window.close()
	w.held = nil
	w.before = 0
	return w.err
}

// pass masks a window and passes it on; last when it is to be passed whole.
func (w *Writer) pass(last bool) {
	s := string(w.held)
	for len(s) > w.before && w.err == nil {
		n := w.window.find(s, w.before, last)
		fresh := s[w.before : w.before+n]
		found := w.window.found
		w.out = w.out[:0]
		at := 0
		for i, x := range found {
			w.out = append(w.out, fresh[at:x.Start]...)
			if i > 0 || !w.window.joined {
				w.out = append(w.out, w.p.Of(x.Kind, fresh[x.Start:x.End])...)
			}
			at = x.End
		}
		w.out = append(w.out, fresh[at:]...)
		_, w.err = w.w.Write(w.out)
		keep := w.before + n - min(w.before+n, w.window.context)
		w.before = w.before + n - keep
		s = s[keep:]
		if !last {
			break
		}
	}
	w.held = append(w.held[:0], s...)
}
