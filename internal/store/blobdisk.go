package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/fault"
)

// diskBlobs keeps each content in DIR/ab/abcdef…, dated by the desk's clock.
type diskBlobs struct {
	dir string
	now clock.Clock
}

func newDiskBlobs(dir string, now clock.Clock) *diskBlobs { return &diskBlobs{dir, now} }

const incoming = "incoming-" // starts the names of files that are still being written

func (b *diskBlobs) path(hash string) string { return filepath.Join(b.dir, hash[:2], hash) }

func (b *diskBlobs) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	hash, size, err := b.put(ctx, r, limit)
	if errors.Is(err, syscall.ENOSPC) {
		err = &fault.Fault{Code: fault.CodeUnavailable, Field: "file", Message: "The disk that holds the files is full; nothing was stored.", Hint: "An admin must free space; then send it again.", Err: err}
	}
	return hash, size, err
}

func (b *diskBlobs) put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return "", 0, err
	}
	f, err := os.CreateTemp(b.dir, incoming+"*")
	if err != nil {
		return "", 0, err
	}
	defer os.Remove(f.Name()) // fails harmlessly once renamed
	defer f.Close()
	h := sha256.New()
	size, err := io.CopyBuffer(io.MultiWriter(f, h), &limited{ctx: ctx, r: r, limit: limit}, make([]byte, 256<<10))
	if err != nil {
		return "", 0, err
	}
	now := b.now()
	if err := errors.Join(f.Sync(), f.Close(), os.Chtimes(f.Name(), now, now)); err != nil {
		return "", 0, err
	}
	hash := hex.EncodeToString(h.Sum(nil))
	dir := filepath.Dir(b.path(hash))
	if err := os.Mkdir(dir, 0o700); err == nil {
		if err := syncDir(b.dir); err != nil {
			return "", 0, err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return "", 0, err
	}
	if err := os.Rename(f.Name(), b.path(hash)); err != nil {
		return "", 0, err
	}
	return hash, size, syncDir(dir)
}

// syncDir makes the names in a folder survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
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
	if errors.Is(err, fs.ErrNotExist) {
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

func (b *diskBlobs) Sweep(ctx context.Context, before time.Time, used func(context.Context, []string) (map[string]bool, error)) (removed int, err error) {
	var old []string
	flush := func() error {
		if len(old) == 0 {
			return nil
		}
		keep, err := used(ctx, old)
		if err != nil {
			return err
		}
		for _, hash := range old {
			if st, err := os.Stat(b.path(hash)); keep[hash] || err != nil || !st.ModTime().Before(before) { // put again meanwhile
				continue
			}
			if err := os.Remove(b.path(hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			removed++
		}
		old = old[:0]
		return nil
	}
	err = filepath.WalkDir(b.dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			return nil // gone or young
		}
		if strings.HasPrefix(e.Name(), incoming) {
			removed++
			return os.Remove(path)
		}
		if validHash(e.Name()) {
			old = append(old, e.Name())
		}
		if len(old) < 500 {
			return nil
		}
		return flush()
	})
	return removed, errors.Join(err, flush())
}
