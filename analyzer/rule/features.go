package rule

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
)

// plainFeatures are the features that make nothing by themselves: recognition,
// detection, tracking, plain drawing, engines, and the platform's own read-aloud.
// Every other feature of a rule must be known to analyzer.FeatureCapabilities.
var plainFeatures = []string{
	"2d-avatar", "3d-face", "animation", "ar", "ar-effect", "ar-render", "ar-tracking",
	"asr", "augmented-faces", "body-tracking", "colour-filter",
	"face-detect", "face-landmark", "face-parse", "face-recognition", "face-tracking",
	"game-engine", "gesture", "hand-gesture", "handwriting-input", "id-card-ocr", "inference",
	"lens", "liveness", "model", "ocr", "segmentation", "sticker", "tts-system",
	"video-editor", "voice-chat", "wake-word",
}

func knownFeature(name string) bool {
	return slices.Contains(plainFeatures, name) || analyzer.FeatureCapabilities(name) != nil
}
