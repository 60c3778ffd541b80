package law

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// Compile reads the edition whose files stand in folder and resolves it. The
// error names the file or obligation and what does not resolve.
func Compile(folder fs.FS) (*Edition, error) {
	s, err := readSource(folder)
	if err != nil {
		return nil, fmt.Errorf("edition: %w", err)
	}
	e := &Edition{
		ID: s.edition.ID, Date: s.edition.Date, PolicyNote: s.edition.PolicyNote,
		Instruments: s.compileInstruments(), Roles: map[review.DeclaredRole]Role{},
	}
	for id, r := range s.roles {
		e.Roles[id] = Role{Name: r.ZH, Does: r.Does, Needs: r.Needs}
	}
	for _, k := range s.evidence {
		e.Evidence = append(e.Evidence, EvidenceKind{ID: k.ID,
			Name: analyzer.Text{ZH: k.ZH, EN: k.EN}})
	}
	e.Law = s.compileLaw()
	if err := check(e, s.edition.Groups); err != nil {
		return nil, fmt.Errorf("edition %s: %w", e.ID, err)
	}
	compiled, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("edition %s: %w", e.ID, err)
	}
	sum := sha256.Sum256(compiled)
	e.Law.Digest = hex.EncodeToString(sum[:])
	return e, nil
}

func (s *source) compileInstruments() map[string]Instrument {
	out := map[string]Instrument{}
	for id, i := range s.instruments {
		a := s.articles[id]
		to := Instrument{
			Name: analyzer.Text{ZH: i.ZH, EN: i.EN}, InForce: i.InForce, Amended: i.Amended,
			Status: i.Status, Numbering: i.Numbering, Wording: i.Wording,
			Official: a.Official, Copy: a.Copy,
		}
		for _, x := range a.Articles {
			text := strings.TrimSpace(x.Wording)
			if text == "none" {
				text = ""
			}
			to.Articles = append(to.Articles, Article{
				Number: x.Number, Place: x.Place, Grade: x.Grade, Extract: x.Part == "extract",
				Text: text, Content: x.Content,
			})
		}
		out[id] = to
	}
	return out
}

func (s *source) compileLaw() *review.Law {
	l := &review.Law{
		Edition: s.edition.ID, Foreign: s.foreign,
		Capabilities: map[analyzer.CapabilityID]review.CapabilityTerms{},
		Flags:        map[review.Flag]review.FlagTerms{},
		Severities:   map[review.Severity]review.SeverityTerms{},
		Hints: review.Hints{
			LabelAI: lower(s.hints.LabelAI), LabelMade: lower(s.hints.LabelMade),
			RemoveMark: lower(s.hints.RemoveMark), RemoveVerb: lower(s.hints.RemoveVerb),
			RemoveAIMark: lower(s.hints.RemoveAI), Forbids: lower(s.hints.Forbids),
			LabelPhrases: lower(s.hints.LabelPhrases), PublicLists: s.hints.PublicLists,
			PlatformDone: s.hints.PlatformDone,
		},
	}
	for id, c := range s.capabilities {
		l.Capabilities[id] = c.terms(s.uses[id])
	}
	for id, f := range s.flags {
		l.Flags[id] = review.FlagTerms{Articles: f.Law, Name: analyzer.Text{ZH: f.ZH, EN: f.EN}}
	}
	for id, v := range s.severities {
		l.Severities[id] = review.SeverityTerms{
			Name: analyzer.Text{ZH: v.ZH, EN: v.EN}, RemedyWorkingDays: v.RemedyWorkingDays,
			PersonRequiredWhenListed: v.PersonRequiredWhenListed,
		}
	}
	for _, m := range s.measures {
		l.Measures = append(l.Measures, review.MeasureTerms{
			ID: m.ID, Name: analyzer.Text{ZH: m.ZH, EN: m.EN}, Stage: m.Stage,
			Statutory: m.Statutory, Scopes: m.Scopes, Weight: m.Weight,
		})
	}
	for _, o := range s.obligations {
		l.Obligations = append(l.Obligations, o.obligation())
	}
	order := s.edition.Groups
	slices.SortFunc(l.Obligations, func(a, b review.Obligation) int {
		return cmp.Or(cmp.Compare(slices.Index(order, group(a.ID)),
			slices.Index(order, group(b.ID))),
			strings.Compare(a.ID, b.ID))
	})
	return l
}

func (o obligationSource) obligation() review.Obligation {
	out := review.Obligation{
		ID: o.ID, Title: o.Title, Bearer: o.Bearer, Verify: o.Verify, Evidence: o.Evidence,
		Severity: o.Severity, Measure: o.Measure, Remedy: o.Remedy, Note: o.Note,
		Enabled: o.Enabled,
		Applies: review.Trigger{
			All: o.Applies.All, AnyCapability: o.Applies.AnyCapability,
			Capabilities: o.Applies.Capabilities, Flags: o.Applies.Flags,
			AnyOf: o.Applies.AnyOf, OnlyIf: o.Applies.OnlyIf,
		},
	}
	for _, c := range o.Basis {
		out.Basis = append(out.Basis, review.Citation{
			Instrument: c.Instrument, Article: c.Article, Quote: c.Quote, Source: c.Source,
		})
	}
	if r := o.Retention; r != nil {
		out.Retention = &review.Retention{Years: r.Years, Basis: r.Basis,
			MinimumLogsMonths: r.MinimumLogsMonths}
	}
	return out
}

// limbs says how the keys of a capability's law read as citations.
var limbs = []struct{ key, article string }{
	{"dsp23", "dsp 23(1)"}, {"dsp17", "dsp 17(1)"}, {"dsp15", "dsp 15(2)"}, {"persona", "persona "},
}

func (c capabilitySource) terms(u useSource) review.CapabilityTerms {
	name, note, _ := strings.Cut(c.EN, "; ")
	t := review.CapabilityTerms{
		Name: analyzer.Text{ZH: c.ZH, EN: name}, Note: note, Biometric: c.Biometric,
		Modalities: u.Modalities, Uses: u.Words,
	}
	for _, l := range limbs {
		n := c.Law[l.key]
		switch {
		case n == nil:
		case l.key == "persona":
			t.Articles = append(t.Articles, l.article+strconv.Itoa(*n))
		default:
			t.Articles = append(t.Articles, l.article+"("+chineseNumeral(*n)+")")
		}
	}
	if n := c.Law["dsp23"]; n != nil {
		t.Technique = *n
	}
	if n := c.Law["dsp17"]; n != nil {
		t.Explicit = *n
	}
	return t
}

// chineseNumeral returns 一 to 六, the numbers of the limbs.
func chineseNumeral(n int) string {
	numerals := []string{"一", "二", "三", "四", "五", "六"}
	if n < 1 || n > len(numerals) {
		return strconv.Itoa(n)
	}
	return numerals[n-1]
}

func group(id string) string {
	prefix, _, _ := strings.Cut(id, "-")
	return prefix
}

func lower(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.ToLower(w)
	}
	return out
}

func keys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
