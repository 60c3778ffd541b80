package policies_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review/policies"
)

func TestDefault(t *testing.T) {
	t.Parallel()
	p, err := policies.Default()
	require.NoError(t, err)
	assert.NotEmpty(t, p.Version)
	assert.Len(t, p.Digest, 64)
	assert.Greater(t, p.SampleRate, 0.0, "people look at some of what the policy decides")
}
