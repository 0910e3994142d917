package knownerror

import (
	"strings"
	"testing"
)

func TestShippedKnowledge(t *testing.T) {
	n, hand, seen := 0, 0, map[string]string{}
	for e := range All() {
		n++
		if !e.General && len(e.Try) > 0 {
			hand++
		}
		if e.Key != Key(e.Code) || e.Title == "" || e.Source == "" || e.Family.Word() == "" {
			t.Errorf("%+v lacks something", e)
		}
		if was, ok := seen[e.Key]; ok {
			t.Errorf("%s and %s share a key", was, e.Code)
		}
		seen[e.Key] = e.Code
		if len(e.Try) == 0 {
			t.Errorf("%s says nothing to try", e.Code)
		}
		if got, ok := Lookup(e.Code); !ok || got.Code != e.Code {
			t.Errorf("Lookup(%q) = %q, %v", e.Code, got.Code, ok)
		}
		if got, ok := Lookup(e.Key); !ok || got.Code != e.Code {
			t.Errorf("Lookup(%q) = %q, %v", e.Key, got.Code, ok)
		}
	}
	t.Logf("%d entries, %d of them with advice of their own", n, hand)
	if n < 9000 || hand < 250 {
		t.Errorf("%d entries, %d with advice of their own", n, hand)
	}
}

func TestEveryHandWrittenTableCodeIsInItsTable(t *testing.T) {
	for _, a := range wisdom().entries {
		d, ok := families[a.family]
		if !ok || a.family == SMTP || a.family == TLS || a.family == MySQL || a.family == HTTP || strings.HasPrefix(a.code, "0x8007") || a.code == "0x80131500" {
			continue
		}
		if _, ok := tableOf[a.family].load().byCode[strings.TrimPrefix(a.code, d.prefix)]; !ok {
			t.Errorf("%s is not in the table of %s", a.code, a.family)
		}
	}
}

func codes(found []Found) string {
	var list []string
	for _, f := range found {
		list = append(list, f.Code)
	}
	return strings.Join(list, "; ")
}

func TestLookup(t *testing.T) {
	for code, want := range map[string]string{"ora-1555": "ORA-01555", "ORA-6502": "ORA-06502", "ora-20999": "ORA-20999", "sqlstate 40p01": "SQLSTATE 40P01", "SQLSTATE 99999": "SQLSTATE 99999", "exit code 42": "Exit code 42",
		"http 503": "HTTP 503", "0x80070005": "0x80070005", "smtp 5.7.1": "SMTP 5.7.1", "smtp 4.1.1": "SMTP 4.1.1", "sqlcode--911": "SQLCODE -911", "nothing": "", "": "", "HTTP 200": "", "exit code 99999999999": ""} {
		if e, ok := Lookup(code); e.Code != want || ok != (want != "") {
			t.Errorf("Lookup(%q) = %q, %v", code, e.Code, ok)
		}
	}
}
