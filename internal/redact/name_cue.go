package redact

import (
	"strings"
	"sync"
)

// cue is a set of what a word says about the words beside it.
type cue uint64

const (
	cueHonorific cue = 1 << iota // Mr, Dr: a person follows, and the word itself is a title
	cueNamed                     // name, called: a person follows
	cueGreeting                  // dear, regards: a person follows
	cueSelf                      // I'm, this is, me
	cueKin                       // brother, friend
	cueRole                      // manager, user, songwriter: a person is named beside it
	cueSay                       // said, wrote: a person before or after
	cuePersonal                  // lives, married, loves: a person before
	cueDeal                      // contact, ask, with: a person follows
	cueWith                      // weak: by, with, for, to
	cueSlot                      // user, assignee, owner: a person follows, in logs too
	cueGo                        // travel, live, based: a place follows, after a preposition
	cueIn                        // in, at, from, to
	cuePlaceHead                 // bridge, city: a place before, or after with "of"
	cueDirection                 // northern, south
	cueLegal                     // Inc, GmbH: ends the name of a company
	cueOrgHead                   // bank, university: part of the name of an organisation
	cueWork                      // works, joined, hired: an organisation follows
	cueOrgNoun                   // office, company, agency: stands beside an organisation
	cueStreet                    // street, avenue, rue: part of the name of a street
	cueUnit                      // apt, suite, box
	cueAddress                   // address, meet, deliver: an address follows
	cueMonth                     // January
	cueWeekday                   // Monday
	cueYear                      // in, since, of: a year may follow
	cueFunction                  // the, is, my: words of sentences, rare in logs
	cueLevel                     // INFO, WARN: the word of a log line
	cueAge                       // aged, turned, old
	cueBirth                     // born, birth, dob
	cuePeople                    // a nationality, religion or political group
	cueParticle                  // van, de, bin: inside a person's name
	cuePostcode                  // zip, postcode
	cueNever                     // a word that is never private: I, days and things of computing
	cueJob                       // ends a job title: engineer, consultant
	cueState                     // two-letter codes of states and provinces
	cueVisit                     // visit, toured: a place follows at once
	cueLanguage                  // speaks, locale: a language follows, not a people
	cueBetween                   // of, and, &: joins the parts of a name
	cueHuman                     // man, citizen: a nationality before
	cueOpener                    // begins a sentence often: could, please, hello
	cueTech                      // a word of computing: what is written about is no person's life
)

