package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// identity is an invented person at an invented firm.
type identity struct {
	first, last, login, email, phone, street, ssn, card, company, host, customer, secret string
}

// Names that are also words, names of many countries, and syllables to make up names that no list has.
var (
	wordFirst = strings.Fields("Rose Mark Will Bill Grant Rich Frank Hope Faith Grace Joy Summer April May June August Dawn Iris Violet Ruby Pearl Jade Amber Rob Pat Art Gene Dale Guy Ray Jack Max Chase Drew Miles Chance Christian Angel Dean Earl Duke Major Sandy Robin Jay Olive Ivy Heather Holly Skip Chip Bob Sue Josh Nick Stew Ward Clay Reed Cliff Lance Blaze Page Case")
	wordLast  = strings.Fields("Baker Mason Carter Cook Cooper Fisher Hunter Parker Walker Turner Archer Bishop Marshall Young Long Short White Green Brown Black Gray King Hall Park Day Price Stone Wood Woods Field Fields Brook Rivers Lake Hill Banks Bush Flowers Rice Berry Bell Cross Church Street Lane Ford Bridges Wells Pool Page Key Lock Case Block Call Read Law Love Best Good Wise Strong Sharp Swift Bond Cash Penny Dollar Child Power Fox Wolf Bird Drake Swan Crane Finch Nation World")
	farFirst  = strings.Fields("Amélie Søren Zoë José Björn Łukasz Çağla Nguyen Priya Arjun Fatima Mohammed Yuki Haruto Mei Wei Xiang Oluwaseun Chiamaka Kwame Thabo Sipho Ingrid Matteo Giulia Dmitri Svetlana Katarzyna Eoin Siobhan Niamh Rhys Lakshmi Venkatesh Aisha Omar Leila Ngozi Tariq Noor Camila Joaquín Thiago Ximena Aroha Tane Kalani Kaito Sakura Minh Linh Somchai Anong Ayu Budi Putri")
	farLast   = strings.Fields("Müller Sørensen O'Brien García Núñez Kowalczyk Yılmaz Nguyễn Krishnamurthy Subramanian Al-Rashid Haddad Takahashi Watanabe Zhang Ouyang Adeyemi Okonkwo Mensah Ndlovu Dlamini Gustafsson Lindqvist Esposito Ricci Volkov Petrova Wiśniewska MacDonald McCarthy Llewellyn Patel Chaudhary Rahman Hosseini Nakamura Fernández Oliveira Carvalho Tūhoe Kamaka Trần Suksawat Wijaya Hartono Singh Kaur Kim Park Lee Chen Wu")
	syllables = strings.Fields("ba be bo bri ca cho da del dra el er fa fen gar gel har hul ing ish ja ka kel kri la len lor ma mer mir na nel nor ol or pa pel qui ra ren ro sa sel shi ta tel tor tri ul ur va vel vin wa wen xa xi ya yel za zel zor")
	plainWord = strings.Fields("Blue River Maple Summit Harbor Golden North Bright Iron Silver Stone Eagle Falcon Orion Atlas Apex Pioneer Liberty Global First National United Central Delta Prime Nova Quantum Vertex Evergreen Red Oak Cedar Crystal Pacific Atlantic Metro Royal Sterling Horizon Cascade Granite Copper Anchor Beacon Keystone Lakeside Meadow Phoenix Titan Clear Open Smart Rapid")
	trade     = strings.Fields("Logistics Systems Solutions Bank Insurance Holdings Partners Foods Media Software Energy Health Labs Group Industries Capital Data Services Networks Technologies Financial Transport Motors Pharma Retail Trust Consulting Airlines Telecom Steel Marine Textiles")
	suffix    = []string{"", "", "", " Inc", " LLC", " Ltd", " GmbH", " Corp", " & Sons", " plc"}
	ways      = strings.Fields("Street Road Avenue Lane Drive Court Place Way Boulevard Terrace")
	hostWord  = strings.Fields("orion db web app billing prod payroll zeus atlas mail proxy claims ledger core batch node data sql ora cache queue auth")
)

func oneOf[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func madeUp(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(oneOf(r, syllables))
	}
	s := b.String()
	return strings.ToUpper(s[:1]) + s[1:]
}

