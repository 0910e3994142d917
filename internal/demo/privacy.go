package demo

import (
	"firebreak/internal/desk"
	"firebreak/internal/ticket"
	"firebreak/internal/urgency"
)

// private is a ticket whose evidence carries what nobody needs to read: cards, a password, and contract numbers, which the
// desk knows by a pattern of its own. All of it is invented.
func (t *teller) private() {
	t.steps = append(t.steps, step{t.day(12, 9, 30), "a pattern for contract numbers", func() error {
		_, err := t.d.AddPattern(t.as("Alex Morgan"), desk.PatternFields{Name: new("contract number"), Expr: new(`\bNF-[0-9]{6}-[A-Z]\b`),
			Finds: new("Contract NF-204417-K was charged twice."), Spares: new("NF-20 is a filter.")})
		return err
	}})
	at := t.day(2, 10, 12)
	s := t.opened("refund", at, "Aisha Rahman", desk.OpenTicket{Subject: "Two customers were charged twice yesterday", Application: "PayHub", Stakes: urgency.Team,
		Body: "Contracts NF-204417-K and NF-198802-C were charged twice at 18:40. Please tell us what to refund. One of them is on the phone."})
	s.takes(9*minute, "Kim Osei")
	s.log(12*minute, "Kim Osei", "payhub-gw01 at 18:40", "payhub-gw.log", `18:40:02.118 INFO  [line-1] authorise pan=4111111111111111 amount=84.50 rc=00 took=212ms
18:40:02.431 WARN  [line-1] no answer to the shop within 300ms, sent again
18:40:02.640 INFO  [line-1] authorise pan=4111111111111111 amount=84.50 rc=00 took=208ms
18:40:07.905 INFO  [line-2] authorise pan=5555555555554444 amount=19.00 rc=00 took=240ms
18:40:08.222 WARN  [line-2] no answer to the shop within 300ms, sent again
18:40:08.431 INFO  [line-2] authorise pan=5555555555554444 amount=19.00 rc=00 took=209ms
18:41:00.001 DEBUG connect jdbc:postgresql://payhub:tr0ub4dor-and-3@payhub-db01:5432/payhub
`)
	s.sql(8*minute, "Kim Osei", "PAYHUB, read only", "select contract, pan, amount, count(*) as times\n  from charge where day = date '2026-11-27'\n group by contract, pan, amount having count(*) > 1;",
		" contract    | pan              | amount | times\n-------------+------------------+--------+------\n NF-204417-K | 4111111111111111 |  84.50 |     2\n NF-198802-C | 5555555555554444 |  19.00 |     2\n(2 rows)\n", 41)
	s.notes(6*minute, "Kim Osei", "The gateway sends again after 300 ms without asking whether the first one went through. Refund one of each: NF-204417-K 84.50 and NF-198802-C 19.00.")
	s.after(5*minute, "Kim Osei answers", func(n int64) error {
		_, err := s.t.d.Reply(s.t.as("Kim Osei"), n, desk.Reply{Body: "Both were charged twice because the gateway asked again too early. One charge of 84.50 and one of 19.00 will be refunded today.", Status: ticket.Open})
		return err
	})
	s.resolves(50*minute, "Kim Osei", "Refunded one charge of each. The gateway waits 2 s now before it asks again, and asks whether the first one went through.")
}
