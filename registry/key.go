package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/listgate/listgate/registry/number"
)

// NumberKey is the form under which the spellings of one number meet. A text that
// is no number is its own key, folded.
func NumberKey(s string) string {
	if n, err := number.Parse(s); err == nil {
		return n.Key()
	}
	return Fold(s)
}

// Fold maps a name to the form in which two spellings of it are equal: half-width,
// lower case, one kind of bracket, without spaces and quotation marks.
func Fold(s string) string { return foldName(s) }

// Day returns the day (YYYY-MM-DD) from which the row is known to be public, empty
// where its list has no date.
func (r Record) Day() string { return dayOf(r.Published) }

// ID names what the row says: two records have the same id where every published
// field of them is the same, however they were read. A decision that points at a
// row by this id is bound to its words.
func (r Record) ID() string {
	said := saying{
		r.Series, r.Number, r.Name, r.Role, r.Entity, nil, r.OpenEnded, r.Use, r.Region, r.Remark,
		r.Batch, r.Published, r.On, r.Notice,
	}
	for _, p := range r.Products {
		said.Products = append(said.Products, saidProduct(p))
	}
	text, err := json.Marshal(said)
	if err != nil { // strings, truths and lists of them have a JSON text
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// saying is what of a record its list says. Ids rest on the JSON text of it, so a
// field is added at the end and left out where it is empty. Origin is not in it:
// a list that is read anew elsewhere says the same.
type saying struct {
	Series    Series        `json:"series"`
	Number    string        `json:"number"`
	Name      string        `json:"name,omitempty"`
	Role      Role          `json:"role,omitempty"`
	Entity    string        `json:"entity,omitempty"`
	Products  []saidProduct `json:"products,omitempty"`
	OpenEnded bool          `json:"open_ended,omitempty"`
	Use       string        `json:"use,omitempty"`
	Region    string        `json:"region,omitempty"`
	Remark    string        `json:"remark,omitempty"`
	Batch     string        `json:"batch,omitempty"`
	Published string        `json:"published,omitempty"`
	On        string        `json:"on,omitempty"`
	Notice    string        `json:"notice,omitempty"`
}

type saidProduct struct {
	Name  string   `json:"name"`
	Forms []string `json:"forms,omitempty"`
}
