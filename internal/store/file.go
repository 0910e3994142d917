package store

import (
	"context"
	"time"

	"firebreak/internal/id"
	"firebreak/internal/ticket"
)

// SweepFiles removes contents that were put before the instant and that no entry names: what is left of
// uploads that broke off, and of replies that were taken back.
func (s *Store) SweepFiles(ctx context.Context, before time.Time) (int, error) {
	if err := s.Write(ctx, func(tx *Tx) error {
		_, err := tx.q.ExecContext(ctx, "DELETE FROM file WHERE created_at < $1 AND NOT EXISTS (SELECT 1 FROM entry_file e WHERE e.hash = file.hash)", ms(before))
		return err
	}); err != nil {
		return 0, err
	}
	return s.blobs.Sweep(ctx, before, func(ctx context.Context, hashes []string) (map[string]bool, error) {
		args := make([]any, len(hashes))
		for i, h := range hashes {
			args[i] = h
		}
		rows, err := s.Read().q.QueryContext(ctx, "SELECT DISTINCT hash FROM entry_file WHERE hash IN ("+holes(1, len(args))+")", args...)
		found, err := collect(rows, err, func(r row) (h string, err error) { return h, r.Scan(&h) })
		used := make(map[string]bool, len(found))
		for _, h := range found {
			used[h] = true
		}
		return used, err
	})
}

// PublicFile gives a file that a requester may have, of an entry that is public and sent, with the number of
// the ticket whose requester that is: the one it was written on, also after merging. Not found otherwise.
func (r Read) PublicFile(ctx context.Context, entry id.ID, role string) (number int64, a ticket.Attachment, err error) {
	err = r.q.QueryRowContext(ctx, `SELECT CASE WHEN e.origin = 0 THEN e.ticket ELSE e.origin END, f.entry_id, f.role, f.name, f.type, f.size, f.hash
		FROM public_entry e JOIN entry_file f ON f.entry_id = e.id WHERE e.id = $1 AND f.role = $2`, entry, role).
		Scan(&number, &a.EntryID, &a.Role, &a.Name, &a.Type, &a.Size, &a.Hash)
	return number, a, one(err, "file")
}

// File gives one file of an entry, public or not.
func (r Read) File(ctx context.Context, entry id.ID, role string) (a ticket.Attachment, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT entry_id, role, name, type, size, hash FROM entry_file WHERE entry_id = $1 AND role = $2", entry, role).
		Scan(&a.EntryID, &a.Role, &a.Name, &a.Type, &a.Size, &a.Hash)
	return a, one(err, "file")
}
