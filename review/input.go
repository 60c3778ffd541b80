package review

import (
	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
)

// Input is all that the checks of one package rest on. The same input gives the
// same checks.
type Input struct {
	Law *Law
	// Facts may be nil only where nothing was analysed; nothing is then known of
	// the package, which is not the same as a clean one.
	Facts        *analyzer.Facts
	Findings     []analyzer.Finding
	Capabilities []analyzer.Capability
	Disclosures  Disclosures
	// Declaration is nil where the developer made none.
	Declaration *Declaration
	// Registry may be nil: no list is then held.
	Registry registry.Lookup
	AsOf     string // YYYY-MM-DD
	Stage    Stage  // empty means StageSubmission
}

// Disclosures is what the package itself shows of filings and labels.
type Disclosures struct {
	Numbers    []Disclosed `json:"numbers"`
	LabelTexts []string    `json:"label_texts"` // texts that read as an explicit label
	Links      []string    `json:"links"`       // links to the public lists
}

// Disclosed is one number found in the package.
type Disclosed struct {
	// Kind is the series by the number's form; empty where no form fits.
	Kind       registry.Series `json:"kind"`
	Number     string          `json:"number"` // as found
	WellFormed bool            `json:"wellformed"`
	// CheckDigit is passed, advice where it does not fit, not-asked where the
	// form has none.
	CheckDigit registry.Outcome `json:"check_digit"`
	Where      analyzer.Where   `json:"where"`
}
