package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// RuleError says why a text is not a rule and what to write instead.
type RuleError struct {
	Message string // what is wrong, one sentence
	Hint    string // what to do, one sentence
}

// Error is the message and the hint, one after the other.
func (e *RuleError) Error() string { return e.Message + " " + e.Hint }

const (
	// maxText is the longest rule text in bytes. The canonical text of any rule
	// is shorter, so what Parse accepted can always be parsed again.
	maxText = 4000
	// maxTimes is the most times of day in one rule.
	maxTimes = 48
)

const exampleHint = `Write for example "daily 06:00", "workdays 06:00,18:00", "weekly mon,thu 06:00", "monthly 1 06:00", ` +
	`"monthly last 18:00", "monthly first workday 06:00", "yearly 12-31 23:59" or "once 2026-12-01 06:00".`

// Parse reads a rule. Capital letters do not matter, and a list may have
// spaces after its commas. The forms, each ending in one or more times of day:
//
//	once 2026-12-01 06:00
//	daily 06:00,18:00
//	workdays 06:00
//	weekly mon,thu 06:00
//	monthly 1 06:00
//	monthly last-2,last-1,last,1 01:00
//	monthly first workday 06:00
//	monthly last workday 18:00
//	yearly 12-31 23:59
//
// A day that a month or year does not have (the 31st, 29 February) is skipped
// there. The error is always a *RuleError.
func Parse(text string) (Rule, error) {
	r, err := parse(text)
	if err != nil {
		return Rule{}, err
	}
	return r, nil
}

func parse(text string) (Rule, *RuleError) {
	if len(text) > maxText {
		return Rule{}, &RuleError{fmt.Sprintf("The rule is longer than %d bytes.", maxText), "Split it into several events."}
	}
	if !utf8.ValidString(text) {
		return Rule{}, &RuleError{"The rule is not valid UTF-8 text.", exampleHint}
	}
	words := fields(text)
	if len(words) == 0 {
		return Rule{}, &RuleError{"The rule is empty.", exampleHint}
	}
	var r Rule
	name, days := words[0], ""
	if len(words) > 1 {
		days = strings.Join(words[1:len(words)-1], " ")
	}
	var read func(string) *RuleError
	switch name {
	case "once":
		r.kind, read = once, r.readOnce
	case "daily":
		r.kind = daily
	case "workdays":
		r.kind = workdays
	case "weekly":
		r.kind, read = weekly, r.readWeek
	case "monthly":
		r.kind, read = monthly, r.readMonth
	case "yearly":
		r.kind, read = yearly, r.readYear
	default:
		return Rule{}, &RuleError{fmt.Sprintf("A rule cannot start with %s.", quote(name)), exampleHint}
	}
	if len(words) == 1 {
		return Rule{}, &RuleError{fmt.Sprintf("The rule %s has no time of day.", quote(name)), `End it with a time such as "06:00".`}
	}
	if err := r.readTimes(words[len(words)-1]); err != nil {
		return Rule{}, err
	}
	switch {
	case read == nil && days != "":
		return Rule{}, &RuleError{fmt.Sprintf("%s takes no days, but %s was given.", quote(name), quote(days)),
			fmt.Sprintf(`Write "%s 06:00", or use "weekly" or "monthly" to choose days.`, name)}
	case read == nil:
		return r, nil
	case days == "":
		return Rule{}, &RuleError{fmt.Sprintf("The rule %s does not say on which day.", quote(name)), exampleHint}
	}
	if err := read(days); err != nil {
		return Rule{}, err
	}
	return r, nil
}

// fields splits at white space, in lower case, with the parts of a comma list
// kept together however they were spaced.
func fields(text string) []string {
	var words []string
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		if n := len(words); n > 0 && (strings.HasSuffix(words[n-1], ",") || strings.HasPrefix(word, ",")) {
			words[n-1] += word
			continue
		}
		words = append(words, word)
	}
	return words
}

func (r *Rule) readTimes(text string) *RuleError {
	for part := range strings.SplitSeq(text, ",") {
		hour, min, ok := pair(part, ":", 2, 2)
		if !ok || hour > 23 || min > 59 {
			return &RuleError{fmt.Sprintf("%s is not a time of day.", quote(part)),
				`Write hours and minutes from "00:00" to "23:59", with commas between several times.`}
		}
		r.times = append(r.times, minute(hour*60+min))
	}
	r.times = sortedSet(r.times, cmp.Compare[minute])
	if len(r.times) > maxTimes {
		return &RuleError{fmt.Sprintf("The rule has %d times of day; %d is the most.", len(r.times), maxTimes), "Split it into several events."}
	}
	return nil
}

