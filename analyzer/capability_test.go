package analyzer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/listgate/listgate/analyzer"
)

func TestCapabilities(t *testing.T) {
	t.Parallel()
	speech := []analyzer.Technique{analyzer.TechniqueSpeech}
	find := func(rule string, kind analyzer.Kind, c analyzer.Confidence,
		features ...string) analyzer.Finding {
		return analyzer.Finding{
			Rule:       rule,
			Kind:       kind,
			Techniques: speech,
			Features:   features,
			Confidence: c,
			Use:        analyzer.UseUnknown,
		}
	}
	capability := func(id analyzer.CapabilityID, c analyzer.Confidence,
		rules ...string) analyzer.Capability {
		return analyzer.Capability{
			ID:         id,
			Technique:  analyzer.CapabilityTechniques()[id],
			Confidence: c,
			Use:        analyzer.UseUnknown,
			Findings:   rules,
		}
	}
	enabler := find("vosk", analyzer.KindEngine, analyzer.Confirmed, "tts")
	enabler.Techniques = []analyzer.Technique{analyzer.Enabler}
	invoked := find("b", analyzer.KindSDK, analyzer.Possible, "tts")
	invoked.Use = analyzer.Invoked
	withUse := capability(analyzer.SpeechSynth, analyzer.Confirmed, "a", "b")
	withUse.Use = analyzer.Invoked
	passedBy := find("a", analyzer.KindSDK, analyzer.Confirmed, "chat", "tts", "tts-offline")
	passedBy.Use, passedBy.Uncalled = analyzer.Invoked, []string{"tts", "tts-offline"}
	inPart := passedBy
	inPart.Uncalled = []string{"tts-offline"}
	chats := capability(analyzer.TextGen, analyzer.Confirmed, "a")
	chats.Use = analyzer.Invoked
	speaks := capability(analyzer.SpeechSynth, analyzer.Confirmed, "a")
	speaks.Use = analyzer.Invoked
	could := capability(analyzer.SpeechSynth, analyzer.Probable, "a")
	could.Use = analyzer.Bundled
	cases := []struct {
		name string
		in   []analyzer.Finding
		want []analyzer.Capability
	}{
		{"passed_by", []analyzer.Finding{passedBy}, []analyzer.Capability{could, chats}},
		{"passed_by_in_part", []analyzer.Finding{inPart}, []analyzer.Capability{speaks, chats}},
		{"nothing", nil, []analyzer.Capability{}},
		{"sdk", []analyzer.Finding{find("a", analyzer.KindSDK, analyzer.Confirmed, "tts", "asr")},
			[]analyzer.Capability{capability(analyzer.SpeechSynth, analyzer.Confirmed, "a")}},
		{
			"recognition_makes_nothing",
			[]analyzer.Finding{find("a", analyzer.KindSDK, analyzer.Confirmed, "asr", "wake-word")},
			[]analyzer.Capability{},
		},
		{
			"system_read_aloud_makes_nothing",
			[]analyzer.Finding{
				find("a", analyzer.KindOSFramework, analyzer.Confirmed, "tts-system"),
			},
			[]analyzer.Capability{},
		},
		{"enabler_makes_nothing", []analyzer.Finding{enabler}, []analyzer.Capability{}},
		{
			"packer_makes_nothing",
			[]analyzer.Finding{find("p", analyzer.KindPacker, analyzer.Confirmed, "tts")},
			[]analyzer.Capability{},
		},
		{
			"texts_alone_are_a_hint",
			[]analyzer.Finding{find("t", analyzer.KindText, analyzer.Possible, "tts")},
			[]analyzer.Capability{capability(analyzer.SpeechSynth, analyzer.Possible, "t")},
		},
		{"a_text_raises_a_possible_finding", []analyzer.Finding{
			find(
				"t",
				analyzer.KindText,
				analyzer.Possible,
				"tts",
			), find("a", analyzer.KindSDK, analyzer.Possible, "tts")},
			[]analyzer.Capability{capability(analyzer.SpeechSynth, analyzer.Probable, "a", "t")}},
		{
			"the_best_finding_decides",
			[]analyzer.Finding{invoked, find("a", analyzer.KindSDK, analyzer.Confirmed, "tts")},
			[]analyzer.Capability{withUse},
		},
		{
			"one_feature_two_capabilities",
			[]analyzer.Finding{
				find("m", analyzer.KindModelFile, analyzer.Probable, "face-restore"),
			},
			[]analyzer.Capability{
				capability(analyzer.FaceEdit, analyzer.Probable, "m"),
				capability(analyzer.ImageEnhance, analyzer.Probable, "m"),
			},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, analyzer.Capabilities(c.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
