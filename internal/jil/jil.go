// Package jil reads and writes AutoSys job information language: jobs, boxes, conditions, machines, calendars and
// what else a scheduler's export holds. Nothing is dropped in silence: a statement or an attribute this package does
// not know is a Problem with its line and the reason.
//
// The grammar follows the vendor's syntax rules (Workload Automation AE 12): a statement is "keyword: name", followed
// by "attribute: value" lines; keywords are case-insensitive, names are not; the first colon that is neither escaped as
// \: nor inside quotation marks splits; comments are /* … */ or a line that begins with #.
package jil

import (
	"fmt"
	"strings"
)

// File is a parsed text.
type File struct {
	Statements []Statement
	// Problems are what cannot be taken, Warnings what is taken but is likely not what was meant; both in the order of lines.
	Problems []Problem
	Warnings []Problem
	// More counts problems beyond those kept.
	More int
}

// Statement is one subcommand with its attributes, such as insert_job.
type Statement struct {
	Keyword string // lower case: insert_job, calendar …
	Name    string // the object's name, case kept
	Delete  bool   // override_job: NAME delete
	Line    int
	// Attributes stand in the order of the text. The dates of a calendar are attributes without a key.
	Attributes []Attribute
}

// Attribute is one setting. Value is without escapes; for free text (command, description …) quotation marks are part
// of it, for everything else they are taken off.
type Attribute struct {
	Key   string // lower case
	Value string
	Line  int
}

// Problem is what is wrong on a line.
type Problem struct {
	Line   int    `json:"line" doc:"line of the text, from 1"`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`
}

// Error gives the problem as "line N: reason".
func (p Problem) Error() string { return fmt.Sprintf("line %d: %s", p.Line, p.Reason) }

// Get gives the value of an attribute and whether it is set; of several the last counts.
func (s *Statement) Get(key string) (string, bool) { return get(s.Attributes, key) }

func get(as []Attribute, key string) (string, bool) {
	for i := len(as) - 1; i >= 0; i-- {
		if as[i].Key == key {
			return as[i].Value, true
		}
	}
	return "", false
}

// Verb is insert, update, delete, override, rename, or define for calendars.
func (s *Statement) Verb() string {
	v, _, _ := strings.Cut(s.Keyword, "_")
	switch v {
	case "insert", "update", "delete", "override", "rename":
		return v
	}
	return "define"
}

// Noun is what the statement is about: job, box, machine, calendar, extended_calendar, cycle, global …
func (s *Statement) Noun() string { return statements[s.Keyword] }

// limit of problems and warnings kept of one text; the rest is counted.
const maxProblems = 1000

func (f *File) problem(line int, reason, hint string) {
	if len(f.Problems) >= maxProblems {
		f.More++
		return
	}
	f.Problems = append(f.Problems, Problem{line, reason, hint})
}

func (f *File) warn(line int, reason, hint string) {
	if len(f.Warnings) < maxProblems {
		f.Warnings = append(f.Warnings, Problem{line, reason, hint})
	}
}

// quote shows a piece of the text in a sentence, shortened.
func quote(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s[:min(len(s), 400)]); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return "“" + s + "”"
}
