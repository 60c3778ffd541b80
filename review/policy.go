package review

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"time"

	"github.com/goccy/go-yaml"
)

// PolicySchema names the form of a policy file.
const PolicySchema = "listgate.policy/v1"

// Policy is what the store decided about its reviews, in writing and by version.
// The zero value lists nothing by itself.
type Policy struct {
	Schema  string `yaml:"schema"`
	Version string `yaml:"version"`
	// AutoList lets a submission be listed by this policy where nothing speaks
	// against it; see AutoList.
	AutoList bool `yaml:"auto_list"`
	// SampleRate is the share of automated decisions that people look at, 0 to 1.
	SampleRate float64 `yaml:"sample_rate"`
	// MaxSize is the largest package that is listed automatically, in bytes; 0 means
	// that size does not matter.
	MaxSize int64 `yaml:"max_size"`
	// Lease is how long a claim lasts; 0 means DefaultLease.
	Lease time.Duration `yaml:"lease"`
	// RemedyWorkingDays are the terms by severity; one that is not named has the
	// term of the law's edition.
	RemedyWorkingDays map[Severity]int `yaml:"remedy_working_days"`
	// ReviewWorkingDays is within how many working days a case is to be decided; 0
	// means DefaultReviewDays.
	ReviewWorkingDays int `yaml:"review_working_days"`
	// AppealDays is within how many days a developer may appeal; 0 means no limit.
	AppealDays int `yaml:"appeal_days"`
	// Digest is the SHA-256 of the file, hexadecimal.
	Digest string `yaml:"-"`
}

// maxPolicy is the size of a policy file in bytes; a sound one has a few hundred.
const maxPolicy = 64 << 10

// ParsePolicy reads a policy file. Unknown keys, and values outside their range,
// are errors that wrap ErrInvalid.
func ParsePolicy(text []byte) (Policy, error) {
	var p Policy
	if len(text) > maxPolicy {
		return p, fmt.Errorf("policy: over %d bytes: %w", maxPolicy, ErrInvalid)
	}
	d := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := d.Decode(&p); err != nil {
		return Policy{}, fmt.Errorf("policy: %w: %w", ErrInvalid, err)
	}
	sum := sha256.Sum256(text)
	p.Digest = hex.EncodeToString(sum[:])
	if what := p.wrong(); what != "" {
		return Policy{}, fmt.Errorf("policy: %s: %w", what, ErrInvalid)
	}
	return p, nil
}

func (p Policy) wrong() string {
	switch {
	case p.Schema != PolicySchema:
		return fmt.Sprintf("schema %q, want %s", p.Schema, PolicySchema)
	case p.Version == "":
		return "no version"
	case math.IsNaN(p.SampleRate) || p.SampleRate < 0 || p.SampleRate > 1:
		return "sample_rate is not within 0 and 1"
	case p.MaxSize < 0:
		return "max_size is negative"
	case p.Lease < 0 || p.Lease > 24*time.Hour:
		return "lease is not within 0 and 24h"
	case p.AppealDays < 0:
		return "appeal_days is negative"
	case p.ReviewWorkingDays < 0 || p.ReviewWorkingDays > MaxTerm:
		return fmt.Sprintf("review_working_days is not within 0 and %d", MaxTerm)
	}
	for s, days := range p.RemedyWorkingDays {
		if _, ok := termProblem(days); !ok || s < SeverityA || s > SeverityE || len(s) != 1 {
			return fmt.Sprintf("remedy_working_days: %s: %d", s, days)
		}
	}
	return ""
}

// ClaimLease is how long a claim lasts under the policy.
func (p Policy) ClaimLease() time.Duration {
	if p.Lease == 0 {
		return DefaultLease
	}
	return p.Lease
}

// DefaultReviewDays is within how many working days a case is to be decided where
// the policy does not say.
const DefaultReviewDays = 3

// ReviewBy is by when a case that was opened at a time is to be decided.
func (p Policy) ReviewBy(c Calendar, opened time.Time) time.Time {
	days := p.ReviewWorkingDays
	if days == 0 {
		days = DefaultReviewDays
	}
	end, _ := c.After(opened, days)
	return end.UTC()
}

// Sampled reports whether the automated decision of a case is drawn for people. The
// draw depends on the case and the version of the policy alone: nobody chooses it,
// and anyone can draw again.
func (p Policy) Sampled(caseID string) bool {
	sum := sha256.Sum256([]byte(caseID + "\x00" + p.Version))
	draw := float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
	return draw < p.SampleRate
}
