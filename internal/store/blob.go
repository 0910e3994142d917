package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"

	"firebreak/internal/fault"
)

// Blobs keeps the content of files under the SHA-256 of that content. Content is written before the rows
// that name it, and never changed, so a crash leaves at most an orphan.
type Blobs interface {
	// Put streams r in and gives its hash and size. Over limit bytes it stops and gives a too-large fault.
	Put(ctx context.Context, r io.Reader, limit int64) (hash string, size int64, err error)
	// Open gives the content; not found when there is none.
	Open(ctx context.Context, hash string) (Blob, error)
}

// Blob is stored content, open for reading at any place.
type Blob interface {
	io.ReadSeekCloser
	io.ReaderAt
	Size() int64
}

// Blobs gives the file contents of this desk.
func (s *Store) Blobs() Blobs { return s.blobs }

// ErrTooLarge is what limited gives once the limit is passed.
func tooLarge() error {
	return fault.TooLarge("file", "The file is larger than the desk takes.", "Cut it to the part that matters or compress it; the limit is max_upload in the configuration.")
}

// limited reads at most n bytes and then fails.
type limited struct {
	r io.Reader
	n int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.n < 0 {
		return 0, tooLarge()
	}
	if int64(len(p)) > l.n+1 {
		p = p[:l.n+1]
	}
	n, err := l.r.Read(p)
	l.n -= int64(n)
	if l.n < 0 {
		return 0, tooLarge()
	}
	return n, err
}

func validHash(h string) bool {
	b, err := hex.DecodeString(h)
	return err == nil && len(b) == sha256.Size
}

// diskBlobs keeps each content in DIR/ab/abcdef….
type diskBlobs struct{ dir string }

func newDiskBlobs(dir string) *diskBlobs { return &diskBlobs{dir} }

func (b *diskBlobs) path(hash string) string { return filepath.Join(b.dir, hash[:2], hash) }

func (b *diskBlobs) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return "", 0, err
	}
	f, err := os.CreateTemp(b.dir, "incoming-*")
	if err != nil {
		return "", 0, err
	}
	defer os.Remove(f.Name()) // fails harmlessly once renamed
	defer f.Close()
	h := sha256.New()
	size, err := io.Copy(io.MultiWriter(f, h), &limited{r, limit})
	if err != nil {
		return "", 0, err
	}
	if err := f.Sync(); err != nil {
		return "", 0, err
	}
	if err := f.Close(); err != nil {
		return "", 0, err
	}
	hash := hex.EncodeToString(h.Sum(nil))
	if err := os.MkdirAll(filepath.Dir(b.path(hash)), 0o700); err != nil {
		return "", 0, err
	}
	if err := os.Rename(f.Name(), b.path(hash)); err != nil {
		return "", 0, err
	}
	d, err := os.Open(filepath.Dir(b.path(hash)))
	if err != nil {
		return "", 0, err
	}
	defer d.Close()
	return hash, size, d.Sync() // the name itself must survive a power cut
}

type diskBlob struct {
	*os.File
	size int64
}

func (d diskBlob) Size() int64 { return d.size }

func (b *diskBlobs) Open(ctx context.Context, hash string) (Blob, error) {
	if !validHash(hash) {
		return nil, fault.NotFound("file")
	}
	f, err := os.Open(b.path(hash))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.NotFound("file")
	}
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return diskBlob{f, st.Size()}, nil
}

// tableBlobs keeps content in the database in chunks, so that every node has it.
type tableBlobs struct{ db *sql.DB }

const chunkSize = 1 << 20

func (b tableBlobs) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return "", 0, err
	}
	defer tx.Rollback()
	// The hash is known at the end only, so chunks go in under a name of this transaction first.
	var temp string
	if err := tx.QueryRowContext(ctx, "SELECT 'incoming-' || txid_current()").Scan(&temp); err != nil {
		return "", 0, err
	}
	h := sha256.New()
	lr := io.TeeReader(&limited{r, limit}, h)
	buf := make([]byte, chunkSize)
	var size int64
	for pos := 0; ; pos++ {
		n, err := io.ReadFull(lr, buf)
		if n > 0 {
			if _, err := tx.ExecContext(ctx, "INSERT INTO file_chunk (hash, position, data) VALUES ($1, $2, $3)", temp, pos, buf[:n]); err != nil {
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
	hash := hex.EncodeToString(h.Sum(nil))
	if size == 0 {
		if _, err := tx.ExecContext(ctx, "INSERT INTO file_chunk (hash, position, data) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING", hash, []byte{}); err != nil {
			return "", 0, err
		}
		return hash, 0, tx.Commit()
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtext($1))", hash); err != nil {
		return "", 0, err
	}
	for _, q := range []string{
		"DELETE FROM file_chunk WHERE hash = $1 AND EXISTS (SELECT 1 FROM file_chunk WHERE hash = $2)",
		"UPDATE file_chunk SET hash = $2 WHERE hash = $1",
	} {
		if _, err := tx.ExecContext(ctx, q, temp, hash); err != nil {
			return "", 0, err
		}
	}
	return hash, size, tx.Commit()
}

func (b tableBlobs) Open(ctx context.Context, hash string) (Blob, error) {
	var chunks, size int64
	err := b.db.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(octet_length(data)), 0) FROM file_chunk WHERE hash = $1", hash).Scan(&chunks, &size)
	if err != nil {
		return nil, err
	}
	if chunks == 0 {
		return nil, fault.NotFound("file")
	}
	t := &tableBlob{ctx: ctx, db: b.db, hash: hash, size: size, have: -1}
	t.SectionReader = io.NewSectionReader(readerAt(t.readAt), 0, size)
	return t, nil
}

type readerAt func([]byte, int64) (int, error)

func (f readerAt) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// tableBlob reads chunk by chunk, keeping the latest one.
type tableBlob struct {
	*io.SectionReader
	ctx   context.Context
	db    *sql.DB
	hash  string
	size  int64
	have  int64
	chunk []byte
}

func (t *tableBlob) Size() int64  { return t.size }
func (t *tableBlob) Close() error { return nil }

func (t *tableBlob) readAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < t.size {
		if want := off / chunkSize; want != t.have {
			if err := t.db.QueryRowContext(t.ctx, "SELECT data FROM file_chunk WHERE hash = $1 AND position = $2", t.hash, want).Scan(&t.chunk); err != nil {
				return n, err
			}
			t.have = want
		}
		k, _ := bytes.NewReader(t.chunk[off%chunkSize:]).Read(p[n:])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
