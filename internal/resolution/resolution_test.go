package resolution

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestWritesFromTheTicket(t *testing.T) {
	two, zero := 2, 0
	for _, c := range []struct {
		name string
		in   Source
		want Fields // a field of "…x" must contain x
	}{
		{"month end", Source{Subject: "RE: Month-end feed waits for the period file", Body: "Hi Kim,\n\nFIN_ME_EXTRACT stands in ACTIVATED: /apps/fin/period.txt still holds the month before last. Same as every month.\n\nKind regards,\nOps desk\n+353 1 555 010",
			Typed:   "Put the previous month into /apps/fin/period.txt and started FIN_ME_BOX.",
			Entries: []Entry{{FromStaff: true, Private: true, Text: "Got up for it. Wrote the previous month into period.txt, started the box by hand, watched the first job.\n\n```\necho 2026-10 > /apps/fin/period.txt\nsendevent -E FORCE_STARTJOB -J FIN_ME_BOX\n```"}}},
			Fields{Title: "Month-end feed waits for the period file", Symptom: "FIN_ME_EXTRACT stands in ACTIVATED: /apps/fin/period.txt still holds the month before last.",
				Fix: "…sendevent -E FORCE_STARTJOB"}},
		{"moved", Source{Subject: "App B cannot reach App A since the move", Body: "Hello,\nSince the weekend Orders shows \"stock unknown\" on every line. Stock itself is up, we can open it in the browser. Connection timed out after 30 seconds each time.\n> old mail\nOn Monday Tom wrote:\n> more",
			Entries: []Entry{
				{FromStaff: true, Evidence: Terminal, Text: "$ getent hosts stock01\n10.4.2.19  stock01\n$ ss -tn dst 10.4.1.7\nSYN-SENT 0 1 10.4.3.30:48122 10.4.1.7:8443\n"},
				{FromStaff: true, Private: true, Text: "The application holds the old address because the Java process keeps what it resolved first."},
				{FromStaff: true, Private: true, Text: "Restarted the connection pool of Orders."},
				{FromStaff: true, Evidence: Terminal, Exit: &zero, Text: "$ ss -tn dst 10.4.2.19\nESTABLISHED 0 0 10.4.3.30:48190 10.4.2.19:8443\n"}}},
			Fields{Symptom: "Since the weekend Orders shows \"stock unknown\" on every line. Connection timed out after 30 seconds each time.",
				Cause: "The application holds the old address because the Java process keeps what it resolved first.",
				Check: "…ESTABLISHED", Fix: "…Restarted the connection pool of Orders.\n\nWhat was run:\n```\ngetent hosts stock01\nss -tn dst 10.4.1.7\nss -tn dst 10.4.2.19\n```"}},
		{"sql", Source{Subject: "Rounding difference", Body: "The trial balance is wrong by 0.01.", Typed: "One posting had three decimals. Corrected, the check query returns nothing.",
			Entries: []Entry{{FromStaff: true, Evidence: SQL, Statement: "select * from posting where amount <> round(amount, 2)", Where: "LEDGER", Rows: &two, Text: "look"},
				{FromStaff: true, Evidence: SQL, Statement: "select count(*) from posting where amount <> round(amount, 2)", Where: "LEDGER", Rows: &zero, Text: "check query after"}}},
			Fields{Symptom: "The trial balance is wrong by 0.01.", Check: "…gives no row", Fix: "…One posting had three decimals."}},
		{"nothing to see", Source{Subject: "Old user still gets the order mails", Body: "Thanks!\n\nBest regards\nTom"}, Fields{Title: "Old user still gets the order mails"}},
		{"code only", Source{Subject: "Extract stopped", Body: "The extract of the night ended with\n\n```\nORA-01555: snapshot too old: rollback segment number 9\n```\n\nWe need it by five."}, Fields{Symptom: "…ORA-01555: snapshot too old"}},
	} {
		got := Write(c.in)
		for _, f := range [][3]string{{"title", got.Title, c.want.Title}, {"symptom", got.Symptom, c.want.Symptom}, {"cause", got.Cause, c.want.Cause}, {"fix", got.Fix, c.want.Fix}, {"check", got.Check, c.want.Check}} {
			part, partly := strings.CutPrefix(f[2], "…")
			if f[2] != "" && (partly && !strings.Contains(f[1], part) || !partly && f[1] != f[2]) {
				t.Errorf("%s: %s is %q, not %q", c.name, f[0], f[1], f[2])
			}
		}
		if strings.Contains(got.Symptom+got.Cause, "egards") || strings.Contains(got.Symptom, "> ") {
			t.Errorf("%s: greeting, signature or quote came along: %q", c.name, got.Symptom)
		}
	}
}

