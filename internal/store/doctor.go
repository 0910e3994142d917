package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"firebreak/internal/clock"
	"firebreak/internal/fault"
)

// Severity is how bad a finding is.
type Severity string

const (
	Fine    Severity = "ok"
	Warning Severity = "warning" // works, but somebody should look
	Problem Severity = "problem" // something is broken or soon will be
)

// Finding is what an examination found about one thing.
type Finding struct {
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty" doc:"what to do"`
}

const (
	filesSampled = 200
	lateBy       = 5 * time.Minute // a clock or job this late was missed
)

// Examine looks at the database and the files of a desk without changing anything, not even its schema version. With full
// every page of the database and every file is read, otherwise a sample.
func Examine(ctx context.Context, o Options, full bool) (out []Finding, err error) {
	say := func(check string, s Severity, hint, format string, args ...any) {
		out = append(out, Finding{check, s, fmt.Sprintf(format, args...), hint})
	}
	if o.Clock == nil {
		o.Clock = clock.Real
	}
	if o.Database == "" {
		if _, err := os.Stat(filepath.Join(o.Dir, DatabaseFile)); err != nil {
			say("database", Problem, "Name the directory of the desk with --data, or start a new desk with firebreak serve.", "There is no desk in %s.", o.Dir)
			return out, nil
		}
	}
	s := &Store{now: o.Clock, dir: o.Dir}
	if err := s.open(ctx, o); err != nil {
		f := fault.Of(err)
		if f == nil {
			return out, err
		}
		say("database", Problem, f.Hint, "%s", f.Message)
		return out, nil
	}
	defer s.Close()
	r := s.Read()
	have, err := schemaOf(ctx, s.reader)
	switch {
	case err != nil:
		say("database", Problem, "Check that it is the database of a desk; a new one is prepared by firebreak serve.", "The database answers, but holds no desk: %v.", err)
		return out, nil
	case have > SchemaVersion():
		say("schema", Problem, "Use the newer program, or restore the snapshot from before the upgrade.", "The database has schema version %d, this program knows only up to %d.", have, SchemaVersion())
		return out, nil
	case have < SchemaVersion():
		say("schema", Warning, "firebreak serve brings it up to date by itself, after a snapshot.", "The database has schema version %d, this program brings it to %d.", have, SchemaVersion())
		return out, nil
	}
	say("schema", Fine, "", "Version %d, as this program has it.", have)
	out = append(out, s.d.examine(ctx, s, full)...)
	for _, check := range []func(context.Context, Read) ([]Finding, error){s.examineSearch, s.examineClocks, examineJobs, examinePeople} {
		found, err := check(ctx, r)
		if err != nil {
			return out, err
		}
		out = append(out, found...)
	}
	found, err := s.examineFiles(ctx, full)
	return append(out, found...), err
}

func (s *Store) count(ctx context.Context, query string, args ...any) (n int64, err error) {
	return n, s.reader.QueryRowContext(ctx, query, args...).Scan(&n)
}

func (s *Store) examineSearch(ctx context.Context, _ Read) ([]Finding, error) {
	missing, err := s.count(ctx, `SELECT (SELECT count(*) FROM ticket t WHERE NOT EXISTS (SELECT 1 FROM doc d WHERE d.ticket = t.number AND d.entry_id = 0))
		+ (SELECT count(*) FROM entry e WHERE NOT EXISTS (SELECT 1 FROM doc d WHERE d.id = e.id))`)
	if err != nil {
		return nil, err
	}
	rows, err := s.count(ctx, "SELECT count(*) FROM doc")
	if err != nil {
		return nil, err
	}
	if missing > 0 {
		return []Finding{{"search", Problem, fmt.Sprintf("%d tickets or entries are not in the search index.", missing), "Export the desk and import it into an empty one, which builds the index anew."}}, nil
	}
	return []Finding{{"search", Fine, fmt.Sprintf("All tickets and entries are indexed, %d texts.", rows), ""}}, nil
}

