package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/mirror"
	"firebreak/internal/person"
	"firebreak/internal/store"
	"firebreak/internal/transfer"
)

// dump gives the posts of the small dump that the reader's tests have.
func dump(t *testing.T) *mirror.Reader {
	t.Helper()
	f, err := os.Open("../mirror/testdata/Posts.xml")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return mirror.NewReader(f)
}

func text(s string) *mirror.Reader { return mirror.NewReader(strings.NewReader(s)) }

func postRow(kind, id, parent int, score int, title, body, tags string) string {
	s := fmt.Sprintf(`<row Id="%d" PostTypeId="%d" CreationDate="2020-01-02T03:04:05.678" Score="%d" Body="&lt;p&gt;%s&lt;/p&gt;"`, id, kind, score, body)
	if kind == 1 {
		s += fmt.Sprintf(` Title="%s" Tags="%s"`, title, tags)
	} else {
		s += fmt.Sprintf(` ParentId="%d"`, parent)
	}
	return s + " />\n"
}

const dba = "dba.stackexchange.com"

func TestMirrorImportSearchRemove(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		ctx := AsSystem(t.Context(), "cli", "command line")
		dry, err := d.ImportMirror(ctx, dump(t), MirrorImport{Site: dba, DryRun: true})
		if err != nil || dry.New != 8 || dry.Questions != 4 || dry.Answers != 4 {
			t.Fatalf("dry run: %+v, %v", dry, err)
		}
		if sites, err := d.MirrorSites(ctx); err != nil || len(sites) != 0 {
			t.Fatalf("a dry run left %+v, %v", sites, err)
		}
		var phases []string
		res, err := d.ImportMirror(ctx, dump(t), MirrorImport{Site: "DBA.stackexchange.com", Progress: func(r MirrorResult) { phases = append(phases, r.Phase) }})
		if err != nil || res.New != 8 || res.Indexed != 4 || res.Rejected != 0 || res.Site != dba {
			t.Fatalf("%+v, %v", res, err)
		}
		if !slices.Contains(phases, "reading") || !slices.Contains(phases, "indexing") {
			t.Errorf("phases %q", phases)
		}
		sites, err := d.MirrorSites(d.agent)
		if err != nil || len(sites) != 1 || sites[0].Questions != 4 || sites[0].Answers != 4 || !sites[0].Complete || sites[0].Newest.Year() != 2023 {
			t.Fatalf("%+v, %v", sites, err)
		}
		for q, want := range map[string]int64{
			"ORA-01555: snapshot too old: rollback segment number 12": 101,
			"application uses old address after the server was moved": 110,
			"no space left but the disk has deleted file open":        120,
			"MQRC 2035": 130,
		} {
			hits, err := d.SearchMirror(d.agent, q, 3)
			if err != nil || len(hits) == 0 || hits[0].ID != want {
				t.Errorf("%q: %+v, %v", q, hits, err)
			}
		}
		hits, err := d.SearchMirror(d.agent, "ORA-01555 snapshot too old", 3)
		if err != nil || len(hits) == 0 {
			t.Fatal(err)
		}
		h := hits[0]
		if !h.Accepted || h.AnswerID != 103 || !strings.HasPrefix(h.Answer, "The undo that the long read needs") || h.Link != "https://dba.stackexchange.com/q/101" || h.URL != "/mirror/dba.stackexchange.com/101" ||
			!h.Likely || h.Answers != 2 || !strings.Contains(h.Snippet, "ORA-01555") || len(h.Marks) == 0 || strings.Contains(h.Snippet, "```") {
			t.Errorf("%+v", h)
		}
		q, err := d.MirrorPost(d.agent, dba, 101)
		if err != nil || len(q.Answers) != 2 || !q.Answers[0].Accepted || q.Answers[0].ID != 103 || q.Licence != "CC BY-SA 2.5" || q.Answers[1].Licence != "CC BY-SA 4.0" ||
			q.Answers[0].Link != "https://dba.stackexchange.com/a/103" || !strings.Contains(q.Answers[0].Text, "```\nALTER TABLESPACE undotbs1 RETENTION GUARANTEE;\n```") {
			t.Errorf("%+v, %v", q, err)
		}
		for _, id := range []int64{0, -1, 102, 1 << 50} {
			if _, err := d.MirrorPost(d.agent, dba, id); !fault.Is(err, fault.CodeNotFound) {
				t.Errorf("post %d: %v", id, err)
			}
		}
		// The same again doubles nothing; what changed is taken over.
		res, err = d.ImportMirror(ctx, dump(t), MirrorImport{Site: dba})
		if err != nil || res.New != 0 || res.Updated != 0 || res.Unchanged != 8 || res.Indexed != 0 {
			t.Fatalf("again: %+v, %v", res, err)
		}
		res, err = d.ImportMirror(ctx, text("<posts>"+postRow(1, 130, 0, 9, "MQ client gets 2035", "Solved: the channel blocks quokkas.", "&lt;ibm-mq&gt;")+postRow(2, 131, 130, 2, "", "Allow the quokka in CHLAUTH.", "")+"</posts>"), MirrorImport{Site: dba})
		if err != nil || res.New != 1 || res.Updated != 1 || res.Indexed != 1 {
			t.Fatalf("changed: %+v, %v", res, err)
		}
		if hits, err := d.SearchMirror(d.agent, "quokkas", 3); err != nil || len(hits) != 1 || hits[0].ID != 130 || hits[0].AnswerID != 131 || hits[0].Accepted {
			t.Errorf("after the change %+v, %v", hits, err)
		}
		// Another site stands apart, and goes on its own.
		if _, err := d.ImportMirror(ctx, dump(t), MirrorImport{Site: "serverfault.com"}); err != nil {
			t.Fatal(err)
		}
		if hits, err := d.FindMirrored(d.agent, MirrorSearch{Q: "ORA-01555 rollback segment", Site: "serverfault.com"}); err != nil || len(hits) != 1 || hits[0].Site != "serverfault.com" {
			t.Errorf("one site: %+v, %v", hits, err)
		}
		if hits, err := d.SearchMirror(d.agent, "ORA-01555 rollback segment", 10); err != nil || len(hits) != 2 {
			t.Errorf("both sites: %+v, %v", hits, err)
		}
		gone, err := d.RemoveMirror(ctx, dba)
		if err != nil || gone.Questions != 4 || gone.Answers != 5 {
			t.Fatalf("%+v, %v", gone, err)
		}
		if hits, err := d.SearchMirror(d.agent, "ORA-01555 rollback segment", 10); err != nil || len(hits) != 1 || hits[0].Site != "serverfault.com" {
			t.Errorf("after one site was removed: %+v, %v", hits, err)
		}
		if _, err := d.MirrorPost(d.agent, dba, 101); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("a post of a removed site: %v", err)
		}
		if _, err := d.RemoveMirror(ctx, dba); !fault.Is(err, fault.CodeNotFound) {
			t.Errorf("removed twice: %v", err)
		}
		if res, err := d.ImportMirror(ctx, dump(t), MirrorImport{Site: dba}); err != nil || res.New != 8 {
			t.Errorf("back again: %+v, %v", res, err)
		}
		if hits, err := d.SearchMirror(d.agent, "ORA-01555 rollback segment", 10); err != nil || len(hits) != 2 {
			t.Errorf("back again: %+v, %v", hits, err)
		}
	})
}

