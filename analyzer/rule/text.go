package rule

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// folded is a text as it is compared: compatibility forms (full width and half
// width) made one, letters in lower case, traditional characters of the word
// lists made simplified, and spaces, hyphens and zero-width characters dropped.
// cut[i] says that something was dropped before byte i, so that a word boundary
// can still be seen.
type folded struct {
	text []byte
	cut  []bool
}

func fold(s string) folded {
	var f folded
	cut := false
	for _, r := range norm.NFKC.String(s) {
		if dropped(r) {
			// A zero-width character hides inside a word and ends none.
			cut = cut || !unicode.Is(unicode.Cf, r)
			continue
		}
		r = unicode.ToLower(r)
		if simple, ok := simplified[r]; ok {
			r = simple
		}
		before := len(f.text)
		f.text = utf8.AppendRune(f.text, r)
		for i := before; i < len(f.text); i++ {
			f.cut = append(f.cut, cut && i == before)
		}
		cut = false
	}
	return f
}

func dropped(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Pd, r)
}

// boundary reports whether a Latin word can begin or end at byte i.
func (f folded) boundary(i int) bool {
	if i == 0 || i == len(f.text) || f.cut[i] {
		return true
	}
	before, _ := utf8.DecodeLastRune(f.text[:i])
	after, _ := utf8.DecodeRune(f.text[i:])
	return !latin(before) || !latin(after)
}

func latin(r rune) bool {
	return unicode.Is(unicode.Latin, r) || unicode.IsDigit(r)
}

// words finds many words in a text in one pass (Aho and Corasick, 1975).
type words struct {
	edges map[uint32]uint32
	fail  []uint32
	ends  [][]word // by node; complete only after build
}

type word struct {
	leaf int32
	size int // bytes of the folded word
}

func newWords() *words {
	return &words{edges: map[uint32]uint32{}, fail: []uint32{0}, ends: [][]word{nil}}
}

func (w *words) add(text string, leaf int32) {
	f := fold(text)
	n := uint32(0)
	for _, b := range f.text {
		key := n<<8 | uint32(b)
		next, ok := w.edges[key]
		if !ok {
			next = uint32(len(w.ends))
			w.edges[key] = next
			w.ends = append(w.ends, nil)
			w.fail = append(w.fail, 0)
		}
		n = next
	}
	w.ends[n] = append(w.ends[n], word{leaf, len(f.text)})
}

// build sets the fall-back of each node, nearest to the root first, and gives
// each node the words of its fall-back.
func (w *words) build() {
	type edge struct {
		from, to uint32
		b        byte
	}
	children := make([][]edge, len(w.ends))
	for key, to := range w.edges {
		from := key >> 8
		children[from] = append(children[from], edge{from, to, byte(key)})
	}
	queue := append([]edge(nil), children[0]...)
	for len(queue) > 0 {
		e := queue[0]
		queue = queue[1:]
		if e.from != 0 {
			w.fail[e.to] = w.step(w.fail[e.from], e.b)
			w.ends[e.to] = append(w.ends[e.to], w.ends[w.fail[e.to]]...)
		}
		queue = append(queue, children[e.to]...)
	}
}

func (w *words) step(n uint32, b byte) uint32 {
	for {
		if next, ok := w.edges[n<<8|uint32(b)]; ok {
			return next
		}
		if n == 0 {
			return 0
		}
		n = w.fail[n]
	}
}

// find appends the leaves whose word is in the text.
func (w *words) find(text string, out []int32) []int32 {
	f := fold(text)
	first := len(out)
	n := uint32(0)
	for i, b := range f.text {
		n = w.step(n, b)
		for _, hit := range w.ends[n] {
			if f.bounded(i+1-hit.size, i+1) && !seen(out[first:], hit.leaf) {
				out = append(out, hit.leaf)
			}
		}
	}
	return out
}

// bounded asks for a word boundary at each end that is Latin.
func (f folded) bounded(from, to int) bool {
	first, _ := utf8.DecodeRune(f.text[from:])
	last, _ := utf8.DecodeLastRune(f.text[:to])
	return (!latin(first) || f.boundary(from)) && (!latin(last) || f.boundary(to))
}

// simplified holds the traditional forms of the characters that the word lists
// use, so that one word serves both scripts.
var simplified = pairs("換换臉脸聲声語语對对話话聊聊繪绘畫画圖图視视頻频數数擬拟變变顏颜" +
	"寫写詩诗續续潤润創创問问輔辅戀恋愛爱陪陪譯译總总結结轉转讀读書书錄录製制複复" +
	"復复隆隆實实時时樂乐編编曲曲歌歌融融頭头證证件件試试妝妆齡龄輕轻轉转換换寶宝" +
	"預预測测讓让動动說说遷迁驅驱態态瘦瘦長长腿腿膚肤裝装脫脱衣衣對对齊齐紋纹風风" +
	"鏡镜圍围擴扩濾滤強强補补還还復复損损無无場场維维構构點点雲云機机會会個个" +
	"開开發发業业務务訊讯體体網网類类聯联應应該该與与為为")

func pairs(s string) map[rune]rune {
	m := map[rune]rune{}
	runes := []rune(s)
	for i := 0; i+1 < len(runes); i += 2 {
		if runes[i] != runes[i+1] {
			m[runes[i]] = runes[i+1]
		}
	}
	return m
}