func digitsOf(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + r.IntN(10))
	}
	return string(b)
}

func invent(r *rand.Rand) identity {
	var p identity
	switch r.IntN(4) {
	case 0:
		p.first, p.last = oneOf(r, wordFirst), oneOf(r, wordLast)
	case 1:
		p.first, p.last = oneOf(r, farFirst), oneOf(r, farLast)
	case 2:
		p.first, p.last = madeUp(r, 2+r.IntN(2)), madeUp(r, 2+r.IntN(2))
	default:
		p.first, p.last = oneOf(r, wordFirst), madeUp(r, 3)
	}
	first, last := strings.ToLower(p.first), strings.ToLower(p.last)
	switch r.IntN(5) {
	case 0:
		p.login = string([]rune(first)[:1]) + last
	case 1:
		p.login = first + "." + last
	case 2:
		p.login = first + digitsOf(r, 2)
	case 3:
		p.login = last + string([]rune(first)[:1]) + digitsOf(r, 1)
	default:
		p.login = string([]rune(first)[:1]) + digitsOf(r, 5)
	}
	switch r.IntN(4) {
	case 0:
		p.company = oneOf(r, plainWord) + " " + oneOf(r, plainWord) + " " + oneOf(r, trade) + oneOf(r, suffix)
	case 1:
		p.company = oneOf(r, plainWord) + " " + oneOf(r, trade) + oneOf(r, suffix)
	case 2:
		p.company = madeUp(r, 3) + " " + oneOf(r, trade) + oneOf(r, suffix)
	default:
		p.company = p.last + " " + oneOf(r, trade) + oneOf(r, suffix)
	}
	domain := strings.ToLower(strings.ReplaceAll(strings.Split(p.company, " &")[0], " ", ""))
	p.email = first + "." + last + "@" + domain + oneOf(r, []string{".com", ".example", ".co.uk", ".io", ".internal"})
	p.phone = oneOf(r, []string{"+1 (212) 555-01" + digitsOf(r, 2), "212-555-01" + digitsOf(r, 2), "+44 20 7946 0" + digitsOf(r, 3), "(415) 555-01" + digitsOf(r, 2), "+49 30 23125 " + digitsOf(r, 3)})
	name := oneOf(r, plainWord)
	if r.IntN(2) == 0 {
		name = madeUp(r, 2+r.IntN(2))
	} else if r.IntN(3) == 0 {
		name = oneOf(r, wordLast)
	}
	p.street = fmt.Sprint(1+r.IntN(999), " ", name, " ", oneOf(r, ways))
	p.ssn = fmt.Sprintf("%03d-%02d-%04d", 100+r.IntN(500), 10+r.IntN(89), 1000+r.IntN(8999))
	p.card = card(r)
	p.host = oneOf(r, hostWord) + "-" + oneOf(r, hostWord) + "-" + digitsOf(r, 2)
	switch r.IntN(4) {
	case 0:
		p.host = strings.ToLower(madeUp(r, 3)) + digitsOf(r, 2)
	case 1:
		p.host += "." + domain + ".com"
	}
	p.customer = oneOf(r, []string{"CUST-" + digitsOf(r, 6), digitsOf(r, 8), "C" + digitsOf(r, 7), "KD-" + digitsOf(r, 4) + "-" + digitsOf(r, 3), "AC/" + digitsOf(r, 6)})
	p.secret = secret(r)
	return p
}

// card gives a number with a right check digit.
func card(r *rand.Rand) string {
	d := []byte("4" + digitsOf(r, 14))
	sum := 0
	for i, c := range d {
		n := int(c - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	s := string(d) + fmt.Sprint((10-sum%10)%10)
	if r.IntN(2) == 0 {
		return s[:4] + " " + s[4:8] + " " + s[8:12] + " " + s[12:]
	}
	return s
}

func secret(r *rand.Rand) string {
	letters := func(n int, from string) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = from[r.IntN(len(from))]
		}
		return string(b)
	}
	const up, all = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	switch r.IntN(7) {
	case 0:
		return "AKIA" + letters(16, up)
	case 1:
		return "ghp_" + letters(36, all)
	case 2:
		return letters(40, all+"/+")
	case 3:
		return letters(32, "0123456789abcdef")
	case 4:
		return madeUp(r, 2) + oneOf(r, []string{"!", "#", "$", "-"}) + digitsOf(r, 3) + strings.ToLower(madeUp(r, 2))
	case 5:
		return "xoxb-" + digitsOf(r, 12) + "-" + letters(24, all)
	}
	return "eyJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"`+letters(8, all)+`"}`)) + "." + letters(43, all+"-_")
}