func TestMirrorLeavesOut(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		ctx := AsSystem(t.Context(), "cli", "command line")
		posts := "<posts>" + strings.Replace(postRow(1, 1, 0, 5, "Kept", "Kept question.", "&lt;Oracle&gt;"), "Title=", `AcceptedAnswerId="3" Title=`, 1) +
			postRow(1, 2, 0, 1, "Low", "Few votes.", "&lt;oracle&gt;") +
			postRow(2, 3, 1, 0, "", "Few votes, but accepted.", "") + postRow(2, 4, 1, 0, "", "Few votes.", "") + postRow(2, 5, 2, 9, "", "Of a question left out.", "") +
			postRow(2, 6, 9, 9, "", "Stands before its question.", "") + postRow(2, 7, 99, 9, "", "Nobody asked.", "") + postRow(1, 8, 0, 9, "Other tag", "Other.", "|postgresql|") +
			postRow(1, 9, 0, 7, "Late", "Late question.", "|oracle|") + "</posts>"
		three := int64(3)
		o := MirrorImport{Site: dba, MinScore: &three, Tags: []string{"oracle, db2"}}
		res, err := d.ImportMirror(ctx, text(strings.ReplaceAll(posts, "Oracle", "oracle")), o)
		if err != nil || res.Questions != 2 || res.Answers != 2 || res.New != 4 || res.LeftOut != 5 || res.Rows != 9 {
			t.Fatalf("%+v, %v", res, err)
		}
		q, err := d.MirrorPost(ctx, dba, 1)
		if err != nil || len(q.Answers) != 1 || q.Answers[0].ID != 3 {
			t.Errorf("%+v, %v", q, err)
		}
		if q, err = d.MirrorPost(ctx, dba, 9); err != nil || len(q.Answers) != 1 || q.Answers[0].ID != 6 {
			t.Errorf("%+v, %v", q, err)
		}
		sites, err := d.MirrorSites(ctx)
		if err != nil || *sites[0].MinScore != 3 || !slices.Equal(sites[0].Tags, []string{"db2", "oracle"}) {
			t.Errorf("%+v, %v", sites, err)
		}
	})
}

