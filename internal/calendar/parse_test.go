package calendar

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func mustParse(t testing.TB, text string) Rule {
	t.Helper()
	r, err := Parse(text)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return r
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ text, canonical, sentence string }{
		{"once 2026-12-01 06:00", "once 2026-12-01 06:00", "once on 1 December 2026 at 06:00"},
		{"daily 6:00", "daily 06:00", "every day at 06:00"},
		{"daily 18:00, 06:00 ,18:00", "daily 06:00,18:00", "every day at 06:00 and 18:00"},
		{"  WorkDays\t06:00 ", "workdays 06:00", "every workday (Monday to Friday) at 06:00"},
		{"weekly THU,mon 06:00", "weekly mon,thu 06:00", "every Monday and Thursday at 06:00"},
		{"weekly sunday , saturday,sun 06:00", "weekly sat,sun 06:00", "every Saturday and Sunday at 06:00"},
		{"monthly 1 06:00", "monthly 1 06:00", "every month on the 1st at 06:00"},
		{"monthly 01,15 06:00", "monthly 1,15 06:00", "every month on the 1st and the 15th at 06:00"},
		{"monthly last 06:00", "monthly last 06:00", "every month on the last day at 06:00"},
		{"monthly last-0 06:00", "monthly last 06:00", "every month on the last day at 06:00"},
		{"monthly last-2,last-1,last,1 01:00", "monthly 1,last-2,last-1,last 01:00",
			"every month on the 1st, 2 days before the last day, the day before the last day and the last day at 01:00"},
		{"monthly first workday 06:00", "monthly first workday 06:00", "every month on the first workday at 06:00"},
		{"monthly LAST workday,first workday, 22 18:00", "monthly 22,first workday,last workday 18:00",
			"every month on the 22nd, the first workday and the last workday at 18:00"},
		{"monthly 31,13,23 00:00", "monthly 13,23,31 00:00", "every month on the 13th, the 23rd and the 31st (in months that have it) at 00:00"},
		{"yearly 12-31 23:59", "yearly 12-31 23:59", "every year on 31 December at 23:59"},
		{"yearly 12-31,2-29 23:59", "yearly 02-29,12-31 23:59", "every year on 29 February (in leap years) and 31 December at 23:59"},
	} {
		r := mustParse(t, tt.text)
		if got := r.String(); got != tt.canonical {
			t.Errorf("Parse(%q).String() = %q, want %q", tt.text, got, tt.canonical)
		}
		if got := r.Sentence(); got != tt.sentence {
			t.Errorf("Parse(%q).Sentence() = %q, want %q", tt.text, got, tt.sentence)
		}
		if again := mustParse(t, r.String()); !again.Equal(r) {
			t.Errorf("%q does not parse back to the same rule: %q", r, again)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct{ text, says string }{
		{"", "empty"},
		{" \n ", "empty"},
		{"\xff daily 06:00", "UTF-8"},
		{"hourly 06:00", `cannot start with "hourly"`},
		{"06:00", `cannot start with "06:00"`},
		{"daily", "no time of day"},
		{"daily 24:00", `"24:00" is not a time of day`},
		{"daily 06:60", "not a time of day"},
		{"daily 06:0", "not a time of day"},
		{"daily 6", "not a time of day"},
		{"daily +6:00", "not a time of day"},
		{"daily 06:00,", "not a time of day"},
		{"daily 06:00:00", "not a time of day"},
		{"daily ٠٦:٠٠", "not a time of day"},
		{"daily mon 06:00", "takes no days"},
		{"workdays 1 06:00", "takes no days"},
		{"once 06:00", "on which day"},
		{"once 2026-02-29 06:00", "not a date"},
		{"once 2026-2-1 06:00", "not a date"},
		{"once 0000-01-01 06:00", "not a date"},
		{"once 2026-12-01 2026-12-02 06:00", "not a date"},
		{"weekly 06:00", "on which day"},
		{"weekly mo 06:00", `"mo" is not a day of the week`},
		{"weekly mon thu 06:00", "not a day of the week"},
		{"weekly mon,,thu 06:00", "not a day of the week"},
		{"monthly 0 06:00", "not a day of the month"},
		{"monthly 32 06:00", "not a day of the month"},
		{"monthly -1 06:00", "not a day of the month"},
		{"monthly last-31 06:00", "not a day of the month"},
		{"monthly last+1 06:00", "not a day of the month"},
		{"monthly second workday 06:00", "not a day of the month"},
		{"monthly workday 06:00", "not a day of the month"},
		{"yearly 13-01 06:00", "not a day of the year"},
		{"yearly 02-30 06:00", "not a day of the year"},
		{"yearly 00-10 06:00", "not a day of the year"},
		{"yearly 06-00 06:00", "not a day of the year"},
		{"daily " + strings.Repeat("1", 5000), "longer than"},
		{"daily 0:00" + strings.Repeat(",1:00", 60) + many(60), "60 times of day"},
	} {
		r, err := Parse(tt.text)
		var ruleError *RuleError
		if !errors.As(err, &ruleError) {
			t.Errorf("Parse(%.40q) = %q, %v; want a *RuleError", tt.text, r, err)
			continue
		}
		if !strings.Contains(ruleError.Message, tt.says) {
			t.Errorf("Parse(%.40q): %q does not say %q", tt.text, ruleError.Message, tt.says)
		}
		if ruleError.Hint == "" || !strings.Contains(err.Error(), ruleError.Hint) || len(err.Error()) > 500 {
			t.Errorf("Parse(%.40q): the error has no remedy or is too long: %v", tt.text, err)
		}
		if !r.IsZero() {
			t.Errorf("Parse(%.40q): a rule beside the error: %q", tt.text, r)
		}
	}
}

// many is n-2 more times of day, so that with 00:00 and 01:00 there are n.
func many(n int) string {
	var b strings.Builder
	for i := range n - 2 {
		b.WriteString("," + minute(120+i).String())
	}
	return b.String()
}

// The canonical text must stay under the limit of Parse for the largest rules there are.
func TestLargestRulesParseBack(t *testing.T) {
	var days []string
	for m := range 12 {
		for d := range monthLength(2000, time.Month(m+1)) {
			days = append(days, fmt.Sprintf("%02d-%02d", m+1, d+1))
		}
	}
	if len(days) != 366 {
		t.Fatalf("%d days", len(days))
	}
	r := mustParse(t, "yearly "+strings.Join(days, ",")+" 00:00"+many(maxTimes+1))
	if again := mustParse(t, r.String()); !again.Equal(r) {
		t.Error("the rule with every day of the year does not parse back")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"once 2026-12-01 06:00", "daily 06:00,18:00", "workdays 06:00", "weekly mon,thu 06:00", "monthly last-2,last-1,last,1 01:00",
		"monthly first workday 06:00", "monthly last workday 18:00", "yearly 12-31,02-29 23:59", "monthly ,1 06:00", "\x00", "DAILY İ 6:00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text)
		if err != nil {
			return
		}
		canonical := r.String()
		again, err := Parse(canonical)
		if err != nil || again.String() != canonical {
			t.Fatalf("%q became %q, which parses to %q, %v", text, canonical, again, err)
		}
		if r.Sentence() == "never" {
			t.Fatalf("%q has no sentence", text)
		}
		if _, ok := r.Next(at("2000-01-01T00:00:00Z"), nil); !ok && r.kind != once {
			t.Fatalf("%q never happens", text)
		}
	})
}
