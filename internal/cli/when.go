package cli

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"firebreak/internal/fault"
)

// endOfDay is the time meant by a day without one: the end of office hours, since a deadline assumed too late is the
// worse mistake.
const endOfDay = 17 * time.Hour

const whenHint = `Write "today 17:00", "tomorrow 6:00", "friday 9:00", "in 3h", "1 Dec 06:00", "2026-12-01 06:00", or RFC 3339 with a zone.`

var (
	inPattern    = regexp.MustCompile(`^(?:in\s+)?(\d{1,6}(?:[.,]\d{1,3})?)\s*(m|mins?|minutes?|h|hours?|hrs?|d|days?|w|weeks?)$`)
	clockPattern = regexp.MustCompile(`^(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|h)?$`)
	dayPattern   = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th|\.)?\s+([a-z]+)\.?(?:\s+(\d{4}))?(?:\s+(.*))?$`)
	datePattern  = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:[t\s]+(.*))?$`)
)

var months = map[string]time.Month{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}

var weekdays = map[string]time.Weekday{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

// parseWhen reads an instant as people write one, seen from now in its zone. Empty, "none" and "no" are no instant.
// A day without a time means its end of office hours; a time without a day the next time the clock shows it.
func parseWhen(field, text string, now time.Time) (time.Time, error) {
	bad := func() (time.Time, error) {
		return time.Time{}, fault.Invalid(field, fmt.Sprintf("%q is not a date and time.", text), whenHint)
	}
	raw := strings.TrimSpace(text)
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(raw)); err == nil {
		return t.UTC(), nil
	}
	s := strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(raw, ",", " "))), " ")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "by "), "at ")
	switch s {
	case "", "none", "no", "-", "never":
		return time.Time{}, nil
	case "now", "at once", "immediately":
		return now.UTC(), nil
	}
	if m := inPattern.FindStringSubmatch(strings.ToLower(strings.Join(strings.Fields(raw), " "))); m != nil {
		n, _ := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", "."), 64)
		unit := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[m[2][0]]
		if n > float64(100*365*24*time.Hour)/float64(unit) {
			return bad()
		}
		return now.Add(time.Duration(n * float64(unit))).UTC(), nil
	}
	day, rest, ok := parseDay(s, now)
	if !ok {
		at, ok := parseClock(s)
		if !ok {
			return bad()
		}
		t := on(now, 0, at)
		if !t.After(now) {
			t = on(now, 1, at)
		}
		return t.UTC(), nil
	}
	at := endOfDay
	if rest = strings.TrimPrefix(strings.TrimPrefix(rest, "at "), "by "); rest != "" {
		if at, ok = parseClock(rest); !ok {
			return bad()
		}
	}
	return on(day, 0, at).UTC(), nil
}

// on is a local time of day, some days after a day.
func on(day time.Time, days int, at time.Duration) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d+days, int(at/time.Hour), int(at%time.Hour/time.Minute), 0, 0, day.Location())
}

// parseDay takes a day from the front of a text.
func parseDay(s string, now time.Time) (day time.Time, rest string, ok bool) {
	if m := datePattern.FindStringSubmatch(s); m != nil {
		t, err := time.ParseInLocation(time.DateOnly, m[1], now.Location())
		return t, m[2], err == nil
	}
	if m := dayPattern.FindStringSubmatch(s); m != nil && len(m[2]) >= 3 {
		month, known := months[m[2][:3]]
		d, _ := strconv.Atoi(m[1])
		if !known || !strings.HasPrefix(strings.ToLower(month.String())+" sept", m[2]) && m[2] != "sept" {
			return day, "", false
		}
		year := now.Year()
		if m[3] != "" {
			year, _ = strconv.Atoi(m[3])
		}
		t := time.Date(year, month, d, 0, 0, 0, 0, now.Location())
		if t.Day() != d {
			return day, "", false
		}
		if m[3] == "" && t.Before(on(now, 0, 0)) { // a day that has passed is meant for next year
			t = t.AddDate(1, 0, 0)
		}
		return t, m[4], true
	}
	first, rest, _ := strings.Cut(s, " ")
	switch first {
	case "today", "tonight":
		return now, rest, true
	case "tomorrow", "tmrw":
		return on(now, 1, 0), rest, true
	case "eod":
		return now, rest, true
	case "next", "on":
		return parseDay(rest, now)
	}
	if len(first) >= 3 {
		if w, known := weekdays[first[:3]]; known && strings.HasPrefix(strings.ToLower(w.String()), first) {
			ahead := (int(w) - int(now.Weekday()) + 7) % 7
			if ahead == 0 {
				ahead = 7
				if at, ok := parseClock(rest); ok && on(now, 0, at).After(now) {
					ahead = 0
				}
			}
			return on(now, ahead, 0), rest, true
		}
	}
	return day, "", false
}

// parseClock reads a time of day.
func parseClock(s string) (time.Duration, bool) {
	switch s {
	case "noon", "midday":
		return 12 * time.Hour, true
	case "midnight":
		return 24 * time.Hour, true
	}
	s = strings.TrimSuffix(s, " o'clock")
	m := clockPattern.FindStringSubmatch(s)
	if m == nil || m[2] == "" && m[3] == "" { // a bare number is no time
		return 0, false
	}
	h, _ := strconv.Atoi(m[1])
	min, _ := strconv.Atoi(m[2])
	switch m[3] {
	case "am", "pm":
		if h < 1 || h > 12 {
			return 0, false
		}
		h %= 12
		if m[3] == "pm" {
			h += 12
		}
	}
	if h > 24 || min > 59 || h == 24 && min > 0 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(min)*time.Minute, true
}
