package desk

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/person"
	"firebreak/internal/store"
)

const (
	exportFormat  = "firebreak-export"
	exportVersion = 1
	manifestName  = "manifest.json"
	contentFolder = "files"
)

// Manifest lists what an exported desk holds. It is written last, so a folder without one is not complete.
type Manifest struct {
	Format     string         `json:"format"`
	Version    int            `json:"version"`
	Schema     int            `json:"schema" doc:"of the database it came from"`
	ExportedAt time.Time      `json:"exported_at"`
	Passwords  bool           `json:"passwords" doc:"whether people.ndjson holds password hashes"`
	Masked     *MaskedExport  `json:"masked,omitempty" doc:"when private data is masked: how"`
	Nouns      []ManifestFile `json:"nouns"`
	Contents   int64          `json:"contents" doc:"files below files/, each named by the SHA-256 of its content"`
	Bytes      int64          `json:"bytes" doc:"size of those files"`
	// Missing are contents that the desk names and does not have, or has damaged.
	Missing []string `json:"missing,omitempty"`
}

// ManifestFile is one file of JSON lines.
type ManifestFile struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Moving is told how far an export or the import of one is: of what, and how many so far.
type Moving func(what string, n int64)

// ExportDesk says what an export holds.
type ExportDesk struct {
	Passwords bool // the password hashes too
	Masked    bool // names in place of what is private, the same for the same throughout; see MaskedExport
}

