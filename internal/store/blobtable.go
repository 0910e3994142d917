package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"io"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/fault"
	"firebreak/internal/id"
)

// tableBlobs keeps content in the database in chunks, so that every node has it. Each chunk is a transaction
// of its own under the upload's id; a last row gives the whole its hash. So a large file is written once,
// holds no transaction open while it comes in, and a broken one leaves chunks that Sweep removes.
type tableBlobs struct {
	db    *sql.DB
	newID func() id.ID
	now   clock.Clock
}

const chunkSize = 1 << 20

func (b tableBlobs) Put(ctx context.Context, r io.Reader, limit int64) (hash string, size int64, err error) {
	upload := int64(b.newID())
	defer func() {
		if err != nil {
			b.drop(ctx, upload)
		}
	}()
	h := sha256.New()
	in := io.TeeReader(&limited{ctx: ctx, r: r, limit: limit}, h)
	buf := make([]byte, chunkSize)
	for pos := 0; ; pos++ {
		n, err := io.ReadFull(in, buf)
		if n > 0 && (err == nil || err == io.EOF || err == io.ErrUnexpectedEOF) {
			if _, err := b.db.ExecContext(ctx, "INSERT INTO file_chunk (upload, position, data) VALUES ($1, $2, $3)", upload, pos, buf[:n]); err != nil {
				return "", 0, err
			}
			size += int64(n)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return "", 0, err
		}
	}
	hash = hex.EncodeToString(h.Sum(nil))
	var kept int64
	if err := b.db.QueryRowContext(ctx, `INSERT INTO file_content (hash, upload, size, put_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (hash) DO UPDATE SET put_at = greatest(file_content.put_at, excluded.put_at) RETURNING upload`,
		hash, upload, size, ms(b.now())).Scan(&kept); err != nil {
		return "", 0, err
	}
	if kept != upload { // the content was here already
		b.drop(ctx, upload)
	}
	return hash, size, nil
}

// drop removes the chunks of an upload that is of no use; what it cannot remove the sweep will.
func (b tableBlobs) drop(ctx context.Context, upload int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	b.db.ExecContext(ctx, "DELETE FROM file_chunk WHERE upload = $1", upload)
}

type tableBlob struct {
	*io.SectionReader
}

func (t tableBlob) Close() error { return nil }

func (b tableBlobs) Open(ctx context.Context, hash string) (Blob, error) {
	var upload, size int64
	err := b.db.QueryRowContext(ctx, "SELECT upload, size FROM file_content WHERE hash = $1", hash).Scan(&upload, &size)
	if err == sql.ErrNoRows {
		return nil, fault.NotFound("file")
	}
	if err != nil {
		return nil, err
	}
	c := &chunked{size: size, fetch: func(position int64) (data []byte, err error) {
		return data, b.db.QueryRowContext(ctx, "SELECT data FROM file_chunk WHERE upload = $1 AND position = $2", upload, position).Scan(&data)
	}}
	return tableBlob{io.NewSectionReader(readerAt(c.readAt), 0, size)}, nil
}

func (b tableBlobs) Sweep(ctx context.Context, before time.Time, used func(context.Context, []string) (map[string]bool, error)) (removed int, err error) {
	for after := ""; ; {
		rows, err := b.db.QueryContext(ctx, "SELECT hash FROM file_content WHERE put_at < $1 AND hash > $2 ORDER BY hash LIMIT 500", ms(before), after)
		old, err := collect(rows, err, func(r row) (h string, err error) { return h, r.Scan(&h) })
		if err != nil {
			return removed, err
		}
		if len(old) == 0 {
			break
		}
		after = old[len(old)-1]
		keep, err := used(ctx, old)
		if err != nil {
			return removed, err
		}
		for _, hash := range old {
			if keep[hash] {
				continue
			}
			n, err := b.dropContent(ctx, hash, before)
			if err != nil {
				return removed, err
			}
			removed += n
		}
	}
	// Chunks that no content names: an upload that broke off.
	var lost int
	err = b.db.QueryRowContext(ctx, `WITH gone AS (DELETE FROM file_chunk c WHERE c.upload < $1
		AND NOT EXISTS (SELECT 1 FROM file_content f WHERE f.upload = c.upload) RETURNING c.upload)
		SELECT count(DISTINCT upload) FROM gone`, int64(id.First(before))).Scan(&lost)
	return removed + lost, err
}

func (b tableBlobs) dropContent(ctx context.Context, hash string, before time.Time) (int, error) {
	var upload int64
	err := b.db.QueryRowContext(ctx, "DELETE FROM file_content WHERE hash = $1 AND put_at < $2 RETURNING upload", hash, ms(before)).Scan(&upload)
	if err == sql.ErrNoRows { // put again meanwhile
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	_, err = b.db.ExecContext(ctx, "DELETE FROM file_chunk WHERE upload = $1", upload)
	return 1, err
}
