package rule

import (
	"fmt"
	"testing"

	"github.com/listgate/listgate/analyzer"
)

// synthetic compiles n rules of the usual mix: two class prefixes, a library, a
// symbol, an asset, a host and a word each.
func synthetic(t testing.TB, n int) *Set {
	rules := make([]Rule, n)
	for i := range rules {
		leaf := func(fact analyzer.TermKind, c Cond) Cond {
			c.Fact, c.Strength = fact, strong
			return c
		}
		rules[i] = Rule{ID: fmt.Sprintf("rule-%04d", i), Match: Cond{Any: []Cond{
			leaf(analyzer.TermClass, Cond{Prefix: fmt.Sprintf("com.vendor%04d.sdk", i)}),
			leaf(analyzer.TermClass, Cond{Is: fmt.Sprintf("com.vendor%04d.other.Main", i)}),
			leaf(analyzer.TermLibrary, Cond{Is: fmt.Sprintf("libvendor%04d.so", i)}),
			leaf(analyzer.TermExport, Cond{Starts: fmt.Sprintf("vendor%04d_", i)}),
			leaf(analyzer.TermAsset, Cond{Glob: fmt.Sprintf("**/vendor%04d-*/model.bin", i)}),
			leaf(analyzer.TermAsset, Cond{Glob: fmt.Sprintf("**/vendor%04d.bundle", i)}),
			leaf(analyzer.TermHost, Cond{Is: fmt.Sprintf("api.vendor%04d.com", i)}),
			leaf(analyzer.TermText, Cond{Is: fmt.Sprintf("vendor%04d 换脸", i)}),
		}}}
	}
	return setOf(t, rules...)
}

// syntheticFacts returns about n terms, few of which hit anything.
func syntheticFacts(n int) *analyzer.Facts {
	f := &analyzer.Facts{}
	table := analyzer.ClassTable{Entry: "classes.dex"}
	lib := analyzer.Library{Entry: "lib/arm64-v8a/libapp.so", ELF: true}
	for i := range n / 10 {
		for j := range 6 {
			table.Defined.Add(fmt.Sprintf("com.vendor%04d.ui.Screen%d", i, j), uint32(i))
		}
		lib.Exports.Add(fmt.Sprintf("app_symbol_%d", i), uint32(i))
		f.Add(analyzer.Asset{Name: fmt.Sprintf("assets/web/page%d/model.bin", i)})
		f.Add(
			analyzer.String{Kind: analyzer.HostString, Value: fmt.Sprintf("cdn%d.example.com", i)},
		)
		f.Add(
			analyzer.String{
				Kind:  analyzer.TextString,
				Value: fmt.Sprintf("第%d页的说明文字 of the app", i),
			},
		)
		if i%500 == 0 {
			table.Defined.Add(fmt.Sprintf("com.vendor%04d.sdk.Engine", i%200), uint32(i))
		}
	}
	f.Add(table)
	f.Add(lib)
	return f
}

func BenchmarkMatch(b *testing.B) {
	facts := syntheticFacts(100_000)
	for _, n := range []int{200, 2000} {
		set := synthetic(b, n)
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			for b.Loop() {
				set.Match(facts)
			}
		})
	}
}