func (r *Rule) readOnce(text string) *RuleError {
	day, err := time.Parse("2006-01-02", text)
	if err != nil || day.Year() < 1 {
		return &RuleError{fmt.Sprintf("%s is not a date.", quote(text)), `Write year, month and day of a day that exists, such as "2026-12-01".`}
	}
	r.once = date{day.Year(), day.Month(), day.Day()}
	return nil
}

func (r *Rule) readWeek(text string) *RuleError {
	for part := range strings.SplitSeq(text, ",") {
		day := slices.IndexFunc(weekdayNames[:], func(name string) bool { return part == name || part == name[:3] })
		if day < 0 {
			return &RuleError{fmt.Sprintf("%s is not a day of the week.", quote(part)),
				`Write "mon", "tue", "wed", "thu", "fri", "sat" or "sun", with commas between several days.`}
		}
		r.week |= 1 << day
	}
	return nil
}

func (r *Rule) readMonth(text string) *RuleError {
	for part := range strings.SplitSeq(text, ",") {
		day, ok := parseMonthDay(part)
		if !ok {
			return &RuleError{fmt.Sprintf("%s is not a day of the month.", quote(part)),
				`Write a number from 1 to 31, "last", "last-1" to "last-30", "first workday" or "last workday", with commas between several days.`}
		}
		r.month = append(r.month, day)
	}
	r.month = sortedSet(r.month, func(a, b monthDay) int {
		if a.anchor == fromEnd && b.anchor == fromEnd {
			return cmp.Compare(b.n, a.n) // last-2 comes before last-1
		}
		return cmp.Or(cmp.Compare(a.anchor, b.anchor), cmp.Compare(a.n, b.n))
	})
	return nil
}

func parseMonthDay(text string) (monthDay, bool) {
	switch text {
	case "first workday":
		return monthDay{anchor: firstWorkday}, true
	case "last workday":
		return monthDay{anchor: lastWorkday}, true
	case "last":
		return monthDay{anchor: fromEnd}, true
	}
	if before, ok := strings.CutPrefix(text, "last-"); ok {
		n, ok := digits(before, 1, 2)
		return monthDay{fromEnd, n}, ok && n <= 30
	}
	n, ok := digits(text, 1, 2)
	return monthDay{fromStart, n}, ok && n >= 1 && n <= 31
}

func (r *Rule) readYear(text string) *RuleError {
	const leapYear = 2000
	for part := range strings.SplitSeq(text, ",") {
		month, day, ok := pair(part, "-", 2, 2)
		if !ok || month < 1 || month > 12 || day < 1 || day > monthLength(leapYear, time.Month(month)) {
			return &RuleError{fmt.Sprintf("%s is not a day of the year.", quote(part)),
				`Write month and day of a day that exists, such as "12-31", with commas between several days.`}
		}
		r.year = append(r.year, yearDay{time.Month(month), day})
	}
	r.year = sortedSet(r.year, func(a, b yearDay) int {
		return cmp.Or(cmp.Compare(a.month, b.month), cmp.Compare(a.day, b.day))
	})
	return nil
}

// pair reads two numbers with sep between; the first has 1 to first digits, the
// second exactly second digits.
func pair(text, sep string, first, second int) (a, b int, ok bool) {
	left, right, found := strings.Cut(text, sep)
	a, okLeft := digits(left, 1, first)
	b, okRight := digits(right, second, second)
	return a, b, found && okLeft && okRight
}

// digits reads ASCII digits alone: no sign, no space.
func digits(text string, least, most int) (int, bool) {
	if len(text) < least || len(text) > most || strings.ContainsFunc(text, func(c rune) bool { return c < '0' || c > '9' }) {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func sortedSet[T comparable](items []T, order func(a, b T) int) []T {
	slices.SortFunc(items, order)
	return slices.Compact(items)
}

// quote shows what the person wrote, cut so that the sentence stays readable.
func quote(text string) string {
	const most = 40
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return strconv.Quote(text)
}
