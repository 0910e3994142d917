package redact

import "io"

// Writer masks what is written to it and passes it on. Findings may stand across the borders of writes.
type Writer struct {
	w    io.Writer
	f    *Finder
	p    *Pseudonyms
	held []byte
}

// NewWriter makes a Writer. Close it to have the rest written; the writer below is not closed.
func NewWriter(w io.Writer, f *Finder, p *Pseudonyms) *Writer { return &Writer{w: w, f: f, p: p} }

// Write takes b in. The error is that of the writer below.
func (w *Writer) Write(b []byte) (int, error) {
	w.held = append(w.held, b...)
	return len(b), nil
}

// Close writes what is held back.
func (w *Writer) Close() error {
	s := string(w.held)
	w.held = nil
	_, err := io.WriteString(w.w, Mask(s, w.f.Find(s), w.p))
	return err
}
