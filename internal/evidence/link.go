package evidence

import (
	"encoding/json"
	"net/url"
	"strings"
)

// Link is a page outside that helped with a ticket, as a private note keeps it.
type Link struct {
	URL string `json:"url"`
}

// maxLink is the longest address that is kept, in bytes.
const maxLink = 2000

// CheckLink gives the address in its plain form, or says what is wrong with it and what to do.
func CheckLink(s string) (clean, problem, hint string) {
	const like = "Copy it from the browser, like https://stackoverflow.com/q/12345."
	s = strings.TrimSpace(s)
	u, err := url.Parse(s)
	switch {
	case s == "":
		return "", "The address is missing.", like
	case len(s) > maxLink:
		return "", "The address is longer than 2,000 characters.", "Keep the part that leads to the page."
	case err != nil || u.Host == "" || strings.ContainsAny(s, " \t\r\n\"<>"):
		return "", "This is not the address of a page.", like
	case u.Scheme != "https":
		return "", "The address must begin with https://.", like
	case u.User != nil:
		return "", "The address carries a user or a password.", "Leave them out."
	}
	return u.String(), "", ""
}

// LinkOf gives the link that a note's facts hold; ok is false when it holds none.
func LinkOf(data string) (l Link, ok bool) {
	if !strings.Contains(data, `"url"`) || json.Unmarshal([]byte(data), &l) != nil {
		return Link{}, false
	}
	clean, problem, _ := CheckLink(l.URL)
	return Link{clean}, problem == ""
}
