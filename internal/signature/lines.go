package signature

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// Lines calls fn with each line of r, without its line end. Of a line longer than what is ever judged only the start is
// handed over, so memory stays small whatever comes. The error is that of r.
func Lines(r io.Reader, fn func(line string)) error {
	b := bufio.NewReaderSize(r, 8*maxLine)
	for {
		line, err := b.ReadSlice('\n')
		if len(line) > 0 {
			fn(string(bytes.TrimRight(line, "\r\n")))
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = b.ReadSlice('\n')
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}
