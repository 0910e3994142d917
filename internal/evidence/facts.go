package evidence

// What the desk keeps about a piece of evidence beside its files, so that a page can show it without
// opening them. SQL evidence is kept as SQL itself.

// TerminalFacts tells about a terminal session.
type TerminalFacts struct {
	Width      int    `json:"width,omitempty" doc:"columns"`
	Height     int    `json:"height,omitempty" doc:"rows"`
	DurationMS int64  `json:"duration_ms,omitempty"`
	StartedAt  int64  `json:"started_at,omitempty" doc:"Unix seconds, when the recording says"`
	Title      string `json:"title,omitempty"`
	Command    string `json:"command,omitempty"`
	Exit       *int   `json:"exit,omitempty" doc:"exit status, when the recording says"`
	Recorded   bool   `json:"recorded" doc:"it plays; false for a session pasted as text"`
	// Text is the start of what was shown, as plain text.
	Text    string `json:"text,omitempty"`
	TextCut bool   `json:"text_cut,omitempty" doc:"the text has more than this"`
}

// LogFacts tells about a log.
type LogFacts struct {
	Lines     int            `json:"lines"`
	Bytes     int64          `json:"bytes"`
	Levels    map[string]int `json:"levels,omitempty" doc:"lines of each level"`
	Converted bool           `json:"converted,omitempty" doc:"it was compressed or in UTF-16; the stored file is plain UTF-8"`
	// Head and Tail are the first and the last lines.
	Head []Line `json:"head,omitempty"`
	Tail []Line `json:"tail,omitempty"`
}

// ImageFacts tells about a picture and its thumbnail, in pixels.
type ImageFacts struct {
	Width       int `json:"width"`
	Height      int `json:"height"`
	ThumbWidth  int `json:"thumb_width"`
	ThumbHeight int `json:"thumb_height"`
}

// PictureFacts tells about the pictures of an entry, in the order of its files.
type PictureFacts struct {
	Images []ImageFacts `json:"images"`
}
