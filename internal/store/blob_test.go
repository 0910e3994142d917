package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/fault"
	"firebreak/internal/store"
	"firebreak/internal/store/storetest"
)

// endless gives n bytes that no compression shortens.
func endless(n int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{1}), n)
}

func TestBlobsRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Manual) {
		for _, size := range []int64{0, 1, 1 << 20, 1<<20 + 1, 3<<20 + 17} {
			want, _ := io.ReadAll(endless(size))
			sum := sha256.Sum256(want)
			for range 2 { // the second time it is here already
				hash, n, err := s.Blobs().Put(t.Context(), endless(size), 1<<30)
				if err != nil || n != size || hash != hex.EncodeToString(sum[:]) {
					t.Fatalf("put %d bytes: %s, %d, %v", size, hash, n, err)
				}
			}
			b, err := s.Blobs().Open(t.Context(), hex.EncodeToString(sum[:]))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(b)
			if err != nil || !bytes.Equal(got, want) || b.Size() != size {
				t.Fatalf("%d bytes came back as %d: %v", size, len(got), err)
			}
			if size > 2<<20 {
				part := make([]byte, 100)
				if _, err := b.ReadAt(part, 1<<20-50); err != nil || !bytes.Equal(part, want[1<<20-50:1<<20+50]) {
					t.Errorf("reading across a border: %v", err)
				}
			}
			b.Close()
		}
		for _, bad := range []string{"", "../../etc/passwd", "zz", hex.EncodeToString(make([]byte, 32))} {
			if _, err := s.Blobs().Open(t.Context(), bad); !fault.Is(err, fault.CodeNotFound) {
				t.Errorf("open %q: %v", bad, err)
			}
		}
	})
}

func TestBlobsRefuseWhatIsTooLargeInConstantMemory(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Manual) {
		const limit = 40 << 20
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		read := &counted{r: endless(5 << 30)}
		_, _, err := s.Blobs().Put(t.Context(), read, limit)
		runtime.GC()
		runtime.ReadMemStats(&after)
		f := fault.Of(err)
		if f == nil || f.Code != fault.CodeTooLarge || f.Field != "file" || !bytes.Contains([]byte(f.Message), []byte("40 MB")) {
			t.Fatalf("five gigabytes: %v", err)
		}
		if read.n > limit+2<<20 {
			t.Errorf("read %d bytes of a file limited to %d", read.n, limit)
		}
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
			t.Errorf("the heap grew by %d bytes", grown)
		}
		if n, err := s.SweepFiles(t.Context(), s.Now().Add(time.Hour)); err != nil || n != 0 {
			t.Errorf("a refused file left %d things: %v", n, err)
		}
	})
}

type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func TestBrokenUploadLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, _ *clock.Manual) {
		broken := errors.New("the line broke")
		_, _, err := s.Blobs().Put(t.Context(), io.MultiReader(endless(3<<20), &failing{broken}), 1<<30)
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := s.Blobs().Put(ctx, endless(10), 100); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if n, err := s.SweepFiles(t.Context(), s.Now().Add(time.Hour)); err != nil || n != 0 {
			t.Errorf("%d things left: %v", n, err)
		}
	})
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func TestSweepRemovesOldOrphansOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store, c *clock.Manual) {
		put := func(text string) string {
			hash, _, err := s.Blobs().Put(t.Context(), bytes.NewReader([]byte(text)), 100)
			if err != nil {
				t.Fatal(err)
			}
			return hash
		}
		orphan, again := put("orphan"), put("again")
		c.Advance(25 * time.Hour)
		young := put("young")
		put("again") // a second upload of the same content makes it young
		n, err := s.SweepFiles(t.Context(), c.Now().Add(-24*time.Hour))
		if err != nil || n != 1 {
			t.Fatalf("removed %d: %v", n, err)
		}
		if _, err := s.Blobs().Open(t.Context(), orphan); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("the orphan is still here: %v", err)
		}
		for _, hash := range []string{again, young} {
			b, err := s.Blobs().Open(t.Context(), hash)
			if err != nil {
				t.Fatal(err)
			}
			b.Close()
		}
	})
}
