package desk

import (
	"bytes"
	"context"
	"io"
	"path"
	"regexp"
	"strings"

	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/ticket"
)

// transcriptHead is how much of a session's text stays beside the entry, in bytes.
const transcriptHead = 8 << 10

// makeTerminal reads a terminal session: an asciicast, a typescript with or without its timing, or text pasted
// from a terminal. What is in it decides, not the name, except that a .cast file must be an asciicast.
func (d *Desk) makeTerminal(ctx context.Context, in NewEntry, files []Incoming) (m made, err error) {
	m.kind = ticket.Terminal
	if in.Cast != "" {
		if len(files) > 0 {
			return m, fault.Invalid("cast", "There is a cast and a file.", "Send one of them.")
		}
		f, err := d.TakeFile(ctx, ticket.Terminal, "session.cast", strings.NewReader(in.Cast))
		if err != nil {
			return m, err
		}
		files = []Incoming{f}
	}
	if len(files) == 0 {
		if head := []byte(in.Body); isCast(head[:min(len(head), evidence.SniffBytes)]) {
			f, err := d.one(ctx, &in, nil, "session.cast")
			if err != nil {
				return m, err
			}
			files = []Incoming{f}
		}
	}
	if len(files) == 0 {
		return d.pastedTerminal(in)
	}
	script, timing, err := d.scriptAndTiming(ctx, files)
	if err != nil {
		return m, err
	}
	if m.body, err = remark(in); err != nil {
		return m, err
	}
	return m, d.unpack(ctx, func() error { return d.readTerminal(ctx, &m, script, timing) })
}

// pastedTerminal keeps a session that was pasted as text.
func (d *Desk) pastedTerminal(in NewEntry) (m made, err error) {
	m.kind = ticket.Terminal
	if bad := sound("body", in.Body); bad != nil {
		return m, bad
	}
	text := strings.Trim(evidence.Strip(in.Body), "\r\n")
	if strings.TrimSpace(text) == "" {
		return m, fault.Invalid("body", "There is neither a recording nor a text.", "Paste the session, or choose the recording.")
	}
	clean, problem, hint := ticket.CleanText(text, ticket.MaxBody, false)
	if problem != "" {
		return m, fault.Invalid("body", problem, hint)
	}
	m.body, m.data = clean, jsonOf(evidence.TerminalFacts{})
	return m, nil
}

// scriptAndTiming tells a typescript and its timing apart, whichever came first.
func (d *Desk) scriptAndTiming(ctx context.Context, files []Incoming) (script Incoming, timing *Incoming, err error) {
	switch {
	case len(files) == 1 && !files[0].Timing:
		return files[0], nil, nil
	case len(files) == 1:
		return script, nil, fault.Invalid("file", "There is a timing but no typescript.", "Send the typescript in the field file.")
	case len(files) > 2:
		return script, nil, fault.Invalid("file", "These are more than two files.", "Send one recording at a time: an asciicast, or a typescript and its timing.")
	}
	a, b := files[0], files[1]
	if !a.Timing && !b.Timing {
		head, err := d.head(ctx, a)
		if err != nil {
			return script, nil, err
		}
		if timingLine.Match(head) {
			a, b = b, a
		}
	} else if a.Timing {
		a, b = b, a
	}
	return a, &b, nil
}

// timingLine is the first line of a timing file of script(1), classic or advanced.
var timingLine = regexp.MustCompile(`^([HIOS] )?[0-9]+\.[0-9]+ ([0-9]+|[A-Z_]+ .*)\n`)

func (d *Desk) head(ctx context.Context, f Incoming) ([]byte, error) {
	b, err := d.store.Blobs().Open(ctx, f.hash)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	head, _, err := peek(b)
	return head, err
}

func (d *Desk) readTerminal(ctx context.Context, m *made, script Incoming, timing *Incoming) error {
	in, err := d.store.Blobs().Open(ctx, script.hash)
	if err != nil {
		return err
	}
	defer in.Close()
	head, err := d.head(ctx, script)
	if err != nil {
		return err
	}
	m.files, _ = attachments([]Incoming{script})
	var c *evidence.Cast
	switch {
	case timing == nil && (strings.EqualFold(path.Ext(script.name), ".cast") || isCast(head)):
		c, err = evidence.ParseCast(in)
	case isBinary(head):
		return notText()
	case timing != nil:
		var steps io.ReadCloser
		if steps, err = d.store.Blobs().Open(ctx, timing.hash); err != nil {
			return err
		}
		defer steps.Close()
		c, err = evidence.ParseTypescript(in, steps)
		m.files = append(m.files, ticket.Attachment{Role: RoleTiming, Name: timing.name, Type: timing.typ, Size: timing.size, Hash: timing.hash})
	default:
		c, err = evidence.ParseTypescript(in, nil)
	}
	if err != nil {
		return err
	}
	m.search = c.Text(searchLimit)
	facts := evidence.TerminalFacts{Width: c.Width, Height: c.Height, DurationMS: c.Duration.Milliseconds(), StartedAt: c.StartedAt,
		Title: c.Title, Command: c.Command, Exit: c.Exit, Recorded: c.Version != 0 || timing != nil}
	facts.Text = clipText(m.search, transcriptHead)
	facts.TextCut = len(facts.Text) < len(m.search)
	m.data = jsonOf(facts)
	if !facts.Recorded {
		return nil
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(c.WriteV2(w)) }()
	a := ticket.Attachment{Role: RoleCast, Name: "session.cast", Type: evidence.Attachment}
	a.Hash, a.Size, err = d.store.Blobs().Put(ctx, r, d.MaxUpload)
	r.CloseWithError(err) // ends the writer if it is not done
	m.files = append(m.files, a)
	return err
}

// Transcript gives a terminal session as plain text, as far as search knows it.
func (d *Desk) Transcript(ctx context.Context, entry id.ID) (ticket.Entry, string, error) {
	e, err := d.entryOf(ctx, entry, ticket.Terminal)
	if err != nil {
		return e, "", err
	}
	text, err := d.store.Read().EntryText(ctx, entry)
	if err != nil {
		return e, "", err
	}
	if text == "" {
		text = e.Body
	}
	s, err := d.shield(ctx)
	if err != nil {
		return e, "", err
	}
	open, err := d.lookAtEntry(ctx, &e)
	if err != nil {
		return e, "", err
	}
	if !open {
		text = s.text(text)
	}
	s.show(&e, open)
	return e, text, nil
}

// isCast reports whether a file starts like an asciicast: a JSON object that states a version.
func isCast(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	first, _, _ := bytes.Cut(head, []byte("\n"))
	return len(first) > 0 && first[0] == '{' && bytes.Contains(first, []byte(`"version"`))
}

// isBinary reports whether the start of a file is no text.
func isBinary(head []byte) bool { return bytes.IndexByte(head, 0) >= 0 }

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}) }

// clipText cuts at a line end.
func clipText(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	if i := strings.LastIndexByte(s[:limit], '\n'); i > 0 {
		return s[:i+1]
	}
	return strings.ToValidUTF8(s[:limit], "")
}
