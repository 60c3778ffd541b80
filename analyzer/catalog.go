package analyzer

// GapReason is why a part could not be read.
type GapReason string

// The reasons. GapText has each in both languages; a test compares.
const (
	GapUnrecognised GapReason = "unrecognised-format" // no format of ours
	GapUnsupported  GapReason = "unsupported-format"  // known, not read yet
	GapMalformed    GapReason = "malformed"           // a decoder refused it
	GapBudget       GapReason = "budget"              // the limits do not allow it
	GapUnreadable   GapReason = "unreadable"          // its bytes cannot be reached or inflated
	GapPanic        GapReason = "reader-failed"       // a defect of ours, contained
	GapEncrypted    GapReason = "encrypted"           // code that only a device can decrypt
	GapMissing      GapReason = "missing"             // named by the package, not in it
	GapOpaque       GapReason = "opaque-code"         // named as code, of no format we know
	// a signature that is present was not verified
	GapNotVerified GapReason = "signature-unchecked"
	GapCancelled   GapReason = "cancelled" // time ran out
	GapExhausted   GapReason = "exhausted" // a child process used up its time or memory
	GapCrashed     GapReason = "crashed"   // a child process ended before it was done
)

// GapText returns the sentence for a reason.
func GapText(r GapReason) Text { return gapTexts[r] }

var gapTexts = map[GapReason]Text{
	GapUnrecognised: {"不是可识别的安装包格式", "not a package format that is recognised"},
	GapUnsupported: {
		"格式已识别，但此版本不读取其内容",
		"format recognised, but this version does not read its content",
	},
	GapMalformed:   {"内容损坏或不合格式", "malformed content"},
	GapBudget:      {"超出分析限额", "beyond the limits of the analysis"},
	GapUnreadable:  {"无法读出字节", "the bytes cannot be read"},
	GapPanic:       {"读取程序出错，已被隔离", "the reader failed and was contained"},
	GapEncrypted:   {"代码已加密，只有设备能解密", "the code is encrypted; only a device can decrypt it"},
	GapMissing:     {"安装包声明了该文件，但其中没有", "named by the package but not in it"},
	GapOpaque:      {"名为代码，但不是已知的代码格式", "named as code, but of no known code format"},
	GapNotVerified: {"有签名，但未验证", "signed, but the signature was not verified"},
	GapCancelled:   {"分析在完成前被中止", "the analysis was stopped before it was complete"},
	GapExhausted:   {"分析用尽了所给的时间或内存", "the analysis used up its time or memory"},
	GapCrashed:     {"分析进程异常终止，已被隔离", "the analysis process crashed and was contained"},
}

// AnomalyCode names one trick or defect; docs/anomalies.md lists them.
type AnomalyCode string

// The anomalies of the first formats.
const (
	ZipPrefix         AnomalyCode = "zip-prefix"          // bytes before the archive
	ZipComment        AnomalyCode = "zip-comment"         // a comment over 1 KiB
	ZipMethod         AnomalyCode = "zip-method"          // an unknown compression method
	ZipEncryptionFlag AnomalyCode = "zip-encryption-flag" // encryption bit set
	ZipDuplicate      AnomalyCode = "zip-duplicate"       // two entries of one name
	// a name that is absolute, climbs, or holds control bytes
	ZipName AnomalyCode = "zip-name"
	// a name that ends in a slash and has content
	ZipSlash AnomalyCode = "zip-slash"
	// local header and directory disagree
	ZipLocalHeader AnomalyCode = "zip-local-header"
	// the declared size is not the inflated size
	ZipSize    AnomalyCode = "zip-size"
	ZipOverlap AnomalyCode = "zip-overlap" // two entries share bytes
	ZipZip64   AnomalyCode = "zip-zip64"   // Zip64 where none is needed
	// the directory's counts or places are false
	ZipDirectory AnomalyCode = "zip-directory"
	ZipTrailer   AnomalyCode = "zip-trailer"   // bytes after the archive
	ManifestText AnomalyCode = "manifest-text" // a manifest as plain XML
	// a chunk with a false size or an unknown type
	ManifestChunk AnomalyCode = "manifest-chunk"
	// a string pool that lies or holds junk
	ManifestStrings AnomalyCode = "manifest-strings"
	ManifestMissing AnomalyCode = "manifest-missing" // no manifest
	// an element or permission given twice
	ManifestDuplicate AnomalyCode = "manifest-duplicate"
	// a resource table with false sizes or references
	ResourceTable AnomalyCode = "resource-table"
	// an odd header: magic, size, checksum, endianness
	DEXHeader AnomalyCode = "dex-header"
	// tables that the format sorts and this file does not
	DEXUnsorted AnomalyCode = "dex-unsorted"
	// a DEX file outside its place or under another name
	DEXHidden     AnomalyCode = "dex-hidden"
	LibraryNotELF AnomalyCode = "library-not-elf" // a file under lib/ that is no ELF
	// an ELF for another machine than its folder says
	LibraryMachine AnomalyCode = "library-machine"
	ELFSections    AnomalyCode = "elf-sections" // broken or missing section tables
	// an installable package inside the package
	NestedPackage AnomalyCode = "nested-package"
	// an archive among the entries of which is the archive itself
	ContainsItself AnomalyCode = "contains-itself"
	// a package of a set that does not belong to the base
	SplitMismatch AnomalyCode = "split-mismatch"
	// a program in the package and outside the application
	CodeOutside      AnomalyCode = "code-outside-application"
	MachOLoadCommand AnomalyCode = "macho-load-command" // a load command that lies
	// a property list that a device reads and the format forbids
	PlistMalformed   AnomalyCode = "plist-malformed"
	SignatureInvalid AnomalyCode = "signature-invalid" // a signature that does not verify
	// entitlements of one program that say two things
	EntitlementsDiffer  AnomalyCode = "entitlements-differ"
	ModelUnderOtherName AnomalyCode = "model-under-other-name" // a model whose name denies it
)

