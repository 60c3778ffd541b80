package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/notice"
	"github.com/listgate/listgate/review/report"
)

// documentDeclaration is the id of the developer's declaration as evidence.
const documentDeclaration = "declaration"

// evidence lists what a decision on a case can point at: all that its report holds,
// the declaration, and the outcome of a scan that failed, by the id of the case. A
// report names no row of a list, so that of the lists its checks are the evidence.
func evidence(s review.Submission, doc *report.Document) review.Known {
	k := review.Known{}
	if doc != nil {
		k = notice.Known(doc)
	}
	if _, failed := failure(s); failed {
		k[review.PointScan] = []string{s.Case}
	}
	if s.Declaration != "" {
		k[review.PointDocument] = []string{documentDeclaration}
	}
	return k
}

// words puts the evidence of a decision into words. What the developer was told of
// it before is said again, for the report may have been made anew since; else it is
// what the reports say, and of what they do not hold what can be said of it.
func (d *Desk) words(
	ctx context.Context, of review.Decision, e *law.Edition, read reports,
) ([]notice.Found, error) {
	if told, err := d.told(ctx, of); told != nil || err != nil {
		return told, err
	}
	s, err := d.submission(ctx, of.Case)
	if err != nil {
		return nil, err
	}
	zh, err := d.report(ctx, s, "zh", read)
	if err != nil {
		return nil, err
	}
	en, err := d.report(ctx, s, "en", read)
	if err != nil {
		return nil, err
	}
	inZH, inEN := found(zh, e, of.Evidence), found(en, e, of.Evidence)
	out := make([]notice.Found, 0, len(of.Evidence))
	for _, p := range of.Evidence {
		f, ok := pointed(inZH, p)
		if !ok {
			f = notice.Found{Pointer: p, What: beside(s, e, p)}
		} else if other, ok := pointed(inEN, p); ok {
			f.What.EN = other.What.EN // a gap speaks the language of its report alone
		}
		out = append(out, f)
	}
	return out, nil
}

// found is notice.FoundIn, which finds nothing in no report.
func found(doc *report.Document, e *law.Edition, evidence []review.Pointer) []notice.Found {
	if doc == nil {
		return nil
	}
	return notice.FoundIn(doc, e, evidence)
}

// told returns the words of the first letter on a decision, nil where there is none.
func (d *Desk) told(ctx context.Context, of review.Decision) ([]notice.Found, error) {
	letters, err := d.Letters.Letters(ctx, of.Case)
	if err != nil {
		return nil, fmt.Errorf("letters of case %s: %w", of.Case, err)
	}
	for _, l := range letters {
		if l.Decision != of.ID {
			continue
		}
		var facts notice.Facts
		if err := json.Unmarshal(l.Facts, &facts); err != nil {
			return nil, fmt.Errorf("letter %s: %w", l.ID, err)
		}
		return facts.Findings, nil
	}
	return nil, nil
}

func pointed(found []notice.Found, p review.Pointer) (notice.Found, bool) {
	i := slices.IndexFunc(found, func(f notice.Found) bool { return f.Pointer == p })
	if i < 0 {
		return notice.Found{}, false
	}
	return found[i], true
}

// beside says of evidence outside of the report what can be said.
func beside(s review.Submission, e *law.Edition, p review.Pointer) analyzer.Text {
	why, failed := failure(s)
	switch {
	case p.Kind == review.PointScan && failed && s.Scan.Facts != "":
		return why // it was analysed; the same version waits in another case
	case p.Kind == review.PointScan && failed:
		return analyzer.Text{ZH: "安装包未能检测：" + why.In("zh"),
			EN: "the package could not be analysed: " + why.In("en")}
	case p == review.Pointer{Kind: review.PointDocument, ID: documentDeclaration}:
		return signed(declared(s))
	}
	return notice.Named(p, e)
}

// signed names the declaration by who signed it and when.
func signed(made *review.Declaration) analyzer.Text {
	if made == nil || made.Signed.By == "" || made.Signed.On == "" {
		return analyzer.Text{ZH: "开发者提交的声明", EN: "the developer's declaration"}
	}
	by, on := made.Signed.By, made.Signed.On
	return analyzer.Text{ZH: fmt.Sprintf("开发者的声明（%s 于 %s 署名）", by, on),
		EN: fmt.Sprintf("the developer's declaration, signed by %s on %s", by, on)}
}
