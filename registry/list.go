package registry

import "slices"

// List is a kind of published file, as an import names it.
type List string

// The lists that can be imported.
const (
	ListAlgorithm    List = "algo"        // 境内深度合成服务算法备案清单
	ListCancellation List = "algo-cancel" // 算法备案注销公告
	ListGenAI        List = "genai"       // 生成式人工智能服务, filed and registered in one table
)

// Lists returns them in the order in which they are offered.
func Lists() []List { return []List{ListAlgorithm, ListCancellation, ListGenAI} }

var listSeries = map[List][]Series{
	ListAlgorithm:    {Algorithm},
	ListCancellation: {Cancellation},
	ListGenAI:        {GenAIFiled, GenAIListed},
}

// Series returns what the list may hold, nothing for one that is not known.
func (l List) Series() []Series { return slices.Clone(listSeries[l]) }

// Name returns what the list is called in both languages.
func (l List) Name() Text {
	if series := listSeries[l]; len(series) == 1 {
		return series[0].Name()
	}
	if l == ListGenAI {
		return Text{"生成式人工智能服务清单（备案、登记）", "generative-AI services, filed and registered"}
	}
	return Text{string(l), string(l)}
}

// ListOf returns the list that holds a series, empty where none does.
func ListOf(s Series) List {
	for _, l := range Lists() {
		if slices.Contains(listSeries[l], s) {
			return l
		}
	}
	return ""
}

// quoted writes the list as a person passes it on.
func (l List) quoted() Text {
	n := l.Name()
	return say("《%[1]s》（%[3]s）", "%[2]s (%[3]s)", n.ZH, n.EN, string(l))
}