func TestOwnWords(t *testing.T) {
	for in, want := range map[string]string{
		"Hi all,\nit is down.\nThanks\nJo":                      "it is down.",
		"it is down\n\n-- \nJo\nHead of all":                    "it is down",
		"> quoted\nanswer\n> more":                              "answer",
		"Broken.\n\nOn 3 May 2026, Jo wrote:\nyes":              "Broken.",
		"Broken.\n-----Original Message-----\nFrom: x":          "Broken.",
		"> only a quote":                                        "> only a quote",
		"History is wrong since the update":                     "History is wrong since the update",
		"Teams cannot see it\nSent from my phone":               "Teams cannot see it",
		"```\n-- a comment of SQL\nselect 1\n```\nBest regards": "```\n-- a comment of SQL\nselect 1\n```",
	} {
		if got := Own(in); got != want {
			t.Errorf("Own(%q) = %q, not %q", in, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	got := Sentences("It fails, e.g. in v1.2 of app.jar. Why? See 10.4.2.19 now! 1. Compare both. 2. Clear.\n\n- a bullet\n```\nselect 1; select 2.\n```")
	want := []string{"It fails, e.g. in v1.2 of app.jar.", "Why?", "See 10.4.2.19 now!", "1. Compare both.", "2. Clear.", "a bullet", "select 1; select 2."}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q", got)
	}
}

func TestCommands(t *testing.T) {
	got := Commands("$ getent hosts a\n1.2.3.4 a\n[root@host ~]# systemctl restart x\ndana@billprd01:~/x$ tail -3 log\nprice > 10 is odd\nSQL> select 1 from dual;\n# \nls -l\n")
	want := []string{"getent hosts a", "systemctl restart x", "tail -3 log", "select 1 from dual;"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q", got)
	}
}

func TestReuseIsReview(t *testing.T) {
	for _, c := range []struct {
		from State
		mark Mark
		to   State
	}{{Draft, Helped, Verified}, {Verified, Helped, Verified}, {Draft, Wrong, Draft}, {Verified, Wrong, Verified}, {Retired, Helped, Retired}} {
		if got := AfterMark(c.from, c.mark); got != c.to {
			t.Errorf("%s marked %s is %s, not %s", c.from, c.mark, got, c.to)
		}
	}
}

func FuzzWrite(f *testing.F) {
	f.Add("Re: x", "Hi,\n```\n$ a\n", "done because\n> x", "$ ss -tn\nESTABLISHED")
	f.Fuzz(func(t *testing.T, subject, body, note, session string) {
		got := Write(Source{Subject: subject, Body: body, Typed: note, Entries: []Entry{{FromStaff: true, Private: true, Text: note}, {FromStaff: true, Evidence: Terminal, Text: session}}})
		for _, s := range []string{got.Title, got.Symptom, got.Cause, got.Fix, got.Check} {
			if utf8.RuneCountInString(s) > MaxField {
				t.Errorf("%d characters", utf8.RuneCountInString(s))
			}
			if utf8.ValidString(subject) && utf8.ValidString(body) && utf8.ValidString(note) && utf8.ValidString(session) && !utf8.ValidString(s) {
				t.Errorf("not UTF-8: %q", s)
			}
		}
	})
}

// TestLinear holds the draft to time that grows with the text: a pasted log of megabytes must not hang the dialog.
func TestLinear(t *testing.T) {
	for _, piece := range []string{"because ", "a.", "> x\n", "```\n", "$ x\n", "é. ", "(", "\n"} {
		text := strings.Repeat(piece, 2_000_000/len(piece))
		done := make(chan Fields, 1)
		go func() {
			done <- Write(Source{Subject: text, Body: text, Entries: []Entry{{FromStaff: true, Private: true, Text: text}, {FromStaff: true, Evidence: Terminal, Text: text}}})
		}()
		select {
		case <-done:
		case <-time.After(60 * time.Second):
			t.Fatalf("%q: more than a minute", piece)
		}
	}
}
