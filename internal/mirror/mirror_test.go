package mirror

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"firebreak/internal/fault"
	"firebreak/internal/transfer"
)

func all(t *testing.T, in io.Reader) (posts []Post, bad []*transfer.Rejection, err error) {
	t.Helper()
	r := NewReader(in)
	for {
		p, no, err := r.Next()
		switch {
		case err == io.EOF:
			return posts, bad, nil
		case err != nil:
			return posts, bad, err
		case no != nil:
			bad = append(bad, no)
		default:
			posts = append(posts, p)
		}
	}
}

func TestReadsAPublishedDump(t *testing.T) {
	f, err := os.Open("testdata/Posts.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	posts, bad, err := all(t, iotest.OneByteReader(f))
	if err != nil || len(bad) != 0 || len(posts) != 8 {
		t.Fatalf("%d posts, %d rejected, %v", len(posts), len(bad), err)
	}
	q := posts[0]
	want := Post{Line: 3, ID: 101, Kind: Question, Accepted: 103, Score: 41, Created: time.Date(2010, 9, 3, 8, 15, 12, 340e6, time.UTC), Title: "Nightly extract stops with ORA-01555: snapshot too old",
		Tags: []string{"oracle", "undo", "long-running"}, Licence: "CC BY-SA 2.5",
		Text: "Our extract reads one large table for three hours & stops:\n\n```\nORA-01555: snapshot too old: rollback segment number 9 with name \"_SYSSMU9$\" too small\n  at EXTRACT line 14\n```\n\nIs a bigger `undo_retention` enough?"}
	if fmt.Sprintf("%+v", q) != fmt.Sprintf("%+v", want) {
		t.Errorf("got  %+v\nwant %+v", q, want)
	}
	if a := posts[1]; a.Kind != Answer || a.Question != 101 || a.Licence != "CC BY-SA 3.0" {
		t.Errorf("an answer is read as %+v", a)
	}
	if l := posts[3].Licence; l != "CC BY-SA 4.0" {
		t.Errorf("a row that names its licence stands under %s", l)
	}
	if tags := posts[3].Tags; len(tags) != 2 || tags[0] != "dns" {
		t.Errorf("newer tags are read as %q", tags)
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ html, want string }{
		{"<p>One</p>\n\n<p>Two<br>three</p>", "One\n\nTwo\nthree"},
		{"<p>a &lt;b&gt; &amp;amp; c</p>", "a <b> &amp; c"},
		{"<ul>\n<li>one</li>\n<li>two <b>bold</b></li></ul><p>after</p>", "- one\n- two bold\n\nafter"},
		{"<ol><li>first<ul><li>inner</li></ul></li><li>second</li></ol>", "1. first\n  - inner\n2. second"},
		{"<blockquote><p>said</p></blockquote><p>no</p>", "> said\n\nno"},
		{`<p>See <a href="https://example.com/x?a=1&amp;b=2">the manual</a>.</p>`, "See the manual (https://example.com/x?a=1&b=2)."},
		{`<a href="https://example.com/">https://example.com/</a>`, "https://example.com/"},
		{`<a href="javascript:alert(1)">click</a>`, "click"},
		{`<img src="data:image/png;base64,AAAA" alt="x"><p>y</p>`, "y"},
		{`<img src="https://i.example.com/a.png" alt="the plan">`, "[picture the plan: https://i.example.com/a.png]"},
		{"<script>alert('<p>x</p>')</script>ok<style>p{}</style>", "ok"},
		{"<pre><code>a\n  b &lt;c&gt;\n</code></pre>", "```\na\n  b <c>\n```"},
		{"<pre>```\nx\n```</pre>", "````\n```\nx\n```\n````"},
		{"<pre><code>never closed", "```\nnever closed\n```"},
		{"1 < 2 and <unclosed", "1 < 2 and <unclosed"},
		{"<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a | b\n1 | 2"},
		{"a\u202eb\x00\x1b[31mc", "ab [31mc"},
		{"", ""},
	} {
		if got := Text(c.html); got != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.html, got, c.want)
		}
	}
}

