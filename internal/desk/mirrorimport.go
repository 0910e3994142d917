package desk

import (
	"context"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/id"
	"firebreak/internal/mirror"
	"firebreak/internal/person"
	"firebreak/internal/similar"
	"firebreak/internal/store"
	"firebreak/internal/transfer"
)

const (
	mirrorLease   = 15 * time.Second
	mirrorSegment = 4096   // questions that become a segment
	mirrorPart    = 256    // questions taken apart in one transaction
	mirrorJoin    = 16     // segments that become one
	mirrorFew     = 8      // segments of a site that may stand beside one another
	mirrorSample  = 10_000 // questions of which a model is learned
)

// MirrorImport says which posts of a dump are taken.
type MirrorImport struct {
	Site     string
	MinScore *int64   // posts below it are left out; an accepted answer is always taken
	Tags     []string // questions without any of these are left out, with their answers; none: all
	// DryRun checks and counts everything and writes nothing.
	DryRun bool
	// Rejected is told every row that is not taken; nil: the result carries the first MaxRejections.
	Rejected func(*transfer.Rejection) error
	// Progress is told the counts after every batch.
	Progress func(MirrorResult)
}

// MirrorResult counts what an import of a dump did.
type MirrorResult struct {
	Site      string `json:"site"`
	DryRun    bool   `json:"dry_run,omitempty"`
	Phase     string `json:"phase,omitempty" doc:"while it works: waiting, reading, indexing or learning"`
	Rows      int64  `json:"rows" doc:"questions and answers read"`
	Questions int64  `json:"questions" doc:"of these, questions taken"`
	Answers   int64  `json:"answers" doc:"of these, answers taken"`
	New       int64  `json:"new"`
	Updated   int64  `json:"updated"`
	Unchanged int64  `json:"unchanged"`
	LeftOut   int64  `json:"left_out" doc:"by the filters, and answers whose question is not there"`
	Rejected  int64  `json:"rejected"`
	Indexed   int64  `json:"indexed" doc:"questions taken into the index"`
	// Cut tells that the file ends before its end.
	Cut        bool                  `json:"cut,omitempty"`
	Rejections []*transfer.Rejection `json:"rejections,omitempty" doc:"the first rejected rows"`
}

// Posts are posts to import, one after the other: io.EOF at the end. A rejection is a row that cannot be taken.
type Posts interface {
	Next() (mirror.Post, *transfer.Rejection, error)
}

// ImportMirror takes the posts of a site's dump in. A post that is there is updated when the dump says something else, so an
// import can be repeated, and goes on where it was cut off. Posts that the dump no longer has stay until the site is removed.
func (d *Desk) ImportMirror(ctx context.Context, posts Posts, o MirrorImport) (MirrorResult, error) {
	caller, err := may(ctx, person.MoveData)
	if err != nil {
		return MirrorResult{}, err
	}
	var bad [2]*fault.Fault
	o.Site, bad[0] = mirror.Site(o.Site)
	o.Tags, bad[1] = tagsOf(o.Tags)
	if err := fault.Collect(bad[:]...); err != nil {
		return MirrorResult{}, err
	}
	im := &mirrorImporter{d: d, o: o, run: d.store.NewID(), res: MirrorResult{Site: o.Site, DryRun: o.DryRun}}
	if o.DryRun {
		if s, err := d.store.Read().MirrorSite(ctx, o.Site); err == nil {
			im.site = s.ID
		} else if !fault.Is(err, fault.CodeNotFound) {
			return im.res, err
		}
		im.taken = map[int64]struct{}{}
		return im.res, im.take(ctx, posts)
	}
	if err := im.begin(ctx, caller); err != nil {
		return im.res, err
	}
	err = im.take(ctx, posts)
	if err == nil || fault.Is(err, fault.CodeInvalid) && ctx.Err() == nil { // what was taken of a file that is cut off is found too
		if ierr := im.index(ctx); ierr != nil {
			return im.res, ierr
		}
	}
	if eerr := d.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.EndMirror(context.WithoutCancel(ctx), im.site, im.run, err == nil) }); err == nil {
		err = eerr
	}
	im.res.Phase = ""
	return im.res, err
}

