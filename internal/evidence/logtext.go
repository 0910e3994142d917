package evidence

import (
	"bufio"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// UTF8Log gives the text of a log as UTF-8. Windows tools (the ERRORLOG of SQL Server, the
// redirection of PowerShell) write UTF-16 with a byte order mark; such a log is converted and
// converted is true. Anything else passes through byte by byte, but for a UTF-8 byte order
// mark, which is no part of the first line.
func UTF8Log(r io.Reader) (text io.Reader, converted bool, err error) {
	br := bufio.NewReaderSize(r, 64<<10)
	mark, err := br.Peek(3)
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	var order binary.ByteOrder
	switch {
	case len(mark) >= 2 && mark[0] == 0xff && mark[1] == 0xfe:
		order = binary.LittleEndian
	case len(mark) >= 2 && mark[0] == 0xfe && mark[1] == 0xff:
		order = binary.BigEndian
	case len(mark) == 3 && string(mark) == "\ufeff":
		_, err := br.Discard(3)
		return br, false, err
	default:
		return br, false, nil
	}
	if _, err := br.Discard(2); err != nil {
		return nil, false, err
	}
	return &utf16Reader{r: br, order: order}, true, nil
}

// utf16Reader reads UTF-16 and gives UTF-8; halves of pairs that stand alone become U+FFFD.
type utf16Reader struct {
	r     *bufio.Reader
	order binary.ByteOrder
	out   []byte // converted and not yet handed out
	buf   [16 << 10]byte
	err   error
}

func (u *utf16Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(u.out) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		u.out = u.buf[:0]
		for len(u.out)+utf8.UTFMax <= len(u.buf) {
			unit, err := u.unit()
			if err != nil {
				u.err = err
				break
			}
			c := rune(unit)
			if utf16.IsSurrogate(c) {
				next, err := u.r.Peek(2)
				if err != nil && err != io.EOF {
					u.err = err
					break
				}
				pair := rune(utf8.RuneError)
				if len(next) == 2 {
					pair = utf16.DecodeRune(c, rune(u.order.Uint16(next)))
				}
				if c = pair; pair != utf8.RuneError {
					if _, err := u.r.Discard(2); err != nil {
						u.err = err
						break
					}
				}
			}
			u.out = utf8.AppendRune(u.out, c)
		}
	}
	n := copy(p, u.out)
	u.out = u.out[n:]
	return n, nil
}

// unit reads two bytes; a single last byte counts as U+FFFD.
func (u *utf16Reader) unit() (uint16, error) {
	var b [2]byte
	_, err := io.ReadFull(u.r, b[:])
	if err == io.ErrUnexpectedEOF {
		return utf8.RuneError, nil
	}
	return u.order.Uint16(b[:]), err
}
