package api

import (
	"errors"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// ErrToken is wrapped where a token is missing, or not or no longer good.
var ErrToken = errors.New("no good token")

// What a request can be refused for before it reaches the domain.
var (
	errMethod  = errors.New("the address does not take this method")
	errJSON    = errors.New("the body is no JSON")
	errTooLong = errors.New("the body is too long")
	errSlow    = errors.New("the body comes in too slowly")
	errBroken  = errors.New("the body is cut short")
)

// errScope is the error of a token that lacks a scope.
type errScope string

// Error implements error.
func (e errScope) Error() string { return "the token lacks the scope " + string(e) }

// errMedia is the error of a body that is not of this media type.
type errMedia string

// Error implements error.
func (e errMedia) Error() string { return "the body has to be " + string(e) }

// refuse returns a refusal for one reason. The kind is an error of package review.
func refuse(kind error, field, code string, message analyzer.Text) error {
	return &review.Refusal{Problems: []review.Problem{
		{Field: field, Code: code, Message: message, Kind: kind},
	}}
}

func invalid(field, code, zh, en string) error {
	return &review.Refusal{Problems: []review.Problem{problemOf(field, code, zh, en)}}
}

func problemOf(field, code, zh, en string) review.Problem {
	return review.Problem{Field: field, Code: code, Kind: review.ErrInvalid,
		Message: analyzer.Text{ZH: zh, EN: en}}
}
