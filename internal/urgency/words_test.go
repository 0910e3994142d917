package urgency

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNamed(t *testing.T) {
	for _, text := range []string{
		"", " ", "-", "?", "...", "n/a", "N/A", "none", "No.", "x", "ASAP", "asap!!!", "Urgent, please", "very urgent - top priority", "P1",
		"don't know", "I don’t know", "dont know", "do not know", "not sure", "no idea", "because", "because I said so", "boss wants it", "My boss wants it now",
		"the client needs it by end of day", "client asked", "EOD", "by 17:00 today", "as soon as possible", "TBD", "42", "must be fixed today", "by Friday noon",
		"nothing happens", "no special reason",
	} {
		if named(text) {
			t.Errorf("%q names nothing", text)
		}
	}
	for _, text := range []string{
		"the billing run is tomorrow at six", "invoices go out wrong", "Trading opens", "client cannot ship", "boss presents to the board", "payroll",
		"not urgent, the archive fills up", "請求書が止まる", "Abrechnung", "the contract ends today",
	} {
		if !named(text) {
			t.Errorf("%q names something", text)
		}
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct {
		text, event string
		want        match
	}{
		{"the billing run is tomorrow at six", "Billing run", fully},
		{"BILLING goes wrong", "Billing run", fully},
		{"before the billing-runs", "Billing run", fully},
		{"the run is tomorrow", "Billing run", unnamed},
		{"bill has to run", "Billing run", unnamed},
		{"", "Billing run", unnamed},
		{"the billing run", "", unnamed},
		{"the invoice's payment", "Invoices", fully},
		{"the month end close starts at six", "Month-end close", fully},
		{"by the end of the month", "Month-end close", unnamed},
		{"close the ticket", "Close", unnamed},
		{"payroll is late", "Payroll transfer", partly},
		{"the bank called", "Payroll transfer to the bank", unnamed},
		{"the payroll transfer", "Payroll transfer to the bank", partly},
		{"bank payroll transfer", "Payroll transfer to the bank", fully},
		{"we were billing billing", "Billing billing export", partly},
	} {
		if got := names(tt.text, tt.event); got != tt.want {
			t.Errorf("names(%q, %q) = %d, want %d", tt.text, tt.event, got, tt.want)
		}
	}
}

func TestPlain(t *testing.T) {
	long := plain(strings.Repeat("é", 500))
	if utf8.RuneCountInString(long) != 120 || !strings.HasSuffix(long, "…") {
		t.Errorf("a long text became %q", long)
	}
	if got := plain("  two\r\n\tlines.\u2028 "); got != "two lines" {
		t.Errorf("got %q", got)
	}
}
