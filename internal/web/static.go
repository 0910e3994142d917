package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
)

//go:embed static
var staticFiles embed.FS

// staticVersion names the content of all static files, so that their addresses change with it and
// browsers may keep them for ever.
var staticVersion = sync.OnceValue(func() string {
	h := sha256.New()
	fs.WalkDir(staticFiles, "static", func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, _ := staticFiles.ReadFile(p)
			h.Write([]byte(p))
			h.Write(b)
		}
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:12]
})

// staticPath is the address of a static file.
func staticPath(name string) string { return "/static/" + staticVersion() + "/" + name }

func staticHandler(dev bool) (http.Handler, error) {
	var files fs.FS
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	if dev {
		files = os.DirFS("internal/web/static")
	}
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/static/")
		version, rest, ok := strings.Cut(name, "/")
		switch {
		case ok && version == staticVersion() && !dev:
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			name = rest
		case ok && len(version) == len(staticVersion()) && isHex(version):
			w.Header().Set("Cache-Control", "no-cache")
			name = rest
		default:
			w.Header().Set("Cache-Control", "no-cache")
			w.Header().Set("ETag", `"`+staticVersion()+`"`)
		}
		if strings.HasSuffix(name, "/") || name == "" || strings.HasSuffix(name, ".go") {
			http.NotFound(w, r)
			return
		}
		r2 := r.Clone(r.Context())
		r2.URL.Path = "/" + name
		server.ServeHTTP(w, r2)
	}), nil
}

func isHex(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil
}
