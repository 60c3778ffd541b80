package review_test

import (
	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
)

func noDeclaration(in *review.Input) { in.Declaration = nil }

// offersNothing takes away every capability, seen and declared.
func offersNothing(in *review.Input) {
	in.Findings, in.Capabilities = nil, nil
	if in.Declaration != nil {
		in.Declaration.Synthesis = review.Synthesis{Offered: review.No}
	}
}

// offersOnly replaces the capability, seen and declared.
func offersOnly(in *review.Input, id analyzer.CapabilityID) {
	in.Capabilities[0].ID = id
	in.Declaration.Synthesis.Capabilities = []analyzer.CapabilityID{id}
}

// deniesAll leaves the package as it is and declares that nothing is offered.
func deniesAll(in *review.Input) { in.Declaration.Synthesis = review.Synthesis{Offered: review.No} }

// probable leaves the capability unconfirmed and undeclared.
func probable(in *review.Input) {
	in.Capabilities[0].Confidence = analyzer.Probable
	in.Declaration.Synthesis.Capabilities = nil
}

func codeGap(in *review.Input) {
	in.Facts.Gaps = append(in.Facts.Gaps, analyzer.Gap{
		Reason: analyzer.GapMalformed, Where: analyzer.Where{Entry: "classes.dex"}, Code: true,
	})
}

func packed(in *review.Input) {
	in.Findings = append(in.Findings, analyzer.Finding{
		Rule: "some-packer", Kind: analyzer.KindPacker, Features: []string{analyzer.HidesCode},
		Confidence: analyzer.Confirmed,
	})
}

func text(s string) change {
	return func(in *review.Input) {
		in.Facts.Strings = append(in.Facts.Strings, analyzer.String{
			Kind: analyzer.TextString, Value: s, Where: analyzer.Where{Entry: "resources.arsc"},
		})
	}
}

func flag(f review.Flag, a review.Answer) change {
	return func(in *review.Input) { in.Declaration.Flags[f] = a }
}

// numbers declares exactly these algorithm numbers and shows none.
func numbers(list ...string) change {
	return func(in *review.Input) {
		in.Disclosures.Numbers = nil
		in.Declaration.Filings = []review.Filing{{Series: review.SeriesApp, Number: numberApp}}
		for _, n := range list {
			in.Declaration.Filings = append(in.Declaration.Filings,
				review.Filing{Series: review.SeriesAlgorithm, Number: n})
		}
	}
}

func appNumber(n string) change {
	return func(in *review.Input) {
		in.Declaration.Filings = []review.Filing{{Series: review.SeriesAlgorithm,
			Number: numberSwap}}
		if n != "" {
			in.Declaration.Filings = append(in.Declaration.Filings,
				review.Filing{Series: review.SeriesApp, Number: n})
		}
	}
}

// registered declares an application that calls a model, with a registration.
func registered(number, model string) change {
	return func(in *review.Input) {
		in.Declaration.Flags[review.CallsFiledModel] = review.Yes
		if number != "" {
			in.Declaration.Filings = append(in.Declaration.Filings, review.Filing{
				Series: review.SeriesGenAIRegistered, Number: number, Model: model,
			})
		}
	}
}

func cancelled(number string) change {
	return func(in *review.Input) {
		in.Registry = lists(func(held map[registry.Series]*registry.Snapshot) {
			held[registry.Cancellation].Records = []registry.Record{{
				Series: registry.Cancellation, Number: number, Name: "示例人脸融合算法", Entity: entity,
				Published: "2026-07-17", On: "2026-07-01",
			}}
		})
	}
}

func endpoint(vendor string, c analyzer.Confidence) change {
	return func(in *review.Input) {
		in.Findings = append(in.Findings, analyzer.Finding{
			Rule: "openai-api", Vendor: vendor, Kind: analyzer.KindEndpoint,
			Features: []string{"chat"}, Confidence: c,
		})
	}
}

func assessments(list ...review.Assessed) change {
	return func(in *review.Input) { in.Declaration.Assessments = list }
}

func assessment(edit func(*review.Assessed)) change {
	return func(in *review.Input) { edit(&in.Declaration.Assessments[0]) }
}

func biometric(edit func(*review.Assessed)) change {
	return func(in *review.Input) { edit(&in.Declaration.Assessments[1]) }
}

func otherName(in *review.Input) {
	in.Declaration.App.Name = "别的应用"
	in.Facts.Package.Labels = map[string]string{"zh": "别的应用"}
}

func textGen(c analyzer.Confidence) analyzer.Capability {
	return analyzer.Capability{ID: analyzer.TextGen, Technique: analyzer.TechniqueText,
		Confidence: c, Findings: []string{"chat-api"}}
}

// explicit leaves one label, without a screenshot.
func explicit(in *review.Input, key, description string) {
	in.Declaration.Labels.Explicit = map[string]review.Label{key: {Description: description}}
}