func (s *Store) examineClocks(ctx context.Context, r Read) ([]Finding, error) {
	late, err := s.count(ctx, "SELECT count(*) FROM ticket WHERE due_at > 0 AND due_at < $1", ms(s.Now().Add(-lateBy)))
	if err != nil {
		return nil, err
	}
	held, err := s.count(ctx, "SELECT count(*) FROM entry WHERE send_at > 0 AND send_at < $1", ms(s.Now().Add(-lateBy)))
	if err != nil {
		return nil, err
	}
	if late+held > 0 {
		return []Finding{{"clocks", Warning, fmt.Sprintf("%d tickets are past the instant at which their fire turns, warns or wakes, and %d replies wait to leave.", late, held), "They are worked as soon as firebreak serve runs; if it does run, read its log."}}, nil
	}
	return []Finding{{"clocks", Fine, "Nothing is overdue.", ""}}, nil
}

// examineJobs looks at the queue's own table; a desk that never ran has none.
func examineJobs(ctx context.Context, r Read) ([]Finding, error) {
	var discarded, retried int64
	err := r.q.QueryRowContext(ctx, "SELECT coalesce(sum(CASE WHEN state = 'discarded' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'retryable' THEN 1 ELSE 0 END), 0) FROM river_job").Scan(&discarded, &retried)
	if err != nil {
		return nil, nil //nolint:nilerr // no queue, no findings
	}
	if discarded+retried > 0 {
		return []Finding{{"jobs", Warning, fmt.Sprintf("%d jobs were given up and %d are being tried again.", discarded, retried), "The sweep does their work every few seconds; the log of the desk tells why they failed."}}, nil
	}
	return []Finding{{"jobs", Fine, "No job has failed.", ""}}, nil
}

func examinePeople(ctx context.Context, r Read) ([]Finding, error) {
	ok, err := r.HasAdmin(ctx)
	if err != nil || ok {
		return nil, err
	}
	return []Finding{{"people", Warning, "Nobody can sign in as an admin.", "Open the desk in a browser, which asks for the first admin, or use firebreak user add --role admin."}}, nil
}

// examineFiles compares contents with their hashes.
func (s *Store) examineFiles(ctx context.Context, full bool) ([]Finding, error) {
	total, err := s.count(ctx, "SELECT count(*) FROM file")
	if err != nil {
		return nil, err
	}
	var missing, damaged, seen int64
	first, after := "", ""
	for {
		rows, err := s.reader.QueryContext(ctx, "SELECT hash FROM file WHERE hash > $1 ORDER BY hash LIMIT $2 + 0", after, filesSampled)
		hashes, err := collect(rows, err, func(r row) (h string, err error) { return h, r.Scan(&h) })
		if err != nil {
			return nil, err
		}
		for _, h := range hashes {
			after = h
			seen++
			switch err := s.soundContent(ctx, h); {
			case fault.Is(err, fault.CodeNotFound):
				missing++
			case err != nil:
				damaged++
			default:
				continue
			}
			if first == "" {
				first = h
			}
		}
		if !full || len(hashes) < filesSampled {
			break
		}
	}
	var out []Finding
	if missing+damaged > 0 {
		out = append(out, Finding{"files", Problem, fmt.Sprintf("Of %d files looked at %d are missing and %d damaged, the first is %s.", seen, missing, damaged, first), "Bring them back from a backup: they lie in files/ by their hash."})
	} else {
		how := ""
		if seen < total {
			how = " (a sample; --full reads all)"
		}
		out = append(out, Finding{"files", Fine, fmt.Sprintf("%d of %d files are as they were stored%s.", seen, total, how), ""})
	}
	if full && !s.d.shared() {
		orphans, err := s.orphans(ctx)
		if err != nil {
			return out, err
		}
		if orphans > 0 {
			out = append(out, Finding{"files", Warning, fmt.Sprintf("%d files in files/ belong to nothing, from uploads that broke off.", orphans), "They do no harm; those older than a day may be deleted."})
		}
	}
	return out, nil
}

func (s *Store) soundContent(ctx context.Context, hash string) error {
	b, err := s.blobs.Open(ctx, hash)
	if err != nil {
		return err
	}
	defer b.Close()
	h := sha256.New()
	if _, err := io.Copy(h, b); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != hash {
		return errors.New("damaged")
	}
	return nil
}

func (s *Store) orphans(ctx context.Context) (n int64, err error) {
	err = filepath.WalkDir(filepath.Join(s.dir, "files"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		var one int
		if err := s.reader.QueryRowContext(ctx, "SELECT 1 FROM file WHERE hash = $1", d.Name()).Scan(&one); errors.Is(err, sql.ErrNoRows) {
			n++
		} else if err != nil {
			return err
		}
		return nil
	})
	return n, err
}
