package redact

// Check digits. Every function takes the number without spaces and signs, in ASCII, letters as capitals, and trusts the
// length that its caller has seen.

func val(c byte) int { return int(c - '0') }

// luhn is ISO/IEC 7812-1, annex B.
func luhn(d []byte) bool {
	sum, double := 0, false
	for i := len(d) - 1; i >= 0; i-- {
		v := val(d[i])
		if double {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
		double = !double
	}
	return sum%10 == 0
}

// mod97 is ISO/IEC 7064 MOD 97-10 of digits and letters, letters as 10 to 35, as IBAN uses it (ISO 13616).
func mod97(m int, d []byte) int {
	for _, c := range d {
		if c >= 'A' {
			m = (m*100 + int(c-'A') + 10) % 97
		} else {
			m = (m*10 + val(c)) % 97
		}
	}
	return m
}

// iban tells whether the check digits are right.
func iban(d []byte) bool { return mod97(mod97(0, d[4:]), d[:4]) == 1 }

// aba tells whether a US routing number has its check digit and begins with a district of the Federal Reserve.
func aba(d []byte) bool {
	p := val(d[0])*10 + val(d[1])
	if !(p >= 1 && p <= 12 || p >= 21 && p <= 32 || p >= 61 && p <= 72 || p == 80) {
		return false
	}
	return weighted(d, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0
}

// weighted sums digits times weights; digits beyond the weights do not count.
func weighted(d []byte, weights ...int) (sum int) {
	for i, w := range weights {
		sum += val(d[i]) * w
	}
	return sum
}

// ssn knows the areas that are never issued. There is no check digit.
func ssn(d []byte) bool {
	area := string(d[:3])
	return area != "000" && area != "666" && d[0] != '9' && string(d[3:5]) != "00" && string(d[5:]) != "0000"
}

// itin is a US taxpayer number: 9 and a group of 50-65, 70-88, 90-92 or 94-99.
func itin(d []byte) bool {
	g := val(d[3])*10 + val(d[4])
	return d[0] == '9' && (g >= 50 && g <= 65 || g >= 70 && g <= 88 || g >= 90 && g <= 92 || g >= 94)
}

// iso11 is ISO/IEC 7064 MOD 11,10: German Steuer-ID, Croatian OIB.
func iso11(d []byte) bool {
	p := 10
	for _, c := range d[:len(d)-1] {
		if p = (p + val(c)) % 10; p == 0 {
			p = 10
		}
		p = p * 2 % 11
	}
	return (p+val(d[len(d)-1]))%10 == 1
}

// steuerID is iso11 with one digit of the first ten twice or three times, and no zero in front.
func steuerID(d []byte) bool {
	var n [10]int
	for _, c := range d[:10] {
		n[val(c)]++
	}
	most := 0
	for _, k := range n {
		most = max(most, k)
	}
	return d[0] != '0' && most >= 2 && most <= 3 && iso11(d)
}

// nhs is the UK health number, mod 11.
func nhs(d []byte) bool {
	c := 11 - weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
	return c != 10 && c%11 == val(d[9])
}

// nir is the French number of people, key mod 97; Corsica writes 2A and 2B.
func nir(d []byte) bool {
	if d[0] != '1' && d[0] != '2' && d[0] != '7' && d[0] != '8' {
		return false
	}
	n := 0
	for i, c := range d[:13] {
		switch {
		case c >= '0' && c <= '9':
			n = n*10 + val(c)
		case i == 6 && d[5] == '2' && c == 'A': // 2A counts as 19
			n = n/10*100 + 19
		case i == 6 && d[5] == '2' && c == 'B':
			n = n/10*100 + 18
		default:
			return false
		}
	}
	if d[13] > '9' || d[14] > '9' {
		return false
	}
	return 97-n%97 == val(d[13])*10+val(d[14])
}

const dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE"

// dni is the Spanish number: eight digits, or seven after X, Y or Z, and a letter.
func dni(d []byte) bool {
	n := 0
	for i, c := range d[:8] {
		switch {
		case c >= '0' && c <= '9':
			n = n*10 + val(c)
		case i == 0 && c >= 'X' && c <= 'Z':
			n = int(c - 'X')
		default:
			return false
		}
	}
	return dniLetters[n%23] == d[8]
}

// bsn is the Dutch number: the test of eleven.
func bsn(d []byte) bool {
	sum := weighted(d, 9, 8, 7, 6, 5, 4, 3, 2) - val(d[8])
	return sum > 0 && sum%11 == 0
}

// fodselsnummer is the Norwegian number: a day, and two digits mod 11.
func fodselsnummer(d []byte) bool {
	day := val(d[0])*10 + val(d[1])
	if day > 40 {
		day -= 40
	}
	month := val(d[2])*10 + val(d[3])
	if month > 40 {
		month -= 40
	}
	return dayOf(day, month) && (weighted(d, 3, 7, 6, 1, 8, 9, 4, 5, 2)+val(d[9]))%11 == 0 &&
		(weighted(d, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)+val(d[10]))%11 == 0
}

func dayOf(day, month int) bool {
	return month >= 1 && month <= 12 && day >= 1 && day <= [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// ymd tells whether digits 2 to 5 are a month and a day; add is what some add to one of them.
func ymd(d []byte, addMonth, addDay int) bool {
	m, day := val(d[2])*10+val(d[3]), val(d[4])*10+val(d[5])
	if addMonth > 0 {
		m %= addMonth
	}
	if day > addDay && addDay > 0 {
		day -= addDay
	}
	return dayOf(day, m)
}

func dmy(d []byte) bool {
	return dayOf(val(d[0])*10+val(d[1]), val(d[2])*10+val(d[3]))
}

// personnummer is the Swedish number: a day, where a coordination number adds 60, and Luhn over the last ten digits.
func personnummer(d []byte) bool {
	d = d[len(d)-10:]
	return ymd(d, 0, 60) && luhn(d)
}

func pesel(d []byte) bool {
	return ymd(d, 20, 0) && (weighted(d, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3)+val(d[10]))%10 == 0
}

// belgian is the register number: 97 less the rest of the first nine digits, for people since 2000 with a 2 in front.
func belgian(d []byte) bool {
	n := 0
	for _, c := range d[:9] {
		n = n*10 + val(c)
	}
	check := val(d[9])*10 + val(d[10])
	return ymd(d, 20, 0) && (97-n%97 == check || 97-(2_000_000_000+n)%97 == check)
}

func allSame(d []byte) bool {
	for _, c := range d {
		if c != d[0] {
			return false
		}
	}
	return true
}

func mod11Less(sum int) int {
	if r := sum % 11; r >= 2 {
		return 11 - r
	}
	return 0
}

func cpf(d []byte) bool {
	return !allSame(d) && mod11Less(weighted(d, 10, 9, 8, 7, 6, 5, 4, 3, 2)) == val(d[9]) && mod11Less(weighted(d, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) == val(d[10])
}

func cnpj(d []byte) bool {
	return !allSame(d) && mod11Less(weighted(d, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) == val(d[12]) &&
		mod11Less(weighted(d, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) == val(d[13])
}

var (
	verhoeffD = [10]string{"0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"}
	verhoeffP = [8]string{"0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"}
)

// verhoeff is the scheme of Verhoeff (1969), as Aadhaar uses it.
func verhoeff(d []byte) bool {
	c := 0
	for i := range d {
		c = val(verhoeffD[c][val(verhoeffP[i%8][val(d[len(d)-1-i])])])
	}
	return c == 0
}

func aadhaar(d []byte) bool { return d[0] >= '2' && verhoeff(d) }

func tfn(d []byte) bool { return weighted(d, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 }

func medicare(d []byte) bool {
	return d[0] >= '2' && d[0] <= '6' && weighted(d, 1, 3, 7, 9, 1, 3, 7, 9)%10 == val(d[8])
}

// ahv is the Swiss number, an EAN-13 that begins with 756.
func ahv(d []byte) bool {
	return string(d[:3]) == "756" && (weighted(d, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3)+val(d[12]))%10 == 0
}

// chinese is GB 11643: a day and ISO 7064 MOD 11-2.
func chinese(d []byte) bool {
	for _, c := range d[:17] {
		if c > '9' {
			return false
		}
	}
	if c := string(d[6:8]); c != "19" && c != "20" || !ymd(d[8:], 0, 0) {
		return false
	}
	sum := weighted(d, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
	return "10X98765432"[sum%11] == d[17]
}

func korean(d []byte) bool {
	return ymd(d, 0, 0) && (11-weighted(d, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11)%10 == val(d[12])
}

func turkish(d []byte) bool {
	odd, even := 0, 0
	for i := 0; i < 9; i += 2 {
		odd += val(d[i])
	}
	for i := 1; i < 8; i += 2 {
		even += val(d[i])
	}
	return d[0] != '0' && ((odd*7-even)%10+10)%10 == val(d[9]) && (odd+even+val(d[9]))%10 == val(d[10])
}

func southAfrican(d []byte) bool { return ymd(d, 0, 0) && d[10] <= '1' && luhn(d) }

func czech(d []byte) bool {
	n := 0
	for _, c := range d {
		n = n*10 + val(c)
	}
	m := (val(d[2])*10 + val(d[3])) % 50 % 20
	return dayOf(val(d[4])*10+val(d[5]), m) && n%11 == 0
}

func romanian(d []byte) bool {
	c := weighted(d, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11
	if c == 10 {
		c = 1
	}
	return d[0] != '0' && ymd(d[1:], 0, 0) && c == val(d[12])
}

func bulgarian(d []byte) bool {
	return ymd(d, 20, 0) && weighted(d, 2, 4, 8, 5, 10, 9, 7, 3, 6)%11%10 == val(d[9])
}

// baltic is the number of Estonia and Lithuania.
func baltic(d []byte) bool {
	c := weighted(d, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1) % 11
	if c == 10 {
		c = weighted(d, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3) % 11 % 10
	}
	return d[0] >= '1' && d[0] <= '6' && ymd(d[1:], 0, 0) && c == val(d[10])
}

func finnish(d []byte) bool {
	if !dmy(d) {
		return false
	}
	if len(d) == 11 { // with a letter for the century
		if d[6] < 'A' {
			return false
		}
		d = append(d[:6:6], d[7:]...)
	}
	n := 0
	for _, c := range d[:9] {
		if c > '9' {
			return false
		}
		n = n*10 + val(c)
	}
	return "0123456789ABCDEFHJKLMNPRSTUVWXY"[n%31] == d[9]
}

func portuguese(d []byte) bool {
	return mod11Less(weighted(d, 9, 8, 7, 6, 5, 4, 3, 2)) == val(d[8])
}

func austrian(d []byte) bool {
	return d[0] != '0' && dmy(d[4:]) && (weighted(d[:3], 3, 7, 9)+weighted(d[4:], 5, 8, 4, 2, 1, 6))%11 == val(d[3])
}

func rut(d []byte) bool {
	sum, w := 0, 2
	for i := len(d) - 2; i >= 0; i-- {
		if d[i] > '9' {
			return false
		}
		sum += val(d[i]) * w
		if w++; w > 7 {
			w = 2
		}
	}
	return "0K987654321"[sum%11] == d[len(d)-1]
}

func cuit(d []byte) bool {
	c := 11 - weighted(d, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11
	return c != 10 && c%11 == val(d[10])
}

func japanese(d []byte) bool {
	return mod11Less(weighted(d, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) == val(d[11])
}

// nino is the UK national insurance number; it has no check digit, and letters that are never given.
func nino(d []byte) bool {
	for _, c := range d[:2] {
		switch c {
		case 'D', 'F', 'I', 'Q', 'U', 'V':
			return false
		}
	}
	switch string(d[:2]) {
	case "BG", "GB", "NK", "KN", "TN", "NT", "ZZ":
		return false
	}
	return d[1] != 'O' && d[8] <= 'D' && d[0] >= 'A' && d[1] >= 'A'
}

// codiceFiscale is the Italian code of people.
func codiceFiscale(d []byte) bool {
	sum := 0
	for i, c := range d[:15] {
		v := int(c - 'A')
		if c <= '9' {
			v = val(c)
		}
		if i%2 == 1 {
			sum += v
		} else {
			sum += fiscaleOdd[v]
		}
	}
	return int(d[15]-'A') == sum%26
}

var fiscaleOdd = [26]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

// curp is the Mexican code of people.
func curp(d []byte) bool {
	if !ymd(d[4:], 0, 0) || d[10] != 'H' && d[10] != 'M' && d[10] != 'X' {
		return false
	}
	sum := 0
	for i, c := range d[:17] {
		v := val(c)
		if c > '9' {
			if v = int(c-'A') + 10; c > 'N' {
				v++ // the letter with a tilde comes between
			}
		}
		sum += v * (18 - i)
	}
	return (10-sum%10)%10 == val(d[17])
}

// nric is the number of Singapore.
func nric(d []byte) bool {
	sum := weighted(d[1:], 2, 7, 6, 5, 4, 3, 2)
	switch d[0] {
	case 'T', 'G':
		sum += 4
	case 'M':
		sum += 3
	}
	switch d[0] {
	case 'S', 'T':
		return "JZIHGFEDCBA"[sum%11] == d[8]
	case 'F', 'G':
		return "XWUTRQPNMLK"[sum%11] == d[8]
	case 'M':
		return "KLJNPQRTUWX"[10-sum%11] == d[8]
	}
	return false
}

// pps is the Irish number.
func pps(d []byte) bool {
	sum := weighted(d, 8, 7, 6, 5, 4, 3, 2)
	if len(d) == 9 && d[8] != 'W' {
		sum += int(d[8]-'A'+1) * 9
	}
	return "WABCDEFGHIJKLMNOPQRSTUV"[sum%23] == d[7]
}

// panIN is the Indian tax number: the fourth letter says what the holder is.
func panIN(d []byte) bool {
	switch d[3] {
	case 'A', 'B', 'C', 'F', 'G', 'H', 'J', 'L', 'P', 'T':
		return true
	}
	return false
}