// mirrorImporter is one import under way.
type mirrorImporter struct {
	d       *Desk
	o       MirrorImport
	run     id.ID
	site    int64
	res     MirrorResult
	renewed time.Time
	refused int
	taken   map[int64]struct{} // questions of a dry run with filters
}

func (im *mirrorImporter) tell(phase string) {
	if im.res.Phase = phase; im.o.Progress != nil {
		im.o.Progress(im.res)
	}
}

// begin takes hold of the site, after an import that was killed once its hold lapsed.
func (im *mirrorImporter) begin(ctx context.Context, caller Caller) error {
	const every = 250 * time.Millisecond
	for range int(2 * mirrorLease / every) {
		free := false
		err := im.d.store.Write(ctx, func(tx *store.Tx) (err error) {
			if im.site, free, err = tx.BeginMirror(ctx, im.o.Site, im.o.MinScore, im.o.Tags, im.run, tx.Now.Add(mirrorLease)); err != nil || !free {
				return err
			}
			return im.d.audit(ctx, tx, caller, "mirror.import", im.o.Site, "")
		})
		if err != nil || free {
			im.renewed = im.d.store.Now()
			return err
		}
		im.tell("waiting")
		pause, stop := context.WithTimeout(ctx, every)
		<-pause.Done()
		stop()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return fault.Conflict("site", "Another import works on "+im.o.Site+".", "Wait until it has ended, then run this one again.")
}

// keep renews the hold on the site.
func (im *mirrorImporter) keep(ctx context.Context) error {
	now := im.d.store.Now()
	if now.Sub(im.renewed) < mirrorLease/3 {
		return nil
	}
	im.renewed = now
	if err := im.d.store.KeepNode(ctx); err != nil {
		return err
	}
	var held bool
	err := im.d.store.Write(ctx, func(tx *store.Tx) (err error) {
		held, err = tx.KeepMirror(ctx, im.site, im.run, now.Add(mirrorLease))
		return err
	})
	if err == nil && !held {
		err = im.lost()
	}
	return err
}

func (im *mirrorImporter) lost() error {
	return fault.Conflict("site", im.o.Site+" was removed, or another import took it over.", "Run the import again if the copy is still wanted.")
}

type mirrorLot struct {
	rows    []store.MirrorRow
	bad     []*transfer.Rejection
	read    int64
	leftOut int64
	err     error
}

// take reads all posts; parsing and packing go beside the writing.
func (im *mirrorImporter) take(ctx context.Context, posts Posts) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	lots := make(chan *mirrorLot, 2)
	go im.read(ctx, posts, lots)
	for lot := range lots {
		err := im.takeLot(ctx, lot)
		if err == nil && lot.err != nil && lot.err != io.EOF {
			err = lot.err
			if f := fault.Of(err); f != nil && f.Code == fault.CodeInvalid {
				im.res.Cut = im.res.Rows > 0
			}
		}
		if err != nil {
			stop(err)
			for range lots { // let the reader end
			}
			return err
		}
		im.tell("reading")
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if im.o.DryRun {
		return nil
	}
	return im.dropOrphans(ctx)
}

func (im *mirrorImporter) read(ctx context.Context, posts Posts, out chan<- *mirrorLot) {
	defer close(out)
	for {
		lot, ids, size := &mirrorLot{}, map[int64]bool{}, 0
		var again *store.MirrorRow // the same id once more: it updates what stands before it
		for lot.err == nil && again == nil && len(lot.rows) < importBatch && size < importBytes && len(lot.bad) < importBatch {
			p, bad, err := posts.Next()
			if err != nil {
				lot.err = err
				break
			}
			lot.read++
			switch {
			case bad != nil:
				lot.bad = append(lot.bad, bad)
			case im.unwanted(&p):
				lot.leftOut++
			default:
				size += len(p.Text)
				row := store.NewMirrorRow(p)
				if ids[p.ID] {
					again = &row
					break
				}
				ids[p.ID] = true
				lot.rows = append(lot.rows, row)
			}
		}
		lots := []*mirrorLot{lot}
		if again != nil {
			lots = append(lots, &mirrorLot{rows: []store.MirrorRow{*again}})
		}
		for _, l := range lots {
			select {
			case out <- l:
			case <-ctx.Done():
				return
			}
		}
		if lot.err != nil {
			return
		}
	}
}

// unwanted reports whether the filters leave a post out. An answer with few votes may be the accepted one; that is seen later.
func (im *mirrorImporter) unwanted(p *mirror.Post) bool {
	if p.Kind != mirror.Question {
		return false
	}
	if im.o.MinScore != nil && int64(p.Score) < *im.o.MinScore {
		return true
	}
	return len(im.o.Tags) > 0 && !slices.ContainsFunc(p.Tags, func(t string) bool { return slices.Contains(im.o.Tags, t) })
}

func (im *mirrorImporter) filtered() bool { return im.o.MinScore != nil || len(im.o.Tags) > 0 }

// takeLot counts and writes a batch.
func (im *mirrorImporter) takeLot(ctx context.Context, lot *mirrorLot) error {
	im.res.Rows += lot.read
	im.res.LeftOut += lot.leftOut
	for _, bad := range lot.bad {
		if err := im.reject(bad); err != nil {
			return err
		}
	}
	rows := lot.rows
	if im.filtered() {
		var err error
		if rows, err = im.wanted(ctx, rows); err != nil {
			return err
		}
	}
	if im.o.DryRun {
		return im.count(ctx, rows)
	}
	if err := im.keep(ctx); err != nil {
		return err
	}
	return im.write(ctx, rows)
}

func (im *mirrorImporter) reject(bad *transfer.Rejection) error {
	im.res.Rejected++
	if im.o.Rejected != nil {
		return im.o.Rejected(bad)
	}
	if len(im.res.Rejections) < MaxRejections {
		im.res.Rejections = append(im.res.Rejections, bad)
	}
	return nil
}

// wanted leaves out answers whose question was left out, or that have too few votes. Sites number posts as they come, so a
// question stands before its answers; an answer that stands before it is taken, and goes at the end if nobody asked.
func (im *mirrorImporter) wanted(ctx context.Context, rows []store.MirrorRow) ([]store.MirrorRow, error) {
	accepted, questions := map[int64]bool{}, map[int64]bool{}
	var ask []int64
	for _, p := range rows {
		if p.Kind == mirror.Question {
			questions[p.ID] = true
			accepted[p.Accepted] = true
			if im.taken != nil {
				im.taken[p.ID] = struct{}{}
			}
		}
	}
	for _, p := range rows {
		if p.Kind == mirror.Answer && !questions[p.Question] {
			ask = append(ask, p.Question)
		}
	}
	there := map[int64]bool{}
	if im.site != 0 && len(ask) > 0 {
		slices.Sort(ask)
		var err error
		if there, err = im.d.store.Read().MirrorQuestions(ctx, im.site, slices.Compact(ask), accepted); err != nil {
			return nil, err
		}
	}
	kept := rows[:0]
	for _, p := range rows {
		if p.Kind == mirror.Answer {
			_, before := im.taken[p.Question]
			low := im.o.MinScore != nil && int64(p.Score) < *im.o.MinScore && !accepted[p.ID]
			if low || !questions[p.Question] && !there[p.Question] && !before && p.Question < p.ID {
				im.res.LeftOut++
				continue
			}
		}
		kept = append(kept, p)
	}
	return kept, nil
}

func (im *mirrorImporter) counted(rows []store.MirrorRow, n store.MirrorCount) {
	for _, p := range rows {
		if p.Kind == mirror.Question {
			im.res.Questions++
		} else {
			im.res.Answers++
		}
	}
	im.res.New += n.New
	im.res.Updated += n.Updated
	im.res.Unchanged += n.Unchanged
}

// count tells what a batch would do.
func (im *mirrorImporter) count(ctx context.Context, rows []store.MirrorRow) error {
	there, same, err := im.d.store.Read().KnownMirror(ctx, im.site, rows)
	if err != nil {
		return err
	}
	var n store.MirrorCount
	for _, p := range rows {
		switch {
		case same[p.ID]:
			n.Unchanged++
		case there[p.ID]:
			n.Updated++
		default:
			n.New++
		}
	}
	im.counted(rows, n)
	return nil
}

// write writes rows in one transaction; of rows that the database refuses, it tries halves, so that one it cannot take is
// rejected alone.
func (im *mirrorImporter) write(ctx context.Context, rows []store.MirrorRow) error {
	if len(rows) == 0 {
		return nil
	}
	var n store.MirrorCount
	var held bool
	err := im.d.store.Write(ctx, func(tx *store.Tx) (err error) {
		if held, err = tx.KeepMirror(ctx, im.site, im.run, tx.Now.Add(mirrorLease)); err != nil || !held {
			return err
		}
		n, err = tx.SaveMirror(ctx, im.site, rows)
		return err
	})
	switch {
	case err == nil && !held:
		return im.lost()
	case err == nil:
		im.refused = 0
		im.counted(rows, n)
		return nil
	case ctx.Err() != nil || fault.Is(err, fault.CodeUnavailable):
		return err
	case len(rows) > 1:
		half := len(rows) / 2
		if err := im.write(ctx, rows[:half]); err != nil {
			return err
		}
		return im.write(ctx, rows[half:])
	}
	if im.refused++; im.refused > importRefused {
		return fmt.Errorf("import line %d: %w", rows[0].Line, err)
	}
	return im.reject(&transfer.Rejection{Line: rows[0].Line, ID: fmt.Sprint(rows[0].ID), Reason: "The database refused the row: " + err.Error() + ".", Hint: "The log of the desk tells more."})
}

// dropOrphans removes answers whose question is not there.
func (im *mirrorImporter) dropOrphans(ctx context.Context) error {
	for from := int64(0); ; {
		var dropped int64
		if err := im.keep(ctx); err != nil {
			return err
		}
		err := im.d.store.Write(ctx, func(tx *store.Tx) (err error) {
			from, dropped, err = tx.DropMirrorOrphans(ctx, im.site, from, mirrorSweep)
			return err
		})
		if err != nil {
			return err
		}
		im.res.LeftOut += dropped
		im.res.Answers = max(im.res.Answers-dropped, 0)
		im.res.New = max(im.res.New-dropped, 0)
		if from == 0 {
			return nil
		}
	}
}

// index takes apart the questions whose words changed, joins segments, and learns when the mirror has grown.
func (im *mirrorImporter) index(ctx context.Context) error {
	if err := im.d.store.Write(ctx, func(tx *store.Tx) error { return tx.RenewMirrorDue(ctx, im.site) }); err != nil {
		return err
	}
	for {
		keys, err := im.d.store.Read().MirrorDue(ctx, im.site, mirrorSegment)
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			break
		}
		if err := im.addSegment(ctx, keys); err != nil {
			return err
		}
		im.res.Indexed += int64(len(keys))
		im.tell("indexing")
	}
	if err := im.join(ctx); err != nil {
		return err
	}
	return im.learn(ctx)
}