// AnomalyText returns the sentence for a code; evasion reports whether the trick
// serves to hide content from a reader that a device would load.
func AnomalyText(c AnomalyCode) (text Text, evasion bool) {
	a := anomalyTexts[c]
	return a.Text, a.evasion
}

type anomalyText struct {
	Text
	evasion bool
}

var anomalyTexts = map[AnomalyCode]anomalyText{
	ZipPrefix:         {Text{"压缩包之前有多余字节", "bytes before the archive"}, true},
	ZipComment:        {Text{"压缩包注释过长", "an oversized archive comment"}, false},
	ZipMethod:         {Text{"未知的压缩方法", "an unknown compression method"}, true},
	ZipEncryptionFlag: {Text{"条目设有加密标志", "an entry is flagged as encrypted"}, true},
	ZipDuplicate:      {Text{"两个条目同名", "two entries have the same name"}, true},
	ZipName: {
		Text{"条目名为绝对路径、越级或含控制字符", "an entry name is absolute, climbs, or holds control bytes"},
		true,
	},
	ZipSlash: {
		Text{"条目名以斜杠结尾却有内容", "an entry name ends in a slash and has content"},
		true,
	},
	ZipLocalHeader:    {Text{"本地文件头与目录不一致", "local header and directory disagree"}, true},
	ZipSize:           {Text{"声明的大小与实际不符", "the declared size is not the inflated size"}, true},
	ZipOverlap:        {Text{"条目的字节相互重叠", "entries share bytes"}, true},
	ZipZip64:          {Text{"不必要的 Zip64 结构", "Zip64 where none is needed"}, true},
	ZipDirectory:      {Text{"目录的计数或位置不实", "the directory's counts or places are false"}, true},
	ZipTrailer:        {Text{"压缩包之后有多余字节", "bytes after the archive"}, false},
	ManifestText:      {Text{"清单是纯文本 XML", "the manifest is plain XML"}, true},
	ManifestChunk:     {Text{"清单数据块的大小或类型不实", "a manifest chunk has a false size or type"}, true},
	ManifestStrings:   {Text{"清单字符串池不实", "the manifest's string pool lies or holds junk"}, true},
	ManifestMissing:   {Text{"没有清单文件", "there is no manifest"}, true},
	ManifestDuplicate: {Text{"清单中有重复项", "the manifest repeats an element"}, false},
	ResourceTable: {
		Text{"资源表的大小或引用不实", "the resource table has false sizes or references"},
		true,
	},
	DEXHeader: {Text{"DEX 文件头异常", "an odd DEX header"}, true},
	DEXUnsorted: {
		Text{"DEX 表未按格式排序", "a DEX table is not sorted as the format asks"},
		true,
	},
	DEXHidden: {
		Text{"DEX 文件不在应在的位置", "a DEX file outside its place or under another name"},
		true,
	},
	LibraryNotELF: {Text{"lib/ 下的文件不是 ELF", "a file under lib/ is no ELF"}, true},
	LibraryMachine: {
		Text{"ELF 的指令集与文件夹不符", "an ELF is for another machine than its folder says"},
		true,
	},
	ELFSections:    {Text{"ELF 节表损坏或缺失", "ELF section tables are broken or missing"}, false},
	NestedPackage:  {Text{"安装包内含另一个安装包", "a package inside the package"}, false},
	ContainsItself: {Text{"压缩包包含自身", "an archive that contains itself"}, true},
	SplitMismatch: {
		Text{"拆分包与主包不一致", "a split that does not belong to the base package"},
		true,
	},
	CodeOutside: {
		Text{"程序代码在应用文件夹之外", "a program outside the application"},
		true,
	},
	MachOLoadCommand: {Text{"Mach-O 加载命令不实", "a Mach-O load command lies"}, true},
	PlistMalformed:   {Text{"属性列表不合格式", "a property list breaks its format"}, true},
	SignatureInvalid: {Text{"签名验证不通过", "a signature does not verify"}, true},
	EntitlementsDiffer: {
		Text{"两种形式的权利声明不一致", "the two forms of the entitlements differ"},
		true,
	},
	ModelUnderOtherName: {Text{"模型文件名与内容不符", "a model whose name denies it"}, true},
}
