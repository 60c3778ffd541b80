package api

import (
	"net/http"

	"golang.org/x/text/language"
)

// tags are the languages in which the API answers, as headers name them.
var tags = map[string]string{"zh": "zh-CN", "en": "en"}

var matcher = language.NewMatcher([]language.Tag{
	language.MustParse("zh-CN"), language.English,
})

// maxAccept bounds the header that is looked at, in bytes.
const maxAccept = 500

// languageOf is that of reports and of the words in problems: the one asked for, else
// the one that the caller likes best, else Chinese.
func languageOf(r *http.Request) string {
	if lang := r.URL.Query().Get("lang"); tags[lang] != "" {
		return lang
	}
	accept := r.Header.Get("Accept-Language")
	if len(accept) > maxAccept {
		return "zh"
	}
	if _, i := language.MatchStrings(matcher, accept); i == 1 {
		return "en"
	}
	return "zh"
}
