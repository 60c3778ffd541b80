package report

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/listgate/listgate/analyzer"
)

// How much a report says of what a package can make as long as it likes. Real packages
// stay far below, and the facts hold all of it.
const (
	maxText    = 500  // characters of one text
	maxEntries = 500  // of one list
	maxFaults  = 2000 // anomalies, and gaps
)

// bound cuts what is longer than anybody reads, so that a report costs what its package
// is worth and not what it asks for. A list that is cut is a gap: it is not all here.
func (d *Document) bound(lang string) {
	var cut []Gap
	cut = append(cut, capped("package.permissions", lang, &d.Package.Permissions, maxEntries)...)
	cut = append(cut, cappedLabels(lang, d.Package.Labels)...)
	cut = append(cut, capped("package.abis", lang, &d.Package.ABIs, maxEntries)...)
	cut = append(cut, capped("package.signers", lang, &d.Package.Signers, maxEntries)...)
	cut = append(cut, capped("parts", lang, &d.Parts, maxEntries)...)
	cut = append(cut, capped("models", lang, &d.Models, maxEntries)...)
	for i := range d.Models {
		m := &d.Models[i]
		cut = append(cut, capped(m.Path+" inputs", lang, &m.Inputs, maxEntries)...)
		cut = append(cut, capped(m.Path+" outputs", lang, &m.Outputs, maxEntries)...)
	}
	of := &d.Disclosures
	cut = append(cut, capped("disclosures.numbers", lang, &of.Numbers, maxEntries)...)
	cut = append(cut, capped("disclosures.label_texts", lang, &of.LabelTexts, maxEntries)...)
	cut = append(cut, capped("disclosures.links", lang, &of.Links, maxEntries)...)
	cut = append(cut, capped("anomalies", lang, &d.Anomalies, maxFaults)...)
	cut = append(cut, capped("gaps", lang, &d.Gaps, maxFaults)...)
	d.Gaps = append(d.Gaps, cut...)
	for _, part := range []any{&d.Package.Package, &d.Findings, &d.Models, &d.Disclosures,
		&d.Anomalies, &d.Gaps} {
		shorten(reflect.ValueOf(part).Elem())
	}
}

// capped keeps the beginning of a list, and says so.
func capped[T any](what, lang string, list *[]T, most int) []Gap {
	n := len(*list)
	if n <= most {
		return nil
	}
	*list = slices.Clone((*list)[:most])
	return []Gap{leftOut(what, lang, most, n)}
}

// cappedLabels keeps what devices set to Chinese and English show, and the first of
// the other languages.
func cappedLabels(lang string, labels map[string]string) []Gap {
	n := len(labels)
	if n <= maxEntries {
		return nil
	}
	tags := slices.Sorted(maps.Keys(labels))
	for _, tag := range tags[maxEntries:] {
		if tag != "zh" && tag != "en" {
			delete(labels, tag)
		}
	}
	return []Gap{leftOut("package.labels", lang, len(labels), n)}
}

func leftOut(what, lang string, most, n int) Gap {
	return Gap{what, analyzer.Text{
		ZH: fmt.Sprintf("报告只列出 %d 项中的 %d 项，事实文件中有全部", n, most),
		EN: fmt.Sprintf("the report lists %d of %d; the facts hold all", most, n),
	}.In(lang)}
}

// shorten cuts the texts of v, in lists of its own: those that it has may be the facts'.
// The types of a document are finite trees, so it ends.
func shorten(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(short(v.String()))
	case reflect.Slice:
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		v.Set(own)
		for i := range v.Len() {
			shorten(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			shorten(v.Field(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			v.SetMapIndex(key, reflect.ValueOf(short(v.MapIndex(key).String())))
		}
	default:
	}
}

// short cuts a text between characters.
func short(s string) string {
	n := 0
	for i := range s {
		if n++; n > maxText {
			return s[:i] + "…"
		}
	}
	return s
}
