package browser

import (
	"fmt"
	"strings"
	"testing"

	"firebreak/internal/desk"
)

// stockLookup is the address of the interface by which Orders calls Stock.
func (x *site) stockLookup(t *testing.T) string {
	t.Helper()
	a, err := x.desk.Around(desk.AsSystem(t.Context(), "cli", "test"), "orders", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range a.Calls {
		if i.To == "Stock" {
			return "/estate/interfaces/" + i.ID.String()
		}
	}
	t.Fatal("the demo has no interface from Orders to Stock")
	return ""
}

// lastChange is the newest change of Stock.
func (x *site) lastChange(t *testing.T) string {
	t.Helper()
	page, err := x.desk.Changes(desk.AsSystem(t.Context(), "cli", "test"), desk.ListChanges{Application: "stock"})
	if err != nil || len(page.Items) == 0 {
		t.Fatal(page, err)
	}
	return page.Items[0].ID.String()
}

// TestStaleAddressIsFoundOnThePage tells the story of applications A and B in the browser, and draws a hub with forty
// neighbours.
func TestStaleAddressIsFoundOnThePage(t *testing.T) {
	x := newSite(t)
	ctx := desk.AsSystem(t.Context(), "cli", "test")
	var csv strings.Builder
	csv.WriteString("from,to,port\n")
	for n := range 24 {
		fmt.Fprintf(&csv, "Branch system %d,Hub,%d\n", n, 1000+n)
	}
	for n := range 12 {
		fmt.Fprintf(&csv, "Hub,Provider of data %d,%d\n", n, 1000+n)
	}
	csv.WriteString("Hub,Stock,1\nOrders,Hub,1\nBilling,Hub,2\nHub,PayHub,1\n")
	if r, err := x.desk.ImportEstate(ctx, strings.NewReader(csv.String()), desk.EstateImport{Create: true}); err != nil || r.Refused() {
		t.Fatal(r, err)
	}
	b := browse(t, x, ruth)
	for _, p := range []struct {
		name          string
		width, height int64
		scheme        string
	}{{"light", 1440, 1900, "light"}, {"dark", 1440, 1900, "dark"}, {"phone", 390, 2600, "light"}} {
		b.look(p.width, p.height, p.scheme)
		b.visit(x.url + "/catalogue/hub/estate")
		b.accessible("forty neighbours " + p.name)
		b.shot("estate-forty-" + p.name)
		class := "wide"
		if p.width < 700 {
			class = "tall"
		}
		if n := eval[float64](b, "document.querySelectorAll('svg.map."+class+" a.node').length"); n < 41 {
			t.Errorf("%s: %v nodes", p.name, n)
		}
		if shown := eval[bool](b, "document.querySelector('svg.map."+class+"').getBoundingClientRect().width > 100"); !shown {
			t.Errorf("%s: the picture is not shown", p.name)
		}
	}
	// A node can be reached and opened by keyboard.
	b.look(1440, 1000, "light")
	b.visit(x.url + "/catalogue/stock/estate")
	if to := eval[string](b, "(n => { n.focus(); return document.activeElement === n ? n.getAttribute('href') : '' })([...document.querySelectorAll('svg.map.wide a.node')].find(n => n.textContent.startsWith('Orders')))"); to != "/catalogue/orders/estate" {
		t.Errorf("the focus is on %q", to)
	}
	b.visit(x.url + x.stockLookup(t))
	eval[bool](b, `(() => { document.querySelector('#caller').value = '$ getent hosts stock01.harbour.example\n10.4.2.19 stock01.harbour.example\nSYN-SENT 0 1 10.4.3.30:48122 10.4.1.7:8443\n'; document.querySelector('[name=ask_dns]').checked = false; document.querySelector('form.fields').requestSubmit(); return true })()`)
	b.until("the verdict", "!!document.querySelector('#verdict')")
	if s := eval[string](b, "document.querySelector('#verdict .notice').textContent"); !strings.Contains(s, "Orders holds a stale address: it connects to 10.4.1.7") || !strings.Contains(s, "clear it: ordersctl pool restart stock") {
		t.Errorf("the verdict: %s", s)
	}
	b.accessible("the verdict")
	b.shot("interface-verdict-light")
	b.look(390, 844, "dark")
	b.shot("interface-verdict-phone")
	b.clean("the verdict")
}
