package store

import "context"

// Live joins the nodes that share the database. deliver is called with each topic that another node tells, and with
// live.Resync after a time in which some may have been missed; failed is called when the database does not let it listen or
// tell, and it tries again. The function given passes topics on soon, without waiting; it is nil where no other node can
// be. Listening ends with ctx.
func (s *Store) Live(ctx context.Context, deliver func(topic string), failed func(error)) (tell func(topic string)) {
	return s.d.live(ctx, s, deliver, failed)
}
