package store

import (
	"archive/tar"
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"firebreak/internal/fault"
)

// Names within a backup, which is a gzipped tar. The manifest comes last, so a backup without one did not end.
const (
	backupFormat   = "firebreak-backup"
	backupManifest = "manifest.json"
	backupSQLite   = "database/" + DatabaseFile
	backupPostgres = "database/postgres.dump"
	backupFiles    = "files/"
)

// BackupManifest says what a backup holds.
type BackupManifest struct {
	Format  string       `json:"format"`
	Engine  string       `json:"engine"`
	Schema  int          `json:"schema"`
	TakenAt time.Time    `json:"taken_at"`
	Items   []BackupItem `json:"items"`
	// Missing are file contents that the database names and that were not there, or damaged.
	Missing []string `json:"missing,omitempty"`
}

// BackupItem is one file in a backup.
type BackupItem struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Bytes is the size of everything in the backup, unpacked.
func (m BackupManifest) Bytes() (n int64) {
	for _, i := range m.Items {
		n += i.Size
	}
	return n
}

// Backup writes a consistent copy of the desk that o names into file, while the desk may be running. It opens the database
// on its own and changes nothing there. Everything acknowledged before the call is in it.
func Backup(ctx context.Context, o Options, file string, tell func(name string, size int64)) (BackupManifest, error) {
	m := BackupManifest{Format: backupFormat, TakenAt: o.Clock().UTC().Truncate(time.Millisecond), Engine: "sqlite"}
	if o.Database != "" {
		m.Engine = "postgres"
	}
	dir := filepath.Dir(file)
	temp, err := os.MkdirTemp(dir, ".firebreak-backup-")
	if err != nil {
		return m, fault.Invalid("file", fmt.Sprintf("A backup cannot be written to %s: %v.", dir, err), "Name a file in a folder that you may write.")
	}
	defer os.RemoveAll(temp)
	out, err := os.OpenFile(filepath.Join(temp, "backup"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return m, err
	}
	defer out.Close()
	buffered := bufio.NewWriterSize(out, 1<<20)
	packed, _ := gzip.NewWriterLevel(buffered, gzip.BestSpeed)
	w := &packer{tar: tar.NewWriter(packed), m: &m, tell: tell}
	if o.Database != "" {
		err = w.postgres(ctx, o.Database, temp)
	} else {
		err = w.sqlite(ctx, o.Dir, temp)
	}
	if err != nil {
		return m, err
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	if err := w.add(backupManifest, int64(len(b)), bytes.NewReader(b)); err != nil {
		return m, err
	}
	if err := errors.Join(w.tar.Close(), packed.Close(), buffered.Flush(), out.Sync(), out.Close()); err != nil {
		return m, err
	}
	if err := os.Rename(out.Name(), file); err != nil {
		return m, err
	}
	return m, syncFolder(dir)
}

// packer writes the items of a backup.
type packer struct {
	tar  *tar.Writer
	m    *BackupManifest
	tell func(string, int64)
}

func (p *packer) add(name string, size int64, r io.Reader) error {
	if err := p.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: p.m.TakenAt, Format: tar.FormatPAX}); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(p.tar, io.TeeReader(r, h)); err != nil {
		return fmt.Errorf("back up %s: %w", name, err)
	}
	if name != backupManifest {
		p.m.Items = append(p.m.Items, BackupItem{name, size, hex.EncodeToString(h.Sum(nil))})
	}
	if p.tell != nil {
		p.tell(name, size)
	}
	return nil
}

func (p *packer) addFile(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	return p.add(name, st.Size(), f)
}

// sqlite packs a copy of the database, made on a connection of its own, and the contents that the copy names.
func (p *packer) sqlite(ctx context.Context, dir, temp string) error {
	source := filepath.Join(dir, DatabaseFile)
	if _, err := os.Stat(source); err != nil {
		return fault.Invalid("data", fmt.Sprintf("There is no desk in %s.", dir), "Name its directory with --data.")
	}
	copied := filepath.Join(temp, DatabaseFile)
	live, err := sql.Open("sqlite", sqliteFile(source)+"?_pragma=busy_timeout(30000)")
	if err != nil {
		return err
	}
	defer live.Close()
	// A reader's transaction does not hold a writer up in WAL mode, and the copy holds one state.
	if _, err := live.ExecContext(ctx, "VACUUM INTO $1", copied); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	live.Close()
	db, err := sql.Open("sqlite", sqliteFile(copied))
	if err != nil {
		return err
	}
	defer db.Close()
	if p.m.Schema, err = schemaOf(ctx, db); err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, "SELECT hash FROM file ORDER BY hash")
	hashes, err := collect(rows, err, func(r row) (h string, err error) { return h, r.Scan(&h) })
	if err != nil {
		return err
	}
	db.Close()
	if err := p.addFile(backupSQLite, copied); err != nil {
		return err
	}
	blobs := newDiskBlobs(filepath.Join(dir, "files"), nil)
	for _, h := range hashes {
		if !validHash(h) {
			continue
		}
		err := p.addFile(backupFiles+h[:2]+"/"+h, blobs.path(h))
		if errors.Is(err, fs.ErrNotExist) {
			p.m.Missing = append(p.m.Missing, h)
			continue
		}
		if err != nil {
			return err
		}
		if last := p.m.Items[len(p.m.Items)-1]; last.SHA256 != h {
			p.m.Missing = append(p.m.Missing, h)
		}
	}
	return nil
}

