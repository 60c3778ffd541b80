package analyzer

import "fmt"

// maxAlike bounds the anomalies of one code and the gaps of one reason: a package
// made of damage must not give a report that is larger than itself.
const maxAlike = 500

// gapKind tells which gaps are counted together.
type gapKind struct {
	reason GapReason
	code   bool
}

// thin keeps the first anomalies and gaps of each kind and counts the others. The
// lists are in order, so the same bytes keep the same ones.
func (f *Facts) thin() {
	f.Anomalies = thinned(f.Anomalies,
		func(a Anomaly) AnomalyCode { return a.Code },
		func(code AnomalyCode, more string) Anomaly { return Anomaly{Code: code, What: more} })
	f.Gaps = thinned(f.Gaps,
		func(g Gap) gapKind { return gapKind{g.Reason, g.Code} },
		func(k gapKind, more string) Gap {
			return Gap{Reason: k.reason, Where: Where{Part: "further entries"}, Detail: more,
				Code: k.code}
		})
}

// thinned returns the first maxAlike of each kind and one more for each kind that
// has more than that.
func thinned[T any, K comparable](list []T, kind func(T) K, rest func(K, string) T) []T {
	count := map[K]int{}
	var flooded []K
	out := list[:0]
	for _, x := range list {
		k := kind(x)
		count[k]++
		switch {
		case count[k] <= maxAlike:
			out = append(out, x)
		case count[k] == maxAlike+1:
			flooded = append(flooded, k)
		}
	}
	for _, k := range flooded {
		out = append(out, rest(k, fmt.Sprintf("%d more", count[k]-maxAlike)))
	}
	return out
}
