package client

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
)

// Evidence is a piece of evidence for a ticket. It is private to the desk.
type Evidence struct {
	Kind  string `json:"kind"`  // sql, terminal, log, screenshot or file; "" lets the desk find out
	Title string `json:"title"` // what it shows, in one line
	Body  string `json:"body"`  // a remark beside the file; without a file the text itself
	// For sql: what was run and where.
	Statement, Engine, Database string

	Name string    // name of the file
	File io.Reader // nil: there is only the Body
	// Timing belongs to a typescript of script(1).
	Timing io.Reader
}

// UploadEvidence adds a piece of evidence to a ticket. The file is streamed: it is never held in memory. It is not
// sent again when the connection fails, since a reader can be read only once.
func (c *Client) UploadEvidence(ctx context.Context, n int64, in Evidence) (Entry, error) {
	texts := in
	texts.File, texts.Timing = nil, nil
	if err := checkText(texts); err != nil {
		return Entry{}, err
	}
	r, w := io.Pipe()
	defer r.Close()
	form := multipart.NewWriter(w)
	go func() { w.CloseWithError(in.write(form)) }()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.server+"/api/v1/tickets/"+number(n)+"/entries", r)
	if err != nil {
		return Entry{}, &Error{Code: CodeInvalid, Field: "server", Message: fmt.Sprintf("%q is not the address of a desk.", c.server), Hint: "Write it like https://desk.example.com.", Err: err}
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	c.sign(req)
	res, err := c.http().Do(req)
	if err != nil {
		return Entry{}, c.unreachable(ctx, err)
	}
	defer res.Body.Close()
	var e Entry
	return e, c.read(res, &e)
}

// write puts the texts before the files, so that the desk knows what comes.
func (in Evidence) write(form *multipart.Writer) error {
	for _, f := range []struct{ name, value string }{{"kind", in.Kind}, {"title", in.Title}, {"body", in.Body},
		{"statement", in.Statement}, {"engine", in.Engine}, {"database", in.Database}} {
		if f.value == "" {
			continue
		}
		if err := form.WriteField(f.name, f.value); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		field, name string
		r           io.Reader
	}{{"file", in.Name, in.File}, {"timing", "timing", in.Timing}} {
		if f.r == nil {
			continue
		}
		if f.name == "" {
			f.name = f.field
		}
		part, err := form.CreateFormFile(f.field, f.name)
		if err != nil {
			return err
		}
		if _, err := io.Copy(part, f.r); err != nil {
			return err
		}
	}
	return form.Close()
}

// File opens a file of an entry; role is as in Attachment. The caller closes it.
func (c *Client) File(ctx context.Context, entry, role string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server+"/api/v1/entries/"+entry+"/files/"+role, nil)
	if err != nil {
		return nil, &Error{Code: CodeInvalid, Field: "entry", Message: "This cannot be the name of a file.", Hint: "Use the id of an entry and the role of one of its files.", Err: err}
	}
	c.sign(req)
	res, err := c.http().Do(req)
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	if res.StatusCode >= 400 {
		defer res.Body.Close()
		return nil, c.read(res, nil)
	}
	return res.Body, nil
}
