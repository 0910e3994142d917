package desk

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"firebreak/internal/evidence"
	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/store"
	"firebreak/internal/ticket"
)

// What of a log stays beside the entry, for pages without scripts.
const (
	headLines = 12
	tailLines = 4
	lineShown = 400 // bytes
)

// makeLog reads a log, which may be compressed with gzip or in UTF-16 of Windows; both are kept unpacked.
func (d *Desk) makeLog(ctx context.Context, in NewEntry, files []Incoming) (m made, err error) {
	m.kind = ticket.Log
	f, err := d.one(ctx, &in, files, "pasted.log")
	if err != nil {
		return m, err
	}
	if m.body, err = remark(in); err != nil {
		return m, err
	}
	converted, err := d.plainLog(ctx, &f)
	if err != nil {
		return m, err
	}
	b, err := d.store.Blobs().Open(ctx, f.hash)
	if err != nil {
		return m, err
	}
	defer b.Close()
	x, index, err := d.indexLog(ctx, b)
	if err != nil {
		return m, err
	}
	facts := evidence.LogFacts{Lines: x.Lines, Bytes: x.Bytes, Converted: converted, Levels: map[string]int{}}
	for _, l := range evidence.LevelTrace.From() {
		if n := x.Count(l); n > 0 {
			facts.Levels[l.String()] = n
		}
	}
	if facts.Head, err = evidence.ReadLines(b, x, 1, headLines); err != nil {
		return m, err
	}
	if from := max(x.Lines-tailLines, headLines) + 1; from <= x.Lines {
		if facts.Tail, err = evidence.ReadLines(b, x, from, tailLines); err != nil {
			return m, err
		}
	}
	for _, part := range [][]evidence.Line{facts.Head, facts.Tail} {
		for i := range part {
			if l := &part[i]; len(l.Text) > lineShown {
				l.Text, l.Cut = cutSafe(strings.ToValidUTF8(l.Text[:lineShown], "")), true
			}
		}
	}
	if m.search, err = evidence.LogText(io.NewSectionReader(b, 0, b.Size()), searchLimit); err != nil {
		return m, err
	}
	m.search = f.name + "\n" + m.search
	m.files, _ = attachments([]Incoming{f})
	m.files = append(m.files, index)
	m.data = jsonOf(facts)
	return m, nil
}

// plainLog replaces a compressed or UTF-16 log by its plain text.
func (d *Desk) plainLog(ctx context.Context, f *Incoming) (converted bool, err error) {
	b, err := d.store.Blobs().Open(ctx, f.hash)
	if err != nil {
		return false, err
	}
	defer b.Close()
	head, whole, err := peek(b)
	if err != nil {
		return false, err
	}
	if isGzip(head) {
		z, err := gzip.NewReader(whole)
		if err != nil {
			return false, damagedGzip(err)
		}
		if head, whole, err = peek(gunzip{z}); err != nil {
			return false, err
		}
		f.name, converted = strings.TrimSuffix(f.name, ".gz"), true
	}
	mark := len(head) > 1 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff)
	if !mark && isBinary(head) {
		return false, notText()
	}
	if !converted && !mark && !bytes.HasPrefix(head, []byte("\ufeff")) {
		return false, nil
	}
	plain, was16, err := evidence.UTF8Log(whole)
	if err != nil {
		return false, err
	}
	f.typ = "text/plain; charset=utf-8"
	f.hash, f.size, err = d.store.Blobs().Put(ctx, plain, d.MaxUpload)
	if err == nil && f.size == 0 {
		err = fault.Invalid("file", "The log is empty.", "Choose the file again; nothing was stored.")
	}
	return converted || was16, err
}

// gunzip names damage as the sender's.
type gunzip struct{ z *gzip.Reader }

func (g gunzip) Read(p []byte) (int, error) {
	n, err := g.z.Read(p)
	if err != nil && err != io.EOF {
		err = damagedGzip(err)
	}
	return n, err
}

