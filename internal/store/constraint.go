package store

import "firebreak/internal/fault"

// broken says what a violated constraint means to a person.
type broken struct {
	column string // how SQLite names a unique index over plain columns
	code   fault.Code
	field  string
	text   string
	hint   string
}

func (b broken) fault(err error) error {
	return &fault.Fault{Code: b.code, Field: b.field, Message: b.text, Hint: b.hint, Err: err}
}

// constraints maps constraint and index names; the database is the last validator.
var constraints = map[string]broken{
	"person_email":        {"", fault.CodeConflict, "email", "Somebody with this e-mail address exists already.", "Use the existing person, or another address."},
	"client_name":         {"", fault.CodeConflict, "name", "A client with this name exists already.", "Choose another name."},
	"team_name":           {"", fault.CodeConflict, "name", "A team with this name exists already.", "Choose another name."},
	"application_slug":    {"application.slug", fault.CodeConflict, "slug", "An application with this short name exists already.", "Choose another short name."},
	"application_name":    {"", fault.CodeConflict, "name", "An application with this name exists already.", "Choose another name."},
	"environment_name":    {"", fault.CodeConflict, "name", "The application has an environment of this name already.", "Choose another name."},
	"host_name":           {"", fault.CodeConflict, "name", "The environment has a host of this name already.", "Choose another name."},
	"business_event_name": {"", fault.CodeConflict, "name", "The application has an event of this name already.", "Choose another name."},
	"interface_key":       {"", fault.CodeConflict, "name", "There is an interface between the two with this name, host and port already.", "Change that one, or choose another name."},
	"interface_ends":      {"", fault.CodeInvalid, "to", "An application does not call itself.", "Choose two applications."},
	"privacy_pattern_key": {"", fault.CodeConflict, "name", "A pattern with this name exists already.", "Change that one, or choose another name."},
	"product_name":        {"", fault.CodeConflict, "name", "The product is listed already.", "Change the one that is there."},
	"change_record_key":   {"", fault.CodeConflict, "key", "A change with this key exists already.", "Send it again; it is updated then."},
	"ticket_external":     {"ticket.source, ticket.external_id", fault.CodeConflict, "external_id", "A ticket with this external id exists already.", "Import updates it; opening it again is not possible."},
	"link_pair":           {"link.ticket, link.other, link.kind", fault.CodeConflict, "other", "The two tickets are linked this way already.", ""},
	"ticket_status":       {"", fault.CodeInvalid, "status", "This state does not exist.", "Use new, open, waiting, resolved, closed, cancelled or merged."},
	"ticket_fire":         {"", fault.CodeInvalid, "fire", "This fire does not exist.", "Use match, house_fire or wildfire."},
	"entry_private":       {"", fault.CodeInvalid, "public", "Notes, SQL, terminal sessions and logs are private.", "Write a reply instead."},
	"entry_kind":          {"", fault.CodeInvalid, "kind", "This kind of entry does not exist.", "Use reply, note, sql, terminal, log, screenshot or file."},
	"known_error_state":   {"", fault.CodeInvalid, "state", "This state does not exist.", "Use active or retired."},
	"lookup_log_press":    {"lookup_log.press", fault.CodeConflict, "engine", "This look-up left a moment ago.", "It is open in the tab beside this one, and stands in the log."},
	"lookup_second":       {"", fault.CodeForbidden, "", "Nobody approves their own look-up.", "Ask somebody else who may approve."},
	"lookup_word_word":    {"lookup_word.word", fault.CodeConflict, "text", "This word is allowed already.", "Nothing needs to be done."},
	"person_role":         {"", fault.CodeInvalid, "role", "This role does not exist.", "Use admin, lead, agent or requester."},
}
