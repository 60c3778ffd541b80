package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/fixtures"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/intake"
)

//go:embed demo
var demoFiles embed.FS

// chapter is one package of the demo, and what people do with it once it is scanned.
type chapter struct {
	name        string // of the description: in demo, else one of the fixtures
	declaration string // in demo; empty for none
	act         func(ctx context.Context, o *office, c review.Case) error
}

// story is the demo in its order: an application's second version comes behind its
// first.
var story = []chapter{
	{"plain-android", "notes.yaml", nil},
	{"voicechat-1", "voicechat-1.yaml", nil},
	{"dressup-1", "dressup-1.yaml", nil},
	{"faceswap-android", "facecam.yaml", nil},
	{"tts-android", "", askForDeclaration},
	{"llm-android", "", claimOnly},
	{"endpoint-android", "", refuseIt},
	{"packed-android", "", nil},
	{"deepar-ios", "", nil},
	{"tts-ios", "", nil},
	{"cut-short", "", nil},
	{"voicechat-2", "voicechat-2.yaml", proposeSuspension},
	{"dressup-2", "dressup-2.yaml", warnWithConsequence},
}

// tell tells the story as far as it was not told before.
func (o *office) tell(ctx context.Context) error {
	for _, c := range story {
		if err := o.tellOne(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// tellOne hands a package in, waits for its scan and does what people do.
func (o *office) tellOne(ctx context.Context, c chapter) error {
	body, err := c.build()
	if err != nil {
		return err
	}
	declaration, err := c.declared()
	if err != nil {
		return err
	}
	s, _, err := o.intake.Submit(ctx, intake.Upload{
		File: c.name + ".apk", Body: bytes.NewReader(body), Declaration: declaration,
		By: demoPipeline, Key: "demo:" + c.name,
	})
	if err != nil {
		return err
	}
	kept, err := o.scanned(ctx, s.Case)
	if err != nil || c.act == nil || kept.State != review.CaseWaiting {
		return err
	}
	return c.act(ctx, o, kept)
}

func (c chapter) build() ([]byte, error) {
	if c.name == "cut-short" { // as after a broken transfer
		whole, err := fixtures.Load("plain-android")
		return whole[:len(whole)/2], err
	}
	text, err := demoFiles.ReadFile("demo/" + c.name + ".txtar")
	if errors.Is(err, fs.ErrNotExist) {
		return fixtures.Load(c.name)
	}
	if err != nil {
		return nil, err
	}
	return fixtures.Build(text)
}

func (c chapter) declared() (string, error) {
	if c.declaration == "" {
		return "", nil
	}
	text, err := demoFiles.ReadFile("demo/" + c.declaration)
	return string(text), err
}

// scanWait is how long the demo waits for one scan.
const scanWait = 2 * time.Minute

// scanned waits until a case has been scanned.
func (o *office) scanned(ctx context.Context, caseID string) (review.Case, error) {
	ctx, cancel := context.WithTimeout(ctx, scanWait)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		c, err := o.desk.Cases.Case(ctx, caseID)
		if err != nil {
			return c, err
		}
		if c.State != review.CaseReceived && c.State != review.CaseScanning {
			return c, nil
		}
		select {
		case <-ctx.Done():
			return c, fmt.Errorf("wait for the scan: %w", ctx.Err())
		case <-look.C:
		}
	}
}

// person returns one of the demo's people.
func (o *office) person(ctx context.Context, login string) (review.Actor, error) {
	a, err := o.accounts.ByLogin(ctx, login)
	return review.Actor{ID: a.ID, Name: a.Name, Role: review.Role(a.Role)}, err
}

// claim lets a person claim a case, and returns it as it then is.
func (o *office) claim(ctx context.Context, c review.Case, login string) (desk.ActOn, error) {
	who, err := o.person(ctx, login)
	if err != nil {
		return desk.ActOn{}, err
	}
	claimed, err := o.desk.Claim(ctx, c.ID, who)
	return desk.ActOn{Case: c.ID, Rev: claimed.Rev, Who: who}, err
}

// decide lets a person claim a case and decide it.
func (o *office) decide(
	ctx context.Context, c review.Case, login string, p review.Proposal,
) (review.Decision, error) {
	on, err := o.claim(ctx, c, login)
	if err != nil {
		return review.Decision{}, err
	}
	return o.desk.Decide(ctx, on, p)
}

func claimOnly(ctx context.Context, o *office, c review.Case) error {
	_, err := o.claim(ctx, c, "liu")
	return err
}

func askForDeclaration(ctx context.Context, o *office, c review.Case) error {
	_, err := o.decide(ctx, c, "wang", review.Proposal{
		Act: review.Act{Measure: review.MeasureAsk}, Grounds: review.Grounds{
			Articles: []string{"label 7"}, Obligations: []string{"ST-01"}},
		Evidence: []review.Pointer{{Kind: review.PointFinding, ID: "iflytek-msc"}},
		Reason: "安装包中有语音合成功能，但没有提交声明。请说明是否提供人工智能生成合成服务，" +
			"并提交算法备案编号和标识材料。",
	})
	return err
}

func refuseIt(ctx context.Context, o *office, c review.Case) error {
	_, err := o.decide(ctx, c, "wang", review.Proposal{
		Act:      review.Act{Measure: review.MeasureRefuse},
		Grounds:  review.Grounds{Articles: []string{"dsp 13"}, Obligations: []string{"ST-01"}},
		Evidence: []review.Pointer{{Kind: review.PointCheck, ID: "ST-01"}},
		Reason:   "应用调用对话大模型服务，未说明是否提供生成合成服务，也未提交备案或者登记信息，不予上架。",
	})
	return err
}

func proposeSuspension(ctx context.Context, o *office, c review.Case) error {
	days := 5
	_, err := o.decide(ctx, c, "wang", review.Proposal{
		Act: review.Act{Measure: review.MeasureSuspend, Scope: review.ScopeUpdates},
		Grounds: review.Grounds{
			Articles: []string{"dsp 13"}, Obligations: []string{"TR-01", "ST-02"},
		},
		Evidence: []review.Pointer{{Kind: review.PointFinding, ID: "iflytek-msc"}},
		Reason: "声明称不提供生成合成服务，安装包中却有自有代码调用的语音合成组件，声明与实际不符，" +
			"建议暂停更新，待开发者改正。",
		Remedy: analyzer.Text{ZH: "更正声明，提交算法备案编号、标识材料和样本文件。",
			EN: "Correct the declaration; hand in the filing number, the labels and samples."},
		WorkingDays: &days,
	})
	return err
}

func warnWithConsequence(ctx context.Context, o *office, c review.Case) error {
	d, err := o.decide(ctx, c, "liu", review.Proposal{
		Act:      review.Act{Measure: review.MeasureWarn},
		Grounds:  review.Grounds{Obligations: []string{"LB-03", "CO-01"}},
		Evidence: []review.Pointer{{Kind: review.PointCapability, ID: "face_swap"}},
		Reason: "新版本提供人脸替换功能，没有显式标识，也没有提示取得被编辑者的单独同意，予以警示，" +
			"限期整改。",
		Remedy: analyzer.Text{ZH: "为生成的图片添加显式标识，并在上传前提示取得单独同意。",
			EN: "Label the generated pictures, and ask for separate consent before the upload."},
		Consequence: &review.Act{Measure: review.MeasureSuspend, Scope: review.ScopeDownloads},
	})
	if err != nil {
		return err
	}
	senior, err := o.person(ctx, "chen")
	if err != nil {
		return err
	}
	kept, err := o.desk.Cases.Case(ctx, c.ID)
	if err != nil {
		return err
	}
	_, err = o.desk.Follow(ctx, desk.FollowUp{
		ActOn:    desk.ActOn{Case: c.ID, Rev: kept.Rev, Who: senior},
		Decision: d.ID, On: review.EventApprove,
	})
	return err
}
