package review

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
)

// Obligation is one thing that the law asks and a store can check.
type Obligation struct {
	ID     string        `json:"id"` // FI-01
	Title  analyzer.Text `json:"title"`
	Bearer []string      `json:"bearer"` // store, provider, supporter, anyone
	Basis  []Citation    `json:"basis"`
	// Applies says to which applications the obligation applies.
	Applies Trigger `json:"applies"`
	// Verify names the steps of the check, in the order in which they are asked. The
	// English name is how reports know a step, in either language.
	Verify []analyzer.Text `json:"verify"`
	// Evidence maps a kind of evidence to required, optional or on_mismatch.
	Evidence map[string]string `json:"evidence"`
	Severity Severity          `json:"severity"`
	// Measure is the measure that the obligation names for each stage; empty
	// where none is named.
	Measure   map[Stage]string `json:"measure"`
	Remedy    analyzer.Text    `json:"remedy"`
	Note      string           `json:"note,omitempty"`
	Retention *Retention       `json:"retention,omitempty"`
	Enabled   bool             `json:"enabled"`
}

// Articles lists the citations as the report shows them: "dsp 19(1)".
func (o Obligation) Articles() []string {
	out := make([]string, 0, len(o.Basis))
	for _, c := range o.Basis {
		out = append(out, c.Instrument+" "+c.Article)
	}
	return out
}

// Steps lists the steps of verify as reports know them.
func (o Obligation) Steps() []string {
	out := make([]string, 0, len(o.Verify))
	for _, v := range o.Verify {
		out = append(out, v.EN)
	}
	return out
}

// StepName is what a step of a report is called in both languages; a step that the
// obligation does not have stands for itself.
func (o Obligation) StepName(step string) analyzer.Text {
	for _, v := range o.Verify {
		if v.EN == step {
			return v
		}
	}
	return analyzer.Text{ZH: step, EN: step}
}

// Citation points at an article of an instrument. Quote is the operative wording
// in Chinese, empty where the article is known by its number alone; Source names
// the notice that a quote was taken from where it is not the article itself.
type Citation struct {
	Instrument string `json:"instrument"`
	Article    string `json:"article"`
	Quote      string `json:"quote,omitempty"`
	Source     string `json:"source,omitempty"`
}

// Trigger says when an obligation applies. Every key that is set must hold; a
// list holds where one of its members holds. OnlyIf is prose: a named condition
// that a person judges.
type Trigger struct {
	All           bool                    `json:"all,omitempty"`
	AnyCapability bool                    `json:"any_capability,omitempty"`
	Capabilities  []analyzer.CapabilityID `json:"capabilities,omitempty"`
	Flags         []Flag                  `json:"flags,omitempty"`
	AnyOf         []string                `json:"any_of,omitempty"` // ClaimsFiling, or an id
	OnlyIf        analyzer.Text           `json:"only_if,omitzero"`
}

// ClaimsFiling is the condition of Trigger.AnyOf that holds where a filing
// number is declared, or shown in the package.
const ClaimsFiling = "claims_filing"

// Retention says how long records of an obligation are kept.
type Retention struct {
	Years             int      `json:"years"`
	Basis             []string `json:"basis"`
	MinimumLogsMonths int      `json:"minimum_logs_months"`
}

// Flag is a property of an application that the package seldom shows and the
// developer declares.
type Flag string

// The flags of the law's editions; a test compares.
const (
	PublicOpinion        Flag = "public_opinion"
	CallsFiledModel      Flag = "calls_filed_model"
	OwnModel             Flag = "own_model"
	OnDeviceModel        Flag = "on_device_model"
	PublishesUserContent Flag = "publishes_user_content"
	ExportsFiles         Flag = "exports_files"
	OffersUnlabelled     Flag = "offers_unlabelled"
	ServesMinors         Flag = "serves_minors"
	Paid                 Flag = "paid"
)

