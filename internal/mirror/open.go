package mirror

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"firebreak/internal/fault"
)

// Open gives the text of a file that may be compressed with gzip or bzip2, found out from its first bytes.
func Open(in io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(in, bufSize)
	head, err := b.Peek(4)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, &fault.Fault{Code: fault.CodeInvalid, Field: "file", Message: fmt.Sprintf("The gzip file is damaged: %v.", err), Hint: "Download it again.", Err: err}
		}
		return z, nil
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(b), nil
	case IsZip(head):
		return nil, fault.Invalid("file", "A zip archive cannot be read as a stream.", "Name the file itself on the command line, or unpack it: unzip -p FILE.zip Posts.xml | firebreak mirror import - --site SITE")
	}
	return b, nil
}

// IsZip reports whether a file that begins so is a zip archive.
func IsZip(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// OpenZip gives Posts.xml out of a zip archive, and how long it is.
func OpenZip(in io.ReaderAt, size int64) (io.ReadCloser, int64, error) {
	z, err := zip.NewReader(in, size)
	if err != nil {
		return nil, 0, &fault.Fault{Code: fault.CodeInvalid, Field: "file", Message: fmt.Sprintf("The zip archive cannot be read: %v.", err), Hint: "Download it again.", Err: err}
	}
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return strings.EqualFold(path.Base(f.Name), "Posts.xml") })
	if i < 0 && len(z.File) == 1 {
		i = 0
	}
	if i < 0 {
		return nil, 0, fault.Invalid("file", "The zip archive has no Posts.xml.", "Name the archive of a site's posts.")
	}
	f, err := z.File[i].Open()
	if err != nil {
		return nil, 0, &fault.Fault{Code: fault.CodeInvalid, Field: "file", Message: fmt.Sprintf("The zip archive cannot be read: %v.", err), Err: err}
	}
	return f, int64(z.File[i].UncompressedSize64), nil
}
