package review

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
)

// Hand says from whom a release came: which account handed it in, and who signed it.
// An id of a package is nobody's proof: anyone can write any.
type Hand struct {
	Release string // id
	By      Actor
	Signers []analyzer.Signer
	// Unread says that the package was not analysed: it cannot be listed, and whose it
	// is says nothing.
	Unread bool
}

// Same reports that two releases came from one hand: the same certificates signed
// both, by signatures that hold. Where nobody signed either, the accounts are asked.
func (h Hand) Same(other Hand) bool {
	own, others := h.certificates(), other.certificates()
	if len(own)+len(others) == 0 {
		return h.By.Same(other.By)
	}
	return slices.Equal(own, others)
}

// certificates are the digests of those whose signatures hold, each once.
func (h Hand) certificates() []string {
	var out []string
	for _, s := range h.Signers {
		if s.Verified && s.SHA256 != "" {
			out = append(out, s.SHA256)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sameHand holds what is handed in against the other releases of the application: an
// update of somebody else's application goes to a person.
func (in AutoInput) sameHand(found *complaints) {
	for _, r := range in.Releases {
		if r.ID == in.Case.Release || r.Platform != in.platform() {
			continue
		}
		i := slices.IndexFunc(in.Others, func(h Hand) bool { return h.Release == r.ID })
		if i < 0 || !in.Others[i].Unread && !in.Hand.Same(in.Others[i]) {
			found.conflict("release", "auto-hand", say(
				"签名或者提交账号与本应用的其他版本不同，或者无法核对：须由人员核实",
				"not signed or handed in as the other releases of the application are, or it "+
					"cannot be told: a person has to look"))
			return
		}
	}
}

func (in AutoInput) platform() Platform {
	for _, r := range in.Releases {
		if r.ID == in.Case.Release {
			return r.Platform
		}
	}
	return ""
}
