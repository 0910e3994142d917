package redact

// form is how a number with a name of its own is written: d is a digit, L a letter, everything else itself.
type form struct {
	masks string // with | between
	kind  Kind
	check func(d []byte) bool // of the bare number; nil: none
	said  about               // what announces it
	bare  float64             // score when nothing announces it; 0: then it is none
	what  string
}

// forms are the numbers of people and firms in many countries. Those that a number in a log could be by chance are taken
// only where a word announces them.
var forms = []form{
	{"ddd-dd-dddd|ddd dd dddd|ddddddddd|ddd.dd.dddd", SSN, ssn, ofSSN | ofNational, 0, "a US social security number"},
	{"ddd-dd-dddd", SSN, ssn, 0, 0.9, "a US social security number"},
	{"ddd-dd-dddd", SSN, nil, ofSSN, 0, "written as a US social security number"},
	{"ddd-dd-dddd|ddd dd dddd", NationalID, itin, ofNational, 0.7, "a US taxpayer number"},
	{"dd-ddddddd", NationalID, nil, ofNational, 0, "a US employer number"},
	{"LLddddddL|LL dd dd dd L|LL-dd-dd-dd-L|LL dddddd L", NationalID, nino, ofNational, 0.8, "a UK national insurance number"},
	{"ddd ddd dddd|ddd-ddd-dddd|dddddddddd", NationalID, nhs, ofNational, 0, "a UK health number with a right check digit"},
	{"ddd ddd ddd|ddd-ddd-ddd|ddddddddd", NationalID, luhn, ofNational, 0, "a Canadian social insurance number with a right check digit"},
	{"ddddddddddddddd|d dd dd dd ddd ddd dd|d dd dd dL ddd ddd dd|ddddddLdddddddd", NationalID, nir, ofNational | ofSSN, 0.8, "a French social security number with a right key"},
	{"ddddddddddd|dd ddd ddd ddd", NationalID, steuerID, ofNational, 0, "a German tax number with a right check digit"},
	{"ddddddddL|dddddddd-L|Ldddddddd|LdddddddL|L-ddddddd-L|dd.ddd.ddd-L", NationalID, dni, ofNational, 0.7, "a Spanish identity number with its letter"},
	{"LLLLLLddLddLdddL", NationalID, codiceFiscale, ofNational, 0.97, "an Italian fiscal code with its check letter"},
	{"ddddddddd|dddd.dd.ddd", NationalID, bsn, ofNational, 0, "a Dutch citizen number with a right check digit"},
	{"ddddddddddd|dddddd ddddd", NationalID, fodselsnummer, ofNational, 0.75, "a Norwegian birth number with right check digits"},
	{"dddddd-dddd|dddddd+dddd|dddddddd-dddd", NationalID, personnummer, ofNational, 0.8, "a Swedish personal number with a right check digit"},
	{"dddddddddd|dddddddddddd", NationalID, personnummer, ofNational, 0, "a Swedish personal number with a right check digit"},
	{"dddddd-dddd|dddddddddd", NationalID, dmy, ofNational, 0, "a Danish personal number"},
	{"ddddddddddd", NationalID, pesel, ofNational, 0, "a Polish PESEL with a right check digit"},
	{"dd.dd.dd-ddd.dd|ddddddddddd", NationalID, belgian, ofNational, 0, "a Belgian register number with right check digits"},
	{"dd.dd.dd-ddd.dd", NationalID, belgian, 0, 0.95, "a Belgian register number with right check digits"},
	{"ddd.ddd.ddd-dd", NationalID, cpf, ofNational, 0.97, "a Brazilian CPF with right check digits"},
	{"ddddddddddd", NationalID, cpf, ofNational, 0, "a Brazilian CPF with right check digits"},
	{"dd.ddd.ddd/dddd-dd", NationalID, cnpj, ofNational, 0.97, "a Brazilian CNPJ with right check digits"},
	{"dddddddddddddd", NationalID, cnpj, ofNational, 0, "a Brazilian CNPJ with right check digits"},
	{"dddd dddd dddd|dddd-dddd-dddd", NationalID, aadhaar, ofNational, 0.6, "an Aadhaar number with a right check digit"},
	{"dddddddddddd", NationalID, aadhaar, ofNational, 0, "an Aadhaar number with a right check digit"},
	{"LLLLLddddL", NationalID, panIN, ofNational, 0.6, "an Indian tax number"},
	{"ddd ddd ddd|ddddddddd", NationalID, tfn, ofNational, 0, "an Australian tax file number with a right check digit"},
	{"dddd ddddd d|dddddddddd", NationalID, medicare, ofNational, 0, "an Australian Medicare number with a right check digit"},
	{"ddd.dddd.dddd.dd|ddddddddddddd", NationalID, ahv, ofNational, 0.9, "a Swiss AHV number with a right check digit"},
	{"dddddddddddddddddd|dddddddddddddddddL", NationalID, chinese, ofNational, 0.85, "a Chinese identity number with a right check digit"},
	{"dddddd-ddddddd", NationalID, korean, ofNational, 0.75, "a Korean resident number with a right check digit"},
	{"ddddddddddd", NationalID, turkish, ofNational, 0.6, "a Turkish identity number with right check digits"},
	{"ddddddddddddd|dddddd dddd ddd", NationalID, southAfrican, ofNational, 0.7, "a South African identity number with a right check digit"},
	{"dddddd/dddd", NationalID, czech, ofNational, 0.8, "a Czech or Slovak birth number with a right check"},
	{"dddddddddd", NationalID, czech, ofNational, 0, "a Czech or Slovak birth number with a right check"},
	{"ddddddddddddd", NationalID, romanian, ofNational, 0.75, "a Romanian personal code with a right check digit"},
	{"dddddddddd", NationalID, bulgarian, ofNational, 0, "a Bulgarian personal number with a right check digit"},
	{"ddddddddddd", NationalID, iso11, ofNational, 0, "a Croatian OIB with a right check digit"},
	{"ddddddddddd", NationalID, baltic, ofNational, 0, "an Estonian or Lithuanian personal code with a right check digit"},
	{"dddddd-dddd|dddddd-dddL|ddddddLddddd|ddddddLdddL|dddddd+dddL|dddddd+dddd", NationalID, nil, ofNational, 0, "written as a personal code"},
	{"dddddd-dddL|ddddddLdddL|dddddd+dddL|dddddd-dddd|ddddddLdddd", NationalID, finnish, ofNational, 0.85, "a Finnish personal code with a right check sign"},
	{"ddd ddd ddd|ddddddddd", NationalID, portuguese, ofNational, 0, "a Portuguese tax number with a right check digit"},
	{"dddd dddddd|dddddddddd", NationalID, austrian, ofNational, 0, "an Austrian insurance number with a right check digit"},
	{"dd.ddd.ddd-d|dd.ddd.ddd-L|d.ddd.ddd-d|d.ddd.ddd-L", NationalID, rut, ofNational, 0.9, "a Chilean RUT with a right check digit"},
	{"dddddddd-d|dddddddd-L", NationalID, rut, ofNational, 0, "a Chilean RUT with a right check digit"},
	{"dd-dddddddd-d", NationalID, cuit, ofNational, 0.8, "an Argentine CUIT with a right check digit"},
	{"dddd dddd dddd|dddddddddddd", NationalID, japanese, ofNational, 0, "a Japanese individual number with a right check digit"},
	{"LLLLddddddLLLLLLLd|LLLLddddddLLLLLLdd|LLLLddddddLLLLLLLL", NationalID, curp, ofNational, 0.95, "a Mexican CURP with a right check digit"},
	{"LdddddddL", NationalID, nric, ofNational, 0.75, "a Singapore identity number with its letter"},
	{"dddddddL|dddddddLL", NationalID, pps, ofNational, 0, "an Irish PPS number with its letter"},
	{"ddddddddd", Routing, aba, ofRouting, 0, "a US bank routing number with a right check digit"},
	{"dd-dd-dd|dd dd dd|ddd-ddd", Routing, nil, ofRouting, 0, "written as a sort code"},
}

