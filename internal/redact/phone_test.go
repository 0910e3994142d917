package redact

import (
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// TestPlans takes the example number of every country that libphonenumber knows, as it writes it: alone with its country
// code, and without it after a word that says so.
func TestPlans(t *testing.T) {
	f := finder(t, Options{Kinds: structured})
	n := 0
	for region := range phonenumbers.GetSupportedRegions() {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE, phonenumbers.TOLL_FREE} {
			one := phonenumbers.GetExampleNumberForType(region, kind)
			if one == nil || one.GetNationalNumber() == 0 {
				continue
			}
			n++
			for _, c := range []struct {
				before string
				format phonenumbers.PhoneNumberFormat
			}{
				{"reach me: ", phonenumbers.INTERNATIONAL}, {"", phonenumbers.E164}, {"phone: ", phonenumbers.NATIONAL},
			} {
				s := phonenumbers.Format(one, c.format)
				digits := 0
				for _, r := range s {
					if r >= '0' && r <= '9' {
						digits++
					}
				}
				if digits < 7 || len(s) > 0 && hasLetter(s) {
					continue
				}
				text := c.before + s + ", please"
				if !covered(f.Find(text), len(c.before), len(c.before)+len(s)) {
					t.Errorf("%s: %q: %s", region, text, told(text, f.Find(text)))
				}
			}
		}
	}
	if n < 400 {
		t.Errorf("only %d numbers were tried", n)
	}
}

// TestRegion finds numbers without a country code in the region that they are of, and not in another.
func TestRegion(t *testing.T) {
	text := "stored 221 555 1234 as given"
	if !says(finder(t, Options{Region: "DE", Kinds: structured}), text, "221 555 1234", Phone) {
		t.Error("not found in Germany")
	}
	if found := finder(t, Options{Kinds: structured}).Find(text); len(found) > 0 {
		t.Errorf("found elsewhere: %s", told(text, found))
	}
}
