// Package config holds what an operator chooses for one process. Flags win over FIREBREAK_… variables, which win
// over a TOML file, which wins over the defaults.
package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"firebreak/internal/fault"
)

// Config is the configuration of one process. The toml tag is the key in the file; the variable is FIREBREAK_ and
// the key in capitals, the flag is the key with hyphens.
type Config struct {
	Data      string `toml:"data" doc:"data directory: SQLite file, files, snapshots"`
	Database  string `toml:"database" doc:"PostgreSQL URL; empty: SQLite in the data directory" secret:"url"`
	Listen    string `toml:"listen" doc:"address to serve HTTP on"`
	MaxUpload int64  `toml:"max_upload" doc:"largest file taken: bytes, or with a unit as in 500MB or 2GiB" unit:"bytes"`
	Secure    bool   `toml:"secure_cookies" doc:"cookies over HTTPS only; set it when TLS ends here or at a proxy"`
	Proxies   string `toml:"proxies" doc:"addresses or networks of the proxies in front, with commas; what they say of a browser's address is believed, as of a proxy on this machine"`
	SMTP      string `toml:"smtp" doc:"address to receive mail on; kept for the mail feature, nothing listens there yet"`
	Clock     string `toml:"clock" doc:"fixed instant for demonstrations and tests, RFC 3339; empty: the machine's clock"`
	Dev       bool   `toml:"dev" doc:"read templates from the source tree, open /dev/pages"`
	LogLevel  string `toml:"log_level" doc:"debug, info, warn or error"`
	Server    string `toml:"server" doc:"URL of a remote desk that ticket, search and app commands work on; empty: the local one"`
	Token     string `toml:"token" doc:"API token for the remote desk" secret:"all"`
}

// Default is the configuration of a process nobody configured.
func Default() Config {
	return Config{Data: "./firebreak-data", Listen: "127.0.0.1:8080", MaxUpload: 2 << 30, LogLevel: "info"}
}

// Now gives the configured fixed instant; false when the machine's clock rules.
func (c Config) Now() (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, c.Clock)
	return t.UTC(), err == nil
}

// ProxyNetworks gives the configured proxies as networks; false when one of them cannot be read.
func (c Config) ProxyNetworks() (nets []netip.Prefix, ok bool) {
	for s := range strings.SplitSeq(c.Proxies, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		n, err := netip.ParsePrefix(s)
		if err != nil {
			a, err := netip.ParseAddr(s)
			if err != nil {
				return nil, false
			}
			n = netip.PrefixFrom(a, a.BitLen())
		}
		nets = append(nets, n.Masked())
	}
	return nets, true
}

// check judges a whole configuration; every fault names the key and how to mend it.
func (c Config) check() error {
	var bad []*fault.Fault
	wrong := func(key, value, what, remedy string) {
		bad = append(bad, fault.Invalid(key, fmt.Sprintf("%q %s.", value, what), remedy))
	}
	if c.Data == "" {
		wrong("data", c.Data, "is not a directory", "Name a directory that this user may write, e.g. ./firebreak-data.")
	}
	for _, a := range [][2]string{{"listen", c.Listen}, {"smtp", c.SMTP}} {
		key, addr := a[0], a[1]
		if addr == "" && key == "smtp" {
			continue
		}
		_, port, err := net.SplitHostPort(addr)
		if n, perr := strconv.Atoi(port); err != nil || perr != nil || n < 0 || n > 65535 {
			wrong(key, addr, "is not an address", "Write host and port, e.g. 127.0.0.1:8080, or :8080 for all interfaces.")
		}
	}
	if _, ok := c.ProxyNetworks(); !ok {
		wrong("proxies", c.Proxies, "is not a list of addresses", "Write addresses or networks with commas, e.g. 10.0.0.5, 10.1.0.0/16.")
	}
	if c.MaxUpload < 1 {
		wrong("max_upload", strconv.FormatInt(c.MaxUpload, 10), "is not a size", "Give bytes, or a number with KB, MB, GB, KiB, MiB or GiB.")
	}
	if _, ok := c.Now(); c.Clock != "" && !ok {
		wrong("clock", c.Clock, "is not an instant", "Write it as RFC 3339, e.g. 2026-11-30T14:00:00Z.")
	}
	var level slog.Level
	if level.UnmarshalText([]byte(c.LogLevel)) != nil {
		wrong("log_level", c.LogLevel, "is not a log level", "Use debug, info, warn or error.")
	}
	if u, err := url.Parse(c.Server); c.Server != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		wrong("server", c.Server, "is not the URL of a desk", "Write it like https://desk.example.com.")
	}
	return fault.Collect(bad...)
}

