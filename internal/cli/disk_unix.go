//go:build unix

package cli

import "golang.org/x/sys/unix"

// freeSpace gives the bytes that this user may still write where dir is.
func freeSpace(dir string) (int64, bool) {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true //nolint:unconvert // the types differ between systems
}
