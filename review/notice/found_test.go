package notice_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/notice"
	"github.com/listgate/listgate/review/report/reporttest"
)

// Whatever evidence can point at in a report has words in both languages, and what
// rests on bytes has places: no link dangles.
func TestFoundInSaysAllThatIsKnown(t *testing.T) {
	t.Parallel()
	in := input(t, review.Act{Measure: review.MeasureRefuse})
	seen := map[review.PointerKind]int{}
	for _, fixture := range []string{"faceswap-android", "packed-android", "tts-ios",
		"encrypted-ios", "hostile/bytes-before-archive"} {
		doc := reporttest.Document(t, fixture, "zh", "")
		in.Decision.Evidence, in.Found = nil, nil
		for kind, ids := range notice.Known(doc) {
			for _, id := range ids {
				p := review.Pointer{Kind: kind, ID: id}
				in.Decision.Evidence = append(in.Decision.Evidence, p)
				seen[kind]++
			}
		}
		in.Found = notice.FoundIn(doc, in.Edition, in.Decision.Evidence)
		require.Len(t, in.Found, len(in.Decision.Evidence), fixture)
		for _, f := range in.Found {
			assert.NotEmpty(t, f.What.ZH, f.Pointer)
			assert.NotEmpty(t, f.What.EN, f.Pointer)
			if f.Pointer.Kind == review.PointFinding || f.Pointer.Kind == review.PointCapability {
				assert.NotEmpty(t, f.Where, f.Pointer)
				assert.LessOrEqual(t, len(f.Where), 5)
			}
		}
		letters(t, in)
	}
	for _, kind := range []review.PointerKind{review.PointFinding, review.PointCapability,
		review.PointCheck, review.PointAnomaly, review.PointGap, review.PointRoute} {
		assert.Positive(t, seen[kind], "no fixture has a %s", kind)
	}
}

func TestFoundInLeavesOutWhatTheReportDoesNotHold(t *testing.T) {
	t.Parallel()
	in := input(t, review.Act{Measure: review.MeasureRefuse})
	doc := reporttest.Document(t, "plain-android", "zh", "")
	var absent []review.Pointer
	for _, kind := range []review.PointerKind{review.PointFinding, review.PointCapability,
		review.PointCheck, review.PointRegistry, review.PointDocument, review.PointAnomaly,
		review.PointGap, review.PointRoute, review.PointScan, "rumour"} {
		absent = append(absent, review.Pointer{Kind: kind, ID: "none"})
		assert.False(t, notice.Known(doc).Holds(absent[len(absent)-1]))
	}
	assert.Empty(t, notice.FoundIn(doc, in.Edition, absent))
}