func sqliteFile(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }

// schemaOf gives the schema version of a database; 0 when it is not a desk's.
func schemaOf(ctx context.Context, db *sql.DB) (v int, err error) {
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM schema_migration").Scan(&v)
	return v, err
}

// postgres packs a dump by pg_dump, which holds the contents too, since they are in tables there.
func (p *packer) postgres(ctx context.Context, database, temp string) error {
	db, err := sql.Open("pgx", database)
	if err != nil {
		return err
	}
	defer db.Close()
	if p.m.Schema, err = schemaOf(ctx, db); err != nil {
		return &fault.Fault{Code: fault.CodeUnavailable, Field: "database", Message: fmt.Sprintf("The database cannot be read: %v.", err), Hint: "Check its address; firebreak doctor tells more.", Err: err}
	}
	dump := filepath.Join(temp, "postgres.dump")
	if err := postgresTool(ctx, "pg_dump", database, "--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--file="+dump); err != nil {
		return err
	}
	return p.addFile(backupPostgres, dump)
}

// postgresTool runs a program of PostgreSQL on a database. The password goes by the environment, where other users
// of the machine cannot read it.
func postgresTool(ctx context.Context, name, database string, args ...string) error {
	path, err := findTool(name)
	if err != nil {
		return &fault.Fault{Code: fault.CodeUnavailable, Message: "The program " + name + " is not installed; it is needed for a desk on PostgreSQL.",
			Hint: "Install PostgreSQL's client programs (Debian: apt install postgresql-client), of the server's version or newer.", Err: err}
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = os.Environ()
	if u, err := url.Parse(database); err == nil && u.User != nil {
		if password, ok := u.User.Password(); ok {
			cmd.Env = append(cmd.Env, "PGPASSWORD="+password)
			u.User = url.User(u.User.Username())
			database = u.String()
		}
	}
	cmd.Args = append(cmd.Args, "--dbname="+database)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		text := strings.TrimSpace(said.String())
		hint := "Check the address and the rights of the database user."
		if strings.Contains(text, "version mismatch") || strings.Contains(text, "unsupported version") {
			hint = "Install client programs of the server's version or newer."
		}
		return &fault.Fault{Code: fault.CodeUnavailable, Field: "database", Message: name + " failed: " + cmp.Or(text, err.Error()), Hint: hint, Err: err}
	}
	return nil
}

// findTool looks where Debian keeps the programs of several versions, too; the newest wins.
func findTool(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		return "", err
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	return found[len(found)-1], nil
}

// VerifyBackup reads a whole backup, compares every item with the manifest, and gives that.
func VerifyBackup(ctx context.Context, file string) (m BackupManifest, err error) {
	seen := map[string]BackupItem{}
	err = eachItem(ctx, file, func(name string, size int64, r io.Reader) error {
		if name == backupManifest {
			return json.NewDecoder(r).Decode(&m)
		}
		h := sha256.New()
		if _, err := io.Copy(h, r); err != nil {
			return err
		}
		seen[name] = BackupItem{name, size, hex.EncodeToString(h.Sum(nil))}
		return nil
	})
	const again = "Copy the backup again, or take another; nothing was changed."
	if err != nil {
		if fault.Of(err) != nil || ctx.Err() != nil {
			return m, err
		}
		return m, fault.Invalid("file", fmt.Sprintf("The backup %s cannot be read: %v.", file, err), "It is cut off or damaged. "+again)
	}
	if m.Format != backupFormat {
		return m, fault.Invalid("file", file+" is not a complete backup of a desk.", again)
	}
	for _, want := range m.Items {
		if got, ok := seen[want.Name]; !ok || got != want {
			return m, fault.Invalid("file", fmt.Sprintf("The backup is damaged: %s is not what was backed up.", want.Name), again)
		}
	}
	if m.Schema > SchemaVersion() {
		return m, fault.Invalid("file", fmt.Sprintf("The backup has schema version %d, this program knows only up to %d: a newer Firebreak took it.", m.Schema, SchemaVersion()), "Restore it with that version or a newer one.")
	}
	return m, nil
}

// eachItem calls fn for each file of a backup.
func eachItem(ctx context.Context, file string, fn func(name string, size int64, r io.Reader) error) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if err == io.EOF {
			_, err = io.Copy(io.Discard, z) // the checksum of the whole stands behind the end of the tar
			return err
		}
		if err != nil {
			return err
		}
		if err := cmp.Or(ctx.Err(), fn(h.Name, h.Size, t)); err != nil {
			return err
		}
	}
}

