package redact

// names finds people, organisations, streets, places, dates and what goes with them. It reads t.words and proposes with
// t.add; overlaps are resolved afterwards.
func (f *Finder) names(t *text) {}
