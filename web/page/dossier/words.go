package dossier

import (
	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
)

// words are the names of what a report says by id; an id that is not here stands
// for itself.
type words map[string]analyzer.Text

// name is what an id is in words.
func name[K ~string](w words, id K) analyzer.Text {
	if t, ok := w[string(id)]; ok {
		return t
	}
	return analyzer.Text{ZH: string(id), EN: string(id)}
}

// names are several in words.
func names[K ~string](w words, ids []K) []analyzer.Text {
	out := make([]analyzer.Text, len(ids))
	for i, id := range ids {
		out[i] = name(w, id)
	}
	return out
}

var confidences = words{
	string(analyzer.Confirmed): {ZH: "已证实", EN: "confirmed"},
	string(analyzer.Probable):  {ZH: "很可能", EN: "probable"},
	string(analyzer.Possible):  {ZH: "可能", EN: "possible"},
}

var uses = words{
	string(analyzer.Invoked):    {ZH: "自有代码调用", EN: "called by own code"},
	string(analyzer.Bundled):    {ZH: "仅随包附带，未见调用", EN: "shipped, no call seen"},
	string(analyzer.UseUnknown): {ZH: "调用情况不明", EN: "use unknown"},
}

var kinds = words{
	string(analyzer.KindSDK):         {ZH: "SDK", EN: "SDK"},
	string(analyzer.KindEngine):      {ZH: "引擎", EN: "engine"},
	string(analyzer.KindOSFramework): {ZH: "系统框架", EN: "system framework"},
	string(analyzer.KindEndpoint):    {ZH: "服务接口", EN: "service"},
	string(analyzer.KindModelFormat): {ZH: "模型格式", EN: "model format"},
	string(analyzer.KindModelFile):   {ZH: "模型文件", EN: "model file"},
	string(analyzer.KindText):        {ZH: "文字", EN: "text"},
	string(analyzer.KindPacker):      {ZH: "加固", EN: "packer"},
}

// techniques are the limbs of Art. 23(1).
var techniques = words{
	string(analyzer.TechniqueText):         {ZH: "（一）文本", EN: "(i) text"},
	string(analyzer.TechniqueSpeech):       {ZH: "（二）语音", EN: "(ii) speech"},
	string(analyzer.TechniqueAudio):        {ZH: "（三）非语音声音", EN: "(iii) other sound"},
	string(analyzer.TechniqueBiometric):    {ZH: "（四）生物特征", EN: "(iv) biometric features"},
	string(analyzer.TechniqueNonBiometric): {ZH: "（五）非生物特征", EN: "(v) other images and video"},
	string(analyzer.TechniqueScene):        {ZH: "（六）虚拟场景", EN: "(vi) virtual scenes"},
	string(analyzer.Enabler):               {ZH: "仅为支撑技术", EN: "enabler only"},
}

// terms are the kinds of facts that evidence points at.
var terms = words{
	string(analyzer.TermClass):      {ZH: "类", EN: "class"},
	string(analyzer.TermClassRef):   {ZH: "引用的类", EN: "class referred to"},
	string(analyzer.TermLibrary):    {ZH: "原生库", EN: "native library"},
	string(analyzer.TermSONAME):     {ZH: "库名", EN: "library name"},
	string(analyzer.TermNeeded):     {ZH: "依赖库", EN: "library needed"},
	string(analyzer.TermExport):     {ZH: "导出符号", EN: "exported symbol"},
	string(analyzer.TermJNI):        {ZH: "JNI 方法", EN: "JNI name"},
	string(analyzer.TermComponent):  {ZH: "组件", EN: "component"},
	string(analyzer.TermService):    {ZH: "服务动作", EN: "service action"},
	string(analyzer.TermMetadata):   {ZH: "元数据", EN: "meta-data"},
	string(analyzer.TermPermission): {ZH: "权限", EN: "permission"},
	string(analyzer.TermFramework):  {ZH: "框架", EN: "framework"},
	string(analyzer.TermDylib):      {ZH: "动态库", EN: "dynamic library"},
	string(analyzer.TermObjCClass):  {ZH: "Objective-C 类", EN: "Objective-C class"},
	string(analyzer.TermObjCRef):    {ZH: "引用的 Objective-C 类", EN: "Objective-C class referred to"},
	string(analyzer.TermSwift):      {ZH: "Swift 类型", EN: "Swift type"},
	string(analyzer.TermPlistKey):   {ZH: "plist 键", EN: "plist key"},
	string(analyzer.TermAsset):      {ZH: "文件", EN: "file"},
	string(analyzer.TermHost):       {ZH: "主机", EN: "host"},
	string(analyzer.TermPath):       {ZH: "网址路径", EN: "URL path"},
	string(analyzer.TermText):       {ZH: "界面文字", EN: "text shown"},
	string(analyzer.TermString):     {ZH: "字符串", EN: "string"},
	string(analyzer.TermModel):      {ZH: "模型格式", EN: "model format"},
	string(analyzer.TermModelTask):  {ZH: "模型任务", EN: "model task"},
	string(analyzer.TermModelArch):  {ZH: "模型结构", EN: "model architecture"},
	string(analyzer.TermAnomaly):    {ZH: "异常", EN: "anomaly"},
}