func damagedGzip(err error) error {
	return &fault.Fault{Code: fault.CodeInvalid, Field: "file", Message: fmt.Sprintf("The compressed log is damaged (%v).", err), Hint: "Compress it again, or send it uncompressed; nothing was stored.", Err: err}
}

// indexLog reads the log once and keeps its index.
func (d *Desk) indexLog(ctx context.Context, b store.Blob) (*evidence.LogIndex, ticket.Attachment, error) {
	a := ticket.Attachment{Role: RoleIndex, Name: "lines.index", Type: evidence.Attachment}
	x, err := evidence.IndexLog(&stoppable{ctx, io.NewSectionReader(b, 0, b.Size())}, 0)
	if err != nil {
		return nil, a, err
	}
	data, err := x.MarshalBinary()
	if err != nil {
		return nil, a, err
	}
	a.Hash, a.Size, err = d.store.Blobs().Put(ctx, bytes.NewReader(data), d.MaxUpload)
	return x, a, err
}

// stoppable ends with its context.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// indexCache remembers the indexes of the logs that are being read.
type indexCache struct {
	mu   sync.Mutex
	kept map[string]*evidence.LogIndex // by the hash of the log
}

// cachedIndexes bounds the memory: an index takes up to 3 MB, of a log of 100 MB about 150 kB.
const cachedIndexes = 16

func (c *indexCache) get(hash string) *evidence.LogIndex {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept[hash]
}

func (c *indexCache) put(hash string, x *evidence.LogIndex) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= cachedIndexes {
		c.kept = map[string]*evidence.LogIndex{}
	}
	c.kept[hash] = x
}

// openLog gives a log and its index; a lost or damaged index is made again. The third result masks its lines.
func (d *Desk) openLog(ctx context.Context, entry id.ID) (store.Blob, *evidence.LogIndex, *logShield, error) {
	e, err := d.entryOf(ctx, entry, ticket.Log)
	if err != nil {
		return nil, nil, nil, err
	}
	shield, err := d.logShield(ctx, &e)
	if err != nil {
		return nil, nil, nil, err
	}
	b, x, err := d.openLogOf(ctx, &e)
	if err == nil && shield != nil {
		shield.log, shield.x = b, x
	}
	return b, x, shield, err
}

func (d *Desk) openLogOf(ctx context.Context, e *ticket.Entry) (store.Blob, *evidence.LogIndex, error) {
	var log, index string
	for _, f := range e.Files {
		switch f.Role {
		case RoleMain:
			log = f.Hash
		case RoleIndex:
			index = f.Hash
		}
	}
	b, err := d.store.Blobs().Open(ctx, log)
	if err != nil {
		return nil, nil, err
	}
	x := d.indexes.get(log)
	if x == nil {
		if x, err = d.readIndex(ctx, index, b); err != nil {
			b.Close()
			return nil, nil, err
		}
		d.indexes.put(log, x)
	}
	return b, x, nil
}

func (d *Desk) readIndex(ctx context.Context, hash string, log store.Blob) (*evidence.LogIndex, error) {
	b, err := d.store.Blobs().Open(ctx, hash)
	if err == nil {
		defer b.Close()
		var x evidence.LogIndex
		if data, err := io.ReadAll(b); err == nil && x.UnmarshalBinary(data) == nil && x.Bytes == log.Size() {
			return &x, nil
		}
	} else if !fault.Is(err, fault.CodeNotFound) {
		return nil, err
	}
	return evidence.IndexLog(&stoppable{ctx, io.NewSectionReader(log, 0, log.Size())}, 0)
}

// LogLine is a line of a log.
type LogLine struct {
	N     int    `json:"n" doc:"number of the line in the file, from 1"`
	Level string `json:"level,omitempty" doc:"trace, debug, info, warn, error, fatal; absent when the line states none"`
	Text  string `json:"text" doc:"without colours and control characters; of a longer line the first 16 kB"`
	Cut   bool   `json:"cut,omitempty"`
}

// LogPage is a part of a log.
type LogPage struct {
	Lines []LogLine `json:"lines"`
	Total int       `json:"total" doc:"lines of the whole view"`
}

