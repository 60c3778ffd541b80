// Command gen compiles the editions of the law into index.json. Run it with
// go generate in review/law.
package main

import (
	"fmt"
	"os"

	"github.com/listgate/listgate/review/law"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	b, err := law.Index(os.DirFS("editions"))
	if err != nil {
		return err
	}
	return os.WriteFile("index.json", b, 0o644)
}
