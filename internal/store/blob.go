package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"firebreak/internal/fault"
)

// Blobs keeps the content of files under the SHA-256 of that content. Content is on stable storage before
// Put returns, hence before the rows that name it, and never changed, so a crash leaves at most an orphan.
type Blobs interface {
	// Put streams r in and gives its hash and size. Over limit bytes it stops and gives a too-large fault. It
	// holds about a megabyte in memory, whatever the size. Putting a content again makes it young again.
	Put(ctx context.Context, r io.Reader, limit int64) (hash string, size int64, err error)
	// Open gives the content; not found when there is none.
	Open(ctx context.Context, hash string) (Blob, error)
	// Sweep removes what was put before the instant and is not used, and the left-overs of uploads that broke
	// off before it. used tells which of up to 500 hashes some row names.
	Sweep(ctx context.Context, before time.Time, used func(context.Context, []string) (map[string]bool, error)) (removed int, err error)
}

// Blob is stored content, open for reading at any place.
type Blob interface {
	io.ReadSeekCloser
	io.ReaderAt
	Size() int64
}

// Blobs gives the file contents of this desk.
func (s *Store) Blobs() Blobs { return s.blobs }

// TooLarge says that a file is over limit bytes.
func TooLarge(limit int64) error {
	return fault.TooLarge("file", "The file is larger than "+sizeText(limit)+", the most the desk takes.",
		"Cut it to the part that matters or compress it; an admin can raise the limit, max_upload in the configuration. Nothing was stored.")
}

func sizeText(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "GB"}, {1 << 20, "MB"}, {1 << 10, "kB"}} {
		if n >= u.size && n%u.size == 0 {
			return fmt.Sprintf("%d %s", n/u.size, u.name)
		}
		if n >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// limited gives at most limit bytes and then fails; it also ends with its context.
type limited struct {
	ctx   context.Context
	r     io.Reader
	limit int64
	read  int64
}

func (l *limited) Read(p []byte) (int, error) {
	if err := l.ctx.Err(); err != nil {
		return 0, err
	}
	if left := l.limit - l.read + 1; int64(len(p)) > left {
		p = p[:max(left, 0)]
	}
	n, err := l.r.Read(p)
	l.read += int64(n)
	if l.read > l.limit {
		return 0, TooLarge(l.limit)
	}
	return n, err
}

func validHash(h string) bool {
	b, err := hex.DecodeString(h)
	return err == nil && len(b) == sha256.Size
}

// readerAt makes a function an io.ReaderAt.
type readerAt func([]byte, int64) (int, error)

func (f readerAt) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// chunked reads content that is kept in pieces of chunkSize bytes, keeping the latest one.
type chunked struct {
	size  int64
	fetch func(position int64) ([]byte, error)
	have  int64
	chunk []byte
}

func (t *chunked) readAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < t.size {
		if want := off / chunkSize; want != t.have || t.chunk == nil {
			if t.chunk, err = t.fetch(want); err != nil {
				t.chunk = nil
				return n, err
			}
			t.have = want
		}
		if off%chunkSize >= int64(len(t.chunk)) {
			return n, io.ErrUnexpectedEOF
		}
		k, _ := bytes.NewReader(t.chunk[off%chunkSize:]).Read(p[n:])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