// LogView chooses what of a log is shown.
type LogView struct {
	Level string // this level and above; "" for every line
	From  int    // first line of the view, from 0
	Count int    // 1 to 1000; 200 when 0
}

const maxLogPage = 1000

func logLevel(word string) (evidence.Level, error) {
	l, ok := evidence.ParseLevel(word)
	if word != "" && !ok {
		return l, fault.Invalid("level", fmt.Sprintf("There is no level %q.", word), "Use trace, debug, info, warn, error or fatal.")
	}
	return l, nil
}

// LogLines reads lines of a log.
func (d *Desk) LogLines(ctx context.Context, entry id.ID, v LogView) (LogPage, error) {
	level, err := logLevel(v.Level)
	if err != nil {
		return LogPage{}, err
	}
	if v.Count == 0 {
		v.Count = 200
	}
	if v.Count < 1 || v.Count > maxLogPage {
		return LogPage{}, fault.Invalid("count", fmt.Sprintf("The count must be 1 to %d.", maxLogPage), "Ask part by part with from.")
	}
	if v.From < 0 {
		return LogPage{}, fault.Invalid("from", "The first line is number 0.", "Use 0 or more.")
	}
	b, x, shield, err := d.openLog(ctx, entry)
	if err != nil {
		return LogPage{}, err
	}
	defer b.Close()
	lines, err := evidence.ReadLevel(b, x, level, v.From, v.Count)
	if err != nil {
		return LogPage{}, err
	}
	if _, err := shield.lines(lines); err != nil {
		return LogPage{}, err
	}
	page := LogPage{Lines: make([]LogLine, len(lines)), Total: x.CountFrom(level)}
	for i, l := range lines {
		page.Lines[i] = LogLine{N: l.Number, Text: l.Text, Cut: l.Cut}
		if l.Level != evidence.LevelNone {
			page.Lines[i].Level = l.Level.String()
		}
	}
	return page, nil
}

// FindInLog looks for the nearest line with a text.
type FindInLog struct {
	Text  string
	After int    // number of the line to start from, which itself does not count
	Back  bool   // towards the start
	Level string // this level and above
}

// LogHit is where a text was found.
type LogHit struct {
	Index int `json:"index" doc:"place in the view, from 0"`
	N     int `json:"n" doc:"number of the line in the file, from 1"`
}

// FindInLog finds the nearest line; not found when there is none that way.
func (d *Desk) FindInLog(ctx context.Context, entry id.ID, in FindInLog) (LogHit, error) {
	level, err := logLevel(in.Level)
	if err != nil {
		return LogHit{}, err
	}
	if in.Text == "" || len(in.Text) > 1000 {
		return LogHit{}, fault.Invalid("find", "The text to find must have 1 to 1000 characters.", "Type what to look for.")
	}
	b, x, shield, err := d.openLog(ctx, entry)
	if err != nil {
		return LogHit{}, err
	}
	defer b.Close()
	at, n := in.After, 0
	if !in.Back {
		at = max(at, 0) + 1
	}
	for done := false; n == 0 && !done; {
		if err := ctx.Err(); err != nil {
			return LogHit{}, err
		}
		if in.Back {
			n, at, done, err = evidence.FindBefore(b, x, in.Text, at, level)
		} else {
			var hits []int
			if hits, at, done, err = evidence.FindLines(b, x, in.Text, at, 1, level.From()...); len(hits) > 0 {
				n = hits[0]
			}
		}
		if err != nil {
			return LogHit{}, err
		}
		if n > 0 {
			// What is masked cannot be found either: else one could guess it.
			seen, err := shield.shows(n, in.Text)
			if err != nil {
				return LogHit{}, err
			}
			if !seen {
				if at = n + 1; in.Back {
					at = n
				}
				n = 0
				done = !in.Back && at > x.Lines
			}
		}
	}
	if n == 0 {
		return LogHit{}, fault.NotFound("line with this text")
	}
	index, err := x.Place(b, level, n)
	return LogHit{Index: index, N: n}, err
}
