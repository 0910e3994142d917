package demo

import (
	"fmt"
	"strings"
	"time"

	"firebreak/internal/desk"
	"firebreak/internal/id"
)

// stockHost is the server of application A; it moves.
const stockHost, stockBefore, stockNow = "stock01.harbour.example", "10.4.1.7", "10.4.2.19"

// calls are the interfaces of the demo.
const calls = `from,to,name,host,address,port,protocol,between,clear
Orders,Stock,Stock of each line,stock01.harbour.example,,8443,https,jvm+pool,ordersctl pool restart stock
Orders,PayHub,Card payment,payhub-gw01.harbour.example,10.20.9.5,9443,https,pool,
Orders,CRM,Customer record,crm.harbour.example,10.20.7.3,443,https,balancer,
Orders,Billing,Order lines for invoices,billapp01.harbour.example,10.20.4.21,1414,mq,,
Billing,Ledger,Postings,ledger01.harbour.example,10.20.5.11,1521,jdbc,pool,
PayHub,Ledger,Settlement,ledger01.harbour.example,10.20.5.11,1521,jdbc,pool,
CRM,Billing,Invoices of a customer,billapp01.harbour.example,10.20.4.21,443,https,dns,
`

const products = `application,product,version,host
Billing,Oracle Database,19.21,billprd01.harbour.example
Ledger,Oracle Database,19.21,ledger01.harbour.example
Stock,Tomcat,9.0.82,stock01.harbour.example
Orders,OpenJDK,17.0.9,orders01.harbour.example
Orders,Tomcat,9.0.80,orders01.harbour.example
Batch,AutoSys Workload Automation,12.0.1,
`

// nightly are some of the jobs of the batch.
const nightly = `/* nightly window and month end */
insert_machine: billapp01
type: a

insert_machine: ledger01
type: a

calendar: BANK_HOLS
12/25/2026
12/26/2026
01/01/2027

extended_calendar: LAST3_AND_FIRST
workday: mo,tu,we,th,fr
non_workday: S
holiday: S
adjust: 0
condition: MNTHDM01 | MNTHDM02 | MNTHDM03 | MNTHD#01

insert_job: BILL_LOAD   job_type: CMD
application: Billing
command: /apps/bill/bin/load.sh $$BUS_DATE
machine: billapp01
date_conditions: 1
days_of_week: all
start_times: "22:05"
max_run_alarm: 60

insert_job: FIN_GL_CLOSE   job_type: CMD
application: Ledger
command: /apps/fin/bin/close.sh
machine: ledger01
date_conditions: 1
run_calendar: LAST3_AND_FIRST
exclude_calendar: BANK_HOLS
start_times: "22:30"
condition: s(BILL_LOAD,12.00)

insert_job: FIN_ME_PURGE   job_type: CMD
application: Ledger
command: /apps/fin/bin/purge.sh --keep 90
machine: ledger01
date_conditions: 1
days_of_week: fr
start_times: "23:45"

insert_job: BILL_ME_BOX   job_type: BOX
application: Billing
date_conditions: 1
run_calendar: LAST3_AND_FIRST
start_times: "01:00"

insert_job: BILL_ME_EXTRACT   job_type: CMD
application: Billing
box_name: BILL_ME_BOX
command: /apps/bill/bin/extract.sh $$BUS_DATE
machine: billapp01
condition: s(FIN_GL_CLOSE,12.00) & n(FIN_ME_PURGE)
max_run_alarm: 45
term_run_time: 120
n_retrys: 1
alarm_if_fail: 1

insert_job: ORD_DAILY_FEED   job_type: CMD
application: Orders
command: /apps/orders/bin/feed.sh
machine: orders01
date_conditions: 1
days_of_week: mo,tu,we,th,fr
start_times: "16:30"
condition: s(STK_SNAPSHOT,00.45)

insert_job: STK_SNAPSHOT   job_type: CMD
application: Stock
command: /apps/stock/bin/snapshot.sh
machine: stock01
date_conditions: 1
days_of_week: mo,tu,we,th,fr
start_times: "15:50"
`

// neighbours makes what stands around the applications, as it was some months ago.
func (t *teller) neighbours() error {
	ctx := desk.AsSystem(t.ctx, "cli", "demo")
	for _, file := range []string{calls, products, nightly} {
		r, err := t.d.ImportEstate(ctx, strings.NewReader(file), desk.EstateImport{})
		if err != nil {
			return err
		}
		if r.Refused() {
			return fmt.Errorf("the estate of the demo: %v", r.Problems)
		}
	}
	return nil
}

// changes tells what was changed in the last days.
func (t *teller) changes() {
	record := func(at time.Time, who string, in desk.AddChange) {
		t.steps = append(t.steps, step{at, in.Title, func() error {
			in.From = t.d.Now()
			_, err := t.d.AddChange(t.as(who), in)
			return err
		}})
	}
	t.steps = append(t.steps, step{t.ago(41 * hour), "Stock moves", func() error {
		a, err := t.d.Application(t.as("Ruth Adeyemi"), "Stock")
		if err != nil {
			return err
		}
		for _, e := range a.Environments {
			for _, h := range e.Hosts {
				if h.Name == stockHost {
					_, err = t.d.UpdateHost(t.as("Ruth Adeyemi"), "Stock", h.ID, desk.HostFields{Address: new(stockNow), Note: new("moved here from " + stockBefore)})
				}
			}
		}
		return err
	}})
	record(t.ago(42*hour), "Kim Osei", desk.AddChange{Application: "Stock", Title: "Stock moves to a new server in the second hall", Kind: "server", By: "Platform", Reference: "CHG-2291", Host: stockHost,
		Note: "Same name, new address. Whoever calls Stock by its name need not do anything, as long as nobody keeps the old address."})
	record(t.ago(3*24*hour), "Kim Osei", desk.AddChange{Application: "Billing", Title: "Release 7.3.1", Kind: "deploy", By: "release pipeline", Reference: "CHG-2284", Old: "7.3.0", New: "7.3.1"})
	record(t.ago(27*minute), "Kim Osei", desk.AddChange{Application: "PayHub", Title: "The card switch has a new certificate", Kind: "network", By: "the card network", Planned: new(false)})
}

// compared keeps the address check of an interface on a story's ticket.
func (s *story) compared(d time.Duration, who, from, to, caller string) *story {
	return s.after(d, who+" compares the addresses", func(n int64) error {
		a, err := s.t.d.Around(s.t.as(who), from, "")
		if err != nil {
			return err
		}
		var which id.ID
		for _, i := range a.Calls {
			if i.To == to {
				which = i.ID
			}
		}
		_, err = s.t.d.CheckAddress(s.t.as(who), which, desk.AddressCheck{Caller: caller, Ticket: n})
		return err
	})
}