// addSegment takes questions apart and makes a segment of them.
func (im *mirrorImporter) addSegment(ctx context.Context, keys []int64) error {
	var numbers []int64
	var features []similar.Features
	for part := range slices.Chunk(keys, mirrorPart) {
		if err := im.keep(ctx); err != nil {
			return err
		}
		const answers = 3
		posts, err := im.d.store.Read().MirrorPosts(ctx, part, answers)
		if err != nil {
			return err
		}
		items := make([]store.SimilarItem, len(posts))
		for i := range posts {
			items[i] = store.SimilarItem{Number: posts[i].Key, Features: similar.Analyse(mirrorText(&posts[i]))}
			numbers, features = append(numbers, items[i].Number), append(features, items[i].Features)
		}
		if err := im.d.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveMirrorFeatures(ctx, items) }); err != nil {
			return err
		}
	}
	done := func(tx *store.Tx) error { return tx.DoneMirror(ctx, keys) }
	if len(numbers) == 0 { // answers of questions that are not there
		return im.d.store.Write(ctx, done)
	}
	return im.d.writeSegment(ctx, store.SimilarSegment{Site: im.site, Tickets: int64(len(numbers))}, similar.Blocks(each(similar.Lists(numbers, features))), nil, im.renew, done)
}

// mirrorText is what of a question is compared.
func mirrorText(p *store.MirrorQuestion) similar.Text {
	t := similar.Text{Title: p.Title, Body: p.Text}
	for _, tag := range p.Tags {
		t.Body += "\n" + tag
	}
	for _, a := range p.Answers {
		t.Answer += a.Text + "\n"
	}
	return t
}