// Restore brings a backup back to where o names, which must hold nothing unless force is set. What was there is then moved
// aside (a directory) or replaced (a PostgreSQL database). The backup is verified as a whole first. aside names where the old
// data went.
func Restore(ctx context.Context, file string, o Options, force bool) (m BackupManifest, aside string, err error) {
	if m, err = VerifyBackup(ctx, file); err != nil {
		return m, "", err
	}
	if m.Engine == "postgres" {
		if o.Database == "" {
			return m, "", fault.Invalid("database", "This is a backup of a desk on PostgreSQL.", "Name an empty database with --database; to move between engines use firebreak export and firebreak import desk.")
		}
		return m, "", restorePostgres(ctx, file, o.Database, force)
	}
	if o.Database != "" {
		return m, "", fault.Invalid("database", "This is a backup of a desk on SQLite.", "Name a directory with --data; to move between engines use firebreak export and firebreak import desk.")
	}
	aside, err = restoreSQLite(ctx, file, o, force)
	return m, aside, err
}

func restoreSQLite(ctx context.Context, file string, o Options, force bool) (aside string, err error) {
	dir := filepath.Clean(o.Dir)
	have, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if len(have) > 0 {
		if !force {
			return "", fault.Conflict("data", fmt.Sprintf("The directory %s is not empty.", dir), "Name a new one, or give --force, which moves the old one aside.")
		}
		if err := idle(ctx, dir); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".firebreak-restore-")
	if err != nil {
		return "", fault.Invalid("data", fmt.Sprintf("Nothing can be written beside %s: %v.", dir, err), "Name a directory whose parent you may write.")
	}
	defer os.RemoveAll(temp)
	fresh := filepath.Join(temp, "data")
	if err := unpack(ctx, file, fresh); err != nil {
		return "", err
	}
	if err := soundCopy(ctx, filepath.Join(fresh, DatabaseFile)); err != nil {
		return "", err
	}
	if len(have) > 0 {
		aside = dir + ".before-restore-" + o.Clock().UTC().Format("20060102-150405")
		if err := os.Rename(dir, aside); err != nil {
			return "", err
		}
	} else if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return aside, err
	}
	return aside, syncFolder(filepath.Dir(dir))
}

// unpack writes the items of an SQLite backup as a data directory.
func unpack(ctx context.Context, file, dir string) error {
	return eachItem(ctx, file, func(name string, _ int64, r io.Reader) error {
		switch {
		case name == backupManifest:
			return nil
		case name == backupSQLite:
			name = DatabaseFile
		case !strings.HasPrefix(name, backupFiles) || !filepath.IsLocal(name):
			return fault.Invalid("file", fmt.Sprintf("The backup holds %q, which does not belong there.", name), "Take another backup.")
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, r)
		return errors.Join(err, f.Sync(), f.Close())
	})
}

// idle makes sure that no desk runs on a directory.
func idle(ctx context.Context, dir string) error {
	path := filepath.Join(dir, DatabaseFile)
	if _, err := os.Stat(path); err != nil {
		return nil
	}
	db, err := sql.Open("sqlite", sqliteFile(path)+"?_pragma=locking_mode(EXCLUSIVE)&_pragma=busy_timeout(1000)")
	if err != nil {
		return err
	}
	defer db.Close()
	var n int
	// In this mode the first read takes the file for itself, which an open desk does not let happen.
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil && strings.Contains(err.Error(), "locked") {
		return fault.Conflict("data", fmt.Sprintf("A desk is running on %s.", dir), "Stop it first.")
	}
	return nil
}

func soundCopy(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", sqliteFile(path))
	if err != nil {
		return err
	}
	defer db.Close()
	var answer string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&answer); err != nil || answer != "ok" {
		return fault.Invalid("file", fmt.Sprintf("The database in the backup is not sound: %s.", cmp.Or(answer, fmt.Sprint(err))), "Use an older backup; nothing was changed.")
	}
	return nil
}

func restorePostgres(ctx context.Context, file, database string, force bool) error {
	db, err := sql.Open("pgx", database)
	if err != nil {
		return err
	}
	defer db.Close()
	var tables int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").Scan(&tables); err != nil {
		return &fault.Fault{Code: fault.CodeUnavailable, Field: "database", Message: fmt.Sprintf("The database cannot be read: %v.", err), Hint: "Create it first (createdb), and check its address.", Err: err}
	}
	if tables > 0 && !force {
		return fault.Conflict("database", fmt.Sprintf("The database is not empty: it has %d tables.", tables), "Name an empty database, or give --force, which replaces what the backup holds.")
	}
	temp, err := os.MkdirTemp("", "firebreak-restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	dump := filepath.Join(temp, "postgres.dump")
	err = eachItem(ctx, file, func(name string, _ int64, r io.Reader) error {
		if name != backupPostgres {
			return nil
		}
		f, err := os.OpenFile(dump, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, r)
		return errors.Join(err, f.Close())
	})
	if err != nil {
		return err
	}
	args := []string{"--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"}
	if tables > 0 {
		args = append(args, "--clean", "--if-exists")
	}
	return postgresTool(ctx, "pg_restore", database, append(args, dump)...)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	d.Sync() // not every file system can; the rename itself was done
	return nil
}
