package scripts

import (
	"bytes"
	"fmt"
	"path"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/scriptpack"
	"github.com/listgate/listgate/analyzer/facts"
)

// minOpaque is the size in bytes below which a file without text hides nothing.
const minOpaque = 64

// dense is how many bits a byte has of what is encrypted or compressed.
const dense = 7.2

// opaque reports a program that is no script that can be read. Bytecode of other
// engines holds its strings in the clear, as runs of characters.
func (r *reading) opaque() {
	data := r.in.Data
	if len(data) < minOpaque || len(bytes.Trim(data, "\x00")) == 0 {
		return
	}
	detail := "named as a script, and neither text nor bytecode that is known"
	switch bits := facts.Entropy(data); {
	case scriptpack.IsEncrypted(data):
		detail = "an encrypted package of a mini-program"
	case bits >= dense:
		detail = fmt.Sprintf("named as a script, encrypted or compressed: %.1f bits a byte", bits)
	case isEncoded(data):
		detail = "named as a script, and one long number of base 64"
	}
	where := analyzer.Where{Entry: r.name()}
	r.emit(analyzer.Gap{Reason: analyzer.GapOpaque, Where: where, Detail: detail, Code: true})
	if path.Ext(r.name()) == ".jsc" {
		r.program(program{form: "bytecode"})
	}
	facts.KeepRuns(facts.Span{Entry: r.name(), Data: data}, len(data), r.sieve.Add)
}

// isOpaqueText reports a text that is named as a script and holds not one word of it.
func isOpaqueText(name string, data []byte) bool {
	return isNamed(name) && len(data) >= 4*minOpaque && isEncoded(data)
}

// isEncoded reports bytes that are all of the alphabet of base 64.
func isEncoded(data []byte) bool {
	for _, c := range data {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !letter && c != '+' && c != '/' && c != '=' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}
