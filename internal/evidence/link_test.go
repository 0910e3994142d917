package evidence

import "testing"

func TestCheckLink(t *testing.T) {
	for s, want := range map[string]string{
		" https://stackoverflow.com/q/12345 ":   "https://stackoverflow.com/q/12345",
		"https://example.com/a?b=c#d":           "https://example.com/a?b=c#d",
		"http://example.com/a":                  "",
		"javascript:alert(1)":                   "",
		"https://user:secret@example.com/":      "",
		"https:///nowhere":                      "",
		"":                                      "",
		"https://example.com/a b":               "",
		"https://example.com/\"><script>":       "",
		"data:text/html,https://example.com":    "",
		"//example.com/a":                       "",
		"https://example.com\nhttps://evil.com": "",
	} {
		if got, problem, _ := CheckLink(s); got != want || (problem == "") != (want != "") {
			t.Errorf("%q: %q, %q; want %q", s, got, problem, want)
		}
	}
	if l, ok := LinkOf(`{"url":"https://example.com/x"}`); !ok || l.URL != "https://example.com/x" {
		t.Errorf("a kept link: %+v, %v", l, ok)
	}
	for _, data := range []string{"", `{"statement":"SELECT 1"}`, `{"url":"javascript:alert(1)"}`, `{"url":1}`} {
		if l, ok := LinkOf(data); ok {
			t.Errorf("%s is taken for the link %+v", data, l)
		}
	}
}