// Law is one edition of the law as the checks need it; review/law fills it.
type Law struct {
	Edition string `json:"edition"` // 2026-11
	Digest  string `json:"digest"`  // SHA-256 over the compiled edition, hexadecimal
	// Obligations stand in the order in which a report lists the checks.
	Obligations  []Obligation                              `json:"obligations"`
	Capabilities map[analyzer.CapabilityID]CapabilityTerms `json:"capabilities"`
	Flags        map[Flag]FlagTerms                        `json:"flags"`
	Severities   map[Severity]SeverityTerms                `json:"severities"`
	Measures     []MeasureTerms                            `json:"measures"`
	// Foreign lists vendors (as findings name them) whose services come from
	// outside the mainland.
	Foreign []string `json:"foreign"`
	Hints   Hints    `json:"hints"`
}

// Obligation returns the obligation with this id; ok is false for an unknown id.
func (l *Law) Obligation(id string) (o Obligation, ok bool) {
	i := slices.IndexFunc(l.Obligations, func(o Obligation) bool { return o.ID == id })
	if i < 0 {
		return Obligation{}, false
	}
	return l.Obligations[i], true
}

// CapabilityTerms is what an edition says of a capability.
type CapabilityTerms struct {
	Name analyzer.Text `json:"name"`
	Note string        `json:"note,omitempty"` // how far a duty reaches, in English
	// Articles in the form of the report: "dsp 23(1)(iv)", "dsp 17(1)(iii)".
	Articles []string `json:"articles"`
	// Technique is the limb of Art. 23(1), 1 to 6; 0 where there is none.
	// Explicit is the limb of Art. 17(1); 0 where the duty does not bite.
	Technique int `json:"technique,omitempty"`
	Explicit  int `json:"explicit,omitempty"`
	// Biometric is yes, conditional or empty.
	Biometric string `json:"biometric,omitempty"`
	// Modalities (any of) in which results are made: text, image, audio, video, scene.
	Modalities []Modality `json:"modalities"`
	// Uses are the words (any of) under which a filing of it is described.
	Uses []string `json:"uses"`
}

// Modality is a kind of content that is labelled in its own way.
type Modality string

// The modalities of Art. 4 of the labelling measures.
const (
	ModalityText  Modality = "text"
	ModalityImage Modality = "image"
	ModalityAudio Modality = "audio"
	ModalityVideo Modality = "video"
	ModalityScene Modality = "scene"
)

// FlagTerms is what an edition says of a flag.
type FlagTerms struct {
	Articles []string      `json:"articles"`
	Name     analyzer.Text `json:"name"`
}

// SeverityTerms is what an edition says of a severity. RemedyWorkingDays is
// store policy, nil where no term is set.
type SeverityTerms struct {
	Name                     analyzer.Text `json:"name"`
	RemedyWorkingDays        *int          `json:"remedy_working_days"`
	PersonRequiredWhenListed bool          `json:"person_required_when_listed"`
}

// MeasureTerms is what an edition says of a measure. Stage is submission, listed
// or both; Weight orders the measures that a check can suggest, gravest first
// from 1; 0 is never suggested.
type MeasureTerms struct {
	ID        string        `json:"id"`
	Name      analyzer.Text `json:"name"`
	Stage     string        `json:"stage"`
	Statutory bool          `json:"statutory"`
	Scopes    []string      `json:"scopes,omitempty"`
	Weight    int           `json:"weight,omitempty"`
}

// Hints are words of an edition that checks look for in texts, in lower case. A
// hint is a reason to look, never a proof.
type Hints struct {
	LabelAI      []string `json:"label_ai"`      // 人工智能, AI
	LabelMade    []string `json:"label_made"`    // 生成, 合成
	LabelPhrases []string `json:"label_phrases"` // 由AI生成: texts that read as a label
	PublicLists  []string `json:"public_lists"`  // hosts of the public lists
	RemoveMark   []string `json:"remove_mark"`   // 去水印
	RemoveVerb   []string `json:"remove_verb"`   // 去除
	RemoveAIMark []string `json:"remove_ai"`     // AI标识
	Forbids      []string `json:"forbids"`       // 不得: words of a sentence that forbids it
	PlatformDone []string `json:"platform_done"` // statuses by which an assessment was accepted
}