// cues are the words themselves. A word may have several.
var cueWords = []struct {
	c cue
	s string
}{
	{cueHonorific, `mr mrs ms miss mx dr prof professor sir madam madame herr frau fräulein monsieur mme mlle señor señora sr sra srta
		don doña signor signora sig dott senhor senhora dona pan pani mevrouw meneer hr fru lord lady dame sgt sergeant capt captain
		lt lieutenant col colonel maj cpl rev reverend rabbi imam sheikh sheik hon dipl mag mstr master messrs κος κα`},
	{cueNamed, `name names named called alias aka nicknamed surname firstname lastname fullname forename nickname née nee maiden
		heißt heisse nombre nom nome naam navn namn nimi imię jméno név llamo appelle chiamo`},
	{cueGreeting, `dear hi hello hey hiya thanks thank thx regards cheers sincerely bye goodbye welcome congratulations congrats greetings
		best yours cordially hallo hola bonjour ciao liebe lieber hei hej salut sorry apologies good morning afternoon evening`},
	{cueSelf, `i'm im am i’m me it's this`},
	{cueKin, `wife husband brother sister son daughter mother father friend partner boss colleague mom mum dad uncle aunt cousin boyfriend
		girlfriend baby fiancé fiancée grandma grandpa grandmother grandfather niece nephew parents twin stepfather stepmother neighbor
		neighbour roommate brothers sisters sons daughters cousins wives children uncles aunts spouse mate buddy co-worker coworker colleagues friends`},
	{cueRole, `manager engineer director president ceo cto cfo coo chairman chairwoman chair author singer songwriter actor actress player
		doctor nurse lawyer teacher agent assistant founder cofounder founders reporter commenter minister senator officer
		attorney analyst artist writer journalist editor coach captain musician guitarist drummer bassist vocalist composer producer
		governor mayor king queen prince princess duke pope saint bishop detective inspector judge candidate contestant star striker
		goalkeeper midfielder champion driver pilot astronaut scientist physicist chemist novelist poet painter photographer
		designer consultant supervisor secretary treasurer spokesman spokeswoman spokesperson technician administrator admin
		operator representative rep guest tenant landlord victim suspect defendant plaintiff witness killer resident guardian beneficiary
		holder cardholder applicant student pupil professor employee employees patient client customer member user developer tester
		maintainer committer reviewer approver sponsor contractor freelancer intern recruiter`},
	{cueSay, `said says say saying told tells asked asks wrote writes replied replies added answered explained explains explain claims claimed
		mentioned mentions suggests suggested admitted argued insisted shouted whispered stated states commented laughed
		announced responded confirmed recalled agreed complained warned reckons`},
	{cuePersonal, `lives lived married loves loved likes liked hates hated thinks thought knows knew was born died plays played sings sang
		wants wanted works worked met meets called calls came comes went goes got gets left listed moved looks looked
		feels felt believes believed tried has had is can could will would should did does doesn't didn't isn't wasn't spent spends earns
		turned became becomes won lost wins joined starred directed killed arrested sentenced needs helped and
		speaks spoke talks talked walks walked sleeps ate drank bought sold paid owes visited forgot remembered promised seemed
		seems smiled cried reported phoned emailed texted rang sent invited hired fired studies studied graduated retired resigned`},
	{cueDeal, `contact ask tell email mail emailed phone ring met meet meeting meets contacted asked told cc attn attention bcc remember
		heard hear saw seen see married marry know knows knew love loves loved miss dating thank invite invited visit hire hired fire fired
		interviewed interviewing help helped notify inform remind reminded forward fwd escalate escalated reach
		reached texted messaged paged page pinged ping following follow introduce introducing jealous directed written sung produced
		performed starring featuring feat signed sent hosted composed reported reviewed approved created submitted requested opened
		closed handled resolved assigned painted photographed designed led led founded owned caught fixed raised
		like reach via speak spoken talk talking spoke talked works worked played dated blame trust hates hated adore follow-up leave
		where's who's with`},
	{cueDeal, `shouted yelled laughed smiled waved screamed barked swore stared glared looked winked nodded talk listened apologize apologized
		complain complained congratulate promote promoted elected appointed praised criticised criticized arrest arrested sued suing kissed hugged`},
	{cueDeal, `call including include includes given gave give gives offered showed handed owe owed paid`},
	{cueStreet, `rkp krt rúa põik plass plassen platsen stigen svingen väylä rinne aukio puisto raitti ranta bulevar intrarea strada soseaua dijk
		singel plantsoen boulevards callejón callejuela cuesta bajada pasaje azinhaga calçada ladeira largo piazzale salita sokağı yolu
		прд аллея leoforos plateia odos nábřeží nabrezi třída trida`},
	{cueStreet, `ulitsa prospekt pereulok naberezhnaya dori cho chome marg nagar ulitza bulevardi`},
	{cueGo, `leave leaves leaving depart departs departing departed bound`},
	{cueOrgHead, `works mills foods steel dairy brewery bakery pharmacy cinema studio airlines hotels`},
	{cuePersonal, `began begins started starts finished published publishes makes made takes took keeps kept runs ran teaches taught
		learned learnt raised celebrated celebrates recorded performed travels travelled dreams hopes hoped enjoys enjoyed`},
	{cueOrgNoun, `manufacturers companies firms agencies banks retailers suppliers vendors startups brands corporations institutions invested invests
		partnered merged filed sued recalled employs manufactures`},
	{cueOrgNoun, `bank multinational provider chain retailer developer`},
	{cueParticle, `des d`},
	{cueWith, `by with for to from of about and or under than as via at on but like`},
	{cueSlot, `user users assignee owner reporter author requester requestor requested-by reviewer approver operator customer client patient
		employee caller recipient sender contact attendee attn cardholder payee beneficiary subscriber guest customer's committer
		member agent technician assigned reassigned escalated on-call oncall username displayname cn holder signed-off-by reviewed-by
		acked-by tested-by reported-by surname fullname firstname lastname approvers resident tenant passenger student buyer seller
		buyer's insured claimant policyholder borrower lender driver`},
	{cueGo, `live lives living lived move moves moving moved travel travels travelling traveling traveled travelled fly flies flying flew
		flight flights trip trips arrive arrives arrived arriving based located born raised residing resides reside resident return
		returns returned returning go goes going went gone drive drove driving heading headed toured vacation holiday headquartered
		stay stayed staying hotel hotels office offices branch store shop restaurant airport emigrated immigrated immigrate deported
		journey tour trek hike sailed train bus ship shipped shipping delivered native originally hometown studied studying grew
		exported imported relocate relocated relocating settled settle weather conference war army concert event exile
		fled people town city village somewhere currently wedding held refugees stationed visa migrated cruise`},
	{cueIn, `in at from to near via toward towards around outside across through into inside within leaving between throughout`},
	{cuePlaceHead, `bridge airport city town village region province state county coast hotel river lake mountain mountains island islands
		valley capital suburb district municipality beach harbour harbor port area borough downtown tower cathedral castle
		street embassy metropolitan resident residents people border`},
	{cueDirection, `north south east west northern southern eastern western central northeast northwest southeast southwest upper lower
		downtown greater rural outer inner mid`},
	{cueLegal, `inc incorporated llc llp ltd limited corp corporation gmbh ag kg ab oy oyj as asa aps plc sa srl spa bv nv sarl sas pty co
		company companies pte kft zrt doo sp kk holding holdings ohg ug ltda lda a/s`},
	{cueOrgHead, `bank university college hospital orchestra institute foundation group association society agency partners solutions
		systems technologies consulting ventures capital insurance airlines airways motors pharmaceuticals laboratories labs industries
		enterprises international associates services network networks media entertainment studios records press
		publishing school academy church ministry department committee council federation union club trust fund clinic restaurant
		investments logistics energy financial finance healthcare software analytics labs realty properties brothers bros sons
		commission authority bureau museum library theatre theater philharmonic choir party ensemble universität`},
	{cueWork, `work works worked working employed join joined joining joins hired company employer firm interned acquired bought
		founded runs manages ceo cto cfo coo founder cofounder employee employees became spent renamed rebranded spokesman spokeswoman
		interview internship spokesperson pay paid loan order ordered bank insured insurance mortgage subscription bill billed sponsored sponsor owned represent represents representing
		customer customers client clients supplier vendor invoice shares stock merger contract
		applied startup brand organization organisation manufacturer retailer year years month months`},
	{cueOrgNoun, `office offices headquarters company firm agency employees shares stock ceo cto cfo products customers store stores staff
		employee subsidiary startup start-up brand spokesman spokesperson spokeswoman songwriter resignation hq branch brainchild
		announced acquired bought sells offers provides hires launched corporation founded merger executives orchestra
		executive website campus building shareholders factory warehouse team account invoice engineer manager
		organization organisation charity nonprofit institution plant supplier vendor`},
	{cueStreet, streetWords},
	{cueTech, techWords},
	{cueUnit, `apt apartment suite ste unit flat floor fl box pob psc postbox room rm building bldg lgh no nr pmb lot trailer
		door dept piso etage stock appartement wohnung interior depto oficina postfach boks bus`},
	{cueAddress, `address addresses addressed adress adresse anschrift dirección direccion adresse indirizzo adres meet meeting located
		location deliver delivered delivery send sent ship shipped shipping mail live lives lived living taxi resides residing office
		return moved move pick drop drops billing residence home house corner side restaurant on stay staying pickup at enter near
		based situated found outside store shop hotel branch park visit reached go going walk walking property site headquarters`},
	{cueMonth, `january february march april may june july august september october november december jan feb mar apr jun jul aug sep
		sept oct nov dec januar februar märz mai juni juli oktober dezember`},
	{cueWeekday, `monday tuesday wednesday thursday friday saturday sunday`},
	{cueYear, `in since of until till by before after during from year early late a circa around mid to between class the summer winter spring
		autumn fall and for back founded established released`},
	{cueFunction, `the a an is are was were i my me we our you your he his she her it its they their them this that these those be been am
		do does did have has had can could would should there here what who where when why how please doesn don didn hasn isn wasn couldn wouldn shouldn haven aren weren i'm i'd i'll i've it's don't
		can't didn't won't isn't you're they're we're we'll we'd what's let's who's she's he's that's there's him us`},
	{cueLevel, `info warn warning error debug fatal trace severe notice critical`},
	{cueAge, `aged age old turned turning turns birthday yo y.o`},
	{cueBirth, `born birth birthday dob birthdate d.o.b birthdays`},
	{cuePeople, peopleWords},
	{cueParticle, `van von der den de del della di da dos das du dei degli dello delle dal dalla nad pod am im sur sous les lès aux u na upon pri bij sul sulla la le el al bin ibn ben ter ten op zu zum y e af av abu mac san st`},
	{cuePostcode, `zip zipcode postcode postal plz postnummer postinumero cap cp`},
	{cueJob, `consultant writer cleaner administrator specialist manager engineer director officer analyst assistant developer
		designer technician supervisor coordinator clerk operator driver nurse teacher instructor representative agent planner
		accountant auditor architect inspector worker mechanic attendant packager editor producer scientist therapist counselor
		counsellor advisor adviser broker dealer buyer seller salesperson cashier chef cook waiter waitress bartender barber hairdresser
		pharmacist physician surgeon dentist veterinarian psychologist psychiatrist lawyer attorney paralegal judge secretary
		receptionist librarian curator photographer artist musician actor dancer singer journalist reporter author translator
		interpreter carpenter plumber electrician welder painter roofer mason installer repairer assembler machinist fabricator
		setter tender cutter grinder molder handler loader packer porter janitor maid housekeeper gardener farmer fisher
		logger miner driller pilot captain sailor soldier firefighter guard detective investigator examiner appraiser adjuster
		underwriter teller collector estimator surveyor cartographer programmer statistician mathematician economist sociologist
		historian geographer chemist physicist biologist astronomer geologist meteorologist ecologist zoologist trainer coach umpire
		referee athlete president executive chairman ceo cto cfo treasurer comptroller controller head lead chief aide helper
		hygienist optometrist optician chiropractor podiatrist dietitian nutritionist midwife paramedic technologist hostess
		host baker butcher tailor sewer upholsterer jeweler blacksmith locksmith glazier paperhanger salesman saleswoman
		dispatcher scheduler interviewer demonstrator promoter marketer strategist recruiter publicist conductor composer choreographer
		model boilermaker ironworker rigger builder contractor foreman superintendent intern trainee apprentice minister priest pastor
		laborer labourer professor lecturer tutor researcher fellow owner founder partner expert practitioner bookkeeper
		typist proofreader copywriter stylist cosmetologist manicurist masseuse launderer presser embalmer undertaker ranger warden
		gamekeeper hunter trapper breeder groomer keeper conservator archivist lobbyist diplomat ambassador consul mayor governor
		senator legislator`},
	{cueState, `al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc
		sd tn tx ut vt va wa wv wi wy dc pr gu vi as mp fm mh pw ab bc mb nb nl ns nt nu on pe qc sk yt nsw vic qld tas act ae ap aa`},
	{cueVisit, `visit visits visited visiting tour toured touring explore explored exploring leave leaving left reach reached love loves
		invaded capital entered entering`},
	{cueLanguage, `speak speaks speaking spoke language languages locale locales translation translate keyboard layout dictionary letters
		subtitle subtitles version versions dialect grammar spelling text`},
	{cueBetween, `and & of the for und et y og och i e`},
	{cueHuman, `man woman men women people person citizen citizens citizenship government police army president parliament minister
		ministry politician restaurant place cuisine food embassy football team film movie singer actor actress author artist
		players player nationals national immigrants immigrant refugees speaker descent origin ancestry heritage nationality parents family
		guy girl boy lady tourist tourists passport border church priest community troops soldiers comedy drama band culture
		style action-comedy airline company king queen prince princess embassy ambassador rapper writer poet novelist composer
		party politician politicians voter voters senator mother father wife husband friend student students religion faith`},
	{cueOpener, `could would should can will may might do does did have has had is are was were please when where why what who how which
		whose if as since while once after before although because unless until so but and or yes no not now then there here
		today tomorrow yesterday maybe perhaps also however therefore meanwhile once again just only even still never always often
		sometimes usually recently finally first second next last let go come get give take make put see look listen
		remember think try tell ask call send bring keep hold turn stop start begin wait help need want like love hate
		in on at by for from to with without within of about into over under between during through against
		my your his her its our their this that these those the a an it he she we they you i i'm i'd i've i'll it's we're they're
		you're don't can't won't isn't didn't what's who's let's there's that's here's where's all both each every any some many
		few most more less much such same other another one two three follow meet add change update cancel open close block
		block checking check unable failed error warning received using based due according despite except re fw fwd subject
		hello hi hey dear thanks thank excuse sorry good great nice well oh ok okay wow cool sure right mr mrs dr
		new old high low long short big small full best better top main real true false null none`},
	{cueNever, `i ok pm am utc gmt est pst cet ut usd eur gbp faq url http https ip tcp udp sql xml json html css api id uuid ssl tls ssh dns
		cpu gpu ram pc tv cd dvd usb pdf jpg png gif mp3 atm pin iban bic swift ssn vat zip jvm jdk jre jar gc os ui gui vm db io
		nan n/a tbd fyi asap eta wifi gps sim sms lan wan vpn nat dhcp ftp smtp imap ldap sso rpc rest soap cli sdk ide
		internet web email e-mail online website
		windows linux unix macos android ios java python javascript english unicode ascii utf hadoop hdfs yarn kafka spark hive hbase
		zookeeper jetty tomcat firefox mozilla thunderbird seamonkey chrome safari opera openoffice libreoffice office word excel
		writer calc impress gecko github git jira bugzilla jenkins maven gradle docker kubernetes nginx mysql postgresql postgres oracle
		redis mongodb cassandra elasticsearch kibana grafana prometheus ambari tez mapreduce namenode datanode resourcemanager
		nodemanager avro thrift protobuf guava netty log4j slf4j junit mockito kerberos openssl azure aws s3 ubuntu debian fedora centos
		redhat suse solaris openstack nova glance cinder neutron vmware outlook exchange gmail skype slack teams zoom
		christmas easter halloween thanksgiving hanukkah ramadan internet bible treaty article section chapter title act
		god lol omg btw imho iirc aka e.g i.e etc vs re`},
}

