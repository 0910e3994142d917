package store

import "context"

// Listen calls deliver with each topic that another node of the same database tells, from when ready is called until ctx ends
// or the connection fails, which is the error. Where no other node can be it does nothing.
func (s *Store) Listen(ctx context.Context, ready func(), deliver func(topic string)) error {
	return s.d.listen(ctx, s, ready, deliver)
}

// Tell passes topics to the other nodes; live.Resync instead of them when they are too many to name.
func (s *Store) Tell(ctx context.Context, topics []string) error { return s.d.tell(ctx, s, topics) }
