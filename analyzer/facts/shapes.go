package facts

import (
	"slices"
	"strings"
)

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }

// isURLByte accepts what RFC 3986 allows in a URL, less the quotes and brackets
// that end one inside text, plus the braces of templates.
func isURLByte(c byte) bool {
	return c > ' ' && c < 0x7F && !strings.ContainsRune("\"'<>`\\^|", rune(c))
}

// topLevel holds the last labels with which a bare name is read as a host: those
// of the services that rules name, and the common ones. A name that starts with
// one of them is a Java package, not a host.
var topLevel = map[string]bool{
	"com": true, "cn": true, "net": true, "org": true, "io": true, "ai": true, "app": true,
	"dev": true,
	"run": true, "chat": true, "cloud": true, "me": true, "top": true, "xyz": true,
	"tech": true, "info": true,
	"cc": true, "vip": true, "site": true, "online": true, "fun": true, "pro": true,
	"club": true, "live": true,
	"tv": true, "co": true, "us": true, "hk": true, "tw": true, "jp": true, "eu": true,
	"uk": true, "de": true,
	"edu": true, "gov": true, "audio": true, "ht": true, "art": true, "ink": true, "link": true,
	"store": true,
}

// isHost reports a bare host name: lower case, at least two labels, a known last
// label, and not a Java package read from its first label.
func isHost(s string) bool {
	if len(s) < 4 || len(s) > 253 {
		return false
	}
	first, last := s[:strings.IndexByte(s+".", '.')], s[strings.LastIndexByte(s, '.')+1:]
	if first == s || !topLevel[last] || topLevel[first] {
		return false
	}
	label := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '.':
			if label == 0 {
				return false
			}
			label = -1
		case c >= 'a' && c <= 'z', isDigit(c), c == '-' && label > 0:
		default:
			return false
		}
		label++
	}
	return true
}

// filesystem holds the first segments of paths of a phone's file system.
var filesystem = map[string]bool{
	"system": true, "data": true, "proc": true, "sys": true, "dev": true, "sdcard": true,
	"storage": true,
	"usr":     true, "etc": true, "vendor": true, "mnt": true, "lib": true, "lib64": true,
	"bin": true, "sbin": true,
	"var": true, "tmp": true, "apex": true, "product": true, "Users": true, "home": true,
	"private": true,
	"Library": true, "System": true, "Applications": true, "Volumes": true, "buildbot": true,
	"root": true,
}

// isAPIPath reports the path of a request: /rest/2.0/face/v1/merge,
// v1/chat/completions. A path of a file system or of a source tree is none.
func isAPIPath(s string) bool {
	if len(s) > maxPath || len(s) < 4 {
		return false
	}
	rooted := s[0] == '/'
	if !rooted && !isVersioned(s) {
		return false
	}
	segments, start := 0, 0
	if rooted {
		start = 1
	}
	for i := start; i < len(s); i++ {
		switch c := s[i]; {
		case c == '/':
			segments++
		case isWord(c), strings.IndexByte("-.{}:?=&%~@,", c) >= 0:
		default:
			return false
		}
	}
	first, rest, _ := strings.Cut(s[start:], "/")
	if first == "" || filesystem[first] || isSourceFile(s) {
		return false
	}
	return segments > 0 && rest != "" || isVersioned(first+"/") || rooted && isEndpoint(first)
}

// isEndpoint reports a lone segment that names an action: /text2audio, /chat_completions.
func isEndpoint(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isDigit(c) && (c < 'a' || c > 'z') && c != '_' && c != '-' {
			return false
		}
	}
	return len(s) >= 6
}

// isVersioned reports a first segment such as v1 or api.
func isVersioned(s string) bool {
	if strings.HasPrefix(s, "api/") || strings.HasPrefix(s, "openapi/") {
		return true
	}
	if len(s) < 3 || s[0] != 'v' || !isDigit(s[1]) {
		return false
	}
	i := 2
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i < len(s) && s[i] == '/'
}

func isSourceFile(s string) bool {
	for _, ext := range []string{".c", ".cc", ".cpp", ".h", ".hpp", ".java", ".kt", ".m", ".mm",
		".swift", ".so", ".xml", ".png", ".dart", ".go", ".rs", ".jar", ".dex", ".properties",
		".class", ".kotlin_module", ".proto"} {
		if strings.HasSuffix(s, ext) {
			return true
		}
	}
	return false
}

// fileSuffixes are the endings of files that a rule may name.
var fileSuffixes = []string{
	".so", ".gguf", ".tflite", ".onnx", ".ort", ".mnn", ".param", ".safetensors", ".pt", ".pth",
	".ptl", ".pte",
	".mlmodel", ".mlmodelc", ".mlpackage", ".task", ".litertlm", ".nb", ".rknn", ".dlc",
	".moc3", ".deepar",
	".bundle", ".ckpt", ".caffemodel", ".pb", ".weight",
}

func isFileName(s string) bool {
	for _, ext := range fileSuffixes {
		if strings.HasSuffix(s, ext) && len(s) > len(ext) {
			return true
		}
	}
	return false
}

// isClassName reports a dotted name of at least three segments whose last begins
// with a capital letter: com.example.Client.
func isClassName(s string) bool {
	segments, start := 0, 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			if !isWord(s[i]) && s[i] != '$' {
				return false
			}
			continue
		}
		if i == start || isDigit(s[start]) {
			return false
		}
		segments++
		if i < len(s) {
			start = i + 1
		}
	}
	return segments >= 3 && s[start] >= 'A' && s[start] <= 'Z'
}

// isBanner reports a product name that ends in a version of at least two numbers:
// "DeepAR 5.2.0", "Effect SDK v4.6.1". A name has three words at most, one with a
// capital letter or a dot, and no number of its own apart.
func isBanner(s string) bool {
	if len(s) > 80 || !isLetter(s[0]) {
		return false
	}
	i := len(s)
	for i > 0 && (isDigit(s[i-1]) || s[i-1] == '.') {
		i--
	}
	version := s[i:]
	if i > 0 && (s[i-1] == 'v' || s[i-1] == 'V') {
		i--
	}
	if i < 3 || strings.IndexByte(" /-_:", s[i-1]) < 0 || !isVersion(version) {
		return false
	}
	words := strings.FieldsFunc(
		s[:i-1],
		func(r rune) bool { return r == ' ' || r == '/' || r == ':' },
	)
	if len(words) == 0 || len(words) > 3 {
		return false
	}
	return !slices.ContainsFunc(words, func(w string) bool { return !isNameWord(w) }) &&
		strings.ContainsFunc(s[:i-1], isMark)
}

// isVersion reports numbers joined by single dots, at least two of them.
func isVersion(s string) bool {
	parts := strings.Split(s, ".")
	return len(parts) >= 2 && !slices.Contains(parts, "")
}

func isNameWord(w string) bool {
	for i := 0; i < len(w); i++ {
		if !isWord(w[i]) && strings.IndexByte(".+-()", w[i]) < 0 {
			return false
		}
	}
	return isLetter(w[0]) || w[0] == '('
}

// isMark reports what a product's name has and a sentence mostly has not.
func isMark(r rune) bool { return r >= 'A' && r <= 'Z' || r == '.' }
