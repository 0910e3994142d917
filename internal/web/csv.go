package web

import (
	"context"
	"encoding/csv"
	"net/http"

	"firebreak/internal/evidence"
	"firebreak/internal/person"
)

// table is a row that gives what a handler finds as a file for spreadsheets, at the page's and the API's
// address with .csv behind it. Cells that a spreadsheet would run as a formula are made harmless.
func table[I, O any](address, name string, p person.Permission, what string, h func(*Server, context.Context, *I) (O, error), rows func(O) [][]string) route {
	return tabled(route{method: get, may: p, what: what}, address, name, handle(h), func(out any) [][]string { return rows(out.(O)) })
}

func tabled(r route, address, name string, h handler, rows func(any) [][]string) route {
	r.mount = func(s *Server) {
		for _, root := range []string{"", apiRoot} {
			s.mux.HandleFunc("GET "+root+address+".csv", func(w http.ResponseWriter, req *http.Request) {
				_, out, err := call(s, req, r.may, h)
				if err != nil {
					s.fail(w, req, err)
					return
				}
				writeCSV(w, name, rows(out))
			})
		}
	}
	return r
}

func writeCSV(w http.ResponseWriter, name string, rows [][]string) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	out := csv.NewWriter(w)
	out.UseCRLF = true
	for _, row := range rows {
		for i, cell := range row {
			row[i] = evidence.Harmless(cell)
		}
		if out.Write(row) != nil {
			return // the reader went away
		}
	}
	out.Flush()
}
