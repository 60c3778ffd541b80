package main

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/fixtures"
)

// quiet is an application that shows nothing, by number, and declares as much: the
// policy lists it.
const quiet = `An application that shows nothing.

-- manifest.yaml --
package: com.example.quiet%[1]d
versionCode: 1
versionName: "1.0"
minSdk: 24
targetSdk: 34
label: {"": Quiet %[1]d, zh-CN: 清静%[1]d}
components:
  - kind: activity
    name: com.example.quiet%[1]d.Main
    exported: true
    actions: [android.intent.action.MAIN]
    categories: [android.intent.category.LAUNCHER]
-- dex/classes.dex.yaml --
classes:
  - name: com.example.quiet%[1]d.Main
    extends: android.app.Activity
    strings: ["https://quiet%[1]d.example.com/", 打开, 关闭]
-- assets/pictures.zero --
64KiB
`

const quietDeclaration = `schema: listgate.declaration/v1
app: {id: com.example.quiet%[1]d, name: 清静%[1]d, version: "1.0", category: 工具}
provider: {name: 清静软件（杭州）有限公司, uscc: 91110108MA01KP2T5U, kind: organisation}
purpose: 记录和整理个人笔记。
signed: {by: 周宁, on: 2026-11-20}
synthesis: {offered: no}
flags: {public_opinion: no}
filings:
  - {series: app, number: 浙ICP备2024087315号-3A}
documents:
  - {kind: licence, file: licence.pdf, title: 营业执照}
  - {kind: app-filing, file: app-filing.pdf, title: APP 备案证明}
`

// voice is an application whose own code speaks through a known SDK, by number.
const voice = `An application that speaks.

-- manifest.yaml --
package: com.example.voice%[1]d
versionCode: 1
versionName: "1.0"
minSdk: 24
targetSdk: 34
label: {"": Voice %[1]d, zh-CN: 有声%[1]d}
components:
  - kind: activity
    name: com.example.voice%[1]d.Main
    exported: true
    actions: [android.intent.action.MAIN]
    categories: [android.intent.category.LAUNCHER]
-- dex/classes.dex.yaml --
classes:
  - name: com.example.voice%[1]d.Main
    extends: android.app.Activity
    strings: [xiaoyan]
    calls:
      - {class: com.iflytek.cloud.SpeechSynthesizer, method: createSynthesizer}
      - {class: com.iflytek.cloud.SpeechSynthesizer, method: startSpeaking, kind: virtual}
  - name: com.iflytek.cloud.SpeechSynthesizer
    method: createSynthesizer
`

func made(t *testing.T, description string, n int) []byte {
	t.Helper()
	body, err := fixtures.Build(fmt.Appendf(nil, description, n))
	require.NoError(t, err)
	return body
}

// quietPack is listed by the policy.
func quietPack(t *testing.T, n int) pack {
	t.Helper()
	return pack{
		file: fmt.Sprintf("quiet%d.apk", n), body: made(t, quiet, n),
		declaration: fmt.Sprintf(quietDeclaration, n),
	}
}

// voicePack waits for a person.
func voicePack(t *testing.T, n int) pack {
	t.Helper()
	return pack{file: fmt.Sprintf("voice%d.apk", n), body: made(t, voice, n)}
}

// noisePack is no package at all: bytes without an order, the same for a number.
func noisePack(n int) pack {
	var body []byte
	for i := range 128 {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d.%d", n, i))
		body = append(body, sum[:]...)
	}
	return pack{file: fmt.Sprintf("noise%d.apk", n), body: body}
}

// cutPack is half of a package, as after a broken transfer.
func cutPack(t *testing.T, n int) pack {
	t.Helper()
	whole := made(t, quiet, n)
	return pack{file: fmt.Sprintf("cut%d.apk", n), body: whole[:len(whole)/2]}
}
