package analyzer

import "slices"

// Technique is a limb of Art. 23(1) of the Deep Synthesis Provisions.
type Technique string

// The techniques, limbs (i) to (vi); Enabler marks engines, trackers and checks
// that alone make nothing.
const (
	TechniqueText         Technique = "text"
	TechniqueSpeech       Technique = "speech"
	TechniqueAudio        Technique = "non-speech-audio"
	TechniqueBiometric    Technique = "biometric-visual"
	TechniqueNonBiometric Technique = "non-biometric-visual"
	TechniqueScene        Technique = "virtual-scene"
	Enabler               Technique = "enabler"
)

// Confidence says how well the facts prove a finding.
type Confidence string

// The grades, weakest first.
const (
	Possible  Confidence = "possible"
	Probable  Confidence = "probable"
	Confirmed Confidence = "confirmed"
)

// Rank orders the grades: 0 for none, 1 for Possible, 3 for Confirmed.
func (c Confidence) Rank() int {
	switch c {
	case Possible:
		return 1
	case Probable:
		return 2
	case Confirmed:
		return 3
	default:
		return 0
	}
}

// Use says whether the application's own code calls what was found.
type Use string

// The zero value is the ignorant one.
const (
	UseUnknown Use = "unknown"
	Bundled    Use = "bundled" // in the package, no call from outside it was seen
	Invoked    Use = "invoked" // the application's own code calls it
)

// Kind is the kind of rule that found something; it is also the rule's folder.
type Kind string

// The kinds of rules.
const (
	KindSDK         Kind = "sdk"
	KindEngine      Kind = "engine"
	KindOSFramework Kind = "os-framework"
	KindEndpoint    Kind = "endpoint"
	KindModelFormat Kind = "model-format"
	KindModelFile   Kind = "model-file"
	KindText        Kind = "text"
	KindPacker      Kind = "packer"
)

// Finding is what a rule proves from facts: a product, a service, a model, a
// packer. It is a claim about the package, not about the law.
type Finding struct {
	Rule       string      `json:"rule"`
	Vendor     string      `json:"vendor"`
	Product    Text        `json:"product"`
	Kind       Kind        `json:"kind"`
	Techniques []Technique `json:"techniques"`
	Features   []string    `json:"features"`
	// Uncalled are the features that rest on classes which no call reaches, though
	// other classes of the product are called.
	Uncalled   []string   `json:"uncalled,omitempty"`
	Confidence Confidence `json:"confidence"`
	Use        Use        `json:"use"`
	Version    string     `json:"version"`
	Evidence   []Evidence `json:"evidence"`
}

// HidesCode is the feature of a packer that leaves only a stub of the code, or of
// its methods or symbols, to be read.
const HidesCode = "hides-code"

// HidesCode reports a packer with that effect. Protectors without it (device
// checks, encryption of data) leave the code as it is.
func (f Finding) HidesCode() bool {
	return f.Kind == KindPacker && slices.Contains(f.Features, HidesCode)
}

// Evidence is one fact that a rule rests on.
type Evidence struct {
	Type  TermKind `json:"type"`
	Where Where    `json:"where"`
	What  string   `json:"what"`
	// Strong evidence alone proves that the product is in the package.
	Strong bool `json:"strong"`
}
