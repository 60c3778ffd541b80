// Package registry holds what public lists say of algorithms, models and
// applications, and answers one question of the law: does this filing cover this
// application?
//
// A Snapshot is one imported list with its source, date, digest and coverage: the
// lists held are rarely complete, so a number that is not in them is "not in the
// lists held", never "not filed". A lookup has four answers and keeps them apart.
// Cover walks the ladder of steps from the form of a number to the use that was
// filed; it stops at the first step that fails, and later steps are not asked.
package registry //arch:allow the vocabulary of a domain root, as analyzer and review are

// Series is one of the parallel public lists. They are never added up, and a
// number of one series says nothing in another.
type Series string

// The series.
const (
	Algorithm    Series = "algorithm"        // 境内深度合成服务算法备案清单
	Cancellation Series = "cancellation"     // 算法备案注销公告
	GenAIFiled   Series = "genai-filed"      // 生成式人工智能服务已备案信息, model level
	GenAIListed  Series = "genai-registered" // 生成式人工智能服务已登记信息, application level
	AppFiling    Series = "app-filing"       // 移动互联网应用程序备案, MIIT
	Assessment   Series = "assessment"       // security assessments
	WebsiteSite  Series = "website-filing"   // 网站备案: no proof for an application
)

// Text is a sentence in both working languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Role is the part that a filer has by a record. Art. 19 (1) and (2).
type Role string

// The roles; NoRole where the list has no such column.
const (
	NoRole    Role = ""
	Provider  Role = "provider"  // 服务提供者
	Supporter Role = "supporter" // 服务技术支持者: its number never covers an application
)

// Product is one member of 应用产品 with its forms (APP, 网站, 小程序 …).
type Product struct {
	Name  string   `json:"name"`
	Forms []string `json:"forms"`
}

// Record is one row of a list, as published; derived fields are parsed from it.
type Record struct {
	Series    Series    `json:"series"`
	Number    string    `json:"number"` // as published
	Name      string    `json:"name"`   // 算法名称, 模型名称
	Role      Role      `json:"role"`
	Entity    string    `json:"entity"` // 主体名称, 备案单位
	Products  []Product `json:"products"`
	OpenEnded bool      `json:"open_ended"` // 应用产品 ends in 等
	Use       string    `json:"use"`        // 主要用途
	Region    string    `json:"region"`     // 属地
	Remark    string    `json:"remark"`
	Batch     string    `json:"batch"`     // 第十八批, 2026-08
	Published string    `json:"published"` // YYYY-MM or YYYY-MM-DD of the list
	On        string    `json:"on"`        // 备案时间, 注销时间, as published
	Notice    string    `json:"notice"`    // URL of the notice
	Origin    string    `json:"origin"`    // where the row was read
}

// Snapshot is one imported list.
type Snapshot struct {
	Source    string   `json:"source"` // file or list name
	Series    Series   `json:"series"`
	Published string   `json:"published"` // date of the newest notice in it
	Fetched   string   `json:"fetched"`   // date on which the rows were read; may be empty
	SHA256    string   `json:"sha256"`    // of the imported file
	Coverage  Coverage `json:"coverage"`
	Records   []Record `json:"records"`
}

// Coverage says which batches of a series a snapshot holds, and how far.
type Coverage struct {
	Batches []Batch `json:"batches"`
	// Complete is set only where every published batch is held whole.
	Complete bool `json:"complete"`
}

// Batch is one published list of a series: Held of its Rows are in the snapshot.
// Rows is 0 where the published total is not known.
type Batch struct {
	Name      string `json:"name"`
	Published string `json:"published"`
	Held      int    `json:"held"`
	Rows      int    `json:"rows"`
}

// Answer is what a list says of a number. The zero value is the ignorant one.
type Answer string

// The four answers.
const (
	NotAsked    Answer = "not-asked"
	Found       Answer = "found"
	Absent      Answer = "absent"      // not in the lists held
	Unreachable Answer = "unreachable" // the question could not be answered
)

// Reply is an answer with the records that it rests on.
type Reply struct {
	Answer    Answer   `json:"answer"`
	Records   []Record `json:"records,omitempty"`
	Snapshots []string `json:"snapshots"` // sources asked, with their dates
	Why       string   `json:"why,omitempty"`
}

// Lookup is what the ladder asks; an in-memory set of snapshots implements it,
// and so does the database.
type Lookup interface {
	// Find answers for a number, in any spelling that normalises to the same
	// form. asOf is a date (YYYY-MM-DD): later rows are not seen; empty means all.
	Find(series Series, number, asOf string) Reply
	// Snapshots lists what is held, without records.
	Snapshots() []Snapshot
}

// StepName names one rung of the ladder, in the order in which they are asked.
type StepName string

// The rungs of DESIGN's ladder for an algorithm filing; GenAI numbers use those
// that apply.
const (
	StepWellFormed   StepName = "well-formed"
	StepCheckDigit   StepName = "check-digit" // advice only: it was inferred
	StepInSnapshot   StepName = "in-snapshot"
	StepNotCancelled StepName = "not-cancelled"
	StepClass        StepName = "class"
	StepRole         StepName = "role"
	StepEntity       StepName = "entity"
	StepProduct      StepName = "product"
	StepUse          StepName = "use"
)

// Outcome is how a step ended. The zero value is the ignorant one.
type Outcome string

// The outcomes. Advice is a doubt that does not stop the ladder; Unclear is a
// question that the lists held cannot answer, or that a person must.
const (
	OutcomeNotAsked Outcome = "not-asked"
	Passed          Outcome = "passed"
	Advice          Outcome = "advice"
	Unclear         Outcome = "unclear"
	Failed          Outcome = "failed"
)

// Step is one rung with its outcome and reason.
type Step struct {
	Step    StepName `json:"step"`
	Outcome Outcome  `json:"outcome"`
	Why     Text     `json:"why"`
}

// NearMiss is offered to a person and never taken: a former name in a remark, a
// list ending in 等, a product in another form, two digits swapped.
type NearMiss struct {
	Step   StepName `json:"step"`
	Record Record   `json:"record"`
	Why    Text     `json:"why"`
}

// Claim is what is to be covered: one declared or shown number, whose it should
// be and for what. Uses are the words (any of) that each observed capability
// would be filed under; the caller knows them.
type Claim struct {
	Series   Series
	Number   string
	Entity   string   // name on the licence
	AppNames []string // names under which the application is listed or labelled
	Uses     []Use
	AsOf     string // YYYY-MM-DD
}

// Use is one observed capability with the words that a filing of it would hold
// in 算法名称 or 主要用途.
type Use struct {
	Capability string
	Words      []string
}

// Ladder is the answer: every step of the ladder, in order, the record it ended
// on and what a person may look at.
type Ladder struct {
	Claim      Claim
	Steps      []Step
	Record     *Record // the row that the number names, nil where none was found
	NearMisses []NearMiss
}

// Step returns the named rung; a rung that was not reached is not asked.
func (l Ladder) Step(name StepName) Step {
	for _, s := range l.Steps {
		if s.Step == name {
			return s
		}
	}
	return Step{Step: name, Outcome: OutcomeNotAsked}
}
