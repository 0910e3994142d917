package signature

// The vocabulary of logs at large. Nothing here is of one product's log: a word stands here because it means the same
// wherever somebody writes it.
var (
	// units are what a number may be followed by; the two together are one quantity.
	units = setOf(`b byte bytes kb kib mb mib gb gib tb tib k m g t
		bit bits kbit mbit kbps mbps gbps
		ns us ms s sec secs second seconds second(s) msec msecs usec usecs millis millisecond milliseconds microseconds nanoseconds
		min mins minute minutes minute(s) h hr hrs hour hours hour(s) d day days day(s)
		hz khz mhz ghz`)
	// glued are units that may stand right behind the digits, besides units.
	glued = setOf("x px pct am pm rpm w v a st nd rd th ac e c f")

	// whose are nouns whose next word is a name when it is not an ordinary word: user alice, host web.
	whose = setOf("user username login account host hostname")
	// notNames are words that stand behind such a noun without being a name.
	notNames = setOf(`a an the this that is was were are be has have had does did do not no none and or of for to from by at on in with as
		unknown unreachable unavailable invalid authentication authenticated authorization authorized name names id ids key keys level space
		agent process processes session sessions mode group groups input interface data request requests account accounts login logins logon
		password passwords limit limits error errors exception failed failure denied not-found disconnected connected logged down up
		information info profile profiles role roles permission permissions action actions credentials context settings state status`)
	// behindNames are words that follow a name in a sentence.
	behindNames = setOf(`from by at on in with has have had is was did does for to via as tried failed fails logged denied cannot could not can and or using because
		exceeded entered left does changed`)
	// identities are keys whose value names somebody or some place, alone or as the end of a longer key.
	identities = []string{"user", "name", "host", "login", "account", "owner", "client", "server", "node", "addr", "address", "path", "file", "dir", "directory",
		"url", "uri", "uid", "gid", "pid", "tid", "id", "session", "token", "email", "mail", "domain", "device", "dev"}
	// telling are keys whose value is the error itself.
	telling = setOf("sqlcode sqlstate abend abendcode reason_code")

	// values are words that stand for a value wherever they are.
	values = setOf("true false null root")

	// technical are words with digits that are words.
	technical = setOf(`ipv4 ipv6 utf8 utf16 socks4 socks5 ssh2 md5 sha1 sha2 sha256 sha384 sha512 base64 log4j log4j2 slf4j log4net http2 http3 oauth2 x86 x64 x86_64 amd64
		arm64 i386 i686 win32 win64 ext2 ext3 ext4 l1 l2 l3 l4 l7 mp3 mp4 h264 h265 k8s s3 ec2 x509 x11 db2 jk2 python2 python3 j2ee p2p b2b
		2d 3d 3g 4g 5g tls1 ssl3 a11y i18n l10n pkcs7 pkcs12 nfsv3 nfsv4 smb2 raid5 ps2 v1 v2 v3 rfc822 iso8601 hdfs2 mpeg4 cp1252 latin1 w3c`)

	months   = setOf("jan feb mar apr may jun jul aug sep oct nov dec january february march april june july august september october november december sept")
	weekdays = setOf("mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday")
	zones    = setOf("utc gmt z cet cest est edt cst cdt mst mdt pst pdt bst ist jst am pm")

	// topLevel are ends of host names.
	topLevel = setOf(`com net org edu gov mil int info biz arpa local localdomain localhost lan corp internal intranet intra home test example invalid cloud
		at au be br ca ch cl cn co cz de dk es eu fi fr gr hk hu ie il in io ir it jp kr mx my nl no nz pt ro ru se sg sk th tr tw ua uk us za`)
	// roots are how the names of packages begin, which read like host names backwards.
	roots = setOf("com org net java javax jakarta sun scala kotlin android io edu gov system microsoft")

	// sources are ends of names of source files; they say where in a program an error is and do not change.
	sources = setOf("c h cc cpp cxx hpp java kt scala py go rs rb js ts php pl cs vb sql pls pks pkb cbl cob groovy lua swift m mm")
	// data are ends of names of files that come and go.
	data = setOf("log txt csv dat xls xlsx pdf doc docx zip gz tgz tar bz2 tmp bak out err lock pid dmp trc arc dbf pst eml msg parquet avro orc png jpg jpeg gif svg")

	// products are how the numbers of messages begin in products that print no letter for how bad they are.
	products = setOf("dfh igz cee edc bpx ist ikj ich hasp wer iec ief iea iee igd idc adr amq csq dsn msb")
	// families are the letters of error codes that are written with a hyphen: ORA-01555.
	families = setOf("ora tns pls rman sp2 imp exp kup lrm nid dgm prcr crs cve bea jdbc amq wsvr http sqlstate")
)

// common are words of sentences, which are never a name.
var common = setOf(`a an the this that these those no not none any all some and or but if then else when while for from to of in on at by with without into onto
	is are was were be been being has have had do does did done will would can cannot could should may might must its it he she they we you i
	up down off out over under again already now yet still only more less new old next last first second third other another same
	failed failure fail fails succeeded success successful successfully error errors warning fatal critical info debug ok bad good invalid valid unknown missing
	started start starting starts stopped stop stopping stops running run runs closed close closing opened open opening enabled disabled enable disable
	connected disconnected connecting connection disconnecting lost found removed remove added add created create deleted delete updated update
	sent received send receive sending receiving read write reading writing written loaded loading load saved save complete completed finished done
	active inactive idle busy ready waiting pending blocked aborted cancelled canceled rejected refused denied allowed accepted expired timeout timed
	request response client server user host session service process thread task job file directory device message data node block command
	initialized initializing registered registering unregistered available unavailable reachable unreachable full empty exists exist supported unsupported
	entering leaving begin end exit exiting shutdown restart restarting reset`)
