package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"firebreak/internal/desk"
	"firebreak/internal/live"
	"firebreak/internal/store/storetest"
)

// TestEveryPageDrawsWithoutData draws each template of the route table with the zero value of its data, plain and
// with a refused form: a page must not need data to be drawn.
func TestEveryPageDrawsWithoutData(t *testing.T) {
	st, _ := storetest.SQLite(t)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s, err := New(desk.New(st, &live.Hub{}, nil, log), log, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pages := galleryPages()
	if len(pages) < 2 {
		t.Fatalf("only %d pages", len(pages))
	}
	for _, p := range pages {
		for _, state := range galleryStates {
			w := httptest.NewRecorder()
			s.drawState(w, httptest.NewRequest("GET", "/dev/pages/"+p.Name+"/"+state, nil), p.Name, state)
			if w.Code != http.StatusOK || w.Body.Len() < 500 {
				t.Errorf("%s, %s: %d %.300s", p.Name, state, w.Code, w.Body)
			}
		}
	}
}
