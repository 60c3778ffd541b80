package store

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// refused is a refusal for one problem.
func refused(kind error, field, code string, message analyzer.Text) error {
	return &review.Refusal{Problems: []review.Problem{
		{Field: field, Code: code, Message: message, Kind: kind},
	}}
}

func conflict(field, code, zh, en string) error {
	return refused(review.ErrConflict, field, code, analyzer.Text{ZH: zh, EN: en})
}

func invalid(field, code, zh, en string) error {
	return refused(review.ErrInvalid, field, code, analyzer.Text{ZH: zh, EN: en})
}

// stale says that another was quicker.
func stale() error {
	return conflict("rev", "stale", "案件已被他人更改，请重新载入",
		"the case was changed by another; load it again")
}

// The conditions of Postgres under which a transaction may be tried again.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

// understood turns what the database says into what a caller acts on. An error that
// it does not know means that the database could not be reached.
func understood(err error) error {
	var code interface{ SQLState() string }
	switch {
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return conflict("id", "exists", "已有相同的记录", "it is there already")
	case errors.Is(err, gorm.ErrForeignKeyViolated), errors.Is(err, gorm.ErrRecordNotFound):
		return review.ErrNotFound
	case errors.As(err, &code) &&
		(code.SQLState() == serializationFailure || code.SQLState() == deadlockDetected):
		return stale()
	}
	return err
}

// doing says what was being done, with an id that may come from outside.
func doing(what, id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %.*q: %w", what, maxID, id, understood(err))
}
