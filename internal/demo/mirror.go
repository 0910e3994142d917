package demo

import (
	_ "embed"
	"strings"

	"firebreak/internal/desk"
	"firebreak/internal/mirror"
)

// mirrorDump are a few questions and answers in the form of a published dump, written for the demo.
//
//go:embed mirror.xml
var mirrorDump string

// MirrorSite is the site of which the demo desk has a copy; nobody runs one of this name.
const MirrorSite = "answers.example.com"

// mirror is a copy of a question and answer site, so that an error can be looked up without going outside.
func (t *teller) mirror() {
	t.plain(t.day(25, 16, 30), "Alex brings in a copy of a site", func() error {
		_, err := t.d.ImportMirror(t.as("Alex Morgan"), mirror.NewReader(strings.NewReader(mirrorDump)), desk.MirrorImport{Site: MirrorSite})
		return err
	})
}
