package recurrence

import (
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// subjectPrefix begins the keys of groups that are made by the subject.
const subjectPrefix = "subject:"

// SubjectKey groups tickets that speak of no error by what their subjects have in common: without numbers, dates, the
// names of months and days, and reply marks. It is "" for subjects that say too little to group by: "Question", "Help!".
func SubjectKey(subject string) string {
	var words []string
	letters := 0
	for w := range strings.FieldsFuncSeq(strings.ToLower(subject), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if strings.IndexFunc(w, unicode.IsDigit) >= 0 || passing[w] {
			continue
		}
		words = append(words, w)
		letters += len(w)
	}
	if len(words) < 3 || letters < 12 || len(words) > 40 {
		return ""
	}
	h := fnv.New64a()
	h.Write([]byte(strings.Join(words, " ")))
	return subjectPrefix + strconv.FormatUint(h.Sum64(), 36)
}

// passing are words that differ from time to time, or say nothing.
var passing = func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`re fw fwd aw wg urgent again please question problem issue help request about with we i it the a an of for in on at to is and our my
		january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
		monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun today yesterday tomorrow st nd rd th`) {
		out[w] = true
	}
	return out
}()

// BySubject reports whether a group is made by the subject, not by an error.
func BySubject(key string) bool { return strings.HasPrefix(key, subjectPrefix) }

// Night gives the night an instant falls into, named by the day it began on: from 22:00 to 06:00 on the clock of the
// application; false by day.
func Night(at time.Time, zone *time.Location) (string, bool) {
	if zone == nil {
		zone = time.UTC
	}
	l := at.In(zone)
	switch h := l.Hour(); {
	case h >= 22:
		return l.Format(time.DateOnly), true
	case h < 6:
		return l.AddDate(0, 0, -1).Format(time.DateOnly), true
	}
	return "", false
}

// Cost is what a group costs and what could be done about it.
type Cost struct {
	Tickets int           // in the time looked at
	Minutes int           // booked on them
	Nights  int           // distinct nights on which somebody was called or worked
	Since   time.Duration // the time looked at
	Rhythm  *Rhythm       // nil: none
	Steps   bool          // what to do is written down
	Asleep  bool          // it is fixed, or somebody said that it is not worth it
}

const (
	// leastMinutes is assumed for a ticket on which nobody booked time: reading, answering and closing it.
	leastMinutes = 10
	// nightMinutes is what a broken night costs beyond the work: the rest that is made up for the next day. The European
	// Working Time Directive (2003/88/EC, article 3) asks for 11 hours of rest in a row, so that a call at 01:00 after a day
	// that ended at 18:00 moves the next start by about three hours.
	nightMinutes = 180
	month        = 730 * time.Hour
)

// Hours is what the group costs in a month, in hours of people.
func (c Cost) Hours() float64 {
	months := max(1, c.Since.Hours()/month.Hours())
	minutes := max(c.Minutes, leastMinutes*c.Tickets) + nightMinutes*c.Nights
	return math.Round(float64(minutes)/60/months*10) / 10
}

// Score ranks groups as candidates for automation: what a month costs, times how well a schedule would catch it, times
// whether somebody wrote down what to do.
//
//	score = hours a month × (0.5 + regularity / 2) × (1.5 with written steps, else 1)
//
// The cost leads, because saving it is the purpose. Without a rhythm half remains: an alert can start a script too. Written
// steps are what a script is made from. A rhythm whose last three slots were empty may be over: a quarter. What is fixed
// and held, or not worth it, is at the end of the list with 0.
func (c Cost) Score() float64 {
	if c.Asleep {
		return 0
	}
	score := c.Hours() * 0.5
	if c.Rhythm != nil {
		score += c.Hours() * c.Rhythm.Regularity / 2
		if c.Rhythm.Missed >= 3 {
			score /= 4
		}
	}
	if c.Steps {
		score *= 1.5
	}
	return math.Round(score*100) / 100
}
