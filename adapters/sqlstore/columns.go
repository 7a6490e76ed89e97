package sqlstore

import (
	"encoding/json"
	"fmt"
	"time"
)

// TimeEncoder gives the form in which an engine stores a time.
type TimeEncoder func(time.Time) any

// timestamp reads a time in either form: a time.Time, or Unix microseconds.
type timestamp struct{ time.Time }

func (t *timestamp) Scan(src any) error {
	switch v := src.(type) {
	case time.Time:
		t.Time = v.UTC()
	case int64:
		t.Time = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("cannot read a time from a %T", src)
	}
	return nil
}

// stringList reads a JSON list of strings; NULL and JSON null are the empty
// list.
type stringList []string

func (l *stringList) Scan(src any) error {
	var data []byte
	switch v := src.(type) {
	case nil:
	case string:
		data = []byte(v)
	case []byte:
		data = v
	default:
		return fmt.Errorf("cannot read a list of strings from a %T", src)
	}
	*l = nil
	if data != nil {
		if err := json.Unmarshal(data, l); err != nil {
			return err
		}
	}
	if *l == nil {
		*l = stringList{}
	}
	return nil
}

// encodeStrings is the form in which both engines take a JSON list.
func encodeStrings(list []string) (string, error) {
	if list == nil {
		list = []string{}
	}
	data, err := json.Marshal(list)
	return string(data), err
}

// orNull stores an empty text as NULL.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
