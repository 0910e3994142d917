package redact

func (n *namer) streets() {}