func (im *mirrorImporter) renew(ctx context.Context, _ time.Time) error { return im.keep(ctx) }

// join makes one segment of the smallest while there are many.
func (im *mirrorImporter) join(ctx context.Context) error {
	for {
		r := im.d.store.Read()
		segments, err := r.MirrorSegments(ctx)
		if err != nil {
			return err
		}
		segments = slices.DeleteFunc(segments, func(s store.SimilarSegment) bool { return s.Site != im.site })
		if len(segments) <= mirrorFew {
			return nil
		}
		slices.SortStableFunc(segments, func(a, b store.SimilarSegment) int { return int(a.Tickets - b.Tickets) })
		segments = segments[:min(mirrorJoin, len(segments))]
		if err := im.d.mirrorIndexOf(ctx, r, segments); err != nil {
			return err
		}
		var runs []iter.Seq2[similar.List, error]
		var instead []int64
		whole := store.SimilarSegment{Site: im.site}
		for _, s := range segments {
			runs, instead = append(runs, im.d.segmentLists(ctx, s)), append(instead, s.ID)
			whole.Tickets += s.Tickets
		}
		if err := im.d.writeSegment(ctx, whole, similar.Blocks(similar.Merge(runs...)), instead, im.renew, nil); err != nil {
			return err
		}
		im.tell("indexing")
	}
}