func TestRejectsWhatCannotBeTaken(t *testing.T) {
	const q = `Id="7" PostTypeId="1" CreationDate="2020-01-02T03:04:05.678" Score="1" Title="t" Body="b"`
	for _, c := range []struct{ row, field, reason string }{
		{`PostTypeId="1"`, "Id", "no usable Id"},
		{`Id="-1" PostTypeId="1"`, "Id", "no usable Id"},
		{`Id="7"`, "PostTypeId", "what kind"},
		{strings.Replace(q, ` Title="t"`, "", 1), "Title", "no title"},
		{strings.Replace(q, `Body="b"`, `Body="&lt;p&gt;&lt;/p&gt;"`, 1), "Body", "no text"},
		{strings.Replace(q, `Body="b"`, `Body="&nbsp;"`, 1), "Body", "&nbsp; is not known"},
		{strings.Replace(q, `Body="b"`, `Body="a & b"`, 1), "Body", "ampersand"},
		{strings.Replace(q, `Body="b"`, `Body="&#0;"`, 1), "Body", "not known"},
		{strings.Replace(q, "2020-01-02", "yesterday", 1), "CreationDate", "cannot be read"},
		{strings.Replace(q, ` CreationDate="2020-01-02T03:04:05.678"`, "", 1), "CreationDate", "no date"},
		{strings.Replace(q, `Score="1"`, `Score="many"`, 1), "Score", "no number"},
		{strings.Replace(q, `PostTypeId="1"`, `PostTypeId="2"`, 1), "ParentId", "which question"},
		{q + ` Id="8"`, "Id", "twice"},
		{q + ` Score=1`, "", "without quotation marks"},
		{q + ` odd`, "", "has no value"},
	} {
		posts, bad, err := all(t, strings.NewReader("<posts>\n<row "+c.row+" />\n<row "+q+" />\n</posts>"))
		if err != nil || len(posts) != 1 || len(bad) != 1 || bad[0].Field != c.field || !strings.Contains(bad[0].Reason, c.reason) || bad[0].Line != 2 {
			t.Errorf("%s: %d posts, %+v, %v", c.row, len(posts), bad, err)
		}
	}
}

// TestOneBrokenRowCostsNoOther cuts a row in its middle, as a file that was joined from pieces has it.
func TestOneBrokenRowCostsNoOther(t *testing.T) {
	const q = `<row Id="7" PostTypeId="1" CreationDate="2020-01-02T03:04:05.678" Score="1" Title="t" Body="b" />` + "\n"
	for _, broken := range []string{`<row Id="6" PostTypeId="1" Body="half`, `<row Id="6" `, `<row Id="6" PostTypeId="1" Title="a" Body="x`} {
		posts, bad, err := all(t, strings.NewReader("<posts>\n"+q+broken+"\n"+q+"</posts>\n"))
		if err != nil || len(posts) != 2 || len(bad) != 1 || bad[0].Line != 3 {
			t.Errorf("%q: %d posts, %+v, %v", broken, len(posts), bad, err)
		}
	}
}

func TestRefusesWhatIsNoDump(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"", "empty"},
		{"hello", "does not begin as XML"},
		{"<?xml version=\"1.0\"?>\n<users>\n</users>", "<users>"},
		{"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><posts></posts>", "not UTF-8"},
		{"<!DOCTYPE posts [<!ENTITY a \"b\">]><posts></posts>", "document type"},
		{"7z\xbc\xaf\x27\x1c....", "7z"},
		{"\xff\xfe<\x00", "UTF-16"},
		{"<posts>\n<row Id=\"1\" PostTypeId=\"1\" Body=\"never ends", "ends in line 2"},
		{"<posts>\n", "before </posts>"},
		{"<posts", "before </posts>"},
	} {
		_, _, err := all(t, strings.NewReader(c.text))
		f := fault.Of(err)
		if f == nil || f.Field != "file" || f.Hint == "" || !strings.Contains(f.Message, c.says) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
	if _, _, err := all(t, io.MultiReader(strings.NewReader("<posts>"), iotest.ErrReader(errors.New("disk gone")))); err == nil || !strings.Contains(err.Error(), "disk gone") {
		t.Errorf("a file that cannot be read on: %v", err)
	}
	if posts, bad, err := all(t, strings.NewReader("\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<posts />")); err != nil || len(posts)+len(bad) > 0 {
		t.Errorf("an empty dump: %v", err)
	}
}

