package review

import (
	"time"

	"github.com/listgate/listgate/analyzer"
)

// Submission is 上架申请: a request to list one version, with what was handed in.
type Submission struct {
	ID   string `json:"id"`
	Case string `json:"case"`
	// File is the name under which the package was handed in: for people to read, and
	// never a path.
	File   string `json:"file"`
	SHA256 string `json:"sha256"` // of the package, hexadecimal
	Size   int64  `json:"size"`   // bytes
	// Declaration is the developer's, as it was handed in; empty where none was.
	Declaration string `json:"declaration,omitempty"`
	By          Actor  `json:"by"`
	// Key is what the account called the submission, so that handing it in twice is
	// handing it in once; empty where it did not.
	Key      string    `json:"key,omitempty"`
	Received time.Time `json:"received"`
	Scan     *Scan     `json:"scan,omitempty"` // nil before the first has ended
}

// Scan is what an analysis of a package left.
type Scan struct {
	At time.Time `json:"at"`
	// Facts is the SHA-256 of the stored facts, and Reports that of the report by its
	// language (zh, en), as a store of files names them. Facts are empty where nothing
	// could be read; the report says so.
	Facts   string            `json:"facts,omitempty"`
	Reports map[string]string `json:"reports,omitempty"`
	// Failure says why the package could not be analysed; empty where it was.
	Failure analyzer.Text `json:"failure,omitzero"`
	Seconds float64       `json:"seconds"`
}

// Failed reports a scan that left nothing to decide a listing on.
func (s Scan) Failed() bool { return s.Failure != (analyzer.Text{}) }

// Letter is what was written to a developer, in both languages from one set of
// facts. It is never changed.
type Letter struct {
	ID       string    `json:"id"`
	Case     string    `json:"case"`
	Decision string    `json:"decision"`
	On       Event     `json:"on,omitempty"` // empty for the decision itself
	At       time.Time `json:"at"`
	ZH       string    `json:"zh"` // the one that counts
	EN       string    `json:"en"`
	Facts    []byte    `json:"facts"` // what both say: the document listgate.notice/v1
}
