//go:build ignore

// Command generate compiles the rule files of this folder into index.json.zst.
package main

import (
	"fmt"
	"os"

	"github.com/listgate/listgate/analyzer/rule"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate() error {
	list, err := rule.ReadDir(os.DirFS("."))
	if err != nil {
		return err
	}
	index, err := rule.Pack(list)
	if err != nil {
		return err
	}
	return os.WriteFile("index.json.zst", index, 0o644)
}
