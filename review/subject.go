package review

import (
	"cmp"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/number"
)

// subject is the application of one input, with what every check derives from it.
type subject struct {
	Input
	offers []offer
	// unread says which code could not be read, empty where all was: what was
	// not seen then proves nothing.
	unread analyzer.Text
	claims []claimed
	// ladders keeps those that were climbed: several checks look at the same.
	ladders map[registry.Series][]registry.Ladder
}

// offer is one capability that the findings show or the developer declares.
type offer struct {
	id         analyzer.CapabilityID
	confidence analyzer.Confidence // of the findings, empty where none shows it
	findings   []string            // rule ids
	declared   bool
}

// sure reports whether a check may rest on the capability: the package proves
// it, or the developer says so.
func (o offer) sure() bool { return o.declared || o.confidence == analyzer.Confirmed }

// claimed is one number that is declared or, where none is declared, shown.
type claimed struct {
	series registry.Series
	number string
	model  string
	shown  bool
}

func subjectOf(in Input) *subject {
	if in.Registry == nil {
		in.Registry = registry.NewMemory()
	}
	return &subject{
		Input: in, offers: offersOf(in), unread: unreadCode(in), claims: claimsOf(in),
		ladders: map[registry.Series][]registry.Ladder{},
	}
}

func offersOf(in Input) []offer {
	byID := map[analyzer.CapabilityID]*offer{}
	at := func(id analyzer.CapabilityID) *offer {
		if byID[id] == nil {
			byID[id] = &offer{id: id}
		}
		return byID[id]
	}
	for _, c := range in.Capabilities {
		o := at(c.ID)
		o.confidence, o.findings = c.Confidence, c.Findings
	}
	if in.Declaration != nil && in.Declaration.Synthesis.Offered != No {
		for _, id := range in.Declaration.Synthesis.Capabilities {
			at(id).declared = true
		}
	}
	out := make([]offer, 0, len(byID))
	for _, o := range byID {
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b offer) int { return cmp.Compare(a.id, b.id) })
	return out
}

// unreadCode says which code was not read: a gap over code, a packer that hides
// it, or encryption. Without facts nothing was read.
func unreadCode(in Input) analyzer.Text {
	if in.Facts == nil {
		return say("安装包未经分析", "the package was not analysed")
	}
	if in.Facts.Package.Encrypted {
		return say("代码已加密", "the code is encrypted")
	}
	for _, f := range in.Findings {
		if f.HidesCode() {
			return say("加固工具（%[1]s）隐藏了代码", "a packer hides the code (%[1]s)", f.Rule)
		}
	}
	for _, g := range in.Facts.Gaps {
		if g.Code {
			reason := analyzer.GapText(g.Reason)
			if g.Where == (analyzer.Where{}) {
				return say("安装包未能读取（%[1]s）", "the package could not be read (%[2]s)",
					reason.ZH, reason.EN)
			}
			return say("%[1]s 的代码未能读取（%[2]s）", "code in %[1]s could not be read (%[3]s)", g.Where,
				reason.ZH, reason.EN)
		}
	}
	return analyzer.Text{}
}

var seriesOfFiling = map[FilingSeries]registry.Series{
	SeriesAlgorithm: registry.Algorithm, SeriesGenAIFiled: registry.GenAIFiled,
	SeriesGenAIRegistered: registry.GenAIListed, SeriesApp: registry.AppFiling,
}

// claimsOf lists the declared numbers, and for a series of which none is
// declared those that the package shows. Two spellings of one number are one.
func claimsOf(in Input) []claimed {
	var out []claimed
	seen, declared := map[string]bool{}, map[registry.Series]bool{}
	add := func(c claimed) {
		key := string(c.series) + " " + numberKey(c.number)
		if !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
	}
	if in.Declaration != nil {
		for _, f := range in.Declaration.Filings {
			series := seriesOfFiling[f.Series]
			declared[series] = true
			add(claimed{series: series, number: f.Number, model: f.Model})
		}
	}
	for _, n := range in.Disclosures.Numbers {
		if n.Kind != "" && !declared[n.Kind] {
			add(claimed{series: n.Kind, number: n.Number, shown: true})
		}
	}
	return out
}

func numberKey(text string) string {
	n, err := number.Parse(text)
	if err != nil {
		return strings.TrimSpace(text)
	}
	return n.Key()
}

// numbers returns the claims of one series.
func (s *subject) numbers(series registry.Series) []claimed {
	var out []claimed
	for _, c := range s.claims {
		if c.series == series {
			out = append(out, c)
		}
	}
	return out
}

// appNames are the names under which the application is listed or labelled.
func (s *subject) appNames() []string {
	var out []string
	add := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if d := s.Declaration; d != nil {
		add(d.App.Name)
		for _, n := range d.App.Names {
			add(n)
		}
	}
	if s.Facts != nil {
		var langs []string
		for lang := range s.Facts.Package.Labels {
			langs = append(langs, lang)
		}
		slices.Sort(langs)
		for _, lang := range langs {
			add(s.Facts.Package.Labels[lang])
		}
	}
	return out
}

func (s *subject) entity() string {
	if s.Declaration == nil {
		return ""
	}
	return s.Declaration.Provider.Name
}

// capabilityName is the edition's name, or the id where it has none.
func (s *subject) capabilityName(id analyzer.CapabilityID) analyzer.Text {
	name := s.Law.Capabilities[id].Name
	if name.ZH == "" {
		return analyzer.Text{ZH: string(id), EN: string(id)}
	}
	return name
}

func (s *subject) names(offers []offer) analyzer.Text {
	var names []analyzer.Text
	for _, o := range offers {
		names = append(names, s.capabilityName(o.id))
	}
	return listed(names)
}

// document returns a declared document of the kind.
func (s *subject) document(kind DocumentKind) (Document, bool) {
	if s.Declaration == nil {
		return Document{}, false
	}
	i := slices.IndexFunc(s.Declaration.Documents, func(d Document) bool { return d.Kind == kind })
	if i < 0 {
		return Document{}, false
	}
	return s.Declaration.Documents[i], true
}
