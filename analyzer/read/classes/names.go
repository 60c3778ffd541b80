package classes

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// dropped are the prefixes of names that every application uses: references and
// calls to them say nothing of what it does. Classes that the package itself
// defines are kept whatever their name.
var dropped = []string{
	"java.", "javax.", "kotlin.", "kotlinx.", "androidx.", "android.", "dalvik.",
	"org.json.", "org.w3c.", "org.xml.", "sun.", "libcore.",
}

// kept are the parts of the platform that make, recognise or alter speech, text
// and images, show a web page, record the screen, or serve as keyboard, wallpaper
// or voice assistant. They win over dropped.
var kept = []string{
	"android.speech.", "android.service.", "android.media.effect.", "android.media.audiofx.",
	"android.media.projection.", "android.app.appfunctions.", "android.app.ondeviceintelligence.",
	"android.adservices.ondevicepersonalization.", "android.inputmethodservice.",
	"android.view.textclassifier.", "android.webkit.", "android.graphics.RenderEffect",
}

// isPlatform reports a name that is dropped.
func isPlatform(name string) bool {
	return hasAnyPrefix(name, dropped) && !hasAnyPrefix(name, kept)
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// The runtime loads classes.dex, then classes2.dex and so on without a break.
var (
	loadedName   = regexp.MustCompile(`^classes([2-9]|[1-9][0-9]+)?\.dex$`)
	lastSequence = regexp.MustCompile(`classes([0-9]*)\.dex$`)
)

// isLoaded reports a name under which code is loaded at start.
func isLoaded(name string) bool { return loadedName.MatchString(name) }

// hidden says why a DEX file is not where DEX files are loaded from, or "".
func hidden(c *analyzer.Contents, name string) string {
	if !isLoaded(name) {
		return "a DEX file that is loaded by other code only"
	}
	if before := predecessor(name); before != "" && c.Find(before) == nil {
		return "not loaded at start: there is no " + before
	}
	return ""
}

// predecessor returns the file that must exist for the runtime to go on to name,
// "" for the first.
func predecessor(name string) string {
	m := lastSequence.FindStringSubmatchIndex(name)
	if m == nil || m[2] == m[3] {
		return ""
	}
	n, err := strconv.Atoi(name[m[2]:m[3]])
	switch {
	case err != nil:
		return ""
	case n <= 2:
		return name[:m[2]] + ".dex"
	default:
		return name[:m[2]] + strconv.Itoa(n-1) + ".dex"
	}
}

// shrunk counts classes with names as a shrinker gives them.
type shrunk struct{ short, all int }

// minClasses is how many classes it takes for a share to say anything.
const minClasses = 10

// add counts a class by the name of its outermost class, so that numbered inner
// classes do not pass for shrunk ones. Generated resource classes and the support
// libraries, which keep their names or lose them by rules of their own, are left
// out.
func (s *shrunk) add(name string) {
	simple := name[strings.LastIndexByte(name, '.')+1:]
	simple, _, _ = strings.Cut(simple, "$")
	if simple == "R" || hasAnyPrefix(name, []string{"kotlin.", "kotlinx.", "androidx."}) {
		return
	}
	s.all++
	if len(simple) <= 2 {
		s.short++
	}
}

// share returns the shrunk part of all classes, rounded to thousandths; 0 where
// there are too few classes.
func (s *shrunk) share() float64 {
	if s.all < minClasses {
		return 0
	}
	return math.Round(float64(s.short)*1000/float64(s.all)) / 1000
}
