package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
)

// say renders one sentence in both languages. The formats take their arguments
// by the same numbers.
func say(zh, en string, args ...any) analyzer.Text {
	if len(args) == 0 {
		return analyzer.Text{ZH: zh, EN: en}
	}
	return analyzer.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// heard takes over a sentence of the registry.
func heard(t registry.Text) analyzer.Text { return analyzer.Text{ZH: t.ZH, EN: t.EN} }

// sentences joins what is not empty, each sentence once.
func sentences(texts ...analyzer.Text) analyzer.Text {
	var zh, en []string
	for _, t := range texts {
		if s := strings.TrimSuffix(t.ZH, "。"); s != "" && !slices.Contains(zh, s) {
			zh = append(zh, s)
		}
		if t.EN != "" && !slices.Contains(en, t.EN) {
			en = append(en, t.EN)
		}
	}
	return analyzer.Text{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}
}

// listed joins names for a sentence.
func listed(names []analyzer.Text) analyzer.Text {
	var zh, en []string
	for _, n := range names {
		zh, en = append(zh, n.ZH), append(en, n.EN)
	}
	return analyzer.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}
