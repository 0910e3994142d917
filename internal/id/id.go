// Package id makes the desk's identifiers: 64-bit, ordered by time, unique across nodes without asking
// the database (41 bits of milliseconds since 2020, 10 bits of node, 12 bits of sequence; the layout
// that Twitter published as Snowflake in 2010). Tickets alone are known by their number.
package id

import (
	"errors"
	"strings"
	"sync"
	"time"
)

// ID identifies anything but a ticket. Zero means none. Its text form is 13 characters of
// Crockford's base 32 in lower case, which is also its JSON form, since JavaScript cannot hold 64 bits.
type ID int64

const (
	nodeBits = 10
	seqBits  = 12
	// MaxNode is the highest node number.
	MaxNode  = 1<<nodeBits - 1
	alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
	width    = 13
)

var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// Maker hands out ids. Safe for concurrent use.
type Maker struct {
	mu   sync.Mutex
	now  func() time.Time
	node int64
	last int64
	seq  int64
}

// NewMaker makes ids for node (0 to MaxNode; it must be this process's alone).
func NewMaker(node int, now func() time.Time) *Maker {
	return &Maker{now: now, node: int64(node) & MaxNode}
}

// Next gives a new id, larger than every one this maker gave before, even when the clock stands
// still or goes back: the sequence then runs into the following milliseconds.
func (m *Maker) Next() ID {
	m.mu.Lock()
	defer m.mu.Unlock()
	ms := m.now().UnixMilli() - epoch
	if ms > m.last {
		m.last, m.seq = ms, 0
	} else if m.seq++; m.seq >= 1<<seqBits {
		m.last, m.seq = m.last+1, 0
	}
	return ID(m.last<<(nodeBits+seqBits) | m.node<<seqBits | m.seq)
}

// After makes the maker continue behind id, so that a restarted process whose clock went back
// cannot give an id twice.
func (m *Maker) After(i ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ms := int64(i) >> (nodeBits + seqBits); ms >= m.last {
		m.last, m.seq = ms+1, 0
	}
}

// String gives the text form; "" for zero.
func (i ID) String() string {
	if i == 0 {
		return ""
	}
	var b [width]byte
	v := uint64(i)
	for n := width - 1; n >= 0; n-- {
		b[n] = alphabet[v&31]
		v >>= 5
	}
	return string(b[:])
}

var errBad = errors.New("an id is 13 letters and digits, as the desk shows it")

// Parse reads the text form. Empty text is zero.
func Parse(s string) (ID, error) {
	if s == "" {
		return 0, nil
	}
	if len(s) != width {
		return 0, errBad
	}
	var v uint64
	for n := range width {
		d := strings.IndexByte(alphabet, s[n]|0x20)
		if s[n] >= '0' && s[n] <= '9' {
			d = int(s[n] - '0')
		}
		if d < 0 || (n == 0 && d > 7) {
			return 0, errBad
		}
		v = v<<5 | uint64(d)
	}
	return ID(v), nil
}

// MarshalText gives the text form.
func (i ID) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads the text form.
func (i *ID) UnmarshalText(b []byte) (err error) { *i, err = Parse(string(b)); return err }

// Millis is when i was made, in milliseconds since the epoch of ids. Ids of one millisecond share it.
func (i ID) Millis() int64 { return int64(i) >> (nodeBits + seqBits) }

// Time is the instant the id was made, to the millisecond.
func (i ID) Time() time.Time {
	return time.UnixMilli(int64(i)>>(nodeBits+seqBits) + epoch).UTC()
}

// First is the lowest id that can be made at t, for selecting by time.
func First(t time.Time) ID {
	return ID((t.UnixMilli() - epoch) << (nodeBits + seqBits))
}
