package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"firebreak/internal/estate"
	"firebreak/internal/id"
	"firebreak/internal/search"
)

const (
	// maxTitleWords bounds the words of titles that are kept; when there are more, the rarest and oldest go.
	maxTitleWords = 60_000
	// countWordsEach is after how many tickets the words are counted.
	countWordsEach = 10_000
	// wordsKey and namesKey hold how far titles and names have been read.
	wordsKey, namesKey = "search_words", "name_words"
	// newestTitles is how far back titles are read: the words of a desk are all in there.
	newestTitles = 100_000
)

// place is how far something has been read, in table setting.
func (r Read) readTo(ctx context.Context, key string) (n int64, known bool, err error) {
	err = r.q.QueryRowContext(ctx, "SELECT value FROM setting WHERE key = $1", key).Scan(fromJSON{&n})
	if err == sql.ErrNoRows {
		return 0, false, nil
	}
	return n, err == nil, err
}

// moveTo moves the place from where it was; false when another node did meanwhile.
func (tx *Tx) moveTo(ctx context.Context, key string, known bool, from, to int64) (bool, error) {
	if !known {
		return tx.affects(ctx, "INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", key, jsonText(to), ms(tx.Now))
	}
	return tx.affects(ctx, "UPDATE setting SET value = $1, updated_at = $2 WHERE key = $3 AND value = $4", jsonText(to), ms(tx.Now), key, jsonText(from))
}

// LearnWords reads the titles of up to limit tickets that it has not read, and gives how many. Each is read once; a title
// that changes later is not read again.
func (s *Store) LearnWords(ctx context.Context, limit int) (int, error) {
	r := s.Read()
	from, known, err := r.readTo(ctx, wordsKey)
	if err != nil {
		return 0, err
	}
	after := from
	if !known {
		var newest int64
		if err := r.q.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM ticket").Scan(&newest); err != nil {
			return 0, err
		}
		after = max(0, newest-newestTitles)
	}
	rows, err := r.q.QueryContext(ctx, "SELECT number, subject FROM ticket WHERE number > $1 ORDER BY number LIMIT $2 + 0", after, limit)
	to, seen, n := after, map[string]int{}, 0
	_, err = collect(rows, err, func(r row) (x struct{}, err error) {
		var subject string
		err = r.Scan(&to, &subject)
		n++
		for _, w := range search.TitleWords(subject) {
			seen[w]++
		}
		return x, err
	})
	if err != nil || n == 0 {
		return 0, err
	}
	values := make([][]any, 0, len(seen))
	for w, k := range seen {
		values = append(values, []any{w, k, ms(s.Now())})
	}
	// In one order on all nodes, so that none waits for another in a circle.
	slices.SortFunc(values, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	return n, s.Write(ctx, func(tx *Tx) error {
		if mine, err := tx.moveTo(ctx, wordsKey, known, from, to); err != nil || !mine {
			return err
		}
		if err := tx.insertMany(ctx, "search_word (word, seen, last_at)", " ON CONFLICT (word) DO UPDATE SET seen = search_word.seen + excluded.seen, last_at = excluded.last_at", values); err != nil {
			return err
		}
		if to/countWordsEach == after/countWordsEach {
			return nil
		}
		var have int
		if err := tx.q.QueryRowContext(ctx, "SELECT count(*) FROM search_word").Scan(&have); err != nil || have <= maxTitleWords {
			return err
		}
		_, err := tx.q.ExecContext(ctx, "DELETE FROM search_word WHERE word IN (SELECT word FROM search_word ORDER BY seen, last_at, word LIMIT $1)", have-maxTitleWords*3/4)
		return err
	})
}

