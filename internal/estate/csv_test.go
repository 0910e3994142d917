package estate

import (
	"strings"
	"testing"
)

func TestReadCSV(t *testing.T) {
	table, rows, bad, _ := ReadCSV([]byte("\ufeffCaller;Target;Interface;DNS name;IP;Port;cache\r\nOrders;Stock;Stock lookup;stock01.example;10.4.2.19 2001:db8::19;8443;jvm+pool\r\n# a remark;;;;;;\r\n\r\nOrders;CRM;;;;;\r\n"))
	if table != Interfaces || len(bad) > 0 || len(rows) != 2 || rows[0].Line != 2 || rows[1].Line != 5 {
		t.Fatalf("%s %+v %v", table, rows, bad)
	}
	i, from, to, problems := rows[0].Interface()
	if from != "Orders" || to != "Stock" || i.Port != 8443 || strings.Join(i.Addresses, " ") != "10.4.2.19 2001:db8::19" || strings.Join(i.Between, "+") != "jvm+pool" || i.Host != "stock01.example" || len(problems) > 0 {
		t.Errorf("%+v %v", i, problems)
	}
	if table, _, _, _ := ReadCSV([]byte("application,product,version,host\n")); table != Products {
		t.Errorf("products are %s", table)
	}
	if table, _, _, _ := ReadCSV([]byte("application\tserver\tip\n")); table != Hosts {
		t.Errorf("hosts are %s", table)
	}
	for _, c := range []struct {
		text string
		line int
		want string
	}{
		{"", 1, "empty"}, {"a,b\n1,2\n", 1, "do not say"}, {"from,to,colour\nA,B,red\n", 1, `no column "colour"`}, {"from,to,port,port\nA,B,1,2\n", 1, "twice"},
		{"from,to\nA\n", 2, "1 columns"}, {"from,to\n\nA,\n", 3, "must not be empty"}, {"from,to\nA,\"B\nC,D\n", 2, "quote"}, {"from,to\nA,B\xff\n", 2, "UTF-8"},
		{"from,to,name\nA,B," + strings.Repeat("x", 3000) + "\n", 2, "longer"},
	} {
		_, _, bad, _ := ReadCSV([]byte(c.text))
		if len(bad) != 1 || bad[0].Line < c.line || bad[0].Line > c.line+2 || !strings.Contains(bad[0].Error(), c.want) {
			t.Errorf("%q: %v, want line %d, %s", c.text, bad, c.line, c.want)
		}
	}
	for field, wrong := range map[string]string{"address": "10.4.2", "port": "70000", "between": "magic"} {
		_, rows, _, _ := ReadCSV([]byte("from,to," + field + "\nA,B," + wrong + "\n"))
		if _, _, _, p := rows[0].Interface(); len(p) != 1 || p[0].Field != field || p[0].Line != 2 {
			t.Errorf("%s %s: %v", field, wrong, p)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("from;to;port\nA;B;1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, rows, bad, _ := ReadCSV(text)
		for _, r := range rows {
			r.Interface()
		}
		for _, p := range bad {
			if p.Line < 1 || p.Reason == "" {
				t.Fatalf("%+v", p)
			}
		}
	})
}
