package tnn_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/tnn"
)

const classifier = `"1 3 1 4206624770 ,"
"input 1 3 224 224 ,"
" conv input prob ,"
"prob ,"
" 2 ,"
"Convolution conv 1 1 input conv 1 3 64 3 3 2 2 1 1 1 -1 1 ,"
"Softmax prob 1 1 conv prob 1 ,"
`

func decode(data []byte) (bool, error) {
	g, err := tnn.Decode(data)
	return g != nil, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	got, err := tnn.Decode([]byte(classifier))
	require.NoError(t, err)
	want := &graph.Graph{
		Version:   "text",
		Inputs:    []graph.Port{{Name: "input", Shape: []int64{1, 3, 224, 224}}},
		Outputs:   []graph.Port{{Name: "prob"}},
		Operators: map[string]int{"Convolution": 1, "Softmax": 1},
		Names:     []string{"conv", "prob"}, Picture: graph.Picture{In: 3, Out: 64, Down: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeTypedInputs(t *testing.T) {
	t.Parallel()
	got, err := tnn.Decode([]byte("\"1 1 2 4206624772 ,\"\n" +
		"\"x 4 1 3 8 8 0 : y 2 1 512 0 ,\"\n\" x y ,\"\n\"x ,\"\n\" 0 ,\"\n"))
	require.NoError(t, err)
	want := []graph.Port{{Name: "x", Shape: []int64{1, 3, 8, 8}},
		{Name: "y", Shape: []int64{1, 512}}}
	if diff := cmp.Diff(want, got.Inputs); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	decodetest.Refused(t, map[string][]byte{
		"empty": nil, "text": []byte("1 3 1 4206624770 ,"), "another_magic": []byte(`"1 3 1 42 ,"`),
	}, decode)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, []byte(classifier), len(" prob 1 ,\"\n"), decode)
}

func FuzzDecode(f *testing.F) { decodetest.Fuzz(f, [][]byte{[]byte(classifier)}, decode) }
