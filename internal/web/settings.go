package web

import (
	"context"
	"net/http"
	"net/url"

	"firebreak/internal/desk"
	"firebreak/internal/person"
)

func settingsRoutes() []route {
	return []route{
		show(get, "/settings", "/settings", person.EditSettings, "The desk's settings", "settings", (*Server).settings),
		act(put, "/settings", "/settings", person.EditSettings, "Change the desk's settings", (*Server).saveSettings, saved[settingsIn, desk.Settings]("/settings", "The settings are saved.")),
		show(get, "/settings/audit", "", person.EditSettings, "the audit log", "audit", (*Server).auditPage),
		show(get, "", "/audit", person.EditSettings, "Administrative acts, newest first", "", (*Server).auditLog),
	}
}

func init() {
	redraw("settings", "settings", func(s *Server, r *http.Request) (any, error) { return s.settings(r.Context(), nil) })
}

func (s *Server) settings(ctx context.Context, _ *none) (desk.Settings, error) {
	return s.desk.Settings(ctx)
}

type settingsIn struct {
	Body desk.Settings
}

func (s *Server) saveSettings(ctx context.Context, in *settingsIn) (desk.Settings, error) {
	return s.desk.SaveSettings(ctx, in.Body)
}

type auditIn struct {
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" doc:"1 to 200, 50 when not given"`
}

func (s *Server) auditLog(ctx context.Context, in *auditIn) (desk.AuditPage, error) {
	return s.desk.AuditLog(ctx, in.Cursor, in.Limit)
}

type auditOut struct {
	Page  desk.AuditPage
	Next  string
	First bool
}

func (s *Server) auditPage(ctx context.Context, in *auditIn) (out auditOut, err error) {
	out.First = in.Cursor == ""
	out.Page, err = s.auditLog(ctx, in)
	if out.Page.Next != "" {
		out.Next = "/settings/audit?cursor=" + url.QueryEscape(out.Page.Next)
	}
	return out, err
}
