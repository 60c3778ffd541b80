package law

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// source is one edition as its files have it, before anything is resolved.
type source struct {
	edition struct {
		ID         string        `yaml:"id"`
		Date       string        `yaml:"date"`
		Groups     []string      `yaml:"groups"`
		PolicyNote analyzer.Text `yaml:"policy_note"`
	}
	instruments  map[string]instrumentSource
	articles     map[string]articlesSource // by instrument
	capabilities map[analyzer.CapabilityID]capabilitySource
	uses         map[analyzer.CapabilityID]useSource
	flags        map[review.Flag]flagSource
	roles        map[review.DeclaredRole]roleSource
	evidence     []termSource
	measures     []measureSource
	severities   map[review.Severity]severitySource
	foreign      []string
	hints        struct {
		LabelAI      []string `yaml:"label_ai"`
		LabelMade    []string `yaml:"label_made"`
		RemoveMark   []string `yaml:"remove_mark"`
		RemoveVerb   []string `yaml:"remove_verb"`
		RemoveAI     []string `yaml:"remove_ai"`
		Forbids      []string `yaml:"forbids"`
		LabelPhrases []string `yaml:"label_phrases"`
		PublicLists  []string `yaml:"public_lists"`
		PlatformDone []string `yaml:"platform_done"`
	}
	obligations []obligationSource
}

type instrumentSource struct {
	ZH        string `yaml:"zh"`
	EN        string `yaml:"en"`
	InForce   string `yaml:"in_force"`
	Amended   string `yaml:"amended"`
	Status    string `yaml:"status"`
	Numbering string `yaml:"numbering"`
	Wording   string `yaml:"wording"`
}

type articlesSource struct {
	Official string          `yaml:"official"`
	Copy     string          `yaml:"copy"`
	Articles []articleSource `yaml:"articles"`
}

type articleSource struct {
	Number  string        `yaml:"number"`
	Place   string        `yaml:"place"`
	Grade   string        `yaml:"grade"`
	Part    string        `yaml:"part"`
	Wording string        `yaml:"wording"`
	Content analyzer.Text `yaml:"content"`
}

type capabilitySource struct {
	Law       map[string]*int `yaml:"law"`
	Biometric string          `yaml:"biometric"`
	ZH        string          `yaml:"zh"`
	EN        string          `yaml:"en"`
}

type useSource struct {
	Modalities []review.Modality `yaml:"modalities"`
	Words      []string          `yaml:"words"`
}

type flagSource struct {
	Law []string `yaml:"law"`
	ZH  string   `yaml:"zh"`
	EN  string   `yaml:"en"`
}

type roleSource struct {
	ZH    string        `yaml:"zh"`
	Does  analyzer.Text `yaml:"does"`
	Needs analyzer.Text `yaml:"needs"`
}

type termSource struct {
	ID string `yaml:"id"`
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

type measureSource struct {
	ID        string   `yaml:"id"`
	ZH        string   `yaml:"zh"`
	EN        string   `yaml:"en"`
	Stage     string   `yaml:"stage"`
	Statutory bool     `yaml:"statutory"`
	Scopes    []string `yaml:"scopes"`
	Weight    int      `yaml:"weight"`
}

type severitySource struct {
	ZH                       string `yaml:"zh"`
	EN                       string `yaml:"en"`
	RemedyWorkingDays        *int   `yaml:"remedy_working_days"`
	PersonRequiredWhenListed bool   `yaml:"person_required_when_listed"`
}

type obligationSource struct {
	ID     string        `yaml:"id"`
	Title  analyzer.Text `yaml:"title"`
	Bearer []string      `yaml:"bearer"`
	Basis  []struct {
		Instrument string `yaml:"instrument"`
		Article    string `yaml:"article"`
		Quote      string `yaml:"quote"`
		Source     string `yaml:"source"`
	} `yaml:"basis"`
	Applies struct {
		All           bool                    `yaml:"all"`
		AnyCapability bool                    `yaml:"any_capability"`
		Capabilities  []analyzer.CapabilityID `yaml:"capabilities"`
		Flags         []review.Flag           `yaml:"flags"`
		AnyOf         []string                `yaml:"any_of"`
		OnlyIf        analyzer.Text           `yaml:"only_if"`
	} `yaml:"applies"`
	Verify    []analyzer.Text         `yaml:"verify"`
	Evidence  map[string]string       `yaml:"evidence"`
	Severity  review.Severity         `yaml:"severity"`
	Measure   map[review.Stage]string `yaml:"measure"`
	Remedy    analyzer.Text           `yaml:"remedy"`
	Note      string                  `yaml:"note"`
	Retention *struct {
		Years             int      `yaml:"years"`
		Basis             []string `yaml:"basis"`
		MinimumLogsMonths int      `yaml:"minimum_logs_months"`
	} `yaml:"retention"`
	Enabled bool `yaml:"enabled"`
}

// readSource reads every file of the edition's folder. A file that no field of
// source takes is an error: a misspelt name must not be silence.
func readSource(folder fs.FS) (*source, error) {
	s := &source{articles: map[string]articlesSource{}}
	single := map[string]any{
		"edition.yaml": &s.edition, "instruments.yaml": &s.instruments,
		"capabilities.yaml": &s.capabilities, "uses.yaml": &s.uses, "flags.yaml": &s.flags,
		"roles.yaml": &s.roles, "evidence.yaml": &s.evidence, "measures.yaml": &s.measures,
		"severities.yaml": &s.severities, "foreign.yaml": &s.foreign, "hints.yaml": &s.hints,
	}
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		id := strings.TrimSuffix(path.Base(name), ".yaml")
		switch path.Dir(name) {
		case ".":
			if into, ok := single[name]; ok {
				delete(single, name)
				return decode(folder, name, into)
			}
		case "instruments":
			var a articlesSource
			defer func() { s.articles[id] = a }()
			return decode(folder, name, &a)
		case "obligations":
			return s.addObligation(folder, name, id)
		}
		return fmt.Errorf("%s: no such file in an edition", name)
	})
	if err == nil && len(single) > 0 {
		err = fmt.Errorf("%s: missing", slices.Sorted(keys(single))[0])
	}
	return s, err
}

func (s *source) addObligation(folder fs.FS, name, id string) error {
	var o obligationSource
	if err := decode(folder, name, &o); err != nil {
		return err
	}
	if o.ID != id {
		return fmt.Errorf("%s: id %q is not the file's name", name, o.ID)
	}
	s.obligations = append(s.obligations, o)
	return nil
}

var errNotYAML = errors.New("not a .yaml file")

func decode(folder fs.FS, name string, into any) error {
	if path.Ext(name) != ".yaml" {
		return fmt.Errorf("%s: %w", name, errNotYAML)
	}
	b, err := fs.ReadFile(folder, name)
	if err != nil {
		return err
	}
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
