package demo

import (
	"fmt"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

const (
	minute = time.Minute
	hour   = time.Hour
)

// past is the ordinary life of the desk over some months: requests with a deadline that somebody stated, and how
// it turned out. The report on deadlines lives on it, and the expected effort of billing is learned from it.
func (t *teller) past() {
	for i, p := range []struct {
		days, hourOfDay int
		who, app, text  string
		stakes          urgency.Stakes
		stated          time.Duration // after opening
		took            time.Duration
		agreed          time.Duration
		real            bool
		by, fix         string
	}{
		{128, 15, "Marta Lind", "Billing", "Invoice layout shifted by one column", urgency.Team, 2 * hour, 3*hour + 10*minute, 26 * hour, false, "Dana Reyes", "The template had a tab in it. Replaced by spaces; reprinted two invoices to check."},
		{121, 15, "Marta Lind", "Billing", "Discount code missing on three invoices", urgency.Client, 2 * hour, 2 * hour, 0, true, "Sam Ito", "The code was valid from the 2nd only. Corrected the date and rerun for the three customers."},
		{114, 14, "Jonas Weil", "Billing", "Can we have last year's invoices as one file", urgency.Person, 3 * hour, 5 * hour, 48 * hour, false, "Dana Reyes", "Exported with the archive job, 412 MB, put on their share."},
		{107, 15, "Elif Kaya", "Ledger", "Posting rejected: period closed", urgency.Client, 2 * hour, 70 * minute, 0, true, "Sam Ito", "The period of the branch was closed a day early. Opened it for an hour with the controller's consent, posted, closed."},
		{100, 15, "Tom Varga", "Orders", "Two orders show twice", urgency.Team, 2 * hour, 4 * hour, 24 * hour, false, "Ola Brandt", "The browser sent the form twice. Cancelled the second pair; development has the ticket for the button."},
		{93, 16, "Aisha Rahman", "Orders", "Carrier label without a barcode", urgency.Client, 30 * minute, 25 * minute, 0, true, "Priya Nair", "The font was missing after the patch. Installed it again, printed the 40 labels before the cut-off."},
		{86, 15, "Peter Nowak", "CRM", "Report export opens with odd characters", urgency.Person, 2 * hour, 26 * hour, 48 * hour, false, "Priya Nair", "The file is UTF-8 and was opened as Windows-1252. Sent the two clicks that import it correctly."},
		{79, 15, "Marta Lind", "Billing", "Statement run skipped the letter Q", urgency.Client, 3 * hour, 6*hour + 40*minute, 15 * hour, true, "Dana Reyes", "The range file ended at P. Added Q to Z and rerun; counts match the ledger."},
		{72, 15, "Elif Kaya", "PayHub", "Settlement file arrives 20 minutes late", urgency.Team, 2 * hour, 3 * hour, 20 * hour, false, "Sam Ito", "Their firewall rule had a delay; ours was sent on time. Agreed that 07:20 is fine."},
		{65, 15, "Jonas Weil", "Billing", "New cost centre for the autumn invoices", urgency.Person, 2 * hour, 30 * hour, 72 * hour, false, "Dana Reyes", "Added the cost centre and told the controller."},
		{58, 15, "Tom Varga", "Orders", "Search finds nothing for two words", urgency.Team, 2 * hour, 28 * hour, 48 * hour, false, "Ola Brandt", "A missing index after the upgrade. Built it, search answers in 80 ms."},
		{51, 15, "Marta Lind", "Billing", "One customer got the invoice of another", urgency.Company, hour, 4 * hour, 0, true, "Dana Reyes", "The address file was sorted differently from the invoice file. Stopped the mailing after 3 letters, merged by customer number, legal was told."},
		{44, 15, "Aisha Rahman", "Stock", "Pick list sorted by name instead of place", urgency.Person, 2 * hour, 50 * hour, 96 * hour, false, "Priya Nair", "Setting of the site was reset. Set it back."},
		{37, 15, "Elif Kaya", "Ledger", "Rounding difference of 0.01 in the trial balance", urgency.Client, 5 * hour, 3 * hour, 0, true, "Sam Ito", "One posting had three decimals. Corrected, the check query returns nothing."},
		{30, 15, "Peter Nowak", "CRM", "Please change the colour of the banner", urgency.Person, 2 * hour, 49 * hour, 120 * hour, false, "Priya Nair", "Changed."},
		{24, 15, "Jonas Weil", "Billing", "Preview of the next invoice is empty", urgency.Team, 2 * hour, 5*hour + 30*minute, 24 * hour, false, "Sam Ito", "The preview reads yesterday's copy, which had failed. Copied again."},
		{17, 15, "Tom Varga", "Orders", "Old user still gets the order mails", urgency.Person, 2 * hour, 25 * hour, 48 * hour, false, "Ola Brandt", "Removed from the list."},
		{10, 15, "Marta Lind", "Billing", "Dunning letters went to the archive only", urgency.Client, 2 * hour, 4*hour + 20*minute, 18 * hour, false, "Dana Reyes", "The printer queue was on hold since the paper jam. Released; 312 letters printed."},
	} {
		at := t.day(p.days, p.hourOfDay, 4+i%3*9)
		in := due(opens(p.text, "We need this by the end of the day, please.", p.app, p.stakes), at.Add(p.stated), p.who, "end of the day", "")
		if p.real {
			in.Deadline.Consequence = "it goes out to customers"
		}
		s := t.opened(fmt.Sprintf("past-%d", i), at, p.who, in).takes(9*minute, p.by)
		if p.agreed != 0 {
			s.says(6*minute, p.by, "Thanks. What happens at five if it is not done? If nothing breaks I would like to do it properly tomorrow.")
			s.agrees(20*minute, p.by, at.Add(p.agreed))
		}
		s.at = at.Add(p.took)
		s.resolves(0, p.by, p.fix).spends(p.by, max(15, int(p.took/minute)*2/5), "")
		s.judged(2*minute, p.by, p.real)
	}
}

// monthEnd is the rollback that took sixteen hours and a night, and the job that somebody got up for at one.
func (t *teller) monthEnd() {
	night := t.day(89, 13, 10)
	s := t.opened("rollback", night, "Marta Lind", due(opens("Price file loaded with shifted columns, 61,000 rows wrong",
		"The price file of this morning had a semicolon inside a name. Since the load every price behind it stands one column to the right. The billing run reads these prices.\n\nWe need it by the end of the day.", "Billing", urgency.Client),
		night.Add(4*hour), "Marta Lind", "the billing run is tomorrow at six", "invoices go out with wrong prices"))
	s.takes(5*minute, "Dana Reyes")
	s.notes(35*minute, "Dana Reyes", "61,244 rows since 09:12. The audit table has the old values, so nothing is lost. Plan: copy the table aside, roll back by audit id in blocks of 5,000, compare counts after each block.")
	s.says(10*minute, "Dana Reyes", "Marta, the old prices are all still there. We put them back tonight, block by block, and check each block. The billing run at 06:00 is the deadline we work to, not the evening.")
	s.notes(5*hour, "Dana Reyes", "Block 7 of 13. One block took twice as long: statistics of the index are from before the load. Gathered them, 11 minutes a block now.")
	s.notes(5*hour+20*minute, "Dana Reyes", "01:15. Rows match the audit count in all blocks. Running the price check of the billing pre-run.\n\nNote to self: I have been up since 06:30. Asked Sam to look over the compare query before I run the pre-run.")
	s.notes(90*minute, "Sam Ito", "Read the compare query: the join misses customers without a price group (214). Added them. All equal now.")
	s.says(3*hour, "Dana Reyes", "All 61,244 prices are back and checked against the audit table. The pre-run of the billing is clean. I am off tomorrow; Sam has the morning.")
	s.resolves(10*minute, "Dana Reyes", "Rolled the prices back from the audit table in 13 blocks of 5,000, gathered index statistics between blocks, compared every block by count and by value, then ran the billing pre-run.\n\nThe file check now refuses a line with a wrong number of columns.")
	s.spends("Dana Reyes", 960, "rollback and checks, through the night").spends("Sam Ito", 130, "second pair of eyes").judged(8*hour, "Ruth Adeyemi", true)

	for i, at := range t.firsts(4) {
		s := t.opened(fmt.Sprintf("period-%d", i), at, "Kim Osei", opens("Month-end feed waits for the period file",
			"FIN_ME_EXTRACT stands in ACTIVATED: /apps/fin/period.txt still holds the month before last. Same as every month.", "Batch", urgency.Client))
		s.takes(minute, "Kim Osei")
		s.notes(6*minute, "Kim Osei", "Got up for it. Wrote the previous month into period.txt, started the box by hand, watched the first job.\n\n```\necho 2026-0X > /apps/fin/period.txt\nsendevent -E FORCE_STARTJOB -J FIN_ME_BOX\n```")
		how := "Put the previous month into /apps/fin/period.txt and started FIN_ME_BOX."
		if i == 0 {
			s.keeps(35*minute, "Kim Osei", how, desk.WriteResolution{
				Symptom: new("FIN_ME_EXTRACT stands in ACTIVATED at 01:00 on the 1st."), Cause: new("/apps/fin/period.txt still holds the month before last: nothing writes it, somebody has to."),
				Fix:   new("1. Put the month that just ended into the file:\n```\ndate -d 'last month' +%Y-%m > /apps/fin/period.txt\n```\n2. Start the box:\n```\nsendevent -E FORCE_STARTJOB -J FIN_ME_BOX\n```"),
				Check: new("FIN_ME_EXTRACT goes to RUNNING within two minutes and reads the file of that month.")})
		} else {
			s.solvedBy(35*minute, "Kim Osei", how, "period-0")
		}
		s.spends("Kim Osei", 50, "at 1 am")
	}

	end := t.ago(26 * hour)
	m := t.opened("month-end", end, "Kim Osei", due(opens("Month-end file carries the wrong period",
		"The test of the month-end feed took the current month, not the one before. If nobody changes the file before the close, the ledger gets an empty month.", "Ledger", urgency.Company),
		t.now.Add(30*hour), "Kim Osei", "", "the ledger is fed with an empty month"))
	m.takes(25*minute, "Dana Reyes")
	m.notes(40*minute, "Dana Reyes", "This is the job somebody gets up for at one in the morning on the first of every month. The date could come from the slot the job runs for. Asked Kim for the box definition.")
	m.notes(3*hour, "Kim Osei", "Definition of the box:\n\n```\ninsert_job: FIN_ME_BOX   job_type: BOX\ndate_conditions: 1\nrun_calendar: LAST3_AND_FIRST\nstart_times: \"01:00\"\ntimezone: Europe/Dublin\n```\n\nA script at 01:00 with a condition on the date would do: on the 1st take the month before, on the last three days the month itself.")
	for i := range 3 {
		m.links(fmt.Sprintf("period-%d", i), ticket.Related)
	}
}

// billing is the ticket of the picture: stated for today, real tomorrow at six.
func (t *teller) billing() {
	for i, p := range []struct {
		days int
		by   string
		took time.Duration
		fix  string
	}{
		{96, "Sam Ito", 5 * hour, "Retention to 10,800 on UNDOTBS1, rerun from checkpoint 60."},
		{188 % 149, "Dana Reyes", 6*hour + 40*minute, "Same, plus moved the purge behind the extract."},
	} {
		at := t.day(p.days, 9, 20)
		s := t.opened(fmt.Sprintf("undo-%d", i), at, "Marta Lind", opens("Customer extract stopped: ORA-01555 snapshot too old",
			"The extract of the night ended with\n\n```\nORA-01555: snapshot too old: rollback segment number 9 with name \"_SYSSMU9$\" too small\n```", "Billing", urgency.Client))
		s.takes(12*minute, p.by)
		s.notes(30*minute, p.by, "The extract reads for 9,000 s, undo is kept for 5,400 s. It cannot work when the purge runs beside it.")
		s.at = at.Add(p.took)
		if i == 0 {
			s.keeps(0, p.by, p.fix, desk.WriteResolution{Cause: new("The extract reads for 9,000 s, undo is kept for 5,400 s."), Check: new("The extract passes checkpoint 60 and ends with status 0."), Version: new("Oracle 19c")})
		} else {
			s.solvedBy(0, p.by, p.fix, "undo-0")
		}
		s.spends(p.by, int(p.took/minute)/2, "")
	}
	at := t.ago(38 * minute)
	stated := t.now.In(t.zone)
	stated = time.Date(stated.Year(), stated.Month(), stated.Day(), 17, 0, 0, 0, t.zone)
	if stated.Before(t.now.Add(30 * minute)) {
		stated = t.now.Add(3 * hour)
	}
	s := t.opened("extract", at, "Marta Lind", due(opens("Snapshot too old during billing extract",
		"The customer extract stopped at about 60% again. We need it by end of day. Screenshot attached.", "Billing", urgency.Client),
		stated, "Marta Lind", "the billing run is tomorrow at six", ""))
	s.screenshot(minute, "Marta Lind", "The extract as it stopped", "Customer extract  run 30 NOV  part 3 of 5", "", "  12:41:07  reading customers ............ 38%", "  13:02:55  reading customers ............ 52%", "  13:19:31  reading customers ............ 60%", "  13:20:02  ORA-01555: snapshot too old: rollback segment number 9", "            with name \"_SYSSMU9$\" too small", "  13:20:02  extract ended, status 8")
	s.takes(minute, "Dana Reyes")
	s.says(2*minute, "Dana Reyes", "I have it. You wrote end of day: what happens then, or is it the billing run tomorrow at six that needs the extract?")
	s.says(5*minute, "Marta Lind", "The billing run, yes. If the extract is complete at five in the morning we are fine.")
	tomorrow := t.now.In(t.zone).AddDate(0, 0, 1)
	s.agrees(2*minute, "Dana Reyes", time.Date(tomorrow.Year(), tomorrow.Month(), tomorrow.Day(), 5, 0, 0, 0, t.zone))
	s.log(minute, "Dana Reyes", "How the extract ended", "extract.log", "13:19:31 INFO  part 3 of 5: reading customers, 60%\n13:20:02 ERROR ORA-01555: snapshot too old: rollback segment number 9 with name \"_SYSSMU9$\" too small\n13:20:02 INFO  extract ended, status 8\n")
	s.sql(5*minute, "Dana Reyes", "BILLPRD, read only", "select tablespace_name, maxquerylen, tuned_undoretention\n  from undo_now where begin_time > sysdate - 1/24;",
		"TABLESPACE_NAME  MAXQUERYLEN  TUNED_UNDORETENTION\n---------------  -----------  -------------------\nUNDOTBS1                9142                 5400\nUNDOTBS2                 212                10800\n", 310)
	s.notes(6*minute, "Dana Reyes", "Same as the two before: retention 5,400 s, the extract reads for 9,142 s. Running step 4 of the runbook after the nightly load.")
	s.links("undo-0", ticket.Related).links("undo-1", ticket.Related)
}

// moved is application B that held the old address of application A.
func (t *teller) moved() {
	at := t.ago(5 * hour)
	s := t.opened("moved", at, "Tom Varga", due(opens("App B cannot reach App A since the move",
		"Since the weekend Orders shows \"stock unknown\" on every line. Stock itself is up, we can open it in the browser. Connection timed out after 30 seconds each time.", "Orders", urgency.Team),
		at.Add(3*hour), "Tom Varga", "all of our people look at it", ""))
	s.takes(11*minute, "Ola Brandt")
	s.terminal(14*minute, "Ola Brandt", "Both sides asked for the address of Stock",
		"$ ssh orders01.harbour.example\n$ getent hosts stock01.harbour.example\n10.4.2.19       stock01.harbour.example\n$ ss -tn dst 10.4.1.7\nState     Recv-Q Send-Q Local Address:Port   Peer Address:Port\nSYN-SENT  0      1      10.4.3.30:48122      10.4.1.7:8443\nSYN-SENT  0      1      10.4.3.30:48124      10.4.1.7:8443\n$ grep -c 10.4.1.7 /var/log/orders/app.log\n2114\n")
	s.compared(2*minute, "Ola Brandt", "Orders", "Stock", "$ getent hosts stock01.harbour.example\n10.4.2.19       stock01.harbour.example\n$ ss -tn dst 10.4.1.7\nState     Recv-Q Send-Q Local Address:Port   Peer Address:Port\nSYN-SENT  0      1      10.4.3.30:48122      10.4.1.7:8443\nSYN-SENT  0      1      10.4.3.30:48124      10.4.1.7:8443\n")
	s.notes(2*minute, "Ola Brandt", "DNS says 10.4.2.19, the application connects to 10.4.1.7: it holds the old address since before the move. The Java process keeps what it resolved first (networkaddress.cache.ttl is -1 here). Clearing its cache needs a restart of the pool, which the network people want to see first because of the firewall rule.")
	s.says(3*minute, "Ola Brandt", "Found it: Orders still calls the old address of Stock. We restart its connection pool this afternoon once the network team has confirmed the new rule. Until then lines show \"stock unknown\"; orders are kept.")
	s.waits(5*minute, "Ola Brandt", ticket.OnThirdParty, t.now.Add(2*hour))

	old := t.day(64, 10, 15)
	o := t.opened("moved-before", old, "Aisha Rahman", opens("Label printing cannot find the address service", "Times out since the maintenance window.", "Stock", urgency.Team))
	o.takes(20*minute, "Priya Nair")
	o.notes(50*minute, "Priya Nair", "Compared both sides: the service answers on the new address, we call the old one. `getent hosts` is right, the process is not: cached.")
	o.keeps(15*minute, "Priya Nair", "1. Compare the address each side holds: `getent hosts NAME` against `ss -tn` of the process.\n2. They differ: the process has cached the old one.\n3. Clear the cache: restart the connection pool.\n4. Check: a line in the log says connected to the new address.",
		desk.WriteResolution{Title: new("One application cannot reach another that moved to a new address"), Symptom: new("Connections time out since a server moved, while the other side is up and DNS is right."),
			Cause: new("The calling process has cached the old address."), Check: new("A line in the log says connected to the new address."), Applications: &[]string{}})
	o.spends("Priya Nair", 70, "")
}

// payments burns now.
func (t *teller) payments() {
	at := t.ago(24 * minute)
	s := t.opened("payments", at, "Elif Kaya", desk.OpenTicket{Subject: "Payments gateway refuses all cards", Application: "PayHub", Stakes: urgency.Company, Spreading: true,
		Body:     "Every card is declined in all three shops since a few minutes. Error 91, issuer or switch inoperative. The shops are full.",
		Deadline: desk.StatedDeadline{At: at.Add(5 * minute), SaidBy: "Elif Kaya", Reason: "it is happening now", Consequence: "nobody can pay"}})
	s.takes(2*minute, "Kim Osei")
	s.log(4*minute, "Kim Osei", "payhub-gw01, the minute it began", "payhub-gw.log", payhubLog(at.Add(-2*minute)))
	s.says(3*minute, "Kim Osei", "We see it and are on it. All declines come from one of the two lines to the card switch. We take that line out now; the next word from us is in ten minutes.")
	s.notes(6*minute, "Kim Osei", "Line 2 answers 91 to everything since the certificate of the switch changed. Line 1 is fine. Traffic to line 1 by hand:\n\n```\npayhubctl line drain 2 --now\npayhubctl line status\n```\n\nRang Sam as primary; he is also the secondary of PayHub, so there is nobody behind him.")
}

// payhubLog is a short log of the gateway.
func payhubLog(from time.Time) string {
	out := ""
	for i := range 60 {
		at := from.Add(time.Duration(i) * 4 * time.Second).UTC().Format("2006-01-02 15:04:05.000")
		switch {
		case i < 24:
			out += fmt.Sprintf("%s INFO  [line-%d] authorise ok rc=00 took=%dms\n", at, i%2+1, 180+i*3%70)
		case i == 24:
			out += at + " WARN  [line-2] certificate of switch.cards.example changed, fingerprint 4f:1c…\n"
		case i%2 == 1:
			out += at + " ERROR [line-2] authorise declined rc=91 issuer or switch inoperative\n"
		default:
			out += fmt.Sprintf("%s INFO  [line-1] authorise ok rc=00 took=%dms\n", at, 230+i)
		}
	}
	return out
}

// documents are tickets about documents: a damaged command, a missing picture, the manual of the right version.
func (t *teller) documents() {
	at := t.day(8, 11, 5)
	s := t.opened("dash", at, "Priya Nair", opens("Command of the restart page fails when pasted",
		"Step 3 of the restart page: pasted as it stands the shell says\n\n```\nrestart: unrecognised option '–force'\n```", "Batch", urgency.Team))
	s.takes(10*minute, "Kim Osei")
	s.notes(15*minute, "Kim Osei", "The page was written in Word: the two hyphens became one long dash (U+2013), and the quotes are curly. Looks right, is not.")
	s.resolves(20*minute, "Kim Osei", "Replaced the dash by two hyphens and the quotes by straight ones, pasted it again from the page to check. The other eleven commands of the page had the same two characters.").spends("Kim Osei", 35, "")

	p := t.day(13, 16, 20)
	d := t.opened("picture", p, "Sam Ito", opens("Which of the two Apply buttons in step 6?", "The release page says \"press Apply\". There are two, and one of them restarts everything.", "Ledger", urgency.Team))
	d.takes(8*minute, "Ruth Adeyemi")
	d.resolves(30*minute, "Ruth Adeyemi", "The lower one. Put a screenshot with a frame around it beside the step, and what is shown afterwards. Somebody from Order systems did the page alone yesterday.").spends("Ruth Adeyemi", 25, "")

	v := t.day(19, 9, 40)
	m := t.opened("manual", v, "Kim Osei", opens("AutoSys condition with look-back does not wait", "s(FIN_GL_CLOSE,12) should wait for the close of the last 12 minutes, it accepts one from hours ago.", "Batch", urgency.Team))
	m.takes(5*minute, "Priya Nair")
	m.resolves(90*minute, "Priya Nair", "The manual of our version (not the one on top of the search) says that 12 means twelve hours; minutes are written 00.12. Changed the three jobs, put the manual page on the ticket.").spends("Priya Nair", 60, "")
}

// today is what else lies in the inbox.
func (t *teller) today() {
	a := t.ago(3 * hour)
	s := t.opened("export", a, "Peter Nowak", due(opens("Report export opens with odd characters", "All the umlauts are question marks again when I open the export. I need it by the end of the day.", "CRM", urgency.Person),
		a.Add(4*hour), "Peter Nowak", "", ""))
	s.takes(30*minute, "Dana Reyes").says(6*minute, "Dana Reyes", "Happy to. Is anybody waiting for the file today, or is Thursday fine? It is the import setting; I will write the two clicks down with pictures.")
	s.says(40*minute, "Peter Nowak", "Thursday is fine, nobody waits.").agrees(minute, "Dana Reyes", t.day(0, 17, 0).AddDate(0, 0, 3))

	t.opened("access", t.ago(50*hour), "Ruth Adeyemi", opens("New starter needs read access to AutoSys", "Starts on Monday. Same as the last one.", "Batch", urgency.Person)).takes(2*hour, "Priya Nair").
		waits(20*minute, "Priya Nair", ticket.OnChange, t.now.Add(3*24*hour))
	t.opened("purge", t.ago(47*hour), "Kim Osei", opens("Nightly purge took 40 min longer", "Third Friday in a row. No harm yet: it ended before the load.", "Ledger", urgency.Team)).takes(hour, "Dana Reyes").
		notes(30*minute, "Dana Reyes", "39, 41 and 40 minutes. Always Fridays, always after the weekly statistics.")

	u := t.ago(17 * minute)
	t.opened("addresses", u, "Aisha Rahman", due(opens("Two delivery addresses swapped on the labels", "Seen on 2 of about 300 labels. The parcels are still here.", "Stock", urgency.Client),
		t.now.Add(26*hour), "Aisha Rahman", "the carrier collects tomorrow", "the parcels leave for the wrong door"))
	t.opened("password", t.ago(9*minute), "Jonas Weil", opens("Cannot sign in to the invoice archive", "It says my password is too old, and the page to change it is empty.", "Billing", urgency.Person))
	t.opened("typo", t.ago(70*minute), "Tom Varga", opens("Typing error on the order confirmation", "\"Your oder has been received\". Funny, but please.", "Orders", ""))

	w := t.opened("sample", t.ago(28*hour), "Elif Kaya", opens("Fee table differs from the contract", "Row 7 says 1.9%, we agreed 1.7%.", "PayHub", urgency.Client))
	w.takes(hour, "Sam Ito").then(20*minute, "Sam Ito", "Could you send me the page of the contract, or its number? Then I compare all rows at once.", ticket.OnHold)

	done := t.opened("thanks", t.ago(6*hour), "Marta Lind", opens("Invoice 20417 shows an old address", "The customer moved in spring.", "Billing", urgency.Person))
	done.takes(15*minute, "Dana Reyes").resolves(50*minute, "Dana Reyes", "The address of the invoice is its own field. Changed it, and the default for new ones.").spends("Dana Reyes", 20, "")
	done.says(2*hour, "Dana Reyes", "It is changed; the next invoice has the new address.")
}
