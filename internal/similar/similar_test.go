package similar

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"The billing runs failed, twice!", "bill run fail twice"},
		{"ORA-01555: snapshot too old", "[ora_01555] ora 01555 snapshot old"},
		{"java.lang.NullPointerException", "[java_lang_nullpointerexception] java lang null pointer except"},
		{"getHTTPResponse", "[gethttpresponse] get http respons"},
		{"ERR_CONN_RESET", "[err_conn_reset] err conn reset"},
		{`C:\Temp\a.log`, "[c_temp_a_log] c temp log"},
		{"Größe café don’t", "große cafe"},
		{"数据库", "数 据 库"},
		{"--- ... ___", ""},
		{"\xff\xfe broken \x00", "broken"},
	} {
		var got []string
		words(c.text, func(w word) {
			switch {
			case w.whole:
				got = append(got, "["+w.text+"]")
			case !w.stop:
				got = append(got, w.text)
			}
		})
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.text, s, c.want)
		}
	}
}

func FuzzAnalyse(f *testing.F) {
	for _, s := range []string{"", "ORA-01555 in com.acme.Order$1.run(Order.java:88)", "a-", "-a_b--c__D", strings.Repeat("aB", 500), "数据\xff'x", "ﷺﷺ e\u0301"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, head, text string) {
		a := Analyse(Text{Title: head, Body: text, Answer: head})
		if len(a.Terms) > maxTerms || len(a.Pairs) > maxPairs {
			t.Fatalf("%d terms, %d pairs", len(a.Terms), len(a.Pairs))
		}
		b, err := DecodeFeatures(a.Encode())
		if err != nil || !reflect.DeepEqual(normal(a), normal(b)) {
			t.Fatalf("%v: wrote %+v, read %+v", err, a, b)
		}
		q := NewQuery(Text{Title: head, Body: text})
		var m *Model
		for _, x := range m.Rank(q, []Candidate{{Number: 1, Title: text, Features: a}}) {
			if math.IsNaN(x.Score) || x.Score < 0 || x.Score > 1 || math.IsNaN(x.rank) {
				t.Fatalf("score %v, rank %v", x.Score, x.rank)
			}
		}
	})
}

func normal(f Features) Features {
	f.Terms, f.Pairs = slices.Clone(f.Terms), slices.Clone(f.Pairs)
	if len(f.Terms) == 0 {
		f.Terms = nil
	}
	if len(f.Pairs) == 0 {
		f.Pairs = nil
	}
	return f
}

// FuzzDecode reads what is damaged: it may be refused and must not panic.
func FuzzDecode(f *testing.F) {
	a := Analyse(Text{Title: "Snapshot too old", Body: "ORA-01555 again and again"})
	f.Add(a.Encode())
	f.Add(Learn(manyTickets(60), 60).Encode())
	for b := range Blocks(each(Lists([]int64{3}, []Features{a}))) {
		f.Add(b.Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		DecodeFeatures(data)
		DecodeModel(data)
		DecodeDirectory(data)
		for _, err := range (Block{Data: data}).Lists() {
			if err != nil {
				break
			}
		}
	})
}

