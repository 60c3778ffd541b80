package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/review/report/text"
)

// exitInvalid is the status of verify for a proof that does not hold.
const exitInvalid = 1

const verifyHelpZH = `离线核验台账证明（格式见 docs/schema/proof.v1.schema.json）：证明所载记录确在该
台账之中，自检查点签署以来一字未改。公钥由台账运营者公布；更换过密钥的，可用多个
--key，或在一个文件中每行写一个。证明文件写作 - 时读标准输入。

退出状态：0 证明有效；1 证明无效，并说明原因；2 用法错误。`

const verifyHelpEN = `Verify, offline, a proof from a ledger: that the ledger holds the entry, and
that not a letter of it changed since the checkpoint was signed (schema of the proof in
docs/schema/proof.v1.schema.json). The ledger's operator publishes the key; after a change
of keys give several --key, or one file with a key a line. A proof named - is read from
standard input.

Exit status: 0 the proof holds; 1 it does not, and why; 2 wrong use.`

func verifyCommand(p *process, say func(zh, en string) string) *cobra.Command {
	var keyFiles []string
	c := &cobra.Command{
		Use:     "verify --key PUBLIC.pub PROOF.json",
		Short:   say("核验台账导出的证明", "verify a proof that a ledger exported"),
		Long:    say(verifyHelpZH, verifyHelpEN),
		Example: "  listgate verify --key store.pub proof.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := language(c); err != nil {
				return err
			}
			return verify(p, say, keyFiles, args[0])
		},
	}
	c.Flags().StringArrayVar(&keyFiles, "key", nil,
		say("台账公钥文件，可重复", "file with the ledger's public key; may be repeated"))
	return c
}

func verify(p *process, say func(zh, en string) string, keyFiles []string, path string) error {
	if len(keyFiles) == 0 {
		return usage("verify: name the ledger's public key with --key")
	}
	var keys []note.Verifier
	for _, file := range keyFiles {
		more, err := ledger.ReadVerifiers(file)
		if err != nil {
			return usage("--key: %v", err)
		}
		keys = append(keys, more...)
	}
	in := p.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return usage("%v", err)
		}
		defer f.Close()
		in = f
	}
	proven, err := ledger.VerifyProof(in, keys...)
	var wrong *ledger.Error
	if err != nil && !errors.As(err, &wrong) {
		return usage("%s: %v", path, err)
	}
	out := &verdict{out: bufio.NewWriter(p.out), say: say}
	if wrong != nil {
		out.invalid(err, wrong.Fault)
	} else {
		out.valid(proven)
	}
	if err := out.out.Flush(); err != nil {
		return usage("write the result: %v", err)
	}
	if wrong != nil {
		return &exit{exitInvalid, nil}
	}
	return nil
}

// verdict prints what a proof shows. All that comes from the proof passes through
// text.Clean: an entry must not forge a line of the verdict.
type verdict struct {
	out *bufio.Writer
	say func(zh, en string) string
}

// line prints a name and a value; what Flush reports stands for its errors.
func (v *verdict) line(zh, en, value string) {
	fmt.Fprintf(v.out, "  %s%s%s\n", v.say(zh, en), v.say("：", ": "), text.Clean(value))
}

func (v *verdict) invalid(err error, f ledger.Fault) {
	why, ok := faultWords[f]
	if !ok {
		why = analyzer.Text{ZH: string(f), EN: string(f)}
	}
	fmt.Fprintf(v.out, "%s%s\n",
		v.say("证明无效：", "The proof does not hold: "), v.say(why.ZH, why.EN))
	v.line("详情", "detail", err.Error())
}

func (v *verdict) valid(p *ledger.Proven) {
	fmt.Fprintf(v.out, "%s\n", v.say(
		"证明有效：签署检查点时，台账中确有以下记录，一字不差。",
		"The proof holds: when the checkpoint was signed, the ledger held exactly this entry."))
	kind := p.Entry.Kind
	if w, ok := kindWords[kind]; ok {
		kind = v.say(w.ZH+"（"+kind+"）", w.EN+" ("+kind+")")
	}
	v.line("类别", "kind", kind)
	v.line("对象", "subject", p.Entry.Subject)
	v.line("时间", "time", clock(p.Entry.Time))
	v.body(p.Entry.Body)
	v.line("台账", "ledger", p.Checkpoint.Origin)
	v.line("位置", "place", fmt.Sprintf(v.say("序号 %d（从 0 起），签署时共 %d 条",
		"row %d, counted from 0; it held %d then"), p.Entry.Seq, p.Checkpoint.Size))
	v.checkpoint("检查点", "checkpoint", p.Checkpoint)
	if p.Later != nil {
		v.checkpoint("其后的检查点（前一检查点所载各条均未改、未删）",
			"later checkpoint (of what the first covers, nothing was changed or dropped)", *p.Later)
	}
}

