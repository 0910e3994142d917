package web

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/evidence"
	"firebreak/internal/id"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

type getEntryIn struct {
	Entry id.ID `path:"entry" doc:"the entry's id"`
	RevealIn
}

func (s *Server) getEntry(ctx context.Context, in *getEntryIn) (ticket.Entry, error) {
	return s.desk.Entry(in.ctx(ctx), in.Entry)
}

type linesIn struct {
	Entry id.ID  `path:"entry" doc:"the entry's id"`
	From  int    `query:"from" minimum:"0" doc:"first line of the view, from 0"`
	Count int    `query:"count" minimum:"0" maximum:"1000" doc:"how many lines; 200 when not given"`
	Level string `query:"level" doc:"this level and above: trace, debug, info, warn, error, fatal; all lines when not given"`
	RevealIn
}

func (s *Server) logLines(ctx context.Context, in *linesIn) (desk.LogPage, error) {
	return s.desk.LogLines(in.ctx(ctx), in.Entry, desk.LogView{Level: in.Level, From: in.From, Count: in.Count})
}

type findIn struct {
	Entry id.ID  `path:"entry" doc:"the entry's id"`
	Find  string `query:"find" doc:"the text, in any case"`
	After int    `query:"after" doc:"number of the line to start from, which itself does not count"`
	Dir   string `query:"dir" doc:"next or prev"`
	Level string `query:"level" doc:"this level and above"`
	RevealIn
}

func (s *Server) findInLog(ctx context.Context, in *findIn) (desk.LogHit, error) {
	return s.desk.FindInLog(in.ctx(ctx), in.Entry, desk.FindInLog{Text: in.Find, After: in.After, Back: in.Dir == "prev", Level: in.Level})
}

