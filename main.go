// Firebreak is a production support desk in one binary.
package main

import (
	"os"

	"firebreak/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
