package demo

import (
	"fmt"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/id"
	"firebreak/internal/lookup"
	"firebreak/internal/urgency"
)

const (
	sslError = ` 06:41:20,114 ERROR [feed-2] orders01.harbour.example carrier feed for Tom Varga stopped
javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target
	at java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)
	at com.harbour.orders.CarrierClient.send(CarrierClient.java:88)`
	undoError = `ORA-01555: snapshot too old: rollback segment number 9 with name "_SYSSMU9_2411$" too small
job BILL_EXTRACT_D on billprd01.harbour.example, started by dana@desk.example, customer Marta Lind, invoice 20417`
)

// lookups is an error that was looked up outside without taking anything private along, and what policy made of others.
func (t *teller) lookups() {
	start := t.day(120, 9, 0)
	t.plain(start, "the policy of Money systems", func() error {
		_, err := t.d.SetTeamLookup(t.as("Alex Morgan"), "Money systems", lookup.Ask)
		return err
	})
	at := t.day(18, 6, 50)
	text := at.Format(time.DateOnly) + sslError
	s := t.opened("carrier", at, "Tom Varga", opens("Carrier feed stops with a handshake error", "No parcel is announced since six. The screen shows this:\n\n```\n"+text+"\n```", "Orders", urgency.Client))
	s.takes(6*minute, "Ola Brandt")
	s.after(4*minute, "Ola Brandt looks it up", func(n int64) error {
		return t.out("Ola Brandt", desk.LookupText{Text: text, Ticket: n}, "stackoverflow", nil)
	})
	s.after(9*minute, "Ola Brandt keeps what was found", func(n int64) error {
		_, err := t.d.KeepFoundOutside(t.as("Ola Brandt"), n, desk.KeepFound{URL: "https://stackoverflow.com/q/9619030",
			Note: "The other side's new certificate comes from an issuer that our trust store does not hold. Import the issuer with keytool, then restart the client."})
		return err
	})
	s.notes(14*minute, "Ola Brandt", "The carrier renewed its certificate yesterday, from another issuer. Imported the issuer into the trust store of the feed:\n\n```\nkeytool -importcert -alias carrier-2026 -file issuer.pem -keystore cacerts\n```\n\nThe feed went through after a restart, 212 parcels announced.")
	s.resolves(5*minute, "Ola Brandt", "The carrier's new certificate comes from an issuer that was not in the trust store. Imported the issuer, restarted the feed, 212 parcels went through before the cut-off.").spends("Ola Brandt", 40, "")

	t.plain(t.day(15, 10, 20), "Ruth allows a word", func() error {
		_, err := t.d.AllowWord(t.as("Ruth Adeyemi"), "jilcheck", "a public checker of job definitions; its name says nothing about us")
		return err
	})
	t.plain(t.day(15, 10, 40), "Kim looks up how to", func() error {
		return t.out("Kim Osei", desk.LookupText{Text: "How to make a shell script wait for a file with a timeout?"}, "duckduckgo", nil)
	})
	t.plain(t.day(11, 14, 12), "Priya looks up", func() error {
		return t.out("Priya Nair", desk.LookupText{Text: "label printer lp-3f-02 of Halden: CUPS says \"client-error-document-format-not-supported\" for Aisha Rahman's PDF", Drop: []string{"label"}}, "google", nil)
	})
	t.asks(t.day(9, 11, 30), "Sam Ito", "ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction, on ledger01.harbour.example for Elif Kaya, IBAN GB33BUKB20201555555555", "github", "", "The lock is our own close job. Look at its runbook first.")
	t.asks(t.day(6, 16, 5), "Sam Ito", "FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute, ledger01.harbour.example, user closing_sam", "duckduckgo", "yes", "")

	now := t.ago(13 * minute)
	t.plain(now, "Dana asks to look up", func() error {
		n := t.tickets["extract"]
		return t.out("Dana Reyes", desk.LookupText{Text: undoError, Ticket: n}, "oracle", nil)
	})
}

// plain is an act that belongs to no ticket.
func (t *teller) plain(at time.Time, what string, do func() error) {
	if limit := t.now.Add(-30 * time.Second); at.After(limit) {
		at = limit
	}
	t.steps = append(t.steps, step{at, what, do})
}

// out takes a look-up outside, after what is known inside was shown. asked gets its id.
func (t *teller) out(who string, text desk.LookupText, engine string, asked *id.ID) error {
	ctx := t.as(who)
	l, err := t.d.Lookup(ctx, text)
	if err != nil {
		return err
	}
	out, err := t.d.OpenOutside(ctx, desk.LookupOut{LookupText: text, Engine: engine, Seen: l.Seen()})
	if err == nil && out.Query == "" {
		err = fmt.Errorf("nothing of %q may leave", text.Text)
	}
	if asked != nil {
		*asked = out.ID
	}
	return err
}

// asks is a look-up that a second person decides about: approved and opened, or denied for a reason.
func (t *teller) asks(at time.Time, who, text, engine, approved, reason string) {
	var i id.ID
	t.plain(at, who+" asks to look up", func() error { return t.out(who, desk.LookupText{Text: text}, engine, &i) })
	t.plain(at.Add(11*minute), "Ruth decides about "+who, func() error {
		_, err := t.d.DecideLookup(t.as("Ruth Adeyemi"), i, approved != "", reason)
		return err
	})
	if approved != "" {
		t.plain(at.Add(14*minute), who+" opens it", func() error {
			_, err := t.d.OpenApproved(t.as(who), i)
			return err
		})
	}
}