// stopped gives some posts and then an error, as a program that is killed, a cut file or a full disk end an import.
type stopped struct {
	*mirror.Reader
	left int
	err  error
}

func (s *stopped) Next() (mirror.Post, *transfer.Rejection, error) {
	if s.left--; s.left < 0 {
		return mirror.Post{}, nil, s.err
	}
	return s.Reader.Next()
}

func TestMirrorGoesOn(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		ctx := AsSystem(t.Context(), "cli", "command line")
		killed := errors.New("killed")
		res, err := d.ImportMirror(ctx, &stopped{dump(t), 3, killed}, MirrorImport{Site: dba})
		if !errors.Is(err, killed) {
			t.Fatalf("%+v, %v", res, err)
		}
		if sites, err := d.MirrorSites(ctx); err != nil || len(sites) != 1 || sites[0].Complete {
			t.Errorf("%+v, %v", sites, err)
		}
		res, err = d.ImportMirror(ctx, dump(t), MirrorImport{Site: dba})
		if err != nil || res.New+res.Unchanged != 8 || res.Indexed == 0 {
			t.Errorf("going on: %+v, %v", res, err)
		}
		if hits, err := d.SearchMirror(ctx, "ORA-01555 rollback segment", 10); err != nil || len(hits) != 1 {
			t.Errorf("%+v, %v", hits, err)
		}
		// A file that is cut off: what it has is taken and found, and the error says so.
		whole, err := os.ReadFile("../mirror/testdata/Posts.xml")
		if err != nil {
			t.Fatal(err)
		}
		cut, _, _ := strings.Cut(string(whole), `<row Id="130"`)
		res, err = d.ImportMirror(ctx, text(cut+`<row Id="130" Post`), MirrorImport{Site: "serverfault.com"})
		if !fault.Is(err, fault.CodeInvalid) || !strings.Contains(err.Error(), "cut off") || !res.Cut || res.New != 7 || res.Indexed != 3 {
			t.Errorf("a cut file: %+v, %v", res, err)
		}
		if hits, err := d.FindMirrored(ctx, MirrorSearch{Q: "ORA-01555 rollback segment", Site: "serverfault.com"}); err != nil || len(hits) != 1 {
			t.Errorf("%+v, %v", hits, err)
		}
	})
}

