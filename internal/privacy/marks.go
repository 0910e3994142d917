package privacy

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"

	"firebreak/internal/redact"
)

// Mark is a private part of one of the texts of an entry.
type Mark struct {
	Text       int // which of the texts
	Start, End int // bytes of it
	Kind       redact.Kind
}

// Marks is what is remembered of a look through an entry: by which rules, what was found in its texts, and how much in its
// file.
type Marks struct {
	Rules string
	Marks []Mark
	// File counts what its file holds; nil as long as it was not looked through, or when there is none that can be read.
	File Counts
}

type storedMarks struct {
	Rules string `json:"r"`
	Marks string `json:"m,omitempty"`
	File  Counts `json:"f,omitempty"`
	Seen  bool   `json:"s,omitempty"` // the file was looked through
}

// String gives the marks as they are kept: a few bytes for each.
func (m Marks) String() string {
	var b []byte
	text, at := 0, 0
	for _, x := range m.Marks {
		if x.Text != text {
			at = 0
		}
		b = binary.AppendUvarint(b, uint64(x.Text-text))
		b = binary.AppendUvarint(b, uint64(x.Start-at))
		b = binary.AppendUvarint(b, uint64(x.End-x.Start))
		b = binary.AppendUvarint(b, uint64(kindNumber(x.Kind)))
		text, at = x.Text, x.End
	}
	out, err := json.Marshal(storedMarks{m.Rules, base64.RawStdEncoding.EncodeToString(b), m.File, m.File != nil})
	if err != nil {
		panic("privacy: marks cannot be JSON: " + err.Error()) // only own types are in it
	}
	return string(out)
}

// ReadMarks reads what String wrote; false when it cannot be read, as nothing was kept yet.
func ReadMarks(s string) (m Marks, ok bool) {
	var kept storedMarks
	if s == "" || json.Unmarshal([]byte(s), &kept) != nil {
		return m, false
	}
	b, err := base64.RawStdEncoding.DecodeString(kept.Marks)
	if err != nil {
		return m, false
	}
	m.Rules, m.File = kept.Rules, kept.File
	if kept.Seen && m.File == nil {
		m.File = Counts{}
	}
	text, at := 0, 0
	for len(b) > 0 {
		var v [4]int
		for i := range v {
			n, size := binary.Uvarint(b)
			if size <= 0 || n > 1<<31 {
				return Marks{}, false
			}
			v[i], b = int(n), b[size:]
		}
		if v[0] > 0 {
			text, at = text+v[0], 0
		}
		if v[3] >= len(kindOrder) {
			return Marks{}, false
		}
		m.Marks = append(m.Marks, Mark{text, at + v[1], at + v[1] + v[2], kindOrder[v[3]]})
		at += v[1] + v[2]
	}
	return m, true
}

// kindOrder numbers the kinds as marks are kept. New kinds go to the end.
var kindOrder = []redact.Kind{redact.Person, redact.Title, redact.Nationality, redact.Age, redact.BirthDate, redact.Date, redact.Organization,
	redact.Street, redact.Place, redact.Postcode, redact.Coordinates, redact.Phone, redact.Email, redact.User, redact.Host, redact.Domain,
	redact.URL, redact.IP, redact.MAC, redact.Card, redact.IBAN, redact.Routing, redact.Account, redact.SSN, redact.NationalID,
	redact.Passport, redact.Licence, redact.Customer, redact.Secret, redact.Application}

func kindNumber(k redact.Kind) int {
	for i, o := range kindOrder {
		if o == k {
			return i
		}
	}
	return len(kindOrder)
}
