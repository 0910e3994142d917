package urgency

// Override is a fire that a person set by hand.
type Override struct {
	Fire   Fire   `json:"fire"` // what the person set
	Base   Fire   `json:"base"` // the computed fire at that time
	By     string `json:"by"`
	Reason string `json:"reason,omitempty"`
}

// Effective is the fire that counts, from the computed one and what a person
// set. It also says whether to keep the override.
//
// A fire raised by hand never sinks below what was set, and follows the
// computed fire above it. A fire lowered by hand stays lowered until the
// computed fire becomes more severe than the one that was looked at when it
// was lowered: that is news, so the computed fire wins and the override goes.
func Effective(computed Fire, o *Override) (Fire, bool) {
	switch {
	case o == nil || !o.Fire.Valid() || !o.Base.Valid():
		return computed, false
	case o.Fire.Rank() <= o.Base.Rank():
		return worst(computed, o.Fire), true
	case computed.Rank() < o.Base.Rank():
		return computed, false
	}
	return o.Fire, true
}

func worst(a, b Fire) Fire {
	if a.Rank() <= b.Rank() {
		return a
	}
	return b
}
