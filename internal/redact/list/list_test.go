package list

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestOf(t *testing.T) {
	for _, x := range []struct {
		word string
		has  Class
		not  Class
	}{
		{"Rose", Given | Common, Country},
		{"baker", Surname | Common | Given | City, 0},
		{"Matthías", Given, Word},
		{"MATTHIAS", Given, Word},
		{"Norway", Country, Given},
		{"New York", CityBig, 0},
		{"  new\tyork ", CityBig, 0},
		{"Saint-Étienne", CityBig, 0},
		{"O’Brien", Person, Word},
		{"O'Brien", Person, Word},
		{"Norwegian", Demonym, 0},
		{"receiver", Common | Tech, Country},
		{"", 0, ^Class(0)},
	} {
		got := Of(x.word)
		if x.has != 0 && got&x.has == 0 || got&x.not != 0 {
			t.Errorf("%q is %b", x.word, got)
		}
	}
	if Of("New York") != OfParts("New", "York") {
		t.Error("a phrase and its parts are not the same")
	}
}

func TestFold(t *testing.T) {
	for a, b := range map[string]string{
		"Þorsteinsgata": "thorsteinsgata", "Straße": "strasse", "Łódź": "lodz", "Ærøskøbing": "aeroskobing", "Nguyễn": "nguyen", "Αθήνα": "αθηνα",
		"ŠKODA": "skoda", "Ștefan": "stefan", "D’Angelo": "dangelo", "St. Ives": "st ives", "Ñandú": "nandu", "Ģertrūde": "gertrude", "Žižka": "zizka",
	} {
		if Fingerprint(a) != Fingerprint(b) {
			t.Errorf("%q and %q are not the same", a, b)
		}
	}
	if Fingerprint("ab") == Fingerprint("a b") {
		t.Error("a space does not count")
	}
}

func TestPack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 3, 100, 5000} {
		prints := map[uint32]Class{0: 1, 1<<Bits - 1: Company}
		for range n {
			prints[r.Uint32N(1<<Bits)] = Class(r.UintN(1 << 13))
		}
		var keys []uint32
		for p := range prints {
			keys = append(keys, p)
		}
		slices.Sort(keys)
		var classes []Class
		for _, p := range keys {
			classes = append(classes, prints[p])
		}
		b, err := Pack(keys, classes)
		if err != nil {
			t.Fatal(err)
		}
		got, err := unpack(b)
		if err != nil {
			t.Fatal(err)
		}
		for p, c := range prints {
			if got.of(p) != c {
				t.Fatalf("of %d words, %d is %b, not %b", len(keys), p, got.of(p), c)
			}
		}
		for i := range len(b) { // what is cut off is refused, or reads as something: it does not stop the program
			if i < 64 || i > len(b)-8 {
				unpack(b[:i])
			}
		}
	}
	if _, err := Pack([]uint32{2, 1}, []Class{1, 1}); err == nil {
		t.Error("fingerprints out of order are taken")
	}
}

func TestStrangers(t *testing.T) {
	r, known := rand.New(rand.NewPCG(3, 4)), 0
	const n = 20000
	for range n {
		b := make([]byte, 14)
		for i := range b {
			b[i] = "bcdfghjklmnpqrstvwxz"[r.IntN(20)]
		}
		if Of(string(b)) != 0 {
			known++
		}
	}
	if known*100 > n {
		t.Errorf("%d of %d words that nobody has are taken for known ones", known, n)
	}
}

func FuzzOf(f *testing.F) {
	f.Add("Anna-Líse d'Ærø")
	f.Add("\xff\u0301’. ")
	f.Fuzz(func(t *testing.T, s string) {
		if Of(s) != Of(s+" ") {
			t.Errorf("%q and with a space behind it are not the same", s)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Of("Thorvaldsen")
	}
}
