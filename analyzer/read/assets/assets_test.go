package assets_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/analyzer/read/assets"
	"github.com/listgate/listgate/analyzer/read/readtest"
)

func TestDigests(t *testing.T) {
	t.Parallel()
	facts := readtest.Facts(t, readtest.Manifest+"-- assets/large.zero --\n2KiB\n"+
		"-- assets/small.zero --\n1024\n-- res/raw/voice.zero --\n4096\n-- "+
		"other/large.zero --\n2KiB\n",
		assets.Reader{})
	digests := map[string]bool{}
	for _, a := range facts.Assets {
		digests[a.Name] = a.SHA256 != ""
	}
	assert.Equal(t, map[string]bool{
		"AndroidManifest.xml": false, "assets/large": true, "assets/small": false,
		"res/raw/voice": true, "other/large": false, "resources.arsc": false,
	}, digests, "each name stands once, with a digest where it is data over 1 KiB")
}
