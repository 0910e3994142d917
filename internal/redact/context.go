package redact

// about says what a word announces: the number after "account" is an account.
type about uint32

const (
	ofCard about = 1 << iota
	ofIBAN
	ofAccount
	ofRouting
	ofSSN
	ofNational
	ofPassport
	ofLicence
	ofPhone
	ofCall // weaker than ofPhone: what people do with telephones
	ofBirth
	ofHost
	ofUser
	ofVersion
	ofCustomer
	ofPassword
	ofToken
	ofKey // makes a secret only together with what stands before it: api key, access key
	ofKeyPart
	ofGeo
	ofIP
	ofAuth     // Bearer and Basic
	isNumber   // number, no, id
	isJoin     // is, was, of: stands between a label and its value
	isTowards  // at, on, to: stands before a telephone number in prose
	isDriver   // a licence is one of drivers after it
	isMonth    // a name of a month
	isLogin    // for, from, as in sentences about logins
	ofCommand  // programs that take a password on their command line
	isQuantity // what is counted is no telephone: bytes, ms
)

// announcing lists the words by what they announce, small letters.
var announcing = map[about]string{
	ofCard:     "card cards creditcard debitcard cc ccnum ccn cardnumber pan visa mastercard amex maestro discover diners jcb carte karte kreditkarte tarjeta kaart",
	ofIBAN:     "iban",
	ofAccount:  "account accounts acct acc konto kontonummer kontonr cuenta compte conto rekening accountnumber accountno acctno bankaccount beneficiary",
	ofRouting:  "routing aba rtn routingnumber transit sort sortcode bsb blz bankleitzahl",
	ofSSN:      "ssn ssns socialsecurity socialsecuritynumber social",
	ofNational: "nino nhs sin nir insee steuer steuerid idnr tin dni nie nif cif codicefiscale fiscale bsn burgerservicenummer sofinummer fodselsnummer fødselsnummer personnummer cpr pesel rijksregisternummer cpf cnpj aadhaar aadhar uidai pan tfn medicare abn ein itin hetu ahv avs sv svnr rut curp nric ppsn pps oib cnp egn tckn resident citizen identity identification national tax taxpayer insurance",
	ofPassport: "passport passports passportno passportnumber reisepass passeport pasaporte passaporto paspoort",
	ofLicence:  "dl dln driverlicense driverslicense driverlicence fuehrerschein führerschein fahrerlaubnis permis",
	ofPhone:    "phone phones telephone tel telefon téléphone telefono teléfono telefoon mobile cell cellphone cellular handy fax landline hotline ext extension msisdn phonenumber mobilenumber whatsapp sms desk office direct pager",
	ofCall:     "call calling called dial dialled dialed reach ring rang answering contact text texted message messages voicemail callback registered number numbers",
	ofBirth:    "born birth birthdate birthday dob dateofbirth geboren geburtsdatum nacimiento naissance né née nascita",
	ofHost:     "host hosts hostname hostnames server servers node nodes machine fqdn vm instance peer ruser rhost computer workstation desktop laptop datacenter domain endpoint upstream backend",
	ofUser:     "user users username usernames login logins logon logname loginname userid uid useraccount account principal ruser samaccountname upn operator owner runas luser euser",
	ofVersion:  "version versions ver release build rev revision section chapter v paragraph clause firmware kernel python java oid snmp rfc",
	ofCustomer: "customer customers client clients policy member membership subscriber patient claim contract loyalty kunde kundennummer kundennr customerid customerno customernumber policyno policynumber memberid clientid contractno mrn beneficiary",
	ofPassword: "password passwords passwd passwort pwd pass passphrase passcode pw userpassword dbpassword dbpass mypassword pgpassword mysqlpwd rootpassword adminpassword kennwort contraseña motdepasse wachtwoord pin pincode storepass keypass sshpass smtppassword bindpw bindpassword identified credential credentials creds identifiedby",
	ofToken: "secret secrets token tokens apikey apikeys apisecret apitoken accesskey accesskeyid accesstoken authtoken authkey secretkey secretaccesskey sharedsecret privatekey signingkey encryptionkey masterkey " +
		"clientsecret refreshtoken idtoken sessiontoken sessionid session jsessionid phpsessid csrf xsrf csrftoken cookie accountkey sharedaccesskey sharedaccesssignature sig connectionstring bearertoken webhooksecret consumersecret consumerkey otp totp pat jwt sas passkey authorization xapikey appsecret appkey licensekey licencekey sessionkey securitytoken",
	ofKey:      "key keys",
	ofKeyPart:  "api access auth client private signing encryption master shared account app application service security storage license licence consumer session deploy registry subscription activation product xapi aws azure gcp",
	ofGeo:      "lat lon lng latitude longitude latlng coordinates coords gps geo location position",
	ofIP:       "ip ips ipv4 ipv6 addr address addresses src dst source destination client remote peer gateway dns nameserver",
	ofAuth:     "bearer basic",
	isNumber:   "number num no nr nbr id ids number# nummer numero número numéro code ref reference identifier",
	isJoin:     "is was are be of the my our his her their your has with was equals reads a for s changed to set reset as",
	isTowards:  "at on to is number my our his her from under via or",
	isDriver:   "driver drivers driving driver's drivers' chauffeur",
	isMonth:    "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december januar februar märz maerz mai juni juli oktober dezember",
	ofCommand:  "curl mysql mysqldump mysqladmin mariadb sshpass ldapsearch ldapmodify redis smbclient sqlcmd bcp",
	isLogin:    "for from as by",
	isQuantity: "bytes byte kb mb gb kib mib gib ms msec milliseconds seconds second secs sec minutes records record rows row files file lines items entries requests packets blocks block times usd eur gbp dollars euros percent pages tickets transactions messages",
}