// logView answers the log viewer of the page: lines, or with find the place of the nearest hit.
func (s *Server) logView(w http.ResponseWriter, r *http.Request, _ id.ID) error {
	var out any
	if r.URL.Query().Has("find") {
		var in findIn
		if err := bind(r, &in); err != nil {
			return err
		}
		hit, err := s.findInLog(r.Context(), &in)
		if err != nil {
			return err
		}
		out = hit
	} else {
		var in linesIn
		if err := bind(r, &in); err != nil {
			return err
		}
		page, err := s.logLines(r.Context(), &in)
		if err != nil {
			return err
		}
		out = page
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// exhibit is a piece of evidence as the page shows it.
type exhibit struct {
	SQL      *sqlView
	Terminal *evidence.TerminalFacts
	Log      *logView
	Shots    []shot
	Files    []ticket.Attachment // what can be downloaded
	Main     ticket.Attachment
	About    string // title and figures, in one line
	Open     bool   // shown as it is, not masked
}

type sqlView struct {
	evidence.SQL
	Table []sqlRow
	Num   []bool
	More  bool // the whole is in a file
}

type sqlRow []sqlCell

type sqlCell struct {
	Text      string
	Num, Null bool
}

type logView struct {
	evidence.LogFacts
	Between int // lines between head and tail
}

type shot struct {
	File          ticket.Attachment
	Alt           string
	Thumb         string // role of the thumbnail
	Width, Height int    // of the thumbnail; 0 when not known
}

// exhibitOf reads what the desk keeps about an entry's evidence. What cannot be read is left out; the files
// can always be downloaded.
func exhibitOf(e *ticket.Entry) (x exhibit) {
	thumbs := map[string]bool{}
	for _, f := range e.Files {
		if strings.HasPrefix(f.Role, desk.RoleThumbnail) {
			thumbs[strings.TrimPrefix(f.Role, desk.RoleThumbnail)] = true
		}
	}
	var images evidence.PictureFacts
	if len(thumbs) > 0 {
		json.Unmarshal([]byte(e.Data), &images)
	}
	for _, f := range e.Files {
		suffix, ok := strings.CutPrefix(f.Role, desk.RoleMain)
		switch {
		case ok && thumbs[suffix]:
			s := shot{File: f, Alt: cmp.Or(e.Title, f.Name), Thumb: desk.RoleThumbnail + suffix}
			if n := len(x.Shots); n < len(images.Images) {
				s.Width, s.Height = images.Images[n].ThumbWidth, images.Images[n].ThumbHeight
			}
			x.Shots = append(x.Shots, s)
		case ok, f.Role == desk.RoleTiming:
			x.Files = append(x.Files, f)
		}
		if f.Role == desk.RoleMain {
			x.Main = f
		}
	}
	switch e.Kind {
	case ticket.SQL:
		s := sqlView{More: slices.ContainsFunc(e.Files, func(f ticket.Attachment) bool { return f.Role == desk.RoleTable })}
		if json.Unmarshal([]byte(e.Data), &s.SQL) == nil {
			s.fill()
			x.SQL = &s
		}
	case ticket.Terminal:
		var t evidence.TerminalFacts
		if json.Unmarshal([]byte(e.Data), &t) == nil {
			x.Terminal = &t
		}
	case ticket.Log:
		var l logView
		if json.Unmarshal([]byte(e.Data), &l.LogFacts) == nil {
			l.Between = l.Lines - len(l.Head) - len(l.Tail)
			x.Log = &l
		}
	}
	x.About = x.about(e)
	x.Open = e.Private != nil && e.Private.Revealed
	return x
}

// publicExhibit is what of an entry the requester may see.
func publicExhibit(e ticket.PublicEntry) exhibit {
	return exhibitOf(&ticket.Entry{ID: e.ID, Kind: ticket.File, Files: e.Files})
}

// about is the line beside the kind: the title, then what can be told at a glance.
func (x *exhibit) about(e *ticket.Entry) string {
	parts := []string{e.Title}
	switch {
	case x.SQL != nil:
		parts = append(parts, x.SQL.Engine, x.SQL.Database)
		if x.SQL.RowCount != nil {
			parts = append(parts, counted(*x.SQL.RowCount, "row", "rows"))
		}
		if x.SQL.DurationMS > 0 {
			parts = append(parts, milliseconds(x.SQL.DurationMS))
		}
	case x.Terminal != nil:
		t := x.Terminal
		if e.Title == "" {
			parts[0] = t.Title
		}
		if t.Recorded && t.DurationMS > 0 {
			parts = append(parts, milliseconds(float64(t.DurationMS)))
		}
		if t.Exit != nil && *t.Exit != 0 {
			parts = append(parts, fmt.Sprintf("ended with %d", *t.Exit))
		}
	case x.Log != nil:
		if e.Title == "" {
			parts[0] = x.Main.Name
		}
		parts = append(parts, counted(x.Log.Lines, "line", "lines"))
		for _, l := range []struct{ level, one, many string }{{"fatal", "fatal", "fatal"}, {"error", "error", "errors"}, {"warn", "warning", "warnings"}} {
			if n := x.Log.Levels[l.level]; n > 0 {
				parts = append(parts, counted(n, l.one, l.many))
			}
		}
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// counted is plural with separators: 1,204,331 lines.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (s *sqlView) fill() {
	s.Num = s.Numeric()
	for _, row := range s.Rows {
		cells := make(sqlRow, len(row))
		for i, text := range row {
			cells[i] = sqlCell{Text: text, Num: i < len(s.Num) && s.Num[i], Null: s.IsNull(text)}
		}
		s.Table = append(s.Table, cells)
	}
}

// milliseconds gives a short time as people say it: 12 ms, 0.31 s, 4 min 10 s.
func milliseconds(ms float64) string {
	d := time.Duration(ms * float64(time.Millisecond))
	switch {
	case d < 100*time.Millisecond:
		return trimZero(ms, "%.1f") + " ms"
	case d < time.Minute:
		return trimZero(ms/1000, "%.2f") + " s"
	}
	return urgency.Duration(d.Round(time.Second))
}

func trimZero(f float64, format string) string {
	s := fmt.Sprintf(format, f)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
