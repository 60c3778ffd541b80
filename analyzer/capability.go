package analyzer

import (
	"cmp"
	"slices"
)

// CapabilityID is something an application can do that the law has a word for.
// review/law gives each its articles; a test compares the two lists.
type CapabilityID string

// The capabilities. Companion (sustained emotional interaction) and
// SpecialObjects have articles but no technique: no rule proves them, a
// declaration or a person names them.
const (
	TextGen        CapabilityID = "text_gen"
	FaceBeautify   CapabilityID = "face_beautify"
	SpeechSynth    CapabilityID = "speech_synth"
	VoiceClone     CapabilityID = "voice_clone"
	MusicGen       CapabilityID = "music_gen"
	FaceSwap       CapabilityID = "face_swap"
	FaceEdit       CapabilityID = "face_edit"
	PoseDrive      CapabilityID = "pose_drive"
	ImageGen       CapabilityID = "image_gen"
	ImageEnhance   CapabilityID = "image_enhance"
	VideoGen       CapabilityID = "video_gen"
	DigitalHuman   CapabilityID = "digital_human"
	Scene3D        CapabilityID = "scene_3d"
	SpecialObjects CapabilityID = "special_objects"
	Companion      CapabilityID = "companion"
)

// CapabilityTechniques maps each capability to its limb of Art. 23(1), "" where
// it has none. It is the list of all capabilities.
func CapabilityTechniques() map[CapabilityID]Technique {
	return map[CapabilityID]Technique{
		TextGen: TechniqueText, SpeechSynth: TechniqueSpeech, VoiceClone: TechniqueSpeech,
		MusicGen: TechniqueAudio, FaceBeautify: TechniqueBiometric, FaceSwap: TechniqueBiometric,
		FaceEdit: TechniqueBiometric, PoseDrive: TechniqueBiometric,
		ImageGen:     TechniqueNonBiometric,
		ImageEnhance: TechniqueNonBiometric, VideoGen: TechniqueNonBiometric,
		DigitalHuman: TechniqueScene, Scene3D: TechniqueScene, SpecialObjects: "", Companion: "",
	}
}

// Capability is what the findings show that the application can do.
type Capability struct {
	ID         CapabilityID `json:"id"`
	Technique  Technique    `json:"technique"`
	Confidence Confidence   `json:"confidence"`
	Use        Use          `json:"use"`
	Findings   []string     `json:"findings"` // rule ids, strongest first
}

// featureCapabilities says what each feature of a rule makes. A feature that is
// not listed (recognition, detection, tracking, system read-aloud, engines)
// makes nothing by itself.
var featureCapabilities = map[string][]CapabilityID{
	"chat": {TextGen}, "dialogue": {TextGen}, "on-device-llm": {TextGen}, "agent": {TextGen},
	"summarise": {TextGen}, "rewrite": {TextGen}, "assistant": {TextGen}, "prompt": {TextGen},
	"text-gen": {TextGen},
	"tts":      {SpeechSynth}, "tts-offline": {SpeechSynth}, "tts-stream": {SpeechSynth},
	"singing-synthesis": {SpeechSynth}, "custom-neural-voice": {SpeechSynth},
	"voice-clone": {VoiceClone}, "voice-clone-voice": {VoiceClone}, "voice-change": {VoiceClone},
	"voice-beautify": {VoiceClone},
	"music-gen":      {MusicGen},
	"face-swap":      {FaceSwap}, "face-merge": {FaceSwap}, "face-morph": {FaceSwap},
	"age-change": {
		FaceEdit,
	}, "gender-swap": {FaceEdit}, "age-gender": {FaceEdit}, "cartoon": {FaceEdit},
	"gan-stylise": {FaceEdit}, "face-stylise": {FaceEdit}, "face-plastic": {FaceEdit},
	"face-monster": {
		FaceEdit,
	}, "hair-synth": {FaceEdit}, "face-gen": {FaceEdit}, "undress": {FaceEdit},
	"face-restore":  {FaceEdit, ImageEnhance},
	"face-beautify": {FaceBeautify}, "makeup": {FaceBeautify}, "virtual-makeup": {FaceBeautify},
	"face-reshape": {FaceBeautify}, "face-warp": {FaceBeautify}, "body-shape": {FaceBeautify},
	"hair-color": {FaceBeautify}, "face-filter": {FaceBeautify}, "face-effect": {FaceBeautify},
	"face-drive": {PoseDrive}, "lip-sync": {PoseDrive}, "talking-head": {PoseDrive},
	"expression-transfer": {PoseDrive}, "audio-to-expression": {PoseDrive},
	"image-gen": {
		ImageGen,
	}, "image-edit": {ImageGen}, "try-on": {ImageGen}, "handwriting": {ImageGen},
	"super-resolution": {
		ImageEnhance,
	}, "colourise": {ImageEnhance}, "background-remove": {ImageEnhance},
	"image-enhance": {ImageEnhance},
	"video-gen":     {VideoGen}, "video-edit": {VideoGen},
	"digital-human": {DigitalHuman}, "avatar": {DigitalHuman}, "animoji": {DigitalHuman},
	"3d-avatar": {
		DigitalHuman,
	}, "selfie-to-avatar": {DigitalHuman}, "talking-avatar": {DigitalHuman},
	"avatar-animation": {DigitalHuman}, "face-to-avatar": {DigitalHuman},
	"text-to-3d": {
		Scene3D,
	}, "image-to-3d": {Scene3D}, "3d-reconstruction": {Scene3D}, "vr": {Scene3D},
	"3d-scene": {Scene3D},
}