// mirrorIndexOf fills in the directories of segments without keeping them.
func (d *Desk) mirrorIndexOf(ctx context.Context, r store.Read, segments []store.SimilarSegment) (err error) {
	for i := range segments {
		if segments[i].Directory, err = r.SimilarDirectory(ctx, segments[i].ID); err != nil {
			return err
		}
	}
	return nil
}

// learn makes a model of a sample of all sites when the mirror has grown by a quarter since the last one.
func (im *mirrorImporter) learn(ctx context.Context) error {
	const least = 20
	r := im.d.store.Read()
	_, _, before, err := r.SimilarModel(ctx, store.MirrorModel, time.Time{})
	if err != nil {
		return err
	}
	segments, err := r.MirrorSegments(ctx)
	if err != nil {
		return err
	}
	have, of := int64(0), map[int64]int64{}
	for _, s := range segments {
		have += s.Tickets
		of[s.Site] += s.Tickets
	}
	if have < least || before > 0 && have < before+before/4+least {
		return nil
	}
	im.tell("learning")
	var sample []similar.Features
	for site, n := range of {
		some, err := im.sample(ctx, r, site, n, int(max(mirrorSample*n/have, 1)))
		if err != nil {
			return err
		}
		sample = append(sample, some...)
	}
	if len(sample) == 0 {
		return nil
	}
	m := similar.Learn(sample, int(have))
	if err := im.keep(ctx); err != nil {
		return err
	}
	return im.d.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveSimilarModel(ctx, store.MirrorModel, m) })
}

// sample gives about want of the have questions of a site, a few neighbours at a time.
func (im *mirrorImporter) sample(ctx context.Context, r store.Read, site, have int64, want int) ([]similar.Features, error) {
	const neighbours = 8
	var out []similar.Features
	seen := map[int64]bool{}
	add := func(items []store.SimilarItem) {
		for _, i := range items {
			if !seen[i.Number] && len(out) < want {
				seen[i.Number] = true
				out = append(out, i.Features)
			}
		}
	}
	if have <= int64(want) {
		for from := int64(0); ; {
			items, err := r.MirrorFeatures(ctx, site, from, 1024)
			if err != nil || len(items) == 0 {
				return out, err
			}
			add(items)
			from = items[len(items)-1].Number + 1
		}
	}
	last, err := r.LastMirrored(ctx, site)
	if err != nil || last == 0 {
		return nil, err
	}
	first := store.MirrorKey(site, 0)
	random := rand.New(rand.NewPCG(uint64(last), 2))
	for range 2 * want / neighbours {
		if len(out) >= want {
			break
		}
		items, err := r.MirrorFeatures(ctx, site, first+random.Int64N(last-first+1), neighbours)
		if err != nil {
			return nil, err
		}
		add(items)
	}
	return out, nil
}
