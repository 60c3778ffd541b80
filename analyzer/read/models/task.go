package models

import (
	"cmp"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/listgate/listgate/analyzer"
)

// Tasks are the words for what a model is for. Those of the first list make or
// change texts, voices, pictures; rules give them to capabilities. Those of the
// second only tell what is there.
//
//	text-generation     writes text: language models
//	text-to-speech      text into speech
//	vocoder             spectra into speech, the second half of a synthesis
//	voice-cloning       text into speech in a voice that was heard
//	voice-conversion    one voice into another
//	music-generation    makes music or sounds
//	face-swap           one face into another picture
//	face-reenactment    moves a face by another face or by speech
//	lip-sync            moves lips to speech
//	face-editing        age, expression or likeness of a face
//	face-restoration    draws a face anew where the picture is bad
//	image-generation    pictures out of words, noise or numbers, and parts of such networks
//	image-editing       pictures into pictures: style, cartoon, what was painted over
//	super-resolution    pictures into larger ones
//	colourisation       grey pictures into coloured ones
//	video-generation    moving pictures
//
//	text-embedding, text-classification, text-translation, speech-recognition,
//	speaker-recognition, voice-activity, wake-word, noise-suppression,
//	audio-classification, image-embedding, image-classification, object-detection,
//	face-detection, face-landmarks, face-recognition, hand-tracking, pose-estimation,
//	segmentation, matting, depth-estimation, text-recognition
var taskWords = strings.Fields(`text-generation text-to-speech vocoder voice-cloning
	voice-conversion music-generation face-swap face-reenactment lip-sync face-editing
	face-restoration image-generation image-editing super-resolution colourisation
	video-generation
	text-embedding text-classification text-translation speech-recognition
	speaker-recognition voice-activity wake-word noise-suppression audio-classification
	image-embedding image-classification object-detection face-detection face-landmarks
	face-recognition hand-tracking pose-estimation segmentation matting depth-estimation
	text-recognition`)

// tasks.txt is the knowledge of what models are for.
//
//go:embed tasks.txt
var tasks string

// signature is one stanza of tasks.txt.
type signature struct {
	task, is, from string
	sure           analyzer.Confidence
	conditions     []condition
}

// condition is one line of a stanza.
type condition struct {
	key   string // without a digit at its end
	words []string
}

// signatures parses tasks.txt once. That it is sound is for a test to say: an error
// here is one of ours.
var signatures = sync.OnceValues(func() ([]signature, error) { return parse(tasks) })

func parse(text string) ([]signature, error) {
	var list []signature
	var now *signature
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" {
			now = nil
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		if now == nil {
			list = append(list, signature{})
			now = &list[len(list)-1]
		}
		if err := now.line(line); err != nil {
			return nil, fmt.Errorf("tasks.txt line %d: %w", number, err)
		}
	}
	return list, nil
}

// line reads one line of a stanza.
func (s *signature) line(line string) error {
	key, value, ok := strings.Cut(line, ": ")
	if !ok {
		return fmt.Errorf("no key and value: %q", line)
	}
	key = strings.TrimRight(key, "0123456789")
	switch key {
	case "task":
		s.task = value
	case "is":
		s.is = value
	case "from":
		s.from = value
	case "sure":
		s.sure = analyzer.Confidence(value)
	default:
		if conditions[key] == nil {
			return fmt.Errorf("unknown key %q", key)
		}
		words := strings.Fields(strings.ToLower(value))
		if strings.HasSuffix(key, "weight") {
			for i := range words {
				words[i] = collapse(words[i])
			}
		}
		s.conditions = append(s.conditions, condition{key, words})
	}
	return nil
}

// verdict is what a model is for, and why that is said.
type verdict struct {
	task, is, reason string
	sure             analyzer.Confidence
}

// taskOf says what a model is for: the first stanza of tasks.txt whose conditions
// all hold. The reason names what was seen. No stanza gives an empty verdict: of
// most networks the file alone does not tell what they are used for.
func taskOf(s *sketch) (verdict, error) {
	list, err := signatures()
	if err != nil {
		return verdict{}, err
	}
	v := viewOf(s)
	for i := range list {
		if why, ok := list[i].holds(v); ok {
			why = cmp.Or(why, "format "+s.format)
			return verdict{list[i].task, list[i].is, why, list[i].sure}, nil
		}
	}
	return verdict{}, nil
}

// holds reports whether all conditions do, and what was seen.
func (s *signature) holds(v *view) (why string, ok bool) {
	var seen []string
	for _, c := range s.conditions {
		got, ok := conditions[c.key](v, c.words)
		if !ok {
			return "", false
		}
		if got != "" {
			seen = append(seen, got)
		}
	}
	return strings.Join(seen, "; "), true
}

// atLeast splits "conv:5" into the word and the number, 1 where there is none.
func atLeast(word string) (string, int) {
	name, number, ok := strings.Cut(word, ":")
	if n, err := strconv.Atoi(number); ok && err == nil {
		return name, n
	}
	return word, 1
}
