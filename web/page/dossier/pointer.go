package dossier

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/listgate/listgate/review"
)

// tokens are the pointers that a case knows, by what stands for each in a form.
type tokens map[string]review.Pointer

// tokensOf lists them.
func tokensOf(known review.Known) tokens {
	out := tokens{}
	for kind, ids := range known {
		for _, id := range ids {
			p := review.Pointer{Kind: kind, ID: id}
			out[tokenOf(p)] = p
		}
	}
	return out
}

// pointer returns what a token stands for. One that the case does not know is
// taken by its words; the decision then refuses it by name.
func (t tokens) pointer(token string) review.Pointer {
	if p, ok := t[token]; ok {
		return p
	}
	kind, id, _ := strings.Cut(token, ":")
	return review.Pointer{Kind: review.PointerKind(kind), ID: id}
}

// tokenOf writes a pointer as "finding:rule-id". Ids such as the places of gaps come
// from packages; one that a form would not bring back as it is, for its length or its
// characters, is written as a digest.
func tokenOf(p review.Pointer) string {
	plain := len(p.ID) <= maxToken && strings.IndexFunc(p.ID, unsafe) < 0
	if plain && !strings.HasPrefix(p.ID, "sha256:") {
		return string(p.Kind) + ":" + p.ID
	}
	sum := sha256.Sum256([]byte(p.ID))
	return string(p.Kind) + ":sha256:" + hex.EncodeToString(sum[:16])
}

// maxToken is in bytes; a line of a form has more room.
const maxToken = 200

// unsafe are all but plain characters: browsers and the form change some others.
func unsafe(r rune) bool { return r < '!' || r > '~' }

// anchor is the fragment under which the page shows what a pointer names; empty
// where it shows it nowhere by itself.
func anchor(p review.Pointer) string {
	switch p.Kind {
	case review.PointFinding, review.PointCapability, review.PointCheck:
		return "#" + string(p.Kind) + "-" + p.ID
	case review.PointAnomaly:
		return "#anomalies"
	case review.PointGap:
		return "#gaps"
	case review.PointDocument:
		return "#declaration"
	case review.PointRoute, review.PointScan:
		return "#head"
	}
	return ""
}
