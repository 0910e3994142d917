package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Markers are words that the searches of the load driver ask for: each rare one is in the body of 0.1% of the tickets,
// each common one in 20%, and in one of a hundred of those in the subject too.
var (
	rareMarkers   = []string{"quokkalith", "brindlewax", "tamarskerry", "ossifrane"}
	commonMarkers = []string{"meridian", "lanternfish", "copperfield", "northgate"}
)

const (
	vocabularySize = 60_000
	drawBits       = 20
)

// frequent stand at the head of the distribution, as they do in real tickets.
var frequent = strings.Fields(`the to is and of in a for on it we not with this that be from at are has was please after error as since
	by client job can but have no batch when server all file our report database failed running user which again if queue or
	get will been still an there you I process billing morning same only payment access they yesterday server2 before request one status
	morning today system timeout log restart value check message table update new data connection end run found open`)

var (
	onsets = strings.Fields("b br c ch cl d dr f fl g gl gr h j k kr l m n p pl pr qu r s sh sk sl st str t th tr v w z")
	vowels = strings.Fields("a e i o u ai ea io ou")
	codas  = strings.Fields("n r s t l m nd rt st ck ng x")
	codes  = []string{"ORA-01555", "ORA-00060", "ORA-12541", "ORA-28000", "SQLSTATE 40P01", "SQL0911N", "MQRC-2035", "HTTP 502", "HTTP 504",
		"ERR_CONN_RESET", "0x80070005", "SIGSEGV", "EACCES", "ENOSPC", "NullPointerException", "OutOfMemoryError", "TimeoutException"}
)

// vocabulary is 60,000 made-up words under Zipf's law: the n-th word is drawn with a chance proportional to 1/n.
type vocabulary struct {
	words []string
	draws []uint16 // a draw is an index into words, of 2^drawBits equally likely ones
}

func newVocabulary(seed uint64) *vocabulary {
	r := rand.New(rand.NewPCG(seed, 0xf00d))
	v := &vocabulary{words: make([]string, 0, vocabularySize), draws: make([]uint16, 1<<drawBits)}
	seen := map[string]bool{}
	add := func(w string) {
		if !seen[w] && len(v.words) < vocabularySize {
			seen[w] = true
			v.words = append(v.words, w)
		}
	}
	for _, w := range frequent {
		add(w)
	}
	for len(v.words) < vocabularySize {
		var b strings.Builder
		for range 1 + min(len(v.words)/2000+r.IntN(2), 2) + r.IntN(2) {
			b.WriteString(onsets[r.IntN(len(onsets))])
			b.WriteString(vowels[r.IntN(len(vowels))])
			if r.IntN(3) == 0 {
				b.WriteString(codas[r.IntN(len(codas))])
			}
		}
		add(b.String())
	}
	total := 0.0
	for n := range v.words {
		total += 1 / float64(n+1)
	}
	sum, at := 0.0, 0
	for n := range v.words {
		sum += 1 / float64(n+1)
		for end := int(sum / total * float64(len(v.draws))); at < end && at < len(v.draws); at++ {
			v.draws[at] = uint16(n)
		}
	}
	for ; at < len(v.draws); at++ {
		v.draws[at] = vocabularySize - 1
	}
	return v
}

// prose writes text of the vocabulary.
type prose struct {
	v *vocabulary
	r *rand.Rand
	b []byte
}

func (p *prose) word() string { return p.v.words[p.v.draws[p.r.Uint64()>>(64-drawBits)]] }

// sentence adds 6 to 16 words; every third carries something technical.
func (p *prose) sentence(insert string) {
	n := 6 + p.r.IntN(11)
	at := p.r.IntN(n)
	for i := range n {
		if i > 0 {
			p.b = append(p.b, ' ')
		}
		if i == at && insert != "" {
			p.b = append(p.b, insert...)
			p.b = append(p.b, ' ')
		}
		w := p.word()
		if i == 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		p.b = append(p.b, w...)
	}
	if p.r.IntN(3) == 0 {
		p.b = append(p.b, ": "...)
		p.technical()
	}
	p.b = append(p.b, '.')
}

func (p *prose) technical() {
	r := p.r
	switch r.IntN(6) {
	case 0:
		p.b = append(p.b, codes[r.IntN(len(codes))]...)
	case 1:
		p.b = fmt.Appendf(p.b, "ORA-%05d at line %d", r.IntN(400)*7, r.IntN(900))
	case 2:
		p.b = fmt.Appendf(p.b, "10.%d.%d.%d:%d", r.IntN(8), r.IntN(256), r.IntN(256), 1024+r.IntN(9000))
	case 3:
		p.b = fmt.Appendf(p.b, "%s-db-%02d /var/log/%s/%s.log", p.word(), r.IntN(12), p.word(), p.word())
	case 4:
		p.b = append(p.b, "job "...)
		p.b = strconv.AppendInt(p.b, int64(100000+r.IntN(900000)), 10)
		p.b = append(p.b, " exit code "...)
		p.b = strconv.AppendInt(p.b, int64(r.IntN(140)), 10)
	default:
		p.b = fmt.Appendf(p.b, "com.example.%s.%sService.run(%s.java:%d)", p.word(), p.word(), p.word(), r.IntN(800))
	}
}

// text gives prose of at least size bytes, with insert words somewhere in it.
func (p *prose) text(size int, inserts ...string) string {
	p.b = p.b[:0]
	for i := 0; len(p.b) < size || i < len(inserts); i++ {
		if i > 0 {
			if p.r.IntN(4) == 0 {
				p.b = append(p.b, "\n\n"...)
			} else {
				p.b = append(p.b, ' ')
			}
		}
		insert := ""
		if i < len(inserts) {
			insert = inserts[i]
		}
		p.sentence(insert)
	}
	return string(p.b)
}

// title gives a subject of 4 to 9 words.
func (p *prose) title(insert string) string {
	p.b = p.b[:0]
	for i := range 4 + p.r.IntN(6) {
		if i > 0 {
			p.b = append(p.b, ' ')
		}
		p.b = append(p.b, p.word()...)
	}
	if insert != "" {
		p.b = append(p.b, ' ')
		p.b = append(p.b, insert...)
	} else if p.r.IntN(4) == 0 {
		p.b = append(p.b, ' ')
		p.b = append(p.b, codes[p.r.IntN(len(codes))]...)
	}
	return strings.ToUpper(string(p.b[:1])) + string(p.b[1:])
}