// encode hides a value in one of the ways in which logs hide them.
func encode(r *rand.Rand, s string) string {
	switch r.IntN(7) {
	case 0:
		return url.QueryEscape(s)
	case 1:
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
		return b.String()
	case 2:
		return base64.StdEncoding.EncodeToString([]byte(s))
	case 3:
		return base64.RawURLEncoding.EncodeToString([]byte(s))
	case 4:
		return hex.EncodeToString([]byte(s))
	case 5:
		var b strings.Builder
		for _, c := range s {
			fmt.Fprintf(&b, `\u%04x`, c)
		}
		return b.String()
	}
	q := []rune(s)
	return `"` + string(q[:len(q)/2]) + `" + "` + string(q[len(q)/2:]) + `"`
}

// injections are natural places of private data: what stands before, what after. The letters name what is injected.
var injections = map[string][]string{
	"name":     {" user=%s", " for %s", " by %s", " requested by %s", "\nReported by %s", "%s called: ", "%s reported this: ", "\nRegards,\n%s", " (owner: %s)", " name=\"%s\"", "\nContact: %s", "Hello, this is %s. ", " [user %s]", " on behalf of %s", "\n%s is waiting for it", "\nPlease call %s back", "From: %s\n"},
	"login":    {" user=%s", " user %s", " for user %s", " login: %s", " uid=%s", " (%s)", " by %s", " \"user\":\"%s\"", " username=%s", " /home/%s/run.log", " as %s", " owner=%s", "%s@localhost: ", " sudo: %s"},
	"email":    {" %s", " <%s>", " from=%s", " to: %s", " mailto:%s", " email=%s", "\nReply to %s please"},
	"phone":    {" phone %s", " tel: %s", "\nCall %s", " phone=%s", " (%s)"},
	"street":   {" address: %s", " at %s", "\nShip to %s", " address=\"%s\"", "\nThey moved to %s"},
	"ssn":      {" ssn=%s", " SSN %s", " ssn: %s", " id %s", "\nHer number is %s"},
	"card":     {" card=%s", " card number %s", " pan: %s", " payment with %s failed", " %s"},
	"company":  {" client=%s", " for client %s", " customer: %s", " for %s", " at %s", "\n%s cannot work", "The client %s is down. ", " tenant=\"%s\"", " company=%s", "\nThis is urgent for %s", " from %s", "\nCustomer %s called"},
	"host":     {" host=%s", " on %s", " host %s", " from %s", " to %s:5432", " server=%s", " http://%s/app/run", " \\\\%s\\share", " jdbc:oracle:thin:@%s:1521:orcl", " node %s", " connecting to %s"},
	"customer": {" customer=%s", " customer %s", " account %s", " customer number %s", " id=%s", " policy %s", " [%s]"},
	"secret":   {" password=%s", " token=%s", " secret: %s", " Authorization: Bearer %s", " key %s", " apikey=\"%s\"", " %s", " pwd=%s;"},
}

var injected = []string{"name", "login", "email", "phone", "street", "ssn", "card", "company", "host", "customer", "secret"}

func (p identity) value(kind string, r *rand.Rand) string {
	switch kind {
	case "name":
		switch r.IntN(4) {
		case 0:
			return p.last + ", " + p.first
		case 1:
			return p.first
		}
		return p.first + " " + p.last
	case "login":
		return p.login
	case "email":
		return p.email
	case "phone":
		return p.phone
	case "street":
		return p.street
	case "ssn":
		return p.ssn
	case "card":
		return p.card
	case "company":
		return p.company
	case "host":
		return p.host
	case "customer":
		return p.customer
	}
	return p.secret
}
