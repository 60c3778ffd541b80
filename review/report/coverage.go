package report

import (
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
)

// CoverageOf says what is held of each series that the checks ask, for Input.Coverage.
func CoverageOf(l registry.Lookup) analyzer.Text {
	var zh, en []string
	for _, list := range registry.Lists() {
		for _, s := range list.Series() {
			held := s.Held(l)
			zh, en = append(zh, held.ZH), append(en, held.EN)
		}
	}
	return analyzer.Text{ZH: strings.Join(zh, "。"), EN: strings.Join(en, ". ")}
}
