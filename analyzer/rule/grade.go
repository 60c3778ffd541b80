package rule

import "github.com/listgate/listgate/analyzer"

// grade says how well the hits prove the product. A hit counts as strong where its
// leaf, or an all around it, is strong, its leaf is sourced, and it is not the
// mere name of a library file that is no ELF.
//
// Confirmed: a strong hit of content: something that is in the package and that
// the product is made of. A class or component, a native library or its SONAME, a
// JNI name or exported symbol, a framework, an Objective-C or Swift type, a model.
//
// Probable: a strong hit that is a name or a reference only (an asset's path, a
// host, a URL path, a string, a text, a class that is named but not there, a
// needed library, a meta-data name, a permission, a property-list key); or weak,
// sourced hits of two families of facts, at least one of them content. A library's
// name and its SONAME are one family, so are its symbols, so are Java names.
//
// Possible: everything else: one weak hit, or hits written down from memory.
//
// An endpoint says what is addressed, not what is inside: Probable at most. A text
// says what is advertised: Possible at most.
func grade(kind analyzer.Kind, hits []hit) analyzer.Confidence {
	confidence := analyzer.Possible
	families := map[termFamily]bool{}
	solid := false
	for _, h := range hits {
		if h.memory {
			continue
		}
		families[family(h.term.Kind)] = true
		solid = solid || h.content()
		switch {
		case h.strong && h.content():
			confidence = analyzer.Confirmed
		case h.strong && confidence == analyzer.Possible:
			confidence = analyzer.Probable
		}
	}
	if confidence == analyzer.Possible && solid && len(families) > 1 {
		confidence = analyzer.Probable
	}
	limit := analyzer.Confirmed
	switch kind {
	case analyzer.KindEndpoint:
		limit = analyzer.Probable
	case analyzer.KindText:
		limit = analyzer.Possible
	}
	if confidence.Rank() > limit.Rank() {
		return limit
	}
	return confidence
}

// termFamily groups the kinds of terms that say the same thing twice.
type termFamily uint8

const (
	familyName termFamily = iota
	familyJava
	familyLibrary
	familySymbol
	familyApple
	familyLink
	familyProgram
	familyModel
	familyAddress
	familyAsset
	familyText
)

var termFamilies = map[analyzer.TermKind]struct {
	termFamily
	content bool
}{
	analyzer.TermClass:       {familyJava, true},
	analyzer.TermComponent:   {familyJava, true},
	analyzer.TermService:     {familyJava, true},
	analyzer.TermClassRef:    {familyJava, false},
	analyzer.TermLibrary:     {familyLibrary, true},
	analyzer.TermSONAME:      {familyLibrary, true},
	analyzer.TermNeeded:      {familyLibrary, false},
	analyzer.TermExport:      {familySymbol, true},
	analyzer.TermJNI:         {familySymbol, true},
	analyzer.TermObjCClass:   {familyApple, true},
	analyzer.TermSwift:       {familyApple, true},
	analyzer.TermObjCRef:     {familyApple, false},
	analyzer.TermSelector:    {familyApple, false},
	analyzer.TermFramework:   {familyLink, true},
	analyzer.TermDylib:       {familyLink, false},
	analyzer.TermType:        {familyProgram, true},
	analyzer.TermModule:      {familyProgram, false},
	analyzer.TermModel:       {familyModel, true},
	analyzer.TermModelTask:   {familyModel, true},
	analyzer.TermModelHint:   {familyModel, true},
	analyzer.TermModelArch:   {familyModel, true},
	analyzer.TermHost:        {familyAddress, false},
	analyzer.TermPath:        {familyAddress, false},
	analyzer.TermAsset:       {familyAsset, false},
	analyzer.TermText:        {familyText, false},
	analyzer.TermString:      {familyName, false},
	analyzer.TermMetadata:    {familyName, false},
	analyzer.TermPermission:  {familyName, false},
	analyzer.TermPlistKey:    {familyName, false},
	analyzer.TermEntitlement: {familyName, false},
	analyzer.TermAnomaly:     {familyName, false},
}

func family(kind analyzer.TermKind) termFamily { return termFamilies[kind].termFamily }

// content reports whether terms of a kind are of what the package holds.
func content(kind analyzer.TermKind) bool { return termFamilies[kind].content }
