package review

import "github.com/listgate/listgate/analyzer"

// DeclarationSchema names the form of a declaration.
const DeclarationSchema = "listgate.declaration/v1"

// Declaration is what the developer states about one version of an application:
// the statement of Art. 7 of the labelling measures with the papers around it.
// Everything but schema and app may be left out; what is left out is unknown,
// never "no". review/declaration reads it from YAML.
type Declaration struct {
	Schema         string          `json:"schema"`
	App            DeclaredApp     `json:"app"`
	Provider       Provider        `json:"provider"`
	Purpose        string          `json:"purpose,omitempty"`
	Signed         Signature       `json:"signed"`
	Synthesis      Synthesis       `json:"synthesis"`
	Flags          map[Flag]Answer `json:"flags,omitempty"`
	Filings        []Filing        `json:"filings,omitempty"`
	ChangeFiling   ChangeFiling    `json:"change_filing"`
	Assessments    []Assessed      `json:"assessments,omitempty"`
	Labels         Labels          `json:"labels"`
	FilingDisplay  FilingDisplay   `json:"filing_display"`
	Consent        Consent         `json:"consent"`
	ForeignService ForeignService  `json:"foreign_service"`
	Documents      []Document      `json:"documents,omitempty"`
}

// Answer is yes, no, or unknown; the zero value is unknown.
type Answer string

// The answers.
const (
	Unknown Answer = ""
	Yes     Answer = "yes"
	No      Answer = "no"
)

// DeclaredApp is the application that the declaration speaks of.
type DeclaredApp struct {
	ID           string   `json:"id,omitempty"`
	Name         string   `json:"name,omitempty"`
	Names        []string `json:"names,omitempty"` // other names, as filed or shown
	Version      string   `json:"version,omitempty"`
	Category     string   `json:"category,omitempty"`
	TargetMinors Answer   `json:"target_minors,omitempty"`
}

// ProviderKind is how the provider's identity is established.
type ProviderKind string

// The kinds.
const (
	KindOrganisation ProviderKind = "organisation"
	KindPerson       ProviderKind = "person"
	KindForeign      ProviderKind = "foreign"
)

// Provider is 应用程序提供者, the developer of record.
type Provider struct {
	Name             string       `json:"name,omitempty"` // as on the licence
	USCC             string       `json:"uscc,omitempty"` // 统一社会信用代码
	Kind             ProviderKind `json:"kind,omitempty"`
	IdentityDocument string       `json:"identity_document,omitempty"`
}

// Signature names the accountable person and the day (YYYY-MM-DD).
type Signature struct {
	By string `json:"by,omitempty"`
	On string `json:"on,omitempty"`
}

// DeclaredRole is the part of the developer in the service.
type DeclaredRole string

// The roles of review/law.
const (
	RoleProvider  DeclaredRole = "provider"
	RoleSupporter DeclaredRole = "supporter"
	RoleToolOnly  DeclaredRole = "tool_only"
)

// Synthesis answers whether AI generation or synthesis is offered, and what.
type Synthesis struct {
	Offered           Answer                  `json:"offered,omitempty"`
	Capabilities      []analyzer.CapabilityID `json:"capabilities,omitempty"`
	Role              DeclaredRole            `json:"role,omitempty"`
	UserBringsService Answer                  `json:"user_brings_service,omitempty"`
}

// FilingSeries is the list that a declared number belongs to.
type FilingSeries string

// The series: 算法备案, 生成式人工智能备案, 生成式人工智能登记, APP 备案.
const (
	SeriesAlgorithm       FilingSeries = "algorithm"
	SeriesGenAIFiled      FilingSeries = "genai-filed"
	SeriesGenAIRegistered FilingSeries = "genai-registered"
	SeriesApp             FilingSeries = "app"
)

// Filing is one declared number; Model names the underlying model of a
// registration, by name or number.
type Filing struct {
	Series FilingSeries            `json:"series"`
	Number string                  `json:"number"`
	Model  string                  `json:"model,omitempty"`
	Covers []analyzer.CapabilityID `json:"covers,omitempty"`
}

