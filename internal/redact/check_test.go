package redact

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// valid are documented examples and test numbers, and numbers invented for this test whose check digits were reckoned
// by the rule of their country.
var valid = []struct {
	kind  Kind
	text  string
	value string
}{
	{Card, "4111 1111 1111 1111", ""},
	{Card, "1 4111 1111 1111 1111 2", "4111 1111 1111 1111"},
	{Card, "17 4111 1111 1111 1111 205", "4111 1111 1111 1111"},
	{Card, "3 3782 822463 10005 41", "3782 822463 10005"},
	{Card, "4111111111111111", ""},
	{Card, "paid 5555-5555-5555-4444 twice", "5555-5555-5555-4444"},
	{Card, "378282246310005", ""},
	{Card, "3782 822463 10005", ""},
	{Card, "6011111111111117", ""},
	{Card, "30569309025904", ""},
	{Card, "3530111333300000", ""},
	{Card, "2223003122003222", ""},
	{Card, "card 6304000000000000", "6304000000000000"},
	{Card, "7,4111111111111111,12/27,123", "4111111111111111"},
	{Card, "4111111111111111/12/27", "4111111111111111"},
	{SSN, "1,078-05-1120,2", "078-05-1120"},
	{IP, "127.9.8.7", ""},
	{IP, "255.1.2.3", ""},
	{IP, "1,192.0.2.7,2", "192.0.2.7"},
	{Phone, "7,202-555-0143,x", "202-555-0143"},
	{IBAN, "GB29 NWBK 6016 1331 9268 19", ""},
	{IBAN, "DE89370400440532013000", ""},
	{IBAN, "from fr1420041010050500013m02606.", "fr1420041010050500013m02606"},
	{IBAN, "NO93 8601 1117 947", ""},
	{Routing, "routing number 021000021", "021000021"},
	{SSN, "078-05-1120", ""},
	{SSN, "SSN 078 05 1120", "078 05 1120"},
	{SSN, "social security number: 078051120", "078051120"},
	{NationalID, "AB 12 34 56 C", ""},
	{NationalID, "NHS number 943 476 5919", "943 476 5919"},
	{NationalID, "SIN 046 454 286", "046 454 286"},
	{NationalID, "1 85 05 78 006 084 91", ""},
	{NationalID, "Steuer-IdNr. 86095742719", "86095742719"},
	{NationalID, "12345678Z", ""},
	{NationalID, "X1234567L", ""},
	{NationalID, "RSSMRA85T10A562S", ""},
	{NationalID, "BSN 111222333", "111222333"},
	{NationalID, "811228-9874", ""},
	{NationalID, "PESEL 44051401359", "44051401359"},
	{NationalID, "85.07.30-033.28", ""},
	{NationalID, "529.982.247-25", ""},
	{NationalID, "11.222.333/0001-81", ""},
	{NationalID, "TFN 123 456 782", "123 456 782"},
	{NationalID, "756.1234.5678.97", ""},
	{NationalID, "11010519491231002X", ""},
	{NationalID, "T.C. kimlik tckn 10000000146", "10000000146"},
	{NationalID, "8001015009087", ""},
	{NationalID, "131052-308T", ""},
	{NationalID, "12.345.678-5", ""},
	{NationalID, "S1234567D", ""},
	{NationalID, "PPS 1234567T", "1234567T"},
	{IP, "192.0.2.7", ""},
	{IP, "[2001:db8::8a2e:370:7334]:443", "2001:db8::8a2e:370:7334"},
	{IP, "/198.51.100.17:8080", "198.51.100.17"},
	{MAC, "00:00:5e:00:53:af", ""},
	{MAC, "00-00-5E-00-53-AF", ""},
	{Email, "ann.o'hara+x@mail.example.com", ""},
	{Email, "<jörg@exämple.example.org>", "jörg@exämple.example.org"},
	{Phone, "+44 20 7946 0018", ""},
	{Phone, "(202) 555-0143 x12", ""},
	{Phone, "202-555-0143", ""},
	{Phone, "phone: 01632 960 001", "01632 960 001"},
	{Phone, "+1-202-555-0143x0135", ""},
	{Coordinates, "40.7128, -74.0060", ""},
	{Licence, "driver's license D1234567", "D1234567"},
	{Passport, "passport no. X12345678", "X12345678"},
	{BirthDate, "born on 12 May 1980", "12 May 1980"},
	{BirthDate, "DOB: 05/12/1980", "05/12/1980"},
	{Account, "account number 12345678", "12345678"},
	{Customer, "policy no. POL-883712", "POL-883712"},
	{User, "session opened for user jsmith by (uid=0)", "jsmith"},
	{User, "Failed password for jsmith from 192.0.2.7", "jsmith"},
	{User, `C:\Users\jsmith\Desktop`, "jsmith"},
	{User, "/home/jsmith/.ssh", "jsmith"},
	{Host, "app-db-03.prod", ""},
	{Host, "db-01.corp.internal", ""},
	{Host, "host=app-db-03 up", "app-db-03"},
	{Host, "app-db-03/192.0.2.7:9000", "app-db-03"},
	{Host, "ssh jsmith@web-07", "web-07"},
	{URL, "see https://www.example.co.uk/ now", "https://www.example.co.uk/"},
	{Secret, "postgres://app:s3cr3t@192.0.2.7/prod", "s3cr3t"},
	{Secret, "jdbc:oracle:thin:scott/tiger@db-01.corp:1521/X", "tiger"},
	{Secret, "password=hunter2", "hunter2"},
	{Secret, `"db_password": "a \"b"`, `a \"b`},
	{Secret, "Server=x;Password=a,b!c;User Id=sa;", "a,b!c"},
	{Secret, "run --password hunter2 now", "hunter2"},
	{Secret, "my password is S3cret!x.", "S3cret!x"},
	{Secret, "Authorization: Basic YW5uOmh1bnRlcjI=", "YW5uOmh1bnRlcjI="},
	{Secret, "<password>hunter2</password>", "hunter2"},
	{Secret, `<add key="DbPassword" value="hunter2"/>`, "hunter2"},
	{Secret, "the password for the database is Tr0ub4dor&3", "Tr0ub4dor&3"},
	{Secret, "create user x identified by 'hunter2'", "hunter2"},
	{Secret, "mysql -u root -phunter2 -h x", "hunter2"},
	{Secret, "curl -k -u ann:hunter2 https://x", "hunter2"},
	{Email, "email=ann%40example.com&x=1", "ann%40example.com"},
	{Phone, "phone=%2B12025550143&x=1", "%2B12025550143"},
	{MAC, "0050.56ab.cdef", ""},
	{NationalID, "ITIN 912-70-1234", "912-70-1234"},
	{Secret, "AKIAIOSFODNN7EXAMPLE", ""},
	{Secret, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", ""},
	{Secret, "-----BEGIN PRIVATE KEY-----\nMIIE\nabc=\n-----END PRIVATE KEY-----", ""},
}

func TestKnown(t *testing.T) {
	f := finder(t, Options{})
	for _, c := range valid {
		want := c.value
		if want == "" {
			want = c.text
		}
		if !says(f, c.text, want, c.kind) {
			t.Errorf("%q: no %s %q among %s", c.text, c.kind, want, told(c.text, f.Find(c.text)))
		}
	}
}

// harmless are texts of which nothing of these finders may be masked.
var harmless = []string{
	"version 1.2.3.4 of libfoo-1.2.3.4.jar, Chrome/1.2.3.4 and section 3.2.1.4",
	"127.0.0.1 0.0.0.0 255.255.255.0 ::1 std::vector<int>::size_type 12:34:56",
	"java.lang.Object@1b2c3d lodash@4.17.21 @Override com.example.billing.Ledger$Entry.post(Ledger.java:42)",
	"main.go file.txt config.py readme.md build.sh libc.so.6 jquery.min.js log.info os.name user.home System.out.println(x)",
	"2026-03-01 10:00:00,123 2026-03-01T10:00:00.123456Z 20260301 1772359200123 081109 203615 148",
	"blk_-1234512345678967890 req-0a1b2c3d-1111-4222-8333-44445555aaaa 0x7fffdeadbeef d41d8cd98f00b204e9800998ecf8427e",
	"http://www.w3.org/2001/XMLSchema https://docs.oracle.com/x http://localhost:8080/",
	"Password: incorrect. The password is wrong. Unexpected token: ). invalid key: foo password=*** token=${TOKEN}",
	"wrote 1234567 bytes to /var/log/app.log in 1.234 s, 12,345,678 rows, 99.95% of 4,294,967,296",
	"ORA-01017 SQLCODE=-911 HTTP 404 exit status 137 SIGKILL port 5432 errno 111",
	"session opened for user root by (uid=0) user= host= user is locked",
	"PERSON_1 with CARD_2 at IP_3, password=SECRET_4",
	"1 2 3 4 5 1234 5678 9012 3456 7890 1234",
	"commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904 sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}

func TestHarmless(t *testing.T) {
	f := finder(t, Options{Kinds: structured})
	for _, s := range harmless {
		if found := f.Find(s); len(found) > 0 {
			t.Errorf("%q: found %s", s, told(s, found))
		}
	}
}

// structured are the kinds that need no list of names.
var structured = []Kind{Coordinates, Phone, Email, User, Host, Domain, URL, IP, MAC, Card, IBAN, Routing, Account, SSN, NationalID, Passport, Licence, Customer, Secret, Application}

func finder(t testing.TB, o Options) *Finder {
	t.Helper()
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func says(f *Finder, text, value string, k Kind) bool {
	for _, x := range f.Find(text) {
		if x.Kind == k && text[x.Start:x.End] == value {
			return true
		}
	}
	return false
}

func told(s string, found []Finding) string {
	var b strings.Builder
	for _, x := range found {
		fmt.Fprintf(&b, "%s %q %.2f (%s); ", x.Kind, s[x.Start:x.End], x.Score, x.Reason)
	}
	return b.String()
}

func number(r *rand.Rand, n int) []byte {
	d := make([]byte, n)
	for i := range d {
		d[i] = byte('0' + r.IntN(10))
	}
	return d
}

// complete changes the digit at place i until check holds; false when no digit does.
func complete(d []byte, i int, check func([]byte) bool) bool {
	for c := byte('0'); c <= '9'; c++ {
		if d[i] = c; check(d) {
			return true
		}
	}
	return false
}

// TestCheckDigits makes numbers: with the right check digit they are found as what they are, with every other they are not.
func TestCheckDigits(t *testing.T) {
	f := finder(t, Options{Kinds: structured})
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		kind  Kind
		what  string // begins the reason
		said  string
		size  int
		begin string
		check func([]byte) bool
		write func(d []byte) string
	}{
		{Card, "", "card ", 16, "4", luhn, func(d []byte) string { return fmt.Sprintf("%s %s %s %s", d[:4], d[4:8], d[8:12], d[12:]) }},
		{Card, "", "", 16, "51", luhn, plain},
		{Card, "", "", 15, "37", luhn, plain},
		{Card, "", "card ", 19, "62", luhn, plain},
		{Routing, "", "routing number ", 9, "02", aba, plain},
		{NationalID, "a UK health", "NHS ", 10, "", nhs, plain},
		{NationalID, "a Canadian", "SIN ", 9, "4", luhn, func(d []byte) string { return fmt.Sprintf("%s %s %s", d[:3], d[3:6], d[6:]) }},
		{NationalID, "a Dutch", "BSN ", 9, "", bsn, plain},
		{NationalID, "a Brazilian", "", 11, "", nil, func(d []byte) string { return fmt.Sprintf("%s.%s.%s-%s", d[:3], d[3:6], d[6:9], d[9:]) }},
		{NationalID, "an Aadhaar", "Aadhaar ", 12, "5", verhoeff, plain},
		{NationalID, "a Swiss", "", 13, "756", ahv, func(d []byte) string { return fmt.Sprintf("%s.%s.%s.%s", d[:3], d[3:7], d[7:11], d[11:]) }},
	} {
		for range 200 {
			d := number(r, c.size)
			copy(d, c.begin)
			last := len(d) - 1
			check := c.check
			if check == nil { // two check digits
				check = cpf
				d[9] = '0'
				for ; d[9] <= '9' && mod11Less(weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2)) != val(d[9]); d[9]++ {
				}
			}
			if !complete(d, last, check) {
				continue
			}
			if s := c.write(d); !says(f, c.said+s, s, c.kind) {
				t.Fatalf("%q: no %s among %s", c.said+s, c.kind, told(c.said+s, f.Find(c.said+s)))
			}
			right := d[last]
			for d[last] = '0'; d[last] <= '9'; d[last]++ {
				if d[last] == right || check(d) {
					continue
				}
				s := c.said + c.write(d)
				for _, x := range f.Find(s) {
					if x.Kind == c.kind && (c.what != "" && strings.HasPrefix(x.Reason, c.what) || c.what == "") {
						t.Fatalf("%q: %s though the check digit is wrong", s, told(s, []Finding{x}))
					}
				}
			}
		}
	}
}

func plain(d []byte) string { return string(d) }

// TestIBANs makes account numbers of every country; with other check digits they are none, and after a word that says so
// they are still private.
func TestIBANs(t *testing.T) {
	f := finder(t, Options{Kinds: structured})
	r := rand.New(rand.NewPCG(3, 4))
	for country, n := range ibanLength {
		d := append([]byte{country[0], country[1], '0', '0'}, number(r, n-4)...)
		check := 98 - mod97(mod97(0, d[4:]), d[:4])
		d[2], d[3] = byte('0'+check/10), byte('0'+check%10)
		s := string(d)
		if !says(f, "to "+s+" today", s, IBAN) {
			t.Errorf("%s: not found: %s", s, told(s, f.Find(s)))
		}
		d[3] = '0' + (d[3]-'0'+1)%10
		s = string(d)
		if says(f, s, s, IBAN) {
			t.Errorf("%s: found though its check digits are wrong", s)
		}
		if said := "IBAN: " + s; !says(f, said, s, Account) {
			t.Errorf("%s: not private: %s", said, told(said, f.Find(said)))
		}
	}
}
