package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"firebreak/internal/desk"
	"firebreak/internal/ticket"
)

func (s *story) evidence(d time.Duration, who string, in desk.NewEntry) *story {
	return s.after(d, who+" adds "+string(in.Kind), func(n int64) error {
		_, err := s.t.d.AddEntry(s.t.as(who), n, in)
		return err
	})
}

// sql is a statement with the result pasted from the client.
func (s *story) sql(d time.Duration, who, database, statement, result string, millis float64) *story {
	return s.evidence(d, who, desk.NewEntry{Kind: ticket.SQL, Engine: "Oracle 19c", Database: database, Statement: statement, Result: result, DurationMS: millis})
}

// terminal is a session that plays back: text is what was seen, a line beginning with "$ " was typed.
func (s *story) terminal(d time.Duration, who, title, text string) *story {
	return s.evidence(d, who, desk.NewEntry{Kind: ticket.Terminal, Title: title, Cast: cast(title, text)})
}

// log is a piece of a log.
func (s *story) log(d time.Duration, who, title, name, text string) *story {
	return s.evidence(d, who, desk.NewEntry{Kind: ticket.Log, Title: title, Name: name, Body: text})
}

// screenshot is a picture of a terminal window, drawn here.
func (s *story) screenshot(d time.Duration, who, title string, lines ...string) *story {
	return s.after(d, who+" attaches a screenshot", func(n int64) error {
		ctx := s.t.as(who)
		if err := s.t.d.Attach(ctx, n, ticket.Screenshot); err != nil {
			return err
		}
		in, err := s.t.d.TakeFile(ctx, ticket.Screenshot, "extract.png", bytes.NewReader(picture(title, lines)))
		if err != nil {
			return err
		}
		_, err = s.t.d.AddEntry(ctx, n, desk.NewEntry{Kind: ticket.Screenshot, Title: title}, in)
		return err
	})
}

// cast writes an asciicast 2 in which commands are typed letter by letter and answers come at once.
func cast(title, text string) string {
	var out strings.Builder
	enc := func(v any) {
		b, _ := json.Marshal(v)
		out.Write(b)
		out.WriteByte('\n')
	}
	enc(map[string]any{"version": 2, "width": 100, "height": 14, "title": title})
	at := 0.4
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			at += 0.6
			enc([]any{at, "o", "\x1b[32m$\x1b[0m "})
			for _, r := range command {
				at += 0.045
				enc([]any{at, "o", string(r)})
			}
			at += 0.4
			enc([]any{at, "o", "\r\n"})
			continue
		}
		at += 0.12
		enc([]any{at, "o", line + "\r\n"})
	}
	return out.String()
}

// picture draws lines of text as a window shows them, as PNG.
func picture(title string, lines []string) []byte {
	const width, lineHeight, margin = 720, 18, 16
	img := image.NewRGBA(image.Rect(0, 0, width, 2*margin+(len(lines)+2)*lineHeight))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{0x1c, 0x1e, 0x22, 0xff}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, 0, width, 26), image.NewUniform(color.RGBA{0x3b, 0x3f, 0x47, 0xff}), image.Point{}, draw.Src)
	text := func(s string, x, y int, c color.Color) {
		d := font.Drawer{Dst: img, Src: image.NewUniform(c), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
		d.DrawString(s)
	}
	text(title, margin, 18, color.RGBA{0xec, 0xea, 0xe6, 0xff})
	for i, l := range lines {
		c := color.RGBA{0xb3, 0xaf, 0xa8, 0xff}
		if strings.Contains(l, "ORA-") || strings.Contains(l, "ERROR") {
			c = color.RGBA{0xff, 0x8a, 0x7a, 0xff}
		}
		text(l, margin, margin+(i+2)*lineHeight, c)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(fmt.Sprint("demo: draw a picture: ", err))
	}
	return out.Bytes()
}