// techWords are words of computing that talk of people's lives seldom has.
const techWords = `file files server servers error errors browser install installed version versions config configuration exception log logs bug
	bugs crash crashes crashed build builds compile compiled runtime debug debugger patch patches plugin plugins addon extension extensions
	toolbar tab tabs menu dialog button buttons click clicked checkbox cursor scroll scrollbar window windows screen screenshot url urls
	script scripts code java javascript python class classes method methods function functions parameter parameters argument null thread threads
	cluster node nodes datanode namenode hadoop container containers cache cached buffer database query queries table tables column columns
	index sql api apis client-side backend frontend http https ssl tls certificate proxy socket port ports packet timeout connection
	connections kernel driver drivers module modules library libraries package packages dependency dependencies upgrade upgraded
	release branch commit merge repository repo test tests testing unit tester reproduce reproducible steps expected actual user-agent
	profile preferences bookmark bookmarks download downloads upload spreadsheet document documents font fonts printer printing print
	directory directories folder folders path paths disk memory heap cpu queue queues job jobs scheduler worker workers retry retries daemon
	process processes shell command commands linux windows macos firefox mozilla openoffice libreoffice chrome excel gecko token tokens
	authentication kerberos permission permissions encoding unicode charset string strings integer boolean byte bytes xml json html css
	interface implementation refactor deprecated javadoc checkstyle maven jenkins docker kubernetes deploy deployed deployment reboot restart
	restarted monitoring metric metrics dashboard latency throughput firmware workbook macro macros wizard format formats`