func (v *verdict) checkpoint(zh, en string, c ledger.Checkpoint) {
	at := v.say("未载时间", "without a time")
	if !c.Time.IsZero() {
		at = clock(c.Time)
	}
	v.line(zh, en, fmt.Sprintf(v.say("%s，共 %d 条，根哈希 %s", "%s, %d entries, root %s"),
		at, c.Size, c.Root))
}

// The body is a summary: the proof itself holds all of it.
const (
	maxMembers = 40
	maxValue   = 400 // runes
)

func (v *verdict) body(body json.RawMessage) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || len(members) == 0 {
		v.line("内容", "body", string(body))
		return
	}
	fmt.Fprintf(v.out, "  %s\n", v.say("内容：", "body:"))
	names := slices.Sorted(maps.Keys(members))
	for i, name := range names {
		if i == maxMembers {
			fmt.Fprintf(v.out, v.say("    …另有 %d 项\n", "    … and %d more\n"), len(names)-i)
			return
		}
		value := plain(members[name])
		fmt.Fprintf(v.out, "    %s: %s\n", text.Clean(shorten(name)), text.Clean(value))
	}
}

// plain is a string without its quotes, and any other value as it stands.
func plain(value json.RawMessage) string {
	var s string
	if err := json.Unmarshal(value, &s); err != nil || !strings.HasPrefix(string(value), `"`) {
		s = string(value)
	}
	return shorten(s)
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= maxValue {
		return s
	}
	return string([]rune(s)[:maxValue]) + "…"
}

// clock shows a time as in China, which has had one zone and no summer time since
// 1991.
func clock(t time.Time) string {
	return t.In(time.FixedZone("", 8*60*60)).Format("2006-01-02 15:04:05 -07:00")
}

var kindWords = map[string]analyzer.Text{
	ledger.Decision:       {ZH: "处置决定", EN: "decision on a measure"},
	ledger.Approval:       {ZH: "复核意见", EN: "answer of the second person"},
	ledger.Effect:         {ZH: "措施生效情况", EN: "effect of a measure"},
	ledger.Notice:         {ZH: "告知书", EN: "notice sent"},
	ledger.RegistryChange: {ZH: "名录更新", EN: "import of a published list"},
	ledger.RulesRelease:   {ZH: "检测规则更新", EN: "release of the rules"},
	ledger.LawRelease:     {ZH: "法规版本更新", EN: "release of the law"},
	ledger.PolicyRelease:  {ZH: "审核规则更新", EN: "release of the store's policy"},
	ledger.RoleChange:     {ZH: "人员角色变更", EN: "change of a person's role"},
	ledger.Erasure:        {ZH: "记录删除", EN: "erasure of entries"},
}

var faultWords = map[ledger.Fault]analyzer.Text{
	ledger.Malformed: {
		ZH: "文件不是完整的台账证明。", EN: "the file is not a whole proof from a ledger.",
	},
	ledger.TooLarge: {
		ZH: "文件过大，不可能是台账证明。", EN: "the file is too large to be a proof.",
	},
	ledger.UnknownKey: {
		ZH: "检查点不是由所给公钥对应的密钥签署的。",
		EN: "the checkpoint is not signed by a key that was given.",
	},
	ledger.BadSignature: {
		ZH: "检查点的签名不成立：检查点被改动，或签名系伪造。",
		EN: "the checkpoint's signature does not verify: it was changed or forged.",
	},
	ledger.ForeignOrigin: {
		ZH: "检查点属于另一台账。", EN: "the checkpoint is of another ledger.",
	},
	ledger.WrongIndex: {
		ZH: "记录的位置与证明所称的位置不符。", EN: "the entry is not of the place that the proof says.",
	},
	ledger.WrongSize: {
		ZH: "证明所称的台账条数与检查点不符。", EN: "the proof and its checkpoint differ on the ledger's size.",
	},
	ledger.NotIncluded: {
		ZH: "签署检查点时，台账中没有这条记录：记录、盐值、位置或路径被改动。",
		EN: "the ledger did not hold this entry: entry, salt, place or path was changed.",
	},
	ledger.NotConsistent: {
		ZH: "后一检查点与前一检查点不相衔接。",
		EN: "the later checkpoint does not continue the earlier one.",
	},
}
