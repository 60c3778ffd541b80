package text

import (
	"fmt"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review/report"
)

// shownModels bounds the models of one package: the JSON form has them all.
const shownModels = 20

// models prints each model with what it is for and how surely that is known.
func (w *writer) models(d *report.Document) {
	if len(d.Models) == 0 {
		return
	}
	w.title("models")
	for _, m := range d.Models[:min(shownModels, len(d.Models))] {
		about := []string{Clean(m.Format)}
		if m.Format == "unknown" {
			about = []string{w.style(yellow, w.word("sealed"))}
		}
		if m.Architecture != "" {
			about = append(about, Clean(m.Architecture))
		}
		if m.Task != "" {
			task := analyzer.TaskText(m.Task).In(w.lang) + w.style(dim, " "+Clean(m.Task))
			about = append(about, task, w.word(string(m.Confidence)))
		}
		about = append(about, size(m.Size))
		w.line(1, strings.Join(about, " · "), w.style(dim, "  "+Clean(m.Path)))
		if m.Reason != "" {
			w.line(2, w.style(dim, Clean(m.Reason)))
		}
	}
	if more := len(d.Models) - shownModels; more > 0 {
		w.line(1, w.style(dim, fmt.Sprintf(w.word("more"), more)))
	}
}
