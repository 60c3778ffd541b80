package arsc

// configuration reads a ResTable_config: its language as a BCP 47 tag, and how
// many bytes besides the language it asks for.
func configuration(b []byte) (lang string, rank int) {
	if len(b) < 4 {
		return "", 0
	}
	if size := int(le.Uint32(b)); size < len(b) {
		b = b[:max(size, 4)]
	}
	at := func(i int) byte {
		if i < len(b) {
			return b[i]
		}
		return 0
	}
	for i := 4; i < min(len(b), 52); i++ {
		if isLocale := i >= 8 && i < 12 || i >= 36 && i < 48; !isLocale && b[i] != 0 {
			rank++
		}
	}
	lang = unpack(at(8), at(9), 'a')
	if lang == "" {
		return "", rank
	}
	lang = modern(lang)
	if at(36) != 0 && at(52) == 0 { // the script is written, not computed
		lang += "-" + letters(at(36), at(37), at(38), at(39))
	}
	if region := unpack(at(10), at(11), '0'); region != "" {
		lang += "-" + region
	}
	return lang, rank
}

// unpack reads two letters, or three of five bits each where the high bit is set.
func unpack(a, b, base byte) string {
	if a&0x80 == 0 {
		return letters(a, b)
	}
	return letters(b&0x1f+base, (b>>5|a&0x03<<3)+base, a>>2&0x1f+base)
}

// letters keeps the letters and digits of a tag and drops all else.
func letters(bytes ...byte) string {
	var s []byte
	for _, c := range bytes {
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			s = append(s, c)
		}
	}
	return string(s)
}

// modern replaces the three language codes that Java kept after ISO 639 had not.
func modern(lang string) string {
	switch lang {
	case "iw":
		return "he"
	case "in":
		return "id"
	case "ji":
		return "yi"
	default:
		return lang
	}
}