var outcomes = words{
	string(registry.Passed):          {ZH: "通过", EN: "passed"},
	string(registry.Failed):          {ZH: "未通过", EN: "failed"},
	string(registry.Unclear):         {ZH: "不明", EN: "unclear"},
	string(registry.Advice):          {ZH: "提示", EN: "advice"},
	string(registry.OutcomeNotAsked): {ZH: "未核", EN: "not asked"},
}

var origins = words{
	string(review.OriginSubmission): {ZH: "上架申请", EN: "submission"},
	string(review.OriginInspection): {ZH: "在架巡查", EN: "inspection of what is listed"},
	string(review.OriginComplaint):  {ZH: "投诉举报", EN: "complaint"},
	string(review.OriginOrder):      {ZH: "主管部门要求", EN: "order of an authority"},
	string(review.OriginRegistry):   {ZH: "备案信息变化", EN: "a filing changed"},
	string(review.OriginSample):     {ZH: "自动决定抽查", EN: "sample of automated decisions"},
}

var stages = words{
	string(review.StageSubmission): {ZH: "上架审核", EN: "before listing"},
	string(review.StageListed):     {ZH: "已上架", EN: "listed"},
}

var platforms = words{
	string(review.Android): {ZH: "Android", EN: "Android"},
	string(review.IOS):     {ZH: "iOS", EN: "iOS"},
}

// series are the lists that a number or a declared filing belongs to.
var series = words{
	string(registry.Algorithm):   {ZH: "算法备案号", EN: "algorithm filing"},
	string(registry.GenAIFiled):  {ZH: "生成式 AI 备案号", EN: "generative-AI filing"},
	string(registry.GenAIListed): {ZH: "生成式 AI 上线编号", EN: "generative-AI registration"},
	string(registry.AppFiling):   {ZH: "APP 备案号", EN: "APP filing"},
	string(registry.WebsiteSite): {ZH: "网站备案号", EN: "website filing"},
	string(review.SeriesApp):     {ZH: "APP 备案号", EN: "APP filing"},
	"":                           {ZH: "编号", EN: "number"},
}

var answers = words{
	string(review.Yes):     {ZH: "是", EN: "yes"},
	string(review.No):      {ZH: "否", EN: "no"},
	string(review.Unknown): {ZH: "未回答", EN: "not answered"},
}

var declaredRoles = words{
	string(review.RoleProvider):  {ZH: "服务提供者", EN: "provider"},
	string(review.RoleSupporter): {ZH: "技术支持者", EN: "technical supporter"},
	string(review.RoleToolOnly):  {ZH: "仅提供工具", EN: "tool only"},
}

var providerKinds = words{
	string(review.KindOrganisation): {ZH: "单位", EN: "organisation"},
	string(review.KindPerson):       {ZH: "个人", EN: "person"},
	string(review.KindForeign):      {ZH: "境外", EN: "foreign"},
}

var assessments = words{
	string(review.AssessPublicOpinion):  {ZH: "舆论属性安全评估", EN: "public opinion"},
	string(review.AssessBiometric):      {ZH: "生物特征安全评估", EN: "biometric features"},
	string(review.AssessSpecialObjects): {ZH: "特殊物体安全评估", EN: "special objects"},
	string(review.AssessPersona):        {ZH: "拟人化互动安全评估", EN: "human-like interaction"},
}

var modalities = words{
	string(review.ModalityText):  {ZH: "文本", EN: "text"},
	string(review.ModalityImage): {ZH: "图片", EN: "image"},
	string(review.ModalityAudio): {ZH: "音频", EN: "audio"},
	string(review.ModalityVideo): {ZH: "视频", EN: "video"},
	string(review.ModalityScene): {ZH: "虚拟场景", EN: "scene"},
}

// records are the kinds of entries of the ledger about a case.
var records = words{
	"decision": {ZH: "决定", EN: "decision"},
	"approval": {ZH: "审批", EN: "approval"},
	"effect":   {ZH: "执行", EN: "effect"},
	"notice":   {ZH: "信函", EN: "letter"},
	"erasure":  {ZH: "删除", EN: "erasure"},
}

// papers are the documents that a desk names as evidence.
var papers = words{"declaration": {ZH: "开发者声明", EN: "the developer's declaration"}}