// key is one setting as the struct declares it.
type key struct {
	name, doc, secret, unit string
	index                   int
}

// Env is the variable that sets the key.
func (k key) env() string { return EnvPrefix + strings.ToUpper(k.name) }

// EnvPrefix begins the name of every variable that is read.
const EnvPrefix = "FIREBREAK_"

// FlagName is the flag that sets a key.
func FlagName(key string) string { return strings.ReplaceAll(key, "_", "-") }

// Doc is the sentence about a key; it panics on one that does not exist, which is a defect.
func Doc(name string) string {
	for _, k := range keys() {
		if k.name == name {
			return k.doc
		}
	}
	panic("config: no key " + name)
}

func keys() []key {
	t := reflect.TypeFor[Config]()
	out := make([]key, t.NumField())
	for i := range out {
		tag := t.Field(i).Tag
		out[i] = key{name: tag.Get("toml"), doc: tag.Get("doc"), secret: tag.Get("secret"), unit: tag.Get("unit"), index: i}
	}
	return out
}

// set reads value into the key's field of c.
func (k key) set(c *Config, value string) error {
	f := reflect.ValueOf(c).Elem().Field(k.index)
	switch f.Kind() {
	case reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(value))
		if err != nil {
			return fault.Invalid(k.name, fmt.Sprintf("%q is neither true nor false.", value), "Use true or false.")
		}
		f.SetBool(b)
	case reflect.Int64:
		n, ok := parseSize(value)
		if !ok {
			return fault.Invalid(k.name, fmt.Sprintf("%q is not a size.", value), "Give bytes, or a number with KB, MB, GB, KiB, MiB or GiB.")
		}
		f.SetInt(n)
	default:
		f.SetString(value)
	}
	return nil
}

// text gives the key's value in c, as it would be written.
func (k key) text(c *Config) string {
	return fmt.Sprint(reflect.ValueOf(c).Elem().Field(k.index).Interface())
}

var units = []struct {
	suffix string
	factor float64
}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"b", 1}, {"", 1}}

// parseSize reads bytes, with an optional unit.
func parseSize(s string) (int64, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, u := range units {
		if num, ok := strings.CutSuffix(s, u.suffix); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(strings.ReplaceAll(num, "_", "")), 64)
			if n *= u.factor; err != nil || n < 0 || n > 1<<60 {
				return 0, false
			}
			return int64(n), true
		}
	}
	return 0, false
}

// mask hides what must not be shown: all of a secret, or the password in a URL.
func mask(kind, value string) string {
	switch {
	case value == "" || kind == "":
		return value
	case kind == "all":
		return "********"
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || u.Host == "" { // not a URL: the secret may be anywhere in it
		return "********"
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "xxxxx")
	}
	q := u.Query()
	for _, name := range []string{"password", "sslpassword"} {
		if q.Has(name) {
			q.Set(name, "xxxxx")
			u.RawQuery = q.Encode()
		}
	}
	return u.String()
}

// Keys lists all keys, in the order of the documentation.
func Keys() []string {
	var out []string
	for _, k := range keys() {
		out = append(out, k.name)
	}
	return out
}