// streetWords are kinds of streets, whole words, in many languages. Those that are glued to the name are streetEnds.
const streetWords = `street st str road rd avenue ave av lane ln drive dr boulevard blvd bvd court ct place pl square sq terrace ter terr
	way highway hwy parkway pkwy circle cir crescent cres close alley row walk mews gardens grove hill trail trl parade esplanade
	turnpike pike plaza loop quay wharf terrasse promenade causeway expressway freeway route pass crossing
	rue allée impasse quai chemin cours place passage faubourg villa
	calle avenida carrer carretera camino paseo plaza plazuela ronda travesía vía glorieta barrio urbanización cl avda
	via viale piazza corso strada vicolo largo contrada borgo lungomare salita
	rua travessa estrada alameda praça beco rodovia largo
	straße strasse gasse weg platz allee ring damm ufer chaussee
	ulica ul aleja plac osiedle al os ulice náměstí nám třída nábřeží
	utca útja út tér körút u sétány köz sor fasor rakpart
	straat laan weg plein gracht kade dreef singel steeg
	gate gata vei veien vej gade plads allé allè stræde gränd väg vägen gatan tori
	katu tie kuja polku puistotie tee tänav pst mnt puiestee maantee
	sokak sokağı caddesi cadde bulvarı mahallesi
	улица ул проспект переулок площадь шоссе бульвар набережная проезд
	οδός οδος λεωφόρος λεωφ πλατεία
	trg cesta put obala prilaz jalan jl gang corner intersection`