// Export writes the whole desk into dir, which must be new or empty: JSON lines for each noun, file contents by hash, and a
// manifest with counts and hashes. It is one consistent state, and running work is not held up. Sessions, API tokens and,
// unless they are asked for, password hashes are left out. Either way it is in the audit log; an export that is not masked
// also needs the right to see private data.
func (d *Desk) Export(ctx context.Context, dir string, o ExportDesk, tell Moving) (Manifest, error) {
	caller, err := may(ctx, person.MoveData)
	if err == nil && !o.Masked {
		_, err = may(ctx, person.SeePrivate)
	}
	if err != nil {
		return Manifest{}, err
	}
	if o.Masked && o.Passwords {
		return Manifest{}, fault.Invalid("passwords", "A masked export holds no passwords.", "Leave --masked or --passwords out.")
	}
	m := Manifest{Format: exportFormat, Version: exportVersion, Schema: store.SchemaVersion(), ExportedAt: d.store.Now(), Passwords: o.Passwords}
	if err := emptyFolder(dir); err != nil {
		return m, err
	}
	how := "not masked"
	var mask *exportMask
	if o.Masked {
		how = "masked"
		if mask, err = d.exportMask(ctx, dir, tell); err != nil {
			return m, err
		}
		m.Masked = &mask.said
	}
	err = d.store.Snapshot(ctx, func(r store.Read) error {
		if mask != nil {
			if err := mask.files(ctx, r); err != nil {
				return err
			}
		}
		for _, n := range store.Nouns {
			var edit func(store.Row) bool
			if mask != nil {
				if slices.Contains(notMasked, n.Name) {
					continue
				}
				edit = mask.editor(n.Name)
			}
			f, err := writeNoun(ctx, r, n, o.Passwords, dir, edit)
			if err != nil {
				return err
			}
			m.Nouns = append(m.Nouns, f)
			if tell != nil {
				tell(n.Name, f.Rows)
			}
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	if err := d.store.Write(ctx, func(tx *store.Tx) error { return d.audit(ctx, tx, caller, "desk.export", filepath.Base(dir), how) }); err != nil {
		return m, err
	}
	if mask != nil {
		m.Contents, m.Bytes, m.Missing = mask.contents, mask.bytes, mask.missing
		mask.count()
		return m, writeManifest(dir, m)
	}
	// Contents never change and are named by the rows above, so they need no snapshot.
	err = contentsOf(dir, func(hash string, size int64) error {
		if err := d.writeContent(ctx, dir, hash); err != nil {
			if ctx.Err() != nil || errors.Is(err, errWrite) {
				return err
			}
			m.Missing = append(m.Missing, hash)
			return nil
		}
		m.Contents++
		m.Bytes += size
		if tell != nil {
			tell(contentFolder, m.Contents)
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	return m, writeManifest(dir, m)
}

func writeManifest(dir string, m Manifest) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeSynced(filepath.Join(dir, manifestName), append(b, '\n'))
}

// emptyFolder makes dir, or makes sure that nothing is in it.
func emptyFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.Invalid("dir", fmt.Sprintf("The folder %s cannot be made: %v.", dir, err), "Name a folder that you may write.")
	}
	have, err := os.ReadDir(dir)
	if err != nil {
		return fault.Invalid("dir", fmt.Sprintf("The folder %s cannot be read: %v.", dir, err), "Name a folder that you may write.")
	}
	if len(have) > 0 {
		return fault.Invalid("dir", fmt.Sprintf("The folder %s is not empty.", dir), "Name a new folder; nothing is overwritten.")
	}
	return nil
}

func writeNoun(ctx context.Context, r store.Read, n store.Noun, passwords bool, dir string, edit func(store.Row) bool) (ManifestFile, error) {
	f := ManifestFile{Name: n.Name + ".ndjson"}
	out, err := os.OpenFile(filepath.Join(dir, f.Name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return f, err
	}
	defer out.Close()
	w := &hashed{w: out, h: sha256.New()}
	b := bufio.NewWriterSize(w, 1<<20)
	if f.Rows, err = r.Dump(ctx, n, passwords, b, edit); err != nil {
		return f, err
	}
	if err := b.Flush(); err != nil {
		return f, err
	}
	f.Bytes, f.SHA256 = w.n, hex.EncodeToString(w.h.Sum(nil))
	return f, errors.Join(out.Sync(), out.Close())
}

// hashed counts and hashes what passes through.
type hashed struct {
	w io.Writer
	h hash.Hash
	n int64
}

func (h *hashed) Write(p []byte) (int, error) {
	n, err := h.w.Write(p)
	h.h.Write(p[:n])
	h.n += int64(n)
	return n, err
}

func writeSynced(name string, b []byte) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// contentsOf calls fn for each file content that the exported rows name.
func contentsOf(dir string, fn func(hash string, size int64) error) error {
	f, err := os.Open(filepath.Join(dir, "files.ndjson"))
	if err != nil {
		return err
	}
	defer f.Close()
	for d := json.NewDecoder(bufio.NewReader(f)); ; {
		var row struct {
			Hash string `json:"hash"`
			Size int64  `json:"size"`
		}
		if err := d.Decode(&row); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if len(row.Hash) != 2*sha256.Size {
			return fault.Invalid("files", "files.ndjson names a content by something that is not its SHA-256.", "Export the desk again.")
		}
		if err := fn(row.Hash, row.Size); err != nil {
			return err
		}
	}
}

func contentPath(dir, hash string) string { return filepath.Join(dir, contentFolder, hash[:2], hash) }

var errWrite = errors.New("write")

func (d *Desk) writeContent(ctx context.Context, dir, name string) error {
	in, err := d.store.Blobs().Open(ctx, name)
	if err != nil {
		return err
	}
	defer in.Close()
	path := contentPath(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("%w: %w", errWrite, err)
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", errWrite, err)
	}
	h := sha256.New()
	_, err = io.Copy(out, io.TeeReader(in, h))
	if err = errors.Join(err, out.Close()); err == nil && hex.EncodeToString(h.Sum(nil)) != name {
		err = errors.New("the content is damaged")
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}

// ImportDesk brings an exported desk into this one, which must be empty. Everything is verified against the manifest before
// anything is written, and all rows come in one transaction: a failure leaves an empty desk.
func (d *Desk) ImportDesk(ctx context.Context, dir string, tell Moving) (Manifest, error) {
	caller, err := may(ctx, person.MoveData)
	if err != nil {
		return Manifest{}, err
	}
	if tell == nil {
		tell = func(string, int64) {}
	}
	m, err := readManifest(dir)
	if err != nil {
		return m, err
	}
	if empty, err := d.store.Read().Empty(ctx); err != nil {
		return m, err
	} else if !empty {
		return m, fault.Conflict("data", "This desk is not empty; an exported desk comes into an empty one only.", "Name a new data directory with --data, or an empty database; tickets alone come in with firebreak import tickets.")
	}
	if err := verify(ctx, dir, &m, tell); err != nil {
		return m, err
	}
	n := int64(0)
	err = contentsOf(dir, func(hash string, size int64) error {
		f, err := os.Open(contentPath(dir, hash))
		if errors.Is(err, fs.ErrNotExist) {
			return nil // named as missing by the manifest
		} else if err != nil {
			return err
		}
		defer f.Close()
		n++
		tell(contentFolder, n)
		_, _, err = d.store.Blobs().Put(ctx, f, size)
		return err
	})
	if err != nil {
		return m, err
	}
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		for _, noun := range store.Nouns {
			f, err := os.Open(filepath.Join(dir, noun.Name+".ndjson"))
			if errors.Is(err, fs.ErrNotExist) {
				continue // an export of an older program
			} else if err != nil {
				return err
			}
			rows, err := tx.Load(ctx, noun, bufio.NewReaderSize(f, 1<<20))
			f.Close()
			if err != nil {
				return err
			}
			tell(noun.Name, rows)
		}
		return tx.FinishLoad(ctx, func(n int64) { tell("search index", n) })
	})
	if err != nil {
		return m, err
	}
	d.access.forget()
	d.forgetEfforts()
	if d.log != nil {
		d.log.InfoContext(ctx, "desk imported", "via", caller.Via)
	}
	return m, nil
}

func readManifest(dir string) (m Manifest, err error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fault.Invalid("dir", fmt.Sprintf("There is no %s in %s: it is not an exported desk, or the export did not end.", manifestName, dir), "Export the desk again with firebreak export DIR.")
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil || m.Format != exportFormat {
		return m, fault.Invalid(manifestName, "The manifest is not one of an exported desk.", "Name the folder that firebreak export wrote.")
	}
	if m.Version > exportVersion || m.Schema > store.SchemaVersion() {
		return m, fault.Invalid(manifestName, fmt.Sprintf("The export has schema version %d, this program knows only up to %d.", m.Schema, store.SchemaVersion()), "Use the version of Firebreak that wrote it, or a newer one.")
	}
	return m, nil
}

// verify compares every file with the manifest.
func verify(ctx context.Context, dir string, m *Manifest, tell Moving) error {
	known := map[string]bool{}
	for _, n := range store.Nouns {
		known[n.Name+".ndjson"] = true
	}
	for _, f := range m.Nouns {
		if !known[f.Name] {
			return fault.Invalid(manifestName, fmt.Sprintf("The manifest lists %q, which this program does not know.", f.Name), "Use the version of Firebreak that wrote it, or a newer one.")
		}
		sum, size, err := sumFile(filepath.Join(dir, f.Name))
		if err != nil {
			return fault.Invalid(f.Name, fmt.Sprintf("The file cannot be read: %v.", err), "Copy the whole exported folder again; nothing was written.")
		}
		if sum != f.SHA256 || size != f.Bytes {
			return fault.Invalid(f.Name, "The file is not the one that was exported: its hash differs from the manifest.", "Copy the whole exported folder again; nothing was written.")
		}
	}
	missing := map[string]bool{}
	for _, h := range m.Missing {
		missing[h] = true
	}
	n := int64(0)
	return contentsOf(dir, func(hash string, size int64) error {
		if missing[hash] {
			return nil
		}
		sum, _, err := sumFile(contentPath(dir, hash))
		if err != nil || sum != hash {
			return fault.Invalid(contentFolder, fmt.Sprintf("The content %s is missing or damaged.", hash), "Copy the whole exported folder again; nothing was written.")
		}
		n++
		tell("verified files", n)
		return ctx.Err()
	})
}

func sumFile(name string) (sum string, size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
