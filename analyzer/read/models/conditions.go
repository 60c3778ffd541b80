package models

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// test says whether a condition holds, and what of it was seen.
type test func(v *view, words []string) (seen string, ok bool)

// conditions are the keys of tasks.txt.
var conditions = map[string]test{
	"format":     func(v *view, words []string) (string, bool) { return "", one(words, v.format) },
	"arch":       architectureTest,
	"file":       fileTest,
	"folder":     folderTest,
	"meta":       metaTest,
	"input":      every("input", func(v *view) []string { return v.inputs }),
	"output":     every("output", func(v *view) []string { return v.outputs }),
	"weight":     weightTest(true),
	"any-input":  any("input", func(v *view) []string { return v.inputs }),
	"any-output": any("output", func(v *view) []string { return v.outputs }),
	"any-weight": weightTest(false),
	"no-input":   none(func(v *view) []string { return v.inputs }),
	"no-weight":  func(v *view, words []string) (string, bool) { return "", !hasWeight(v, words) },
	"no-op":      noOperator,
	"op":         operatorTest,
	"in":         formTest("in", true, func(v *view) [][]string { return v.inputForms }),
	"out":        formTest("out", true, func(v *view) [][]string { return v.outputForms }),
	"any-in":     formTest("in", false, func(v *view) [][]string { return v.inputForms }),
	"any-out":    formTest("out", false, func(v *view) [][]string { return v.outputForms }),
	"only-in":    onlyTest("in", func(v *view) [][]string { return v.inputForms }),
	"only-out":   onlyTest("out", func(v *view) [][]string { return v.outputForms }),
	"picture":    pictureTest,
}

func one(words []string, value string) bool { return slices.Contains(words, value) }

func architectureTest(v *view, words []string) (string, bool) {
	value := strings.ToLower(v.Architecture)
	return "architecture " + value, value != "" && one(words, value)
}

// matching returns the first of the values that a word with stars fits, "" for none.
func matching(word string, values []string) string {
	for _, value := range values {
		if ok, err := path.Match(word, strings.ReplaceAll(value, "/", ".")); ok && err == nil {
			return value
		}
	}
	return ""
}

func fileTest(v *view, words []string) (string, bool) {
	for _, w := range words {
		if matching(w, []string{v.baseName()}) != "" {
			return "name " + w, true
		}
	}
	return "", false
}

func folderTest(v *view, words []string) (string, bool) {
	for _, w := range words {
		if slices.Contains(v.beside, w) {
			return "beside " + w, true
		}
	}
	return "", false
}

func metaTest(v *view, words []string) (string, bool) {
	pairs := v.metaPairs()
	for _, w := range words {
		if got := matching(w, pairs); got != "" {
			return fmt.Sprintf("metadata %.80s", got), true
		}
	}
	return "", false
}

// every asks for each word among the names; the words must be of different names
// only where they have no star.
func every(what string, names func(*view) []string) test {
	return func(v *view, words []string) (string, bool) {
		var seen []string
		for _, w := range words {
			got := matching(w, names(v))
			if got == "" {
				return "", false
			}
			seen = append(seen, got)
		}
		return plural(what, seen), true
	}
}

// any asks for one of the words among the names.
func any(what string, names func(*view) []string) test {
	return func(v *view, words []string) (string, bool) {
		for _, w := range words {
			if got := matching(w, names(v)); got != "" {
				return what + " " + got, true
			}
		}
		return "", false
	}
}

func none(names func(*view) []string) test {
	return func(v *view, words []string) (string, bool) {
		return "", !slices.ContainsFunc(words, func(w string) bool {
			return matching(w, names(v)) != ""
		})
	}
}

func plural(what string, seen []string) string {
	if len(seen) > 1 {
		what += "s"
	}
	return what + " " + strings.Join(seen, ", ")
}

// weightTest asks for all of the words, or for one, in names of weights.
func weightTest(all bool) test {
	return func(v *view, words []string) (string, bool) {
		var seen []string
		for _, w := range words {
			if hasWeight(v, []string{w}) {
				seen = append(seen, w)
			} else if all {
				return "", false
			}
		}
		return plural("weight", seen), len(seen) > 0
	}
}

func hasWeight(v *view, words []string) bool {
	return slices.ContainsFunc(v.weights, func(name string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
	})
}

func operatorTest(v *view, words []string) (string, bool) {
	var seen []string
	for _, w := range words {
		name, n := atLeast(w)
		if v.operators[name] < n {
			return "", false
		}
		seen = append(seen, fmt.Sprintf("%d %s", v.operators[name], name))
	}
	return plural("operator", seen), true
}

func noOperator(v *view, words []string) (string, bool) {
	return "", !slices.ContainsFunc(words, func(w string) bool { return v.operators[w] > 0 })
}

// formTest asks for each of the forms among the ports, or for one.
func formTest(what string, all bool, ports func(*view) [][]string) test {
	return func(v *view, words []string) (string, bool) {
		var seen []string
		for _, w := range words {
			if hasForm(ports(v), w) {
				seen = append(seen, w)
			} else if all {
				return "", false
			}
		}
		return what + " " + strings.Join(seen, ", "), len(seen) > 0
	}
}

// onlyTest asks for one of the forms of every port.
func onlyTest(what string, ports func(*view) [][]string) test {
	return func(v *view, words []string) (string, bool) {
		seen := map[string]bool{}
		for _, port := range ports(v) {
			i := slices.IndexFunc(words, func(w string) bool { return slices.Contains(port, w) })
			if i < 0 {
				return "", false
			}
			seen[words[i]] = true
		}
		var list []string
		for _, w := range words {
			if seen[w] {
				list = append(list, w)
			}
		}
		return "only " + what + " " + strings.Join(list, ", "), len(ports(v)) > 0
	}
}

func pictureTest(v *view, words []string) (string, bool) {
	return "the picture is " + v.change, one(words, v.change)
}