// peopleWords are groups by nation, faith or politics beyond the list of nationalities.
const peopleWords = `american americans british briton britons english englishman scottish scot scots welsh irish french german germans
	italian italians spanish spaniard spaniards portuguese dutch belgian belgians swiss austrian austrians polish pole poles czech
	czechs slovak slovaks hungarian hungarians romanian romanians bulgarian bulgarians greek greeks turkish turk turks russian
	russians ukrainian ukrainians belarusian lithuanian latvian estonian finnish finn finns swedish swede swedes norwegian norwegians
	danish dane danes icelandic icelander greenlander greenlanders croatian croat croats serbian serb serbs bosnian bosnians slovenian
	slovene macedonian albanian albanians kosovar montenegrin maltese cypriot cypriots moldovan georgian georgians armenian armenians
	azerbaijani kazakh uzbek turkmen tajik kyrgyz mongolian chinese japanese korean koreans vietnamese thai cambodian laotian burmese
	malaysian malay singaporean indonesian indonesians filipino filipina filipinos indian indians pakistani pakistanis bangladeshi
	nepalese nepali bhutanese afghan afghans iranian iranians persian iraqi iraqis syrian syrians lebanese jordanian israeli israelis
	palestinian palestinians saudi saudis yemeni omani emirati qatari kuwaiti bahraini egyptian egyptians libyan tunisian tunisians
	algerian algerians moroccan moroccans sudanese ethiopian ethiopians eritrean somali somalis kenyan kenyans ugandan tanzanian
	rwandan congolese cameroonian nigerian nigerians ghanaian ivorian senegalese malian gambian liberian angolan zambian zimbabwean
	mozambican namibian botswanan malagasy mauritian canadian canadians mexican mexicans guatemalan honduran salvadoran nicaraguan
	panamanian cuban cubans jamaican jamaicans haitian haitians dominican bahamian barbadian trinidadian belizean belizian colombian
	colombians venezuelan ecuadorian peruvian bolivian brazilian brazilians chilean argentine argentinian argentinean uruguayan
	paraguayan guyanese surinamese australian australians zealander zealanders kiwi kiwis fijian samoan tongan hawaiian
	european europeans asian asians african africans arab arabs arabic latino latina latinos latinas hispanic hispanics caucasian
	scandinavian kurdish kurd kurds tibetan uyghur basque catalan gypsy roma romani eskimo inuit aborigine maori tamil bengali punjabi
	christian christians catholic catholics protestant protestants orthodox muslim muslims islamic jewish jew jews buddhist buddhists
	hindu hindus sikh sikhs atheist atheists mormon mormons evangelical methodist baptist lutheran anglican presbyterian quaker
	sunni shia shiite jehovah democrat democrats republican republicans socialist socialists communist communists conservative
	conservatives liberal liberals libertarian fascist nazi nazis marxist anarchist tory tories labourite gaullist zionist
	chechen chechens ossetian tatar tatars flemish walloon frisian breton corsican sicilian bavarian prussian siberian yugoslav soviet ottoman
	bruneian micronesian polynesian melanesian papuan tuvaluan vanuatuan palauan nauruan marshallese maldivian burkinabe burundian comoran
	djiboutian gabonese guinean basotho malawian mauritanian motswana nigerien seychellois swazi togolese beninese chadian grenadian
	vincentian antiguan luxembourger liechtensteiner monegasque andorran sammarinese taiwanese hongkonger lankan rican`

