package analyzer

// TaskText returns the words for what a model is for, empty for a task that is not
// known here.
func TaskText(task string) Text { return taskTexts[task] }

// taskTexts has every task that the reader of models tells; a test compares.
var taskTexts = map[string]Text{
	"text-generation":      {"文本生成", "writes text"},
	"text-to-speech":       {"语音合成", "speaks"},
	"vocoder":              {"声码器（频谱转语音）", "vocoder, spectra into speech"},
	"voice-cloning":        {"声音克隆", "clones voices"},
	"voice-conversion":     {"变声", "converts voices"},
	"music-generation":     {"音乐生成", "makes music"},
	"face-swap":            {"人脸替换", "swaps faces"},
	"face-reenactment":     {"人脸驱动", "moves faces"},
	"lip-sync":             {"口型驱动", "moves lips to speech"},
	"face-editing":         {"人脸编辑", "edits faces"},
	"face-restoration":     {"人脸修复", "restores faces"},
	"image-generation":     {"图像生成", "makes pictures"},
	"image-editing":        {"图像编辑", "remakes pictures"},
	"super-resolution":     {"超分辨率", "enlarges pictures"},
	"colourisation":        {"图像上色", "colours pictures"},
	"video-generation":     {"视频生成", "makes video"},
	"text-embedding":       {"文本向量化", "embeds text"},
	"text-classification":  {"文本分类", "sorts text"},
	"text-translation":     {"文本转换（翻译、摘要）", "translates text"},
	"speech-recognition":   {"语音识别", "recognises speech"},
	"speaker-recognition":  {"说话人识别", "recognises speakers"},
	"voice-activity":       {"语音活动检测", "hears whether someone speaks"},
	"wake-word":            {"唤醒词检测", "hears a word"},
	"noise-suppression":    {"降噪", "suppresses noise"},
	"audio-classification": {"音频分类", "sorts sounds"},
	"image-embedding":      {"图像向量化", "embeds pictures"},
	"image-classification": {"图像分类", "sorts pictures"},
	"object-detection":     {"目标检测", "detects objects"},
	"face-detection":       {"人脸检测", "detects faces"},
	"face-landmarks":       {"人脸关键点", "finds points of faces"},
	"face-recognition":     {"人脸识别", "recognises faces"},
	"hand-tracking":        {"手部跟踪", "tracks hands"},
	"pose-estimation":      {"姿态估计", "finds the points of bodies"},
	"segmentation":         {"图像分割", "divides pictures"},
	"matting":              {"抠图", "cuts people out"},
	"depth-estimation":     {"深度估计", "measures depth"},
	"text-recognition":     {"文字识别", "reads text in pictures"},
}