// KnownWords gives the words of titles and of the names of applications and people, for people of the desk.
func (r Read) KnownWords(ctx context.Context) ([]search.Known, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT word, seen FROM search_word
		UNION ALL SELECT * FROM (SELECT word, count(*) FROM name_word GROUP BY word ORDER BY 2 DESC, 1 LIMIT 20000) x`)
	out, err := collect(rows, err, func(r row) (k search.Known, err error) { return k, r.Scan(&k.Word, &k.Seen) })
	if err != nil {
		return nil, err
	}
	rows, err = r.q.QueryContext(ctx, "SELECT name FROM application WHERE merged_into IS NULL UNION SELECT name FROM host LIMIT 10000")
	names, err := collect(rows, err, func(r row) (s string, err error) { return s, r.Scan(&s) })
	for _, n := range names {
		for _, w := range search.TitleWords(n) {
			out = append(out, search.Known{Word: w, Seen: 5})
		}
	}
	return out, err
}

// OwnTitles gives the newest titles of a requester's own tickets.
func (r Read) OwnTitles(ctx context.Context, requester id.ID, limit int) ([]string, error) {
	rows, err := r.q.QueryContext(ctx, "SELECT subject FROM ticket WHERE requester_id = $1 ORDER BY number DESC LIMIT $2 + 0", requester, limit)
	return collect(rows, err, func(r row) (s string, err error) { return s, r.Scan(&s) })
}

const personWord = "person"

// nameWords are the words a person is found by.
func nameWords(name, email string) []string {
	var out []string
	for _, text := range []string{name, email} {
		d := search.Index(text)
		out = append(append(out, d.Main...), d.Parts...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// namePerson keeps the words of one who is new, or whose name or address changed.
func (tx *Tx) namePerson(ctx context.Context, i id.ID, name, email string, known bool) error {
	if known {
		if _, err := tx.q.ExecContext(ctx, "DELETE FROM name_word WHERE kind = $1 AND id = $2", personWord, i); err != nil {
			return err
		}
	}
	return tx.insertMany(ctx, nameInto, nameConflict, nameRows(i, name, email))
}

const nameInto, nameConflict = "name_word (word, kind, id)", " ON CONFLICT DO NOTHING"

func nameRows(i id.ID, name, email string) (rows [][]any) {
	for _, w := range nameWords(name, email) {
		rows = append(rows, []any{w, personWord, i})
	}
	return rows
}

// LearnNames reads up to limit people from before there were words of names, and gives how many.
func (s *Store) LearnNames(ctx context.Context, limit int) (int, error) {
	const done = -1
	r := s.Read()
	from, known, err := r.readTo(ctx, namesKey)
	if err != nil || from == done {
		return 0, err
	}
	rows, err := r.q.QueryContext(ctx, "SELECT id, name, email FROM person WHERE id > $1 ORDER BY id LIMIT $2 + 0", from, limit)
	to, n := from, 0
	var values [][]any
	_, err = collect(rows, err, func(r row) (x struct{}, err error) {
		var name, email string
		err = r.Scan(&to, &name, &email)
		n++
		values = append(values, nameRows(id.ID(to), name, email)...)
		return x, err
	})
	if err != nil {
		return 0, err
	}
	if n < limit {
		to = done
	}
	return n, s.Write(ctx, func(tx *Tx) error {
		if mine, err := tx.moveTo(ctx, namesKey, known, from, to); err != nil || !mine {
			return err
		}
		return tx.insertMany(ctx, nameInto, nameConflict, values)
	})
}

// named gives the condition that a person p has, for each word of q, one that begins so; "" when names are not all read yet, or q
// has no words.
func (r Read) named(ctx context.Context, q string, arg func(any) string) (string, error) {
	to, known, err := r.readTo(ctx, namesKey)
	if err != nil || !known || to >= 0 {
		return "", err
	}
	var conds []string
	for _, w := range search.Tokens(q) {
		conds = append(conds, fmt.Sprintf("p.id IN (SELECT id FROM name_word WHERE word >= %s AND word < %s AND kind = '%s')", arg(w), arg(w+"\U0010ffff"), personWord))
		if len(conds) == 8 {
			break
		}
	}
	return strings.Join(conds, " AND "), nil
}

// forgetWords lets all words be learned anew, after a load.
func (tx *Tx) forgetWords(ctx context.Context) error {
	for _, q := range []string{"DELETE FROM search_word", "DELETE FROM name_word", "DELETE FROM setting WHERE key IN ('" + wordsKey + "', '" + namesKey + "')"} {
		if _, err := tx.q.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// FindHosts gives hosts whose name begins so, with the short name of their application.
func (r Read) FindHosts(ctx context.Context, begins string, limit int) ([]NamedHost, error) {
	rows, err := r.q.QueryContext(ctx, `SELECT h.id, h.name, h.address, a.name, a.slug FROM host h JOIN environment e ON e.id = h.environment_id JOIN application a ON a.id = e.application_id
		WHERE (lower(h.name) LIKE $1 ESCAPE '\' OR h.address = $2) AND a.merged_into IS NULL ORDER BY lower(h.name), h.id LIMIT $3 + 0`, likeText.Replace(strings.ToLower(begins))+"%", begins, limit)
	return collect(rows, err, func(r row) (h NamedHost, err error) {
		return h, r.Scan(&h.ID, &h.Name, &h.Address, &h.Application, &h.Slug)
	})
}

// NamedHost is a host and the application it belongs to.
type NamedHost struct {
	ID                               id.ID
	Name, Address, Application, Slug string
}

// FindInterfaces gives interfaces whose name or host begins so.
func (r Read) FindInterfaces(ctx context.Context, begins string, limit int) ([]estate.Interface, error) {
	rows, err := r.q.QueryContext(ctx, interfaceSelect+` WHERE lower(i.name) LIKE $1 ESCAPE '\' OR lower(i.host) LIKE $1 ESCAPE '\' ORDER BY i.id LIMIT $2 + 0`,
		likeText.Replace(strings.ToLower(begins))+"%", limit)
	return collect(rows, err, scanInterface)
}
