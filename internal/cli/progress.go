package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress draws a line on a terminal that tells how far long work is; elsewhere it stays silent.
type progress struct {
	w     *os.File // nil: silent
	what  string   // "rows"
	total int64    // of done; 0: unknown
	start time.Time

	mu    sync.Mutex
	drawn time.Time
}

const progressEvery = 100 * time.Millisecond

func newProgress(w io.Writer, what string, total int64) *progress {
	p := &progress{what: what, total: total, start: time.Now()}
	if f, ok := w.(*os.File); ok && isTerminal(f) {
		p.w = f
	}
	return p
}

// show draws done of total and a count.
func (p *progress) show(done, count int64) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.drawn) < progressEvery {
		return
	}
	p.drawn = time.Now()
	var b strings.Builder
	b.WriteString("\r\x1b[K")
	if p.total > 0 {
		const width = 30
		part := min(float64(done)/float64(p.total), 1)
		full := int(part * width)
		fmt.Fprintf(&b, "[%s%s] %3.0f%%  ", strings.Repeat("#", full), strings.Repeat("·", width-full), part*100)
	}
	fmt.Fprintf(&b, "%s %s, %s a second", grouped(count), p.what, grouped(p.rate(count)))
	line := b.String()
	if columns, _, err := term.GetSize(int(p.w.Fd())); err == nil && columns > 0 {
		line = cut(line, columns+len("\r\x1b[K")-1)
	}
	io.WriteString(p.w, line)
}

// say draws a count of something else.
func (p *progress) say(what string, done, count int64) {
	if p.what != what {
		p.mu.Lock()
		p.what, p.drawn = what, time.Time{}
		if what != "posts" {
			p.total = 0
		}
		p.mu.Unlock()
	}
	p.show(done, count)
}

func (p *progress) rate(count int64) int64 {
	if s := time.Since(p.start).Seconds(); s > 0.05 {
		return int64(float64(count) / s)
	}
	return count
}

// end takes the line away.
func (p *progress) end() {
	if p.w != nil {
		io.WriteString(p.w, "\r\x1b[K")
	}
}

// grouped writes a number with thin groups of three: 100,000.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// sized writes bytes for people.
func sized(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/unit, 0
	for v >= unit && i < 3 {
		v /= unit
		i++
	}
	return fmt.Sprintf("%.1f %ciB", v, "KMGT"[i])
}
