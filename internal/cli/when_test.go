package cli

import (
	"testing"
	"time"

	"firebreak/internal/fault"
)

func TestParseWhen(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 30, 15, 10, 0, 0, zone) // a Monday
	for text, want := range map[string]string{
		"": "", " none ": "", "No": "", "-": "",
		"now":                       "2026-11-30 15:10",
		"today 17:00":               "2026-11-30 17:00",
		"Today at 5pm":              "2026-11-30 17:00",
		"today":                     "2026-11-30 17:00",
		"by EOD":                    "2026-11-30 17:00",
		"tonight 23:30":             "2026-11-30 23:30",
		"today midnight":            "2026-12-01 00:00",
		"tomorrow 6:00":             "2026-12-01 06:00",
		"tomorrow, 06.30":           "2026-12-01 06:30",
		"tomorrow noon":             "2026-12-01 12:00",
		"17:00":                     "2026-11-30 17:00",
		"15:10":                     "2026-12-01 15:10",
		"9am":                       "2026-12-01 09:00",
		"12 am":                     "2026-12-01 00:00",
		"12 pm":                     "2026-12-01 12:00",
		"in 3h":                     "2026-11-30 18:10",
		"3 hours":                   "2026-11-30 18:10",
		"in 90 min":                 "2026-11-30 16:40",
		"in 1.5 h":                  "2026-11-30 16:40",
		"in 2 days":                 "2026-12-02 15:10",
		"in 1 week":                 "2026-12-07 15:10",
		"friday 9:00":               "2026-12-04 09:00",
		"next Fri 9:00":             "2026-12-04 09:00",
		"mon 16:00":                 "2026-11-30 16:00",
		"monday 9:00":               "2026-12-07 09:00",
		"monday":                    "2026-12-07 17:00",
		"1 Dec 06:00":               "2026-12-01 06:00",
		"1st december at 6:00":      "2026-12-01 06:00",
		"1. Dec 2027 06:00":         "2027-12-01 06:00",
		"5 sept 8:00":               "2027-09-05 08:00",
		"2026-12-01":                "2026-12-01 17:00",
		"2026-12-01 06:00":          "2026-12-01 06:00",
		"2026-12-01T06:00":          "2026-12-01 06:00",
		"2026-12-01T06:00:00Z":      "2026-12-01 07:00",
		"2026-12-01t06:00:00+05:30": "2026-12-01 01:30",
	} {
		got, err := parseWhen("deadline.at", text, now)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		shown := ""
		if !got.IsZero() {
			shown = got.In(zone).Format("2006-01-02 15:04")
		}
		if shown != want {
			t.Errorf("%q is %s, want %s", text, shown, want)
		}
	}
}

func TestParseWhenRefuses(t *testing.T) {
	now := time.Date(2026, 11, 30, 15, 10, 0, 0, time.UTC)
	for _, text := range []string{"soon", "25:00", "24:30", "13pm", "0am", "5", "tomorrow 5", "30 Feb 8:00", "31 dezember", "2026-13-01", "2026-02-30", "today 12:60", "in 3 fortnights",
		"1 marble 8:00", "tomorrow tomorrow", "in 999999 weeks", "friday friday"} {
		got, err := parseWhen("deadline.at", text, now)
		f := fault.Of(err)
		if f == nil || f.Field != "deadline.at" || f.Hint == "" {
			t.Errorf("%q: got %v, %v; want a fault that names the field and helps", text, got, err)
		}
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"today 17:00", "in 3h", "1 dec 6:00", "2026-12-01T06:00:00Z", "fri 9am", "on on on", "next"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 30, 15, 10, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseWhen("at", s, now)
		if err == nil && got.Location() != time.UTC {
			t.Errorf("%q: not in UTC", s)
		}
		if err != nil && fault.Of(err) == nil {
			t.Errorf("%q: %v is no fault", s, err)
		}
	})
}