// streetEnds are ends of words that name a street: Hauptstraße, Storgatan.
var streetEnds = []string{"straße", "strasse", "strase", "gasse", "platz", "allee", "gatan", "gata", "gate", "gaten", "gade", "vägen", "vagen",
	"väg", "veien", "vegen", "vei", "veg", "vej", "vejen", "stræde", "plads", "gränd", "gränden", "straat", "laan", "plein", "gracht", "dreef",
	"kade", "singel", "steeg", "katu", "kuja", "polku", "raitti", "penger", "kaari", "ulica", "utca", "stræti", "stígur", "braut", "vegur", "tún", "holt",
	"hagi", "höfði", "rimi", "sund", "hlíð", "hof", "weg", "damm", "ufer", "kai", "hove", "strand", "gt", "str", "bakken", "bakke", "terrasse",
	"brinken", "torget", "torg", "tänav", "puiestee", "maantee", "skov", "lunden", "parken", "haven", "tie", "vang", "toften", "vænget", "berget",
	"smauet", "svingen", "kroken", "lia", "vollen", "faret", "tunet", "jordet", "liden", "gärdet", "allén", "stigen", "backen", "sgatan"}

type cueTable struct {
	words map[uint64]cue
	gate  [1 << 10]uint64 // a bit for each 16-bit part of a hash: most words are turned away here
}

var cues = sync.OnceValue(func() *cueTable {
	t := &cueTable{words: map[uint64]cue{}}
	for _, g := range cueWords {
		for w := range strings.FieldsSeq(g.s) {
			h := hashOf(w)
			t.words[h] |= g.c
			t.gate[h>>6&1023] |= 1 << (h & 63)
		}
	}
	return t
})

func (t *cueTable) of(h uint64) cue {
	if t.gate[h>>6&1023]>>(h&63)&1 == 0 {
		return 0
	}
	return t.words[h]
}
