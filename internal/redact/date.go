package redact

func (n *namer) dates() {}
func (n *namer) ages()  {}
