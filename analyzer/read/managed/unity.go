package managed

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

var le = binary.LittleEndian

// maxList bounds the documents that name assemblies.
const maxList = 8 << 20

// list reads the names of the assemblies of a game.
func (r *reading) list() {
	if len(r.in.Data) > maxList {
		return
	}
	var doc struct {
		Names []string `json:"names"`
		Root  []struct {
			Assembly string `json:"assemblyName"`
		} `json:"root"`
	}
	if json.Unmarshal(r.in.Data, &doc) != nil { // of another form than Unity's
		return
	}
	for _, name := range doc.Names {
		r.module(strings.TrimSuffix(name, ".dll"), "", 0)
	}
	for _, entry := range doc.Root {
		r.module(entry.Assembly, "", 0)
	}
}

// engineHead is how much of a file of the engine its version stands in.
const engineHead = 128

// engine keeps the version of Unity, which stands at the head of its files: 2021.3.5f1.
func (r *reading) engine() {
	head := r.in.Data[:min(len(r.in.Data), engineHead)]
	for at := 0; at < len(head); {
		end := bytes.IndexByte(head[at:], 0)
		if end < 0 {
			return
		}
		if text := string(head[at : at+end]); isEngineVersion(text) {
			r.emit(analyzer.String{Kind: analyzer.ProductString, Value: "Unity " + text,
				Where: analyzer.Where{Entry: r.in.Entry.Name(), Offset: int64(at)}})
			return
		}
		at += end + 1
	}
}

// isEngineVersion reports two points between numbers, then a letter and a number.
func isEngineVersion(s string) bool {
	letter := strings.IndexAny(s, "abfpx")
	if letter < 5 || letter+1 >= len(s) || strings.Count(s[:letter], ".") != 2 {
		return false
	}
	digits := func(s string) bool {
		return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
			return (c < '0' || c > '9') && c != '.'
		})
	}
	return digits(s[:letter]) && s[letter+1] >= '0' && s[letter+1] <= '9'
}