// FeatureCapabilities returns what a feature makes, nil for a feature that makes
// nothing by itself.
func FeatureCapabilities(feature string) []CapabilityID { return featureCapabilities[feature] }

// Capabilities derives what the application can do from its findings.
//
// A finding whose only technique is Enabler, and a packer, make nothing. The
// confidence of a capability is that of its best finding, with two rules over
// kinds of evidence: texts alone are a hint (Possible), and a text raises a
// Possible capability, which another kind of finding shows, to Probable. The use
// is the strongest of its findings. What the application's code passes by while
// it calls the rest of the product (Finding.Uncalled) is bundled, and Probable at
// most.
func Capabilities(findings []Finding) []Capability {
	byID, rank := map[CapabilityID]*tally{}, map[string]int{}
	for _, f := range findings {
		rank[f.Rule] = f.Confidence.Rank()
		for id, idle := range f.capabilities() {
			if byID[id] == nil {
				byID[id] = &tally{Capability: Capability{
					ID: id, Technique: CapabilityTechniques()[id], Use: UseUnknown,
				}}
			}
			shown := f
			if idle {
				shown.Use, shown.Confidence = Bundled, weaker(f.Confidence, Probable)
			}
			byID[id].add(shown)
		}
	}
	out := make([]Capability, 0, len(byID))
	for _, t := range byID {
		slices.SortStableFunc(t.Findings, func(a, b string) int {
			return cmp.Or(cmp.Compare(rank[b], rank[a]), cmp.Compare(a, b))
		})
		t.Findings = slices.Compact(t.Findings)
		t.Confidence = t.confidence()
		out = append(out, t.Capability)
	}
	slices.SortFunc(out, func(a, b Capability) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// tally gathers the findings of one capability, texts apart from the rest.
type tally struct {
	Capability
	text, other Confidence
}

func (t *tally) add(f Finding) {
	t.Findings = append(t.Findings, f.Rule)
	t.Use = strongerUse(t.Use, f.Use)
	if f.Kind == KindText {
		t.text = stronger(t.text, f.Confidence)
	} else {
		t.other = stronger(t.other, f.Confidence)
	}
}

func (t *tally) confidence() Confidence {
	switch {
	case t.other == "":
		return Possible
	case t.other == Possible && t.text != "":
		return Probable
	default:
		return t.other
	}
}

// capabilities returns what the finding's features make; true where all that make
// it are uncalled.
func (f Finding) capabilities() map[CapabilityID]bool {
	if f.Kind == KindPacker || len(f.Techniques) == 1 && f.Techniques[0] == Enabler {
		return nil
	}
	ids := map[CapabilityID]bool{}
	for _, feature := range f.Features {
		for _, id := range featureCapabilities[feature] {
			before, known := ids[id]
			ids[id] = (before || !known) && slices.Contains(f.Uncalled, feature)
		}
	}
	return ids
}

func stronger(a, b Confidence) Confidence {
	if b.Rank() > a.Rank() {
		return b
	}
	return a
}

func weaker(a, b Confidence) Confidence {
	if b.Rank() < a.Rank() {
		return b
	}
	return a
}

func strongerUse(a, b Use) Use {
	order := map[Use]int{UseUnknown: 0, Bundled: 1, Invoked: 2}
	if order[b] > order[a] {
		return b
	}
	return a
}
