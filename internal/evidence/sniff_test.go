package evidence

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"firebreak/internal/fault"
)

func TestSniff(t *testing.T) {
	const text = "text/plain; charset=utf-8"
	for _, test := range []struct{ head, name, want string }{
		{"\x89PNG\r\n\x1a\n....", "a.png", "image/png"},
		{"\xff\xd8\xff\xe0..", "a.jpg", "image/jpeg"},
		{"GIF89a..", "a", "image/gif"},
		{"RIFF\x10\x00\x00\x00WEBPVP8 ", "a", "image/webp"},
		{"RIFF\x10\x00\x00\x00WAVEfmt ", "a.webp", Attachment},
		{"2024-01-01 INFO started\n", "app.log", text},
		{"select 1;", "q.sql", text},
		{"#!/bin/sh\necho hi", "fix.sh", text},
		{"<13>Oct 11 22:14:15 host su: x", "messages", text},
		{"{\"version\":2,\"width\":80}", "x.cast", text},
		{"\ufeffwith a byte order mark", "x.txt", text},
		{"\x1b[31mcoloured\x1b[0m", "x.log", text},
		{"cut in a character \xc3", "x.log", text},
		{"<html><script>alert(1)</script>", "x.txt", Attachment},
		{"  \n\t<!DOCTYPE html>", "x.txt", Attachment},
		{"\ufeff<svg/onload=alert(1)>", "x.txt", Attachment},
		{"<?xml version=\"1.0\"?>", "x.log", Attachment},
		{"\x08<script>", "x.log", Attachment},
		{"alert(1)", "x.js", Attachment},
		{"alert(1)", "x.JS ", Attachment},
		{"harmless", "x.html", Attachment},
		{"harmless", "x.svg", Attachment},
		{"%PDF-1.7", "x.txt", Attachment},
		{"%PDF-1.7", "x.pdf", Attachment},
		{"\xff\xfeh\x00i\x00", "x.txt", Attachment},
		{"\x7fELF\x02", "x", Attachment},
		{"a\x00b", "x.txt", Attachment},
		{"caf\xe9 au lait", "x.txt", Attachment},
		{"", "x.txt", Attachment},
		{"PK\x03\x04", "x.docx", Attachment},
	} {
		got, inline := Sniff([]byte(test.head), test.name)
		if got != test.want || inline != (test.want != Attachment) {
			t.Errorf("%q named %s: %s, inline %v, want %s", test.head, test.name, got, inline, test.want)
		}
	}
	long := strings.Repeat("é", SniffBytes)
	if got, _ := Sniff([]byte("x"+long), ""); got != text {
		t.Errorf("long text: %s", got)
	}
}

func TestCleanName(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"app.log", "app.log"},
		{"Größe 東京 (1).png", "Größe 東京 (1).png"},
		{"../../etc/passwd", "passwd"},
		{`C:\Users\ann\shot.png`, "shot.png"},
		{"/", "file"}, {"", "file"}, {"...", "file"}, {" . ", "file"}, {"\x00\x01", "file"},
		{".bashrc", "bashrc"}, {"..hidden", "hidden"}, {"trailing. . ", "trailing"},
		{"a\r\nSet-Cookie: x=1.txt", "aSet-Cookie_ x=1.txt"},
		{"invoice\u202egpj.exe", "invoicegpj.exe"},
		{"a\u200bb\ufeff.txt", "ab.txt"},
		{"bad\xffutf8.txt", "badutf8.txt"},
		{`a"b<c>d|e?f*g:h.txt`, "a_b_c_d_e_f_g_h.txt"},
		{"nul.txt", "_nul.txt"}, {"COM1", "_COM1"}, {"console.log", "console.log"},
		{"tab\tname.txt", "tabname.txt"}, {"wide\u00a0space.txt", "wide space.txt"},
		{strings.Repeat("a", 300) + ".log", strings.Repeat("a", 196) + ".log"},
		{strings.Repeat("é", 200) + ".log", strings.Repeat("é", 98) + ".log"},
		{"a." + strings.Repeat("x", 300), "a." + strings.Repeat("x", 198)},
	} {
		if got := CleanName(test.in); got != test.want {
			t.Errorf("%.60q: %q, want %q", test.in, got, test.want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"a/b", "..", "nul", "\u202e", "é.log", ". a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got := CleanName(in)
		if got == "" || len(got) > MaxNameBytes || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\x00\"<>:|?*") || got[0] == '.' ||
			strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("%q became %q", in, got)
		}
		if again := CleanName(got); again != got {
			t.Fatalf("%q became %q, then %q", in, got, again)
		}
	})
}

func TestKind(t *testing.T) {
	for _, k := range Kinds() {
		if !k.Valid() || k.Word() == "" {
			t.Errorf("%q: valid %v, word %q", k, k.Valid(), k.Word())
		}
	}
	if Kind("movie").Valid() || Kind("").Valid() || KindTerminal.Word() != "terminal session" || Kind("movie").Word() != "movie" {
		t.Error("an unknown kind is taken for one, or has a wrong word")
	}
}

func TestErrorText(t *testing.T) {
	for _, test := range []struct {
		err  Error
		want string
	}{
		{Error{Field: "file", Line: 3, Message: "event time is not a number"}, "file: line 3: event time is not a number"},
		{Error{Field: "statement", Message: "the statement is empty"}, "statement: the statement is empty"},
		{Error{Message: "x"}, "x"},
	} {
		var err error = &test.err
		if e, ok := errors.AsType[*Error](err); !ok || e.Error() != test.want {
			t.Errorf("%q, want %q", err, test.want)
		}
	}
	f := (&Error{Field: "file", Line: 3, Message: "event time is not a number", Hint: "Do this."}).Fault()
	if f.Code != fault.CodeInvalid || f.Field != "file" || f.Message != "Line 3: event time is not a number." || f.Hint != "Do this." {
		t.Errorf("fault %+v", f)
	}
	f = (&Error{Field: "file", Message: "the picture is larger than 25 MB", TooBig: true}).Fault()
	if f.Code != fault.CodeTooLarge || f.Message != "The picture is larger than 25 MB." {
		t.Errorf("fault %+v", f)
	}
}
