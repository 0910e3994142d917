package web_test

import (
	"archive/zip"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"firebreak/internal/person"
)

// TestExportOverHTTP: an admin gets a whole desk as a zip, masked if wished; nobody else does, and no password goes along.
func TestExportOverHTTP(t *testing.T) {
	x := newSite(t)
	x.open(map[string]any{"subject": "Payment of Test Lead failed", "body": "card 4111 1111 1111 1111, mail lead@desk.example"})
	for _, role := range []person.Role{"", person.Requester, person.Agent, person.Lead} {
		if a := x.do(role, "POST", "/api/v1/export", nil); a.StatusCode != 401 && a.StatusCode != 403 {
			t.Errorf("%q: %d", role, a.StatusCode)
		}
	}
	if a := x.do(person.Admin, "POST", "/api/v1/export?masked=perhaps", nil); a.StatusCode != 422 || !strings.Contains(a.text, `"field":"masked"`) {
		t.Errorf("%d %s", a.StatusCode, a.text)
	}
	for _, masked := range []bool{false, true} {
		address := "/api/v1/export"
		if masked {
			address += "?masked=true"
		}
		a := x.do(person.Admin, "POST", address, nil)
		if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/zip" || strings.Contains(a.Header.Get("Content-Disposition"), "masked") != masked {
			t.Fatalf("%d %v %.200s", a.StatusCode, a.Header, a.text)
		}
		z, err := zip.NewReader(strings.NewReader(a.text), int64(len(a.text)))
		if err != nil {
			t.Fatal(err)
		}
		all, manifest := "", ""
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if all += string(b); f.Name == "manifest.json" {
				manifest = string(b)
			}
		}
		var m struct{ Masked *struct{} }
		if json.Unmarshal([]byte(manifest), &m) != nil || (m.Masked != nil) != masked {
			t.Errorf("manifest %s", manifest)
		}
		for _, private := range []string{"Test Lead", "lead@desk.example", "4111"} {
			if strings.Contains(all, private) == masked {
				t.Errorf("masked %v, but %q there or not: %.300s", masked, private, all)
			}
		}
		if strings.Contains(all, "password_hash") {
			t.Error("password hashes go along")
		}
	}
}