const maxForm = 24 // bytes of the longest mask

// formsBy are the forms by mask; formsFrom tells which beginnings exist, so that most numbers of a log need no look-up:
// by the length of the first group and the sign after it, and which lengths a mask has that begins with such a group.
var (
	formsBy     = map[string][]*form{}
	formsFrom   [32][256]bool
	formsLength [32]uint32
)

func init() {
	for i := range forms {
		start := 0
		m := forms[i].masks
		for k := 0; k <= len(m); k++ {
			if k == len(m) || m[k] == '|' {
				mask := m[start:k]
				formsBy[mask] = append(formsBy[mask], &forms[i])
				n := 0
				for n < len(mask) && (mask[n] == 'd' || mask[n] == 'L') {
					n++
				}
				var sign byte
				if n < len(mask) {
					sign = mask[n]
				}
				formsFrom[n][sign] = true
				formsLength[n] |= 1 << len(mask)
				start = k + 1
			}
		}
	}
}

// forms tries word i as the beginning of a number of a known form.
func (t *text) forms(i int) {
	s := t.s
	w := t.words[i]
	first := int(w.end - w.start)
	if first >= len(formsFrom) || w.wide {
		return
	}
	var sign byte
	if int(w.end) < len(s) {
		sign = s[w.end]
	}
	if !formsFrom[first][0] && !formsFrom[first][sign] {
		return
	}
	left := t.leftOf(int(w.start))
	if left == inside {
		return
	}
	var mask [maxForm]byte
	bare := &t.bare
	n, d := 0, 0
	for k := i; k < len(t.words); k++ {
		w := t.words[k]
		if w.wide || n+int(w.end-w.start) >= maxForm {
			return
		}
		if k > i {
			p := t.words[k-1].end
			if w.start != p+1 {
				return
			}
			switch c := s[p]; c {
			case ' ', '-', '.', '/', '+':
				mask[n] = c
				n++
			default:
				return
			}
		}
		for p := w.start; p < w.end; p++ {
			c := s[p]
			switch class[c] {
			case isDigit:
				mask[n] = 'd'
			case isUpper:
				mask[n] = 'L'
			case isLower:
				mask[n] = 'L'
				c -= 'a' - 'A'
			default:
				return
			}
			bare[d] = c
			n++
			d++
		}
		if formsLength[first]&(1<<n) == 0 {
			continue
		}
		if found := formsBy[string(mask[:n])]; found != nil {
			t.tryForms(found, i, k, bare[:d], left)
		}
	}
}

func (t *text) tryForms(found []*form, i, last int, bare []byte, left border) {
	start, end := int(t.words[i].start), int(t.words[last].end)
	right := t.rightOf(end)
	if right == inside {
		return
	}
	letters := false
	for _, c := range bare {
		letters = letters || c >= 'A'
	}
	for _, f := range found {
		score := 0.0
		if f.said != 0 && (t.near(f.said, i, 6) || t.after(last+1, end)&f.said&^ofNational != 0) {
			score = 0.97
		} else if left == clean && right == clean && !(letters && t.small(start, end)) && !(last > i && t.listed(i, last)) {
			score = f.bare
		}
		if score == 0 {
			continue
		}
		if f.kind == SSN && t.near(ofSSN, i, 3) {
			score = 0.98
		}
		if f.check != nil && !f.check(bare) {
			continue
		}
		if f.check == nil {
			score -= 0.12
		}
		t.add(Finding{start, end, f.kind, score, f.what})
	}
}

// small tells whether there are small letters.
func (t *text) small(start, end int) bool {
	for _, c := range []byte(t.s[start:end]) {
		if class[c] == isLower {
			return true
		}
	}
	return false
}