// ChangeFiling is a change of a filing that was handed in and not yet published.
type ChangeFiling struct {
	UnderWay Answer `json:"under_way,omitempty"`
	Since    string `json:"since,omitempty"` // YYYY-MM-DD
}

// AssessmentKind says which rule a security assessment answers.
type AssessmentKind string

// The kinds: Art. 20, Art. 15(2)(1), Art. 15(2)(2) of the deep synthesis
// provisions, Art. 22 of the measures on human-like interaction.
const (
	AssessPublicOpinion  AssessmentKind = "public-opinion"
	AssessBiometric      AssessmentKind = "biometric"
	AssessSpecialObjects AssessmentKind = "special-objects"
	AssessPersona        AssessmentKind = "persona"
)

// Assessed is one security assessment that was carried out.
type Assessed struct {
	Kind           AssessmentKind          `json:"kind"`
	Date           string                  `json:"date,omitempty"` // YYYY-MM-DD
	Conclusion     string                  `json:"conclusion,omitempty"`
	PlatformStatus string                  `json:"platform_status,omitempty"` // on 全国互联网安全管理服务平台
	Covers         []analyzer.CapabilityID `json:"covers,omitempty"`
	Signed         Answer                  `json:"signed,omitempty"`
	Document       string                  `json:"document,omitempty"`
}

// Labels describes explicit and implicit labels. Keys are capability ids or
// modalities; an entry for a modality speaks for all capabilities of it.
type Labels struct {
	Explicit        map[string]Label `json:"explicit,omitempty"`
	Implicit        map[string]Label `json:"implicit,omitempty"`
	AgreementClause string           `json:"agreement_clause,omitempty"` // or where it stands
	Samples         []Sample         `json:"samples,omitempty"`
}

// Label describes one label and names a screenshot of it.
type Label struct {
	Description string `json:"description,omitempty"`
	Screenshot  string `json:"screenshot,omitempty"`
}

// Sample is one output file of the application.
type Sample struct {
	Modality Modality `json:"modality"`
	File     string   `json:"file"`
}

// FilingDisplay says where number and link are shown.
type FilingDisplay struct {
	InApp      string `json:"in_app,omitempty"`
	Link       string `json:"link,omitempty"`
	Screenshot string `json:"screenshot,omitempty"`
}

// Consent describes the prompt to inform the edited person.
type Consent struct {
	Prompt       string `json:"prompt,omitempty"`
	BeforeUpload Answer `json:"before_upload,omitempty"`
	Separate     Answer `json:"separate,omitempty"`
	Screenshot   string `json:"screenshot,omitempty"`
}

// ForeignService says whether a model service from abroad is used, and under
// which filed model.
type ForeignService struct {
	Used       Answer `json:"used,omitempty"`
	Which      string `json:"which,omitempty"`
	FiledModel string `json:"filed_model,omitempty"` // number
}

// DocumentKind is what a document proves.
type DocumentKind string

// The kinds of documents that checks look for; others are kept as "other".
const (
	DocLicence    DocumentKind = "licence"    // 营业执照
	DocIdentity   DocumentKind = "identity"   // identity document of a person or foreign developer
	DocAppFiling  DocumentKind = "app-filing" // APP 备案 certificate
	DocFiling     DocumentKind = "filing"     // algorithm filing certificate
	DocContract   DocumentKind = "contract"   // with the model's vendor
	DocAssessment DocumentKind = "assessment" // report of an assessment
	DocAgreement  DocumentKind = "agreement"  // user agreement
	DocRelation   DocumentKind = "relation"   // to the entity of a filing, or a change of name
	DocOther      DocumentKind = "other"
)

// Document is one paper of the file.
type Document struct {
	Kind  DocumentKind `json:"kind"`
	File  string       `json:"file"`
	Title string       `json:"title,omitempty"`
}