// contextTable finds what a word announces by its hash. Open addressing; at most half full.
var contextTable [2048]struct {
	hash uint64
	about
}

func init() {
	for bit, list := range announcing {
		for _, w := range splitFields(list) {
			h := hashOf(w)
			slot := &contextTable[contextSlot(h)]
			slot.hash = h
			slot.about |= bit
		}
	}
}

func splitFields(s string) (out []string) {
	start := 0
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == ' ' {
			if i > start {
				out = append(out, s[start:i])
			}
			start = i + 1
		}
	}
	return out
}

// contextSlot gives the place of a hash: where it is, or the free one.
func contextSlot(h uint64) int {
	i := int(h>>20) & (len(contextTable) - 1)
	for contextTable[i].hash != h && contextTable[i].hash != 0 {
		i = (i + 1) & (len(contextTable) - 1)
	}
	return i
}

// near tells whether one of the kinds was announced shortly before word i: by one of the last n words, not more than 64
// bytes back, on the same line or on a line before that ends with a colon.
func (t *text) near(kinds about, i, n int) bool {
	if t.seen&kinds == 0 {
		return false
	}
	for k := i - 1; k >= 0 && k >= i-n; k-- {
		w := &t.words[k]
		if t.words[i].start-w.end > 64 {
			return false
		}
		if k == i-1 {
			for p := w.end; p < t.words[i].start; p++ {
				if t.s[p] == '\n' && !t.labelled(p) {
					return false
				}
			}
		}
		if w.about&kinds != 0 {
			return true
		}
		if k > 0 && t.newline(k-1) {
			return false
		}
	}
	return false
}

// labelled tells whether the line that ends at p ends with a colon.
func (t *text) labelled(p int32) bool {
	for p--; p >= 0 && (t.s[p] == ' ' || t.s[p] == '\r' || t.s[p] == '\t' || t.s[p] == '\n'); p-- {
	}
	return p >= 0 && t.s[p] == ':'
}

// newline tells whether a line ends between word k and the next.
func (t *text) newline(k int) bool {
	from, to := t.words[k].end, t.words[k+1].start
	for p := from; p < to; p++ {
		if t.s[p] == '\n' {
			return true
		}
	}
	return false
}

// after gives what the word after the end of a finding announces, when it follows within four bytes on the line.
func (t *text) after(i int, end int) about {
	for i < len(t.words) && int(t.words[i].start) < end {
		i++
	}
	if i == len(t.words) || int(t.words[i].start)-end > 4 {
		return 0
	}
	for p := end; p < int(t.words[i].start); p++ {
		if t.s[p] == '\n' {
			return 0
		}
	}
	return t.words[i].about
}