func each(lists []List) func(func(List, error) bool) {
	return func(yield func(List, error) bool) {
		for _, l := range lists {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func manyTickets(n int) (out []Features) {
	nouns := strings.Fields("printer billing invoice password database order payment report mail server")
	verbs := strings.Fields("fails stops hangs crashes refuses loses doubles delays")
	for i := range n {
		out = append(out, Analyse(Text{Title: nouns[i%len(nouns)] + " " + verbs[i/3%len(verbs)], Body: fmt.Sprintf("the %s %s with E-%d since the change of %s", nouns[i%len(nouns)], verbs[i/3%len(verbs)], 1000+i, nouns[(i+1)%len(nouns)])}))
	}
	return out
}

func TestModelComesBackAsItWas(t *testing.T) {
	m := Learn(manyTickets(200), 5000)
	again, err := DecodeModel(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if m.dims < 2 || m.Len() == 0 {
		t.Fatalf("%d words in %d directions", m.Len(), m.dims)
	}
	q := NewQuery(Text{Title: "printer crashes"})
	var cs []Candidate
	for i, f := range manyTickets(50) {
		cs = append(cs, Candidate{Number: int64(i), Features: f})
	}
	a, b := m.Rank(q, cs), again.Rank(q, cs)
	if !reflect.DeepEqual(a, b) {
		t.Error("the model ranks otherwise once it was kept")
	}
	if !reflect.DeepEqual(m.Encode(), Learn(manyTickets(200), 5000).Encode()) {
		t.Error("the same sample gives another model")
	}
	for cut := range 40 {
		if _, err := DecodeModel(m.Encode()[:len(m.Encode())-1-cut]); err == nil {
			t.Errorf("a model that lacks its last %d bytes is taken", cut+1)
		}
	}
}

// TestItselfComesFirst holds for any model: nothing is more like a ticket than the ticket.
func TestItselfComesFirst(t *testing.T) {
	features := manyTickets(120)
	for _, m := range []*Model{nil, Learn(features, len(features))} {
		for _, own := range []int{0, 17, 63, 119} {
			noun := strings.Fields("printer billing invoice password database order payment report mail server")
			verb := strings.Fields("fails stops hangs crashes refuses loses doubles delays")
			q := NewQuery(Text{Title: noun[own%10] + " " + verb[own/3%8], Body: fmt.Sprintf("the %s %s with E-%d since the change of %s", noun[own%10], verb[own/3%8], 1000+own, noun[(own+1)%10])})
			var cs []Candidate
			for i, f := range features {
				cs = append(cs, Candidate{Number: int64(i), Title: noun[i%10] + " " + verb[i/3%8], Features: f})
			}
			got := m.Rank(q, cs)
			if got[0].Number != int64(own) || got[0].Score < .8 {
				t.Errorf("learned %v: like %d is %d with %.2f", m != nil, own, got[0].Number, got[0].Score)
			}
			if !slices.IsSortedFunc(got, func(a, b Match) int { return -int(math.Copysign(1, a.Score-b.Score)) * boolInt(a.Score != b.Score) }) {
				t.Error("the scores do not fall")
			}
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestSegmentsFindWhatOneSegmentFinds splits tickets over segments, joins them, and looks up by both.
func TestSegmentsFindWhatOneSegmentFinds(t *testing.T) {
	features := manyTickets(300)
	numbers := make([]int64, len(features))
	for i := range numbers {
		numbers[i] = int64(i) + 1
	}
	whole := Lists(numbers, features)
	var joined []List
	for l, err := range Merge(each(Lists(numbers[:100], features[:100])), each(Lists(numbers[100:120], features[100:120])), each(Lists(numbers[120:], features[120:]))) {
		if err != nil {
			t.Fatal(err)
		}
		joined = append(joined, l)
	}
	if !reflect.DeepEqual(whole, joined) {
		t.Error("joined segments are not what one would be")
	}
	var blocks []Block
	var read []List
	for b, err := range Blocks(each(whole)) {
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, b)
		for l, err := range b.Lists() {
			if err != nil {
				t.Fatal(err)
			}
			read = append(read, l)
		}
	}
	if len(blocks) < 2 || !reflect.DeepEqual(whole, read) {
		t.Errorf("%d blocks do not give back what was written", len(blocks))
	}
	dir := Directory{}
	for _, b := range blocks {
		dir = append(dir, b.First)
	}
	if again, err := DecodeDirectory(dir.Encode()); err != nil || !slices.Equal(again, dir) {
		t.Errorf("the directory comes back as %v, %v", again, err)
	}
	m := Learn(features, len(features))
	q := NewQuery(Text{Title: "payment loses E-1056"})
	ws := q.Lookup(m)
	byBlock, one := m.Gather(ws), m.Gather(ws)
	for i, b := range blocks {
		var here []Telling
		for _, w := range ws {
			if n, ok := dir.Of(w.Hash); ok && n == i {
				here = append(here, w)
			}
		}
		if err := byBlock.AddBlock(b, here); err != nil {
			t.Fatal(err)
		}
	}
	for i := range features {
		one.Add(numbers[i], &features[i], ws)
	}
	if a, b := byBlock.Best(20, 0), one.Best(20, 0); len(a) == 0 || a[0] != 57 || !slices.Equal(a[:5], b[:5]) {
		t.Errorf("by blocks %v, one by one %v", a, b)
	}
}

func TestLongListsKeepTheMostTelling(t *testing.T) {
	l := List{Hash: 1, Count: maxList + 500}
	for i := range maxList + 500 {
		l.Postings = append(l.Postings, Posting{int64(i + 1), impactOf(&Term{N: [fields]uint8{0, uint8(1 + i%2), 0}}, 60)})
	}
	l.trim()
	if len(l.Postings) != maxList || l.Count != maxList+500 {
		t.Fatalf("%d of %d are kept", len(l.Postings), l.Count)
	}
	strong := 0
	for _, p := range l.Postings {
		strong += int(p.impact>>4) - 1
	}
	if strong != (maxList+500)/2 {
		t.Errorf("%d of the %d that tell more are kept", strong, (maxList+500)/2)
	}
	if !slices.IsSortedFunc(l.Postings, func(a, b Posting) int { return int(a.Number - b.Number) }) {
		t.Error("the postings are not in order")
	}
}

func TestAnalyseIsBounded(t *testing.T) {
	for _, s := range []string{strings.Repeat("a", 10<<20), strings.Repeat("Ab-", 3<<20), strings.Repeat("x ", 5<<20), strings.Repeat("数", 3<<20), strings.Repeat("a'", 5<<20), strings.Repeat("\xff", 10<<20)} {
		f := Analyse(Text{Title: s, Body: s})
		if len(f.Terms) > maxTerms || len(f.Pairs) > maxPairs {
			t.Errorf("%.10q… gives %d terms", s, len(f.Terms))
		}
	}
}
