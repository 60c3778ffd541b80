package notice_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
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

// Evidence that no report holds is named as far as it can be.
func TestNamed(t *testing.T) {
	t.Parallel()
	e := input(t, review.Act{Measure: review.MeasureRefuse}).Edition
	for _, tt := range []struct {
		name   string
		kind   review.PointerKind
		id     string
		zh, en string
	}{
		{"route", review.PointRoute, "clear", "检测结论：未见问题",
			"conclusion of the scan: nothing found"},
		{"unknown_route", review.PointRoute, "away", "检测结论：away", "conclusion of the scan: away"},
		{"capability", review.PointCapability, "face_swap", "能力：人脸替换融合",
			"capability: face replacement or fusion"},
		{"unknown_capability", review.PointCapability, "flight", "能力：flight",
			"capability: flight"},
		{"check", review.PointCheck, "FI-01", "核验：FI-01（提供者已办理深度合成算法备案）",
			"check: FI-01 (Deep-synthesis algorithm filing exists for the provider)"},
		{"unknown_check", review.PointCheck, "XX-01", "核验：XX-01", "check: XX-01"},
		{"anomaly", review.PointAnomaly, string(analyzer.ZipPrefix), "异常：压缩包之前有多余字节",
			"anomaly: bytes before the archive"},
		{"unknown_anomaly", review.PointAnomaly, "odd", "异常：odd", "anomaly: odd"},
		{"finding", review.PointFinding, "swap-sdk", "检测发现：swap-sdk", "finding: swap-sdk"},
		{"unknown_kind", "rumour", "x", "rumour：x", "rumour: x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := notice.Named(review.Pointer{Kind: tt.kind, ID: tt.id}, e)
			assert.Equal(t, analyzer.Text{ZH: tt.zh, EN: tt.en}, got)
		})
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