func TestOpenUnpacks(t *testing.T) {
	text, err := os.ReadFile("testdata/Posts.xml")
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(text)
	z.Close()
	whole := packed.Bytes()
	in, err := Open(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if posts, _, err := all(t, in); err != nil || len(posts) != 8 {
		t.Errorf("gzip: %d posts, %v", len(posts), err)
	}
	in, err = Open(bytes.NewReader(whole[:len(whole)/2]))
	if err == nil {
		_, _, err = all(t, in)
	}
	if err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("half a gzip: %v", err)
	}
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 1 // its checksum
	if in, err = Open(bytes.NewReader(damaged)); err == nil {
		_, _, err = all(t, in)
	}
	if err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a gzip with another checksum: %v", err)
	}
	packed.Reset()
	a := zip.NewWriter(&packed)
	for _, name := range []string{"Users.xml", "Posts.xml"} {
		w, _ := a.Create(name)
		w.Write(text)
	}
	a.Close()
	if _, err := Open(bytes.NewReader(packed.Bytes())); err == nil {
		t.Error("a zip is read as a stream")
	}
	f, size, err := OpenZip(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil || size != int64(len(text)) {
		t.Fatal(size, err)
	}
	if posts, _, err := all(t, f); err != nil || len(posts) != 8 {
		t.Errorf("zip: %d posts, %v", len(posts), err)
	}
}

func TestSite(t *testing.T) {
	for name, want := range map[string]string{"stackoverflow.com": "stackoverflow.com", " DBA.StackExchange.com. ": "dba.stackexchange.com", "stackoverflow": "", "a..b": "", "http://a.b": "", "-a.b": "", "a.b/c": "", "": ""} {
		got, bad := Site(name)
		if got != want || (bad == nil) != (want != "") {
			t.Errorf("%q: %q, %v", name, got, bad)
		}
	}
}

func TestExcerpt(t *testing.T) {
	if got := Excerpt("One two\n\n```\ncode here\n```\nthree", 100); got != "One two code here three" {
		t.Error(got)
	}
	if got := Excerpt(strings.Repeat("word ", 50), 20); got != "word word word word …" {
		t.Error(got)
	}
	if got := Excerpt(strings.Repeat("x", 50), 20); got != strings.Repeat("x", 20)+"…" {
		t.Error(got)
	}
}

func TestIsLinearInItsInput(t *testing.T) {
	for _, s := range []string{"<", "<a", "<a href=\"", "<pre>", "<!--", "&", "&#x", "<ul><li>", "<blockquote>", "<script>", "</", "<a href='https://x'>y</a>", "```\n", "<pre>```\n"} {
		long := strings.Repeat(s, 1<<20/len(s))
		if got := Text(long); len(got) > MaxText+9 {
			t.Errorf("%q gives %d bytes", s, len(got))
		}
		NewReader(strings.NewReader("<posts>" + long)).Next()
		all(t, strings.NewReader("<posts><row Id=\""+long))
	}
}

func FuzzReader(f *testing.F) {
	text, err := os.ReadFile("testdata/Posts.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("<posts><row Id=\"1\" PostTypeId=\"1\" Body=\"&lt;pre&gt;x\" <row"))
	f.Add([]byte("\ufeff<?xml?><!-- --><posts/>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, small := NewReader(bytes.NewReader(data)), NewReader(iotest.OneByteReader(bytes.NewReader(data)))
		for last := int64(0); ; {
			p, bad, err := r.Next()
			q, worse, again := small.Next()
			if fmt.Sprint(p, err) != fmt.Sprint(q, again) || (bad == nil) != (worse == nil) || bad != nil && *bad2(bad) != *bad2(worse) {
				t.Fatalf("read at once %+v %+v %v, byte by byte %+v %+v %v", p, bad, err, q, worse, again)
			}
			if err != nil {
				if err != io.EOF && fault.Of(err) == nil {
					t.Fatalf("not a fault: %v", err)
				}
				return
			}
			if bad == nil && (p.ID < 1 || p.Text == "" || p.Kind == Question && p.Title == "" || LicenceURL(p.Licence) == "" || p.Line < last || strings.ContainsAny(p.Text+p.Title, "\x00\x1b")) {
				t.Fatalf("took %+v", p)
			}
			if bad == nil {
				last = p.Line
			}
		}
	})
}

// bad2 is what of a rejection can be compared.
func bad2(r *transfer.Rejection) *[5]string {
	return &[5]string{fmt.Sprint(r.Line), r.Field, r.Reason, r.ID, r.Text}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "<pre><code>x</code></pre>", "<ol><li>", "<a href=https://x>y</a>", "</blockquote><img src='http://a' alt=b>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if strings.ContainsAny(got, "\x00\x1b\r") || strings.TrimSpace(got) != got {
			t.Fatalf("%q", got)
		}
	})
}
