package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/listgate/listgate/cmd/isolated"
)

// childrenOf lists the children of a process that read packages.
func childrenOf(pid int) (children []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is sound
	for _, path := range stats {
		if parentOf(path) != pid {
			continue
		}
		line, err := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		child, atoiErr := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil && atoiErr == nil && strings.Contains(string(line), isolated.Argument) {
			children = append(children, child)
		}
	}
	return children
}

// parentOf reads the parent of a process: the second field behind its name.
func parentOf(stat string) int {
	text, err := os.ReadFile(stat)
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1]) // zero is no process
	return parent
}

// anyAlive reports a process that still is; one that is only not reaped is not.
func anyAlive(pids []int) bool {
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && strings.Contains(string(text), isolated.Argument) {
			return true
		}
	}
	return false
}
