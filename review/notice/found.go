package notice

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/report"
)

// Found is one piece of evidence in words, with the places in the package.
type Found struct {
	Pointer review.Pointer `json:"pointer"`
	What    analyzer.Text  `json:"what"`
	Where   []string       `json:"where,omitempty"`
}

// maxPlaces is how many places of one finding a letter lists.
const maxPlaces = 5

// FoundIn puts into words what evidence points at in a report. What is not in the
// report, such as a row of a list or a document, is left out: whoever holds it adds
// it.
func FoundIn(doc *report.Document, e *law.Edition, evidence []review.Pointer) []Found {
	var out []Found
	for _, p := range evidence {
		f := Found{Pointer: p}
		switch p.Kind {
		case review.PointFinding:
			f.What, f.Where = finding(doc, p.ID)
		case review.PointCapability:
			f.What, f.Where = capability(doc, e, p.ID)
		case review.PointCheck:
			f.What = check(doc, e, p.ID)
		case review.PointAnomaly:
			f.What, f.Where = anomaly(doc, p.ID)
		case review.PointGap:
			f.What, f.Where = gap(doc, p.ID)
		case review.PointRoute:
			if string(doc.Route) == p.ID {
				f.What = Named(p, e)
			}
		}
		if f.What != (analyzer.Text{}) {
			out = append(out, f)
		}
	}
	return out
}

// Known lists what evidence can point at in a report. Rows of lists and documents
// are added by whoever holds them.
func Known(doc *report.Document) review.Known {
	k := review.Known{review.PointRoute: {string(doc.Route)}}
	for _, f := range doc.Findings {
		k[review.PointFinding] = append(k[review.PointFinding], f.Rule)
	}
	for _, c := range doc.Capabilities {
		k[review.PointCapability] = append(k[review.PointCapability], string(c.ID))
	}
	for _, c := range doc.Checks {
		k[review.PointCheck] = append(k[review.PointCheck], c.Obligation)
	}
	for _, a := range doc.Anomalies {
		k[review.PointAnomaly] = append(k[review.PointAnomaly], string(a.Code))
	}
	for _, g := range doc.Gaps {
		k[review.PointGap] = append(k[review.PointGap], g.Where)
	}
	return k
}

// Named says what can be said of evidence that is in no report: its kind, with the
// name that the edition or the program has for the id.
func Named(p review.Pointer, e *law.Edition) analyzer.Text {
	kind, what := p.Kind.Name(), text(p.ID, p.ID)
	switch p.Kind {
	case review.PointCapability:
		what = capabilityName(e, analyzer.CapabilityID(p.ID))
	case review.PointCheck:
		what = titled(e, p.ID)
	case review.PointAnomaly:
		if name, _ := analyzer.AnomalyText(analyzer.AnomalyCode(p.ID)); name.ZH != "" {
			what = name
		}
	case review.PointRoute:
		what = review.Route(p.ID).Name()
	}
	return text(kind.ZH+"："+what.ZH, kind.EN+": "+what.EN)
}

// capabilityName is the edition's name, or the id.
func capabilityName(e *law.Edition, id analyzer.CapabilityID) analyzer.Text {
	if name := e.Law.Capabilities[id].Name; name.ZH != "" {
		return name
	}
	return text(string(id), string(id))
}

// titled is an obligation by its id and title.
func titled(e *law.Edition, id string) analyzer.Text {
	o, ok := e.Law.Obligation(id)
	if !ok {
		return text(id, id)
	}
	return text(id+"（"+o.Title.ZH+"）", id+" ("+o.Title.EN+")")
}

func text(zh, en string) analyzer.Text { return analyzer.Text{ZH: zh, EN: en} }

func finding(doc *report.Document, rule string) (what analyzer.Text, where []string) {
	for _, f := range doc.Findings {
		if f.Rule != rule {
			continue
		}
		for _, e := range f.Evidence {
			where = append(where, e.Where)
		}
		what = text("发现 "+f.Product.In("zh")+"（规则 "+rule+"）",
			f.Product.In("en")+" was found (rule "+rule+")")
	}
	return what, few(where)
}

// capability names the findings that show it, and their places.
func capability(doc *report.Document, e *law.Edition, id string) (analyzer.Text, []string) {
	var where []string
	for _, c := range doc.Capabilities {
		if string(c.ID) != id {
			continue
		}
		for _, rule := range c.Findings {
			_, places := finding(doc, rule)
			where = append(where, places...)
		}
		name := capabilityName(e, c.ID)
		return text("具有能力："+name.ZH, "capability: "+name.EN), few(where)
	}
	return analyzer.Text{}, nil
}

func check(doc *report.Document, e *law.Edition, id string) analyzer.Text {
	for _, c := range doc.Checks {
		if c.Obligation != id {
			continue
		}
		name, status := titled(e, id), statusWords[c.Status]
		return text("核验 "+name.ZH+"："+status.ZH+after("。", c.Why.ZH),
			"check "+name.EN+": "+status.EN+after(". ", c.Why.EN))
	}
	return analyzer.Text{}
}

var statusWords = map[review.Status]analyzer.Text{
	review.Met:           text("符合", "met"),
	review.Unmet:         text("不符合", "unmet"),
	review.Unclear:       text("不明", "unclear"),
	review.NotApplicable: text("不适用", "not applicable"),
}

func after(sep, s string) string {
	if s == "" {
		return ""
	}
	return sep + s
}

func anomaly(doc *report.Document, code string) (what analyzer.Text, where []string) {
	for _, a := range doc.Anomalies {
		if string(a.Code) == code {
			name, _ := analyzer.AnomalyText(a.Code)
			what, where = text("异常："+name.ZH, "anomaly: "+name.EN), append(where, a.Where)
		}
	}
	return what, few(where)
}

func gap(doc *report.Document, place string) (what analyzer.Text, where []string) {
	for _, g := range doc.Gaps {
		if g.Where == place {
			return text("未能读取："+g.Why, "could not be read: "+g.Why), []string{g.Where}
		}
	}
	return what, nil
}

// few keeps the first places, each once.
func few(where []string) []string {
	var out []string
	for _, w := range where {
		if len(out) < maxPlaces && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}
