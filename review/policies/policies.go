// Package policies holds the policies that come with the program: what a store may
// begin with before it writes its own. One file is one policy.
package policies

import (
	_ "embed"

	"github.com/listgate/listgate/review"
)

//go:embed default.yaml
var standard []byte

// Default returns the policy of a store that has not written its own.
func Default() (review.Policy, error) { return review.ParsePolicy(standard) }
