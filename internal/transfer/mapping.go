package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"firebreak/internal/fault"
)

// names are the columns in which other systems keep a field, folded, in the order in which they are tried.
var names = map[string][]string{
	"id":              {"externalid", "id", "issuekey", "key", "ticketid", "ticketnumber", "number", "issueid", "caseid", "casenumber", "incidentnumber", "bugid", "sysid"},
	"title":           {"title", "subject", "summary", "shortdescription", "rawsubject", "shortdesc"},
	"body":            {"body", "description", "text", "details", "message", "longdescription", "content"},
	"status":          {"status", "state", "bugstatus", "ticketstatus"},
	"waiting_on":      {"waitingon"},
	"resolution":      {"resolution", "solution", "closenotes", "resolutionnotes"},
	"created":         {"created", "createdat", "createdon", "opened", "openedat", "syscreatedon", "datecreated", "createddate", "creationdate", "opendate", "submitted", "reported", "createtime"},
	"updated":         {"updated", "updatedat", "modified", "lastupdated", "sysupdatedon", "lastmodified", "updateddate", "dateupdated"},
	"resolved":        {"resolved", "resolvedat", "resolutiondate", "solved", "solvedat", "resolveddate", "dateresolved"},
	"closed":          {"closed", "closedat", "closedate", "closeddate", "dateclosed"},
	"application":     {"application", "app", "component", "components", "product", "service", "system", "cmdbci", "businessservice", "projectname"},
	"requester":       {"requester", "reporter", "requestedby", "caller", "callerid", "customer", "requesteremail", "openedby", "submitter", "creator", "author", "from"},
	"assignee":        {"assignee", "assignedto", "owner", "agent", "assigneeemail"},
	"level":           {"level", "supportlevel", "tier"},
	"tags":            {"tags", "labels", "keywords", "tag", "label"},
	"deadline":        {"deadline", "due", "duedate", "dueat", "needby"},
	"deadline_reason": {"deadlinereason"},
	"said_by":         {"saidby", "deadlinesaidby"},
	"consequence":     {"consequence", "deadlineconsequence"},
	"stakes":          {"stakes"},
	"workaround":      {"workaround", "hasworkaround"},
	"spreading":       {"spreading"},
	"minutes_spent":   {"minutesspent", "minutes"},
	"entries":         {"entries", "comments", "comment", "notes", "thread", "messages", "conversations", "articles", "worknotes"},
}

// Fields lists the desk's own names of what can be imported.
func Fields() []string { return slices.Sorted(maps.Keys(names)) }

// Mapping says how the columns and words of a system become the desk's. The zero value knows the usual names.
type Mapping struct {
	Source         string                       `toml:"source"`          // name of the system
	Zone           string                       `toml:"zone"`            // IANA zone of times without an offset; UTC when empty
	DayFirst       *bool                        `toml:"day_first"`       // how to read 03/04/2021
	Dates          []string                     `toml:"dates"`           // further layouts, in the notation of Go
	Delimiter      string                       `toml:"delimiter"`       // of CSV; found in the header when empty
	CommentsPublic bool                         `toml:"comments_public"` // comments that say nothing are public replies
	Columns        map[string]any               `toml:"fields"`          // our field = their column, or a list of columns
	Values         map[string]map[string]string `toml:"values"`          // our field: their word = our word
	Constants      map[string]string            `toml:"constants"`       // our field = what it is when the row has nothing

	columns map[string][]string
	dates   Dates
}

// ParseMapping reads a mapping file (TOML).
func ParseMapping(text []byte) (*Mapping, error) {
	m := &Mapping{}
	meta, err := toml.NewDecoder(bytes.NewReader(text)).Decode(m)
	if err != nil {
		at := ""
		if pe := (toml.ParseError{}); errors.As(err, &pe) {
			at = fmt.Sprintf(" at line %d", pe.Position.Line)
			err = errors.New(pe.Message)
		}
		return nil, fault.Invalid("map", fmt.Sprintf("The mapping file cannot be read%s: %v.", at, err), "It is TOML; docs/import.md shows one.")
	}
	if left := meta.Undecoded(); len(left) > 0 {
		return nil, fault.Invalid("map", fmt.Sprintf("The mapping file has %q, which means nothing here.", left[0].String()),
			"It may hold source, zone, day_first, dates, delimiter, comments_public, and the tables fields, values and constants.")
	}
	return m, m.prepare()
}

// prepare checks the mapping and makes it ready for use.
func (m *Mapping) prepare() error {
	m.columns = map[string][]string{}
	known := "Use one of " + strings.Join(Fields(), ", ") + "."
	for field, v := range m.Columns {
		if _, ok := names[field]; !ok {
			return fault.Invalid("map", fmt.Sprintf("The mapping file maps to %q, which is not a field of the desk.", field), known)
		}
		switch v := v.(type) {
		case string:
			m.columns[field] = []string{v}
		case []any:
			for _, c := range v {
				s, ok := c.(string)
				if !ok {
					return fault.Invalid("map", fmt.Sprintf("The columns of %q must be texts.", field), "Write them like tags = [\"Labels\", \"Component\"].")
				}
				m.columns[field] = append(m.columns[field], s)
			}
		default:
			return fault.Invalid("map", fmt.Sprintf("The column of %q must be a text.", field), "Write it like "+field+" = \"Their column\".")
		}
	}
	folded := map[string]map[string]string{}
	for field, words := range m.Values {
		if _, ok := names[field]; !ok {
			return fault.Invalid("map", fmt.Sprintf("The mapping file maps words of %q, which is not a field of the desk.", field), known)
		}
		folded[field] = map[string]string{}
		for from, to := range words {
			if field == "status" {
				if _, _, ok := Status(to); !ok {
					return fault.Invalid("map", fmt.Sprintf("The mapping file maps %q to the state %q, which the desk does not have.", from, to), "Use new, open, waiting, resolved, closed or cancelled.")
				}
			}
			folded[field][strings.ToLower(strings.TrimSpace(from))] = to
		}
	}
	m.Values = folded
	for field := range m.Constants {
		if _, ok := names[field]; !ok || field == "id" || field == "entries" {
			return fault.Invalid("map", fmt.Sprintf("%q cannot be a constant.", field), "Constants fill in fields such as application, requester or tags.")
		}
	}
	m.dates = Dates{DayFirst: m.DayFirst, Layouts: m.Dates}
	if m.Zone != "" {
		zone, err := time.LoadLocation(m.Zone)
		if err != nil {
			return fault.Invalid("zone", fmt.Sprintf("The time zone %q is not known.", m.Zone), "Use an IANA name such as Europe/Berlin.")
		}
		m.dates.Zone = zone
	}
	if d := []rune(m.Delimiter); len(d) > 1 || len(d) == 1 && (d[0] == '"' || d[0] == '\n' || d[0] == '\r') {
		return fault.Invalid("delimiter", "The delimiter must be one character.", "Use \",\", \";\" or \"\\t\".")
	}
	return nil
}
