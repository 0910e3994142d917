package transfer

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Dates says how to read times that do not say everything about themselves.
type Dates struct {
	// Zone is where times without an offset are read; nil is UTC.
	Zone *time.Location
	// DayFirst settles 03/04/2021: nil leaves it unread.
	DayFirst *bool
	// Layouts are tried first, in the notation of Go's package time.
	Layouts []string
}

// layouts that systems write, the most frequent first. A 2 takes one or two digits; fractions of a second are
// accepted everywhere.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05Z07", "2006-01-02 15:04:05 MST", "2006-01-02 15:04", "2006-01-02",
	"2/Jan/06 15:04", "2/Jan/06 3:04 PM", "2/Jan/06 15:04:05", "2/Jan/2006 15:04", "2/Jan/2006 15:04:05", "2/Jan/2006 3:04 PM", "2/Jan/2006:15:04:05 Z0700", "2/Jan/06", "2/Jan/2006",
	"2-Jan-2006 15:04:05", "2-Jan-2006 15:04", "2-Jan-06 15:04", "2-Jan-2006", "2-Jan-06",
	"2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006", "2 January 2006 15:04", "2 January 2006",
	"Jan 2, 2006 15:04:05", "Jan 2, 2006 15:04", "Jan 2, 2006 3:04:05 PM", "Jan 2, 2006 3:04 PM", "Jan 2, 2006", "January 2, 2006 3:04 PM", "January 2, 2006",
	time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 Z0700", "Mon, 2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 Z0700", time.UnixDate, time.RubyDate, time.ANSIC,
	"2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02",
	"2.1.2006 15:04:05", "2.1.2006 15:04", "2.1.2006", "2.1.06 15:04", "2.1.06",
	"20060102150405", "20060102T150405Z07:00", "20060102T150405", "20060102",
}

// nothing is what systems write for a time that is not set.
func nothing(s string) bool {
	switch strings.ToLower(s) {
	case "", "0", "-", "null", "none", "n/a", "na", "nil", "unresolved", "never", "(null)":
		return true
	}
	return strings.HasPrefix(s, "0000-00-00")
}

// Parse reads an instant of another system: RFC 3339, the usual local forms, and seconds, milli-, micro- or
// nanoseconds since 1970. Words for "not set" give the zero time. The second result is what is wrong, the
// third what to do.
func (d Dates) Parse(s string) (t time.Time, problem, hint string) {
	s = strings.TrimSpace(s)
	if nothing(s) {
		return time.Time{}, "", ""
	}
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	t, problem, hint = d.read(s, zone)
	if problem != "" {
		return time.Time{}, problem, hint
	}
	if y := t.Year(); y < 1970 || y > 2200 {
		return time.Time{}, fmt.Sprintf("%q is in the year %d, which cannot be right.", short(s), y), "Mend the date, or leave it empty."
	}
	return t.UTC().Truncate(time.Millisecond), "", ""
}

func (d Dates) read(s string, zone *time.Location) (time.Time, string, string) {
	for _, l := range d.Layouts {
		if t, err := time.ParseInLocation(l, s, zone); err == nil {
			return t, "", ""
		}
	}
	if t, ok := epoch(s); ok {
		return t, "", ""
	}
	if t, problem, ok := d.slashes(s, zone); ok {
		return t, problem, "Say in the mapping file which comes first: day_first = true or day_first = false."
	}
	for _, l := range layouts {
		t, err := time.ParseInLocation(l, s, zone)
		if err != nil {
			continue
		}
		// Go takes an abbreviation it does not know for UTC, which would move the instant silently.
		if name, offset := t.Zone(); strings.Contains(l, "MST") && offset == 0 && name != "UTC" && name != "GMT" && name != "Z" && t.Location() != zone {
			return t, fmt.Sprintf("The time zone %s in %q is not known.", name, short(s)), "Write an offset such as +02:00, or name the zone in the mapping file: zone = \"Europe/Berlin\"."
		}
		return t, "", ""
	}
	return time.Time{}, fmt.Sprintf("%q cannot be read as a date and time.", short(s)), "Write it like 2021-09-30T17:20:00Z, or give its layout in the mapping file: dates = [\"02.01.2006 15:04\"]."
}

// epoch reads counts since 1970 by their length, which is clear from 1973 to 2286.
func epoch(s string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || whole[0] == '+' {
		return time.Time{}, false
	}
	if fraction != "" {
		if f, err := strconv.ParseFloat(s, 64); err == nil && len(whole) >= 9 && len(whole) <= 10 {
			return time.UnixMilli(int64(f * 1000)), true
		}
		if strings.Trim(fraction, "0") != "" {
			return time.Time{}, false
		}
	}
	switch len(whole) {
	case 9, 10:
		return time.Unix(n, 0), true
	case 12, 13:
		return time.UnixMilli(n), true
	case 15, 16:
		return time.UnixMicro(n), true
	case 18, 19:
		return time.Unix(0, n), true
	}
	return time.Time{}, false
}

// slashes reads dates of three numbers with slashes, whose order depends on the country. ok is false when s
// is not such a date.
func (d Dates) slashes(s string, zone *time.Location) (t time.Time, problem string, ok bool) {
	date, clock, _ := strings.Cut(s, " ")
	parts := strings.Split(strings.TrimSuffix(date, ","), "/")
	if len(parts) != 3 || len(parts[0]) > 2 {
		return t, "", false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil {
			return t, "", false
		}
		n[i] = v
	}
	dayFirst := n[0] > 12
	if n[0] <= 12 && n[1] <= 12 && n[0] != n[1] {
		if d.DayFirst == nil {
			return t, fmt.Sprintf("%q can be read as day/month or as month/day.", short(s)), true
		}
		dayFirst = *d.DayFirst
	}
	layout := "1/2/"
	if dayFirst {
		layout = "2/1/"
	}
	year := "2006"
	if len(parts[2]) == 2 {
		year = "06"
	}
	for _, c := range []string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM", "15:04:05 Z07:00", "15:04:05 Z0700", ""} {
		if (c == "") != (clock == "") {
			continue
		}
		if t, err := time.ParseInLocation(strings.TrimSpace(layout+year+" "+c), strings.TrimSpace(strings.Join(parts, "/")+" "+clock), zone); err == nil {
			return t, "", true
		}
	}
	return t, "", false
}

// short cuts a text for an error sentence.
func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
