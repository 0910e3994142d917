package store

import (
	"context"
	"database/sql"
	"time"

	"firebreak/internal/urgency"
)

// Settings are the desk's own choices, kept in the database so that all nodes share them.
type Settings struct {
	DeskName string `json:"desk_name" doc:"shown in the title and to requesters" maxLength:"80"`
	Zone     string `json:"zone" doc:"IANA time zone in which deadlines are explained"`
	// DefaultEffortMinutes is assumed while an application has fewer than MinSample resolved tickets.
	DefaultEffortMinutes int `json:"default_effort_minutes" minimum:"1" maximum:"43200"`
	// MarginMinutes is slack at which a house fire already counts as a wildfire.
	MarginMinutes int `json:"margin_minutes" minimum:"0" maximum:"43200"`
	WarnMinutes   int `json:"warn_minutes" doc:"how long before a turn the desk warns" minimum:"0" maximum:"43200"`
	MinSample     int `json:"min_sample" doc:"resolved tickets needed before the effort is learned" minimum:"1" maximum:"200"`
	ReopenDays    int `json:"reopen_days" doc:"a reply this long after resolving still reopens the ticket" minimum:"0" maximum:"365"`
	HoldSeconds   int `json:"hold_seconds" doc:"how long a reply can be taken back before it leaves" minimum:"0" maximum:"60"`
}

// DefaultSettings is a desk nobody has configured yet.
func DefaultSettings() Settings {
	u := urgency.DefaultSettings()
	return Settings{DeskName: "Firebreak", Zone: "UTC", DefaultEffortMinutes: int(u.DefaultEffort / time.Minute),
		MarginMinutes: int(u.Margin / time.Minute), WarnMinutes: int(u.WarnBefore / time.Minute), MinSample: u.MinSample,
		ReopenDays: 14, HoldSeconds: 10}
}

// Urgency gives the settings in the form urgency judges with.
func (s Settings) Urgency() urgency.Settings {
	u := urgency.DefaultSettings()
	u.DefaultEffort = time.Duration(s.DefaultEffortMinutes) * time.Minute
	u.Margin = time.Duration(s.MarginMinutes) * time.Minute
	u.WarnBefore = time.Duration(s.WarnMinutes) * time.Minute
	u.MinSample = s.MinSample
	return u
}

// Location is the desk's time zone, UTC when unknown.
func (s Settings) Location() *time.Location {
	if l, err := time.LoadLocation(s.Zone); err == nil {
		return l
	}
	return time.UTC
}

const settingsKey = "desk"

// Settings gives the desk's settings, defaults where nothing was chosen.
func (r Read) Settings(ctx context.Context) (Settings, error) {
	s := DefaultSettings()
	err := r.q.QueryRowContext(ctx, "SELECT value FROM setting WHERE key = $1", settingsKey).Scan(fromJSON{&s})
	if err == sql.ErrNoRows {
		err = nil
	}
	return s, err
}

// SaveSettings keeps the desk's settings.
func (tx *Tx) SaveSettings(ctx context.Context, s Settings) error {
	_, err := tx.q.ExecContext(ctx, `INSERT INTO setting (key, value, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, settingsKey, jsonText(s), ms(tx.Now))
	return err
}
