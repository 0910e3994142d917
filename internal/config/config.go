// Package config holds what an operator chooses for one process. Flags win over FIREBREAK_… variables, which win
// over a TOML file, which wins over the defaults.
package config

// Config is the configuration of one node.
type Config struct {
	Data      string `toml:"data" doc:"data directory: SQLite file, files, snapshots"`
	Database  string `toml:"database" doc:"PostgreSQL URL; empty: SQLite in the data directory"`
	Listen    string `toml:"listen" doc:"address to serve HTTP on"`
	MaxUpload int64  `toml:"max_upload" doc:"largest file taken, in bytes"`
	Secure    bool   `toml:"secure_cookies" doc:"cookies over HTTPS only; set it when TLS ends here or at a proxy"`
	Clock     string `toml:"clock" doc:"fixed instant for demonstrations and tests, RFC 3339; empty: the machine's clock"`
	Dev       bool   `toml:"dev" doc:"read templates from the source tree, open /dev/pages"`
	LogLevel  string `toml:"log_level" doc:"debug, info, warn or error"`
}

// Default is the configuration of a process nobody configured.
func Default() Config {
	return Config{Data: "./firebreak-data", Listen: "127.0.0.1:8080", MaxUpload: 2 << 30, LogLevel: "info"}
}