// TestMirrorRemovedMeanwhile removes a site while it is imported: the import ends and leaves nothing.
func TestMirrorRemovedMeanwhile(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		ctx := AsSystem(t.Context(), "cli", "command line")
		removed := false
		res, err := d.ImportMirror(ctx, manyPosts(3*importBatch), MirrorImport{Site: dba, Progress: func(MirrorResult) {
			if !removed {
				removed = true
				if _, err := d.RemoveMirror(ctx, dba); err != nil {
					t.Error(err)
				}
			}
		}})
		if !fault.Is(err, fault.CodeConflict) {
			t.Errorf("%+v, %v", res, err)
		}
		if sites, err := d.MirrorSites(ctx); err != nil || len(sites) != 0 {
			t.Errorf("%+v, %v", sites, err)
		}
		if left, err := d.Store().Read().MirrorFeatures(ctx, 1, 0, 10); err != nil || len(left) != 0 {
			t.Errorf("%d left, %v", len(left), err)
		}
	})
}

func manyPosts(n int) *mirror.Reader {
	nouns := strings.Fields("printer billing invoice password database order payment report mail server")
	verbs := strings.Fields("fails stops hangs crashes refuses loses doubles delays")
	var b strings.Builder
	b.WriteString("<posts>\n")
	for i := range n {
		b.WriteString(postRow(1, 2*i+1, 0, i%40, nouns[i%10]+" "+verbs[i/10%8], fmt.Sprintf("The %s %s with E-%d.", nouns[i%10], verbs[i/10%8], 1000+i), "|it|"))
		b.WriteString(postRow(2, 2*i+2, 2*i+1, 1, "", fmt.Sprintf("Restart number %d.", i), ""))
	}
	b.WriteString("</posts>\n")
	return text(b.String())
}

// TestMirrorLearns imports enough for a model, and finds by it.
func TestMirrorLearns(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		ctx := AsSystem(t.Context(), "cli", "command line")
		res, err := d.ImportMirror(ctx, manyPosts(600), MirrorImport{Site: dba})
		if err != nil || res.New != 1200 || res.Indexed != 600 {
			t.Fatalf("%+v, %v", res, err)
		}
		if m, _, n, err := d.Store().Read().SimilarModel(ctx, store.MirrorModel, time.Time{}); err != nil || m.Len() == 0 || n != 600 {
			t.Errorf("a model of %d questions, %v", n, err)
		}
		if hits, err := d.SearchMirror(ctx, "order crashes E-1035", 3); err != nil || len(hits) != 3 || hits[0].ID != 71 {
			t.Errorf("%+v, %v", hits, err)
		}
		if _, err := d.SearchMirror(ctx, "order", 51); !fault.Is(err, fault.CodeInvalid) {
			t.Errorf("too many hits: %v", err)
		}
		for _, q := range []string{"", "   ", "the and of", `"" - "-" ***`, "\x00", strings.Repeat("word ", 3000)} {
			if _, err := d.SearchMirror(ctx, q, 3); err != nil && fault.Of(err) == nil {
				t.Errorf("%.20q: %v", q, err)
			}
		}
	})
}

func TestMirrorAsksForRights(t *testing.T) {
	eachStaffed(t, func(t *testing.T, d *staffed) {
		for what, fn := range map[string]func(context.Context) error{
			"search": func(ctx context.Context) error { _, err := d.SearchMirror(ctx, "x", 1); return err },
			"sites":  func(ctx context.Context) error { _, err := d.MirrorSites(ctx); return err },
			"post":   func(ctx context.Context) error { _, err := d.MirrorPost(ctx, dba, 1); return err },
		} {
			if err := fn(d.req); !fault.Is(err, fault.CodeForbidden) {
				t.Errorf("a requester may %s: %v", what, err)
			}
		}
		if _, err := d.ImportMirror(d.agent, dump(t), MirrorImport{Site: dba}); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent may import: %v", err)
		}
		if _, err := d.RemoveMirror(d.agent, dba); !fault.Is(err, fault.CodeForbidden) {
			t.Errorf("an agent may remove: %v", err)
		}
		if !CallerOf(d.agent).May(person.SeeTickets) {
			t.Error("the agent of this test is none")
		}
	})
}
