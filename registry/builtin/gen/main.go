// Command gen compiles the tables of public rows into the index that
// registry/builtin embeds: gen FOLDER INDEX.
package main

import (
	"fmt"
	"os"

	"github.com/listgate/listgate/registry/builtin"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: gen FOLDER INDEX"))
	}
	index, err := builtin.Compile(os.DirFS(os.Args[1]))
	if err != nil {
		fail(err)
	}
	if err := os.WriteFile(os.Args[2], index, 0o644); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gen:", err)
	os.Exit(1)
}
