package lookup

import (
	"strings"

	"firebreak/internal/redact"
)

func set(list string) map[string]bool {
	out := map[string]bool{}
	wordsIn(list, func(w string) { out[w] = true })
	return out
}

// stop are words that hold a sentence together. They are public, and say nothing alone.
var stop = set(`a an the and or but nor if then else of to in on at by for from with without into onto over under up down out off as is are was were be been being am it its this that these those
	there here i you he she we they me my your his her our their us them who whom whose which what when where why how do does did done doing has have had having not no nor so than too very can cannot could should would may might
	must shall will just also only any some all each both few more most other such own same again once about against between through during before after above below while because until since
	don doesn didn isn aren wasn weren won wouldn couldn shouldn hasn haven hadn ll re ve yes please thanks get got via per along within upon toward towards across among around throughout`)

// contractions are stop words with an apostrophe.
var contractions = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`i'm i'd i've i'll don't doesn't didn't can't couldn't won't wouldn't shouldn't isn't aren't wasn't weren't hasn't haven't hadn't it's that's what's there's let's
		you're you've you'd you'll we're we've we'd we'll they're they've they'd they'll he's she's he'd she'd who's how's where's here's mustn't needn't ain't`) {
		out[w], stop[w] = true, true
	}
	return out
}()

// slotOf says whose name or value the words after a noun are.
var slotOf = func() map[string]redact.Kind {
	out := map[string]redact.Kind{}
	for k, list := range map[redact.Kind]string{
		redact.User:         "user username userid usr login logon logname ruser uid owner account acct principal subject identity author createdby modifiedby submittedby requestedby operator actor assignee su sudo",
		redact.Person:       "name firstname lastname surname fullname contact caller employee patient member person cardholder beneficiary recipient sender attn dear hi hello mr mrs ms miss dr regards signed sincerely cheers reporter requester manager colleague",
		redact.Organization: "site realm organisation buyer company client customer organization organisation org tenant vendor supplier merchant partner firm corp business subsidiary",
		redact.Host:         "host hostname machine rhost box workstation srv node server cluster instance vm computer pc desktop laptop",
		redact.Street:       "address street addr city town ship shipping billing lives living residing",
		redact.Secret:       "password passwd pwd pass passphrase secret token apikey key credential credentials pin passcode auth bearer",
		redact.Customer:     "policy contract invoice ssn phone tel telephone mobile cell fax email mail card number no nr id ref reference",
	} {
		wordsIn(list, func(w string) { out[w] = k })
	}
	return out
}()

// telling are slots whose words are private even without a sign between.
var telling = map[redact.Kind]bool{redact.User: true, redact.Person: true, redact.Organization: true, redact.Host: true, redact.Secret: true, redact.Street: true}

// before are words after which somebody or something is named.
var beforeName = set("for from by at to with via behalf called named alias aka against cc near on of told asked said and call phone ask tell as customer client")

// speaks are verbs whose subject is somebody: what opens a line before them is a name.
var speaks = set("called calls phoned rang wrote writes said says complained complains mentioned emailed mailed reported reports asked asks told confirmed confirms requested insists claims noticed explained thinks")

// suffered are verbs and such that firms and people are the subject of as well; alone they prove nothing.
var suffered = set("is are was has cannot can could needs wants waits gets got sees saw lost reports cant can't")

// noUser are words after user and the like that are no login.
var noUser = set(`unknown not is was has does had will cannot can may must should root null none nil undefined invalid empty missing name names id ids account accounts login logins session sessions authentication
	authorization request requests agent input data process space mode level group groups list profile profiles password passwords permission permissions error errors interface role roles interaction experience story manual
	guide defined or and in on for from to with at by already does doesn't was were logged locked disabled expired exists exist failed denied database table schema directory home context namespace principal key keys token limit limits quota type of the a an`)

// street are the last words of streets.
var street = set("street st road rd avenue ave av lane ln drive dr court ct place pl way boulevard blvd terrace square sq close crescent hill parkway pkwy highway hwy circle trail row strasse straße rue via calle")

// incorporated are the last words of firms.
var incorporated = set("inc ltd llc llp gmbh plc corp pty sarl pvt bhd")

// trades are what firms say they do, at the end of their name.
var trades = set(`logistics systems solutions bank banking insurance holdings partners foods media software energy health healthcare labs laboratories group industries capital services networks technologies technology financial finance
	transport transportation motors pharma pharmaceuticals retail trust consulting airlines airways telecom communications steel marine textiles enterprises ventures associates trading agency hospital university college clinic church school pharmacy
	realty properties property construction engineering electric electronics manufacturing international global corporation company limited brothers sons studios foundation institute council union mutual investments securities advisors stores
	supply supplies hotels resorts brands freight shipping mining chemicals plastics packaging printing publishing entertainment gaming sports travel tours wines farms dairy bakery brewery furniture jewelers optics aerospace dynamics robotics analytics`)

// units stand after numbers.
var units = set("ms sec secs second seconds minute minutes hour hours day days byte bytes kb mb gb tb kib mib gib mhz ghz hz percent times tries retries attempts us ns usec msec millis milliseconds microseconds nanoseconds entries rows lines records pages blocks files")

// levels are what loggers say before a message.
var levels = set("trace debug info information notice warn warning error err fatal severe critical crit emerg alert fine finer finest verbose")

// messages are keys whose value is a sentence rather than somebody's name.
var messages = set("msg message error err exception reason cause detail details description desc text summary title status state level severity event type code warning fault hint statement query errormessage errmsg stack stacktrace")
