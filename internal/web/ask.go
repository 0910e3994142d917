package web

import "slices"

// askField is one field of a form with its label, hint and fault. Pages that hold several forms use it: the
// form's name keeps ids apart, and a fault shows only in the form that was sent.
type askField struct {
	ID, Name, Label, Value, Type, HintText, Autofill, ListID, Error string
	Required, Optional, Focus, refused                              bool
	MinLen, From, To                                                string
}

func init() {
	funcs["ask"] = newAsk
	funcs["zones"] = func() []string { return zones }
}

// newAsk makes a text field. value is what it holds until something else was typed.
func newAsk(c *chrome, form, name, label, value string) askField {
	c = c.In(form)
	return askField{ID: form + "-" + name, Name: name, Label: label, Value: c.Typed(name, value), Error: c.Problem(name), refused: c.Fault != nil}
}

// In gives the chrome as one form sees it: without the fault and the text of another.
func (c *chrome) In(form string) *chrome {
	if c.Form.Get("form") == form {
		return c
	}
	own := *c
	own.Fault, own.Form = nil, nil
	return &own
}

// Ticked reports whether a box with this value is ticked: as it was sent, else as before.
func (c *chrome) Ticked(field, value string, before bool) bool {
	if c.Form == nil {
		return before
	}
	return slices.Contains(c.Form[field], value)
}

// FieldID gives the id of a field in the form that was sent, for the links from the list of faults.
func (c *chrome) FieldID(field string) string {
	if form := c.Form.Get("form"); form != "" {
		return form + "-" + field
	}
	return field
}

// The methods below are for templates, which chain them.

// As sets the type of the input. A password is never sent back.
func (a askField) As(kind string) askField {
	if a.Type = kind; kind == "password" {
		a.Value = ""
	}
	return a
}

// Hint sets the line below the field.
func (a askField) Hint(s string) askField { a.HintText = s; return a }

// Auto names what the browser may fill in.
func (a askField) Auto(s string) askField { a.Autofill = s; return a }

// List names the datalist of suggestions.
func (a askField) List(id string) askField { a.ListID = id; return a }

// Must marks the field as required, Opt as optional.
func (a askField) Must() askField { a.Required = true; return a }

// Opt marks the field as optional.
func (a askField) Opt() askField { a.Optional = true; return a }

// First gives the field the focus when the page opens; after a refusal the list of faults has it.
func (a askField) First() askField { a.Focus = !a.refused; return a }

// Range bounds a number.
func (a askField) Range(from, to string) askField { a.From, a.To = from, to; return a }

// zones are suggestions only; every IANA name is taken.
var zones = []string{"UTC", "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Anchorage", "America/Argentina/Buenos_Aires",
	"America/Bogota", "America/Caracas", "America/Chicago", "America/Denver", "America/Halifax", "America/Lima", "America/Los_Angeles", "America/Mexico_City",
	"America/New_York", "America/Phoenix", "America/Santiago", "America/Sao_Paulo", "America/St_Johns", "America/Toronto", "America/Vancouver", "Asia/Bangkok",
	"Asia/Dhaka", "Asia/Dubai", "Asia/Ho_Chi_Minh", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi", "Asia/Kathmandu", "Asia/Kolkata",
	"Asia/Kuala_Lumpur", "Asia/Manila", "Asia/Riyadh", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore", "Asia/Taipei", "Asia/Tashkent", "Asia/Tehran", "Asia/Tokyo",
	"Atlantic/Azores", "Atlantic/Reykjavik", "Australia/Adelaide", "Australia/Brisbane", "Australia/Perth", "Australia/Sydney", "Europe/Amsterdam", "Europe/Athens",
	"Europe/Berlin", "Europe/Brussels", "Europe/Bucharest", "Europe/Budapest", "Europe/Copenhagen", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul",
	"Europe/Kyiv", "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Moscow", "Europe/Oslo", "Europe/Paris", "Europe/Prague", "Europe/Rome", "Europe/Sofia",
	"Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland", "Pacific/Honolulu"}
