package codesign

import (
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/ber"
)

// Tags of entitlements in DER: the whole, a dictionary, and the values.
const (
	tagEntitlements = 0x70
	tagDictionary   = 0xb0
	tagBoolean      = 0x01
	tagText         = 0x0c

	maxEntitlementDepth = 16
	valueCost           = 64 // bytes that a value takes beside its text
)

// DecodeEntitlements reads entitlements as devices since iOS 15 do: DER of the
// application tag 16 that holds a version and a dictionary. Values are string, bool,
// int64, []any and map[string]any.
func DecodeEntitlements(data []byte, b *budget.Budget) (map[string]any, error) {
	r := ber.New("entitlements in DER", -1)
	if err := b.Take(int64(len(data))); err != nil {
		return nil, err
	}
	whole, err := r.One(data, tagEntitlements)
	if err != nil {
		return nil, err
	}
	fields, err := r.Fields(whole, ber.TagInteger, tagDictionary)
	if err != nil {
		return nil, err
	}
	d := derReader{r, b}
	return d.dictionary(fields[1], 0)
}

type derReader struct {
	*ber.Reader
	b *budget.Budget
}

// dictionary reads pairs of key and value.
func (d derReader) dictionary(e ber.Element, depth int) (map[string]any, error) {
	pairs, err := d.Children(e)
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(pairs))
	for _, p := range pairs {
		pair, err := d.Fields(p, tagText)
		if err != nil {
			return nil, err
		}
		if len(pair) != 2 || p.Tag != ber.TagSequence {
			return nil, d.Malformed("a key with %d values", len(pair)-1)
		}
		key := strings.ToValidUTF8(string(pair[0].Body), "�")
		if _, twice := out[key]; twice {
			return nil, d.Malformed("key %.64q stands twice", key)
		}
		if out[key], err = d.value(pair[1], depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (d derReader) value(e ber.Element, depth int) (any, error) {
	if depth > maxEntitlementDepth {
		return nil, d.Malformed("values inside values")
	}
	if err := d.b.Take(valueCost + int64(len(e.Body))); err != nil {
		return nil, err
	}
	switch e.Tag {
	case tagBoolean:
		return len(e.Body) == 1 && e.Body[0] != 0, nil
	case ber.TagInteger:
		return integer(d, e)
	case tagText:
		if !utf8.Valid(e.Body) {
			return nil, d.Malformed("a text that is no UTF-8")
		}
		return string(e.Body), nil
	case ber.TagSequence:
		return d.list(e, depth)
	case tagDictionary:
		return d.dictionary(e, depth)
	}
	return nil, d.Malformed("a value of tag 0x%02x", e.Tag)
}

func integer(d derReader, e ber.Element) (any, error) {
	if len(e.Body) == 0 || len(e.Body) > 8 {
		return nil, d.Malformed("a number of %d bytes", len(e.Body))
	}
	n := new(big.Int).SetBytes(e.Body)
	if e.Body[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(e.Body))))
	}
	return n.Int64(), nil
}

func (d derReader) list(e ber.Element, depth int) (any, error) {
	all, err := d.Children(e)
	if err != nil {
		return nil, err
	}
	out := make([]any, 0, len(all))
	for _, c := range all {
		v, err := d.value(c, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
