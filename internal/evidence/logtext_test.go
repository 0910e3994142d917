package evidence

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

func TestUTF8Log(t *testing.T) {
	for _, test := range []struct {
		name, in, want string
		converted      bool
	}{
		{"empty", "", "", false},
		{"one byte", "a", "a", false},
		{"bytes as they are", "a\xff\x00b", "a\xff\x00b", false},
		{"UTF-8 mark", "\ufeffabc", "abc", false},
		{"little endian", "\xff\xfeh\x00i\x00", "hi", true},
		{"big endian", "\xfe\xff\x00h\x00i", "hi", true},
		{"mark alone", "\xff\xfe", "", true},
		{"odd byte", "\xff\xfeh\x00i", "h\ufffd", true},
		{"pair", "\xff\xfe\x3d\xd8\x00\xde", "😀", true},
		{"half a pair", "\xff\xfe\x3d\xd8a\x00", "\ufffda", true},
		{"half a pair at the end", "\xff\xfe\x3d\xd8", "\ufffd", true},
	} {
		r, converted, err := UTF8Log(iotest.OneByteReader(strings.NewReader(test.in)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if string(got) != test.want || converted != test.converted || err != nil {
			t.Errorf("%s: %q, converted %v, %v; want %q, %v", test.name, got, converted, err, test.want, test.converted)
		}
	}
	if _, _, err := UTF8Log(iotest.ErrReader(io.ErrClosedPipe)); err != io.ErrClosedPipe {
		t.Errorf("error %v", err)
	}
}

// TestUTF8LogLong: what UTF-16 writes of a long text comes back whole, whatever the reads.
func TestUTF8LogLong(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	letters := []rune("ab\né東😀")
	runes := make([]rune, 100_000)
	for i := range runes {
		runes[i] = letters[rnd.IntN(len(letters))]
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		data := order.AppendUint16(nil, 0xfeff)
		for _, u := range utf16.Encode(runes) {
			data = order.AppendUint16(data, u)
		}
		r, _, err := UTF8Log(strings.NewReader(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(iotest.HalfReader(r))
		if err != nil || string(got) != string(runes) {
			t.Errorf("%v: %d bytes, %v", order, len(got), err)
		}
	}
}
