package transfer

import (
	"slices"
	"strings"
	"unicode"

	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// fold gives a name or word in the form in which it is compared: letters and digits in lower case.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r > 127:
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

type state struct {
	status  ticket.Status
	waiting ticket.Waiting
}

// states are the words of Jira, ServiceNow, Zendesk, Freshdesk, OTRS, Zammad, osTicket, RT, GLPI, Bugzilla,
// GitHub and Redmine, folded.
var states = map[string]state{}

func init() {
	add := func(s ticket.Status, w ticket.Waiting, words string) {
		for word := range strings.FieldsSeq(words) {
			states[fold(word)] = state{s, w}
		}
	}
	add(ticket.New, "", "new unassigned unconfirmed todo to-do backlog submitted registered logged untriaged needs-triage triage")
	add(ticket.Open, "", "open opened reopened re-opened active in-progress inprogress started working work-in-progress wip assigned accepted acknowledged confirmed "+
		"patch-available in-review under-review review testing in-testing ready selected-for-development processing escalated investigating under-investigation stalled-open")
	add(ticket.OnHold, ticket.OnRequester, "pending waiting waiting-for-customer waiting-on-customer awaiting-customer awaiting-user-info awaiting-reply need-info needinfo needs-info "+
		"more-info feedback awaiting-feedback answered pending-customer waiting-for-requester waiting-on-requester awaiting-caller pending-reminder incomplete")
	add(ticket.OnHold, ticket.OnThirdParty, "hold on-hold onhold blocked stalled suspended paused deferred postponed pending-vendor awaiting-vendor waiting-for-vendor waiting-on-third-party waiting-for-third-party "+
		"waiting-for-support-vendor external")
	add(ticket.OnHold, ticket.OnChange, "awaiting-change pending-change waiting-for-change awaiting-problem awaiting-release waiting-for-release scheduled")
	add(ticket.Resolved, "", "resolved fixed solved done complete completed finished implemented answered-resolved pending-close pending-auto-close")
	add(ticket.Closed, "", "closed verified archived closed-successful closed-unsuccessful closed-complete closed-incomplete closed-skipped released deployed duplicate merged")
	add(ticket.Cancelled, "", "cancelled canceled rejected declined deleted spam withdrawn invalid wontfix won't-fix wontdo won't-do abandoned void not-planned removed")
}

// Status gives the state that another system's word means; ok is false for an unknown word.
func Status(word string) (ticket.Status, ticket.Waiting, bool) {
	s, ok := states[fold(word)]
	return s.status, s.waiting, ok
}

func level(word string) (ticket.Level, bool) {
	w := strings.ToUpper(strings.TrimSpace(word))
	w = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(w, "LEVEL"), "TIER"), " "))
	if !strings.HasPrefix(w, "L") {
		w = "L" + w
	}
	return ticket.Level(w), slices.Contains(ticket.Levels, ticket.Level(w))
}

func stakes(word string) (urgency.Stakes, bool) {
	switch fold(word) {
	case "person", "one", "user", "oneperson", "individual":
		return urgency.Person, true
	case "team", "group", "department", "ateam":
		return urgency.Team, true
	case "client", "customer", "aclient":
		return urgency.Client, true
	case "company", "everyone", "all", "enterprise", "thecompany":
		return urgency.Company, true
	}
	return "", false
}

func yesNo(word string) (yes, ok bool) {
	switch fold(word) {
	case "true", "yes", "y", "1", "on", "t":
		return true, true
	case "false", "no", "n", "0", "off", "f":
		return false, true
	}
	return false, false
}
