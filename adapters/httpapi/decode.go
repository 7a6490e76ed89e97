package httpapi

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"github.com/ai-interviewer/ai-interviewer/domain"
)

// Limits of request bodies, in bytes.
const (
	maxBody        = 64 << 10
	maxPostingBody = 256 << 10
	maxAnswerBody  = 256 << 10
	maxResumeBody  = 1 << 20
)

// object is a JSON object that a body consists of, and what is wrong with it.
// Its readers take a member by its exact name and note a bad one.
type object struct {
	members map[string]jsontext.Value
	bad     validationError
}

// readObject reads the body, which must be one JSON object (RFC 8259: valid
// UTF-8, no duplicate names) of at most limit bytes.
func readObject(w http.ResponseWriter, r *http.Request, limit int64) (*object, error) {
	if !isJSON(r.Header.Get("Content-Type")) {
		return nil, errUnsupportedMediaType
	}
	body, err := readBody(w, r, limit)
	if err != nil {
		return nil, err
	}
	return parseObject(body)
}

// readBody reads a body of at most limit bytes.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, errPayloadTooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errPayloadTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errRequestTimeout
	case err != nil: // the client broke off
		return nil, fmt.Errorf("read body: %w: %w", context.Canceled, err)
	}
	return body, nil
}

func parseObject(body []byte) (*object, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, validationError{{Loc: []any{"body"}, Type: "missing", Msg: "is required"}}
	}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(body))
	value, err := decoder.ReadValue()
	if err == nil {
		value = value.Clone()
		if _, err = decoder.ReadToken(); err == nil {
			return nil, validationError{{Loc: []any{"body"}, Type: "json_invalid", Msg: "must have nothing after its one JSON value"}}
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return nil, validationError{{Loc: []any{"body"}, Type: "json_invalid", Msg: "must not have a member name twice"}}
	case err != nil:
		return nil, validationError{{Loc: []any{"body"}, Type: "json_invalid", Msg: "must be valid JSON"}}
	case value.Kind() != '{':
		return nil, validationError{{Loc: []any{"body"}, Type: "model_attributes_type", Msg: "must be a JSON object"}}
	}
	o := &object{}
	return o, json.Unmarshal(value, &o.members)
}

// isJSON reports whether a Content-Type is JSON or absent.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"))
}

// text reads a string that must be there.
func (o *object) text(name string) string {
	value, ok := o.members[name]
	if !ok {
		o.bad.add("missing", "is required", "body", name)
		return ""
	}
	return o.str(value, "body", name)
}

// optionalText reads a string that may be absent or null, which gives "".
func (o *object) optionalText(name string) string {
	value, ok := o.members[name]
	if !ok || value.Kind() == 'n' {
		return ""
	}
	return o.str(value, "body", name)
}

// optionalTexts reads a list of strings that may be absent or null, which
// gives none.
func (o *object) optionalTexts(name string) []string {
	value, ok := o.members[name]
	if !ok || value.Kind() == 'n' {
		return nil
	}
	var items []jsontext.Value
	if value.Kind() != '[' || json.Unmarshal(value, &items) != nil {
		o.bad.add("list_type", "must be a list of strings", "body", name)
		return nil
	}
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = o.str(item, "body", name, i)
	}
	return texts
}

// optionalChoice reads a string that may be absent, which gives "", but not
// null or empty; want says what it must be.
func (o *object) optionalChoice(name, want string) (s string) {
	value, ok := o.members[name]
	if ok && (value.Kind() != '"' || json.Unmarshal(value, &s) != nil || s == "") {
		o.bad.add("literal_error", want, "body", name)
	}
	return s
}

func (o *object) str(value jsontext.Value, loc ...any) (s string) {
	if value.Kind() != '"' || json.Unmarshal(value, &s) != nil {
		o.bad.add("string_type", "must be a string", loc...)
	}
	return s
}

// uuid4 reads an identifier that must be there.
func (o *object) uuid4(name string) uuid.UUID {
	value, ok := o.members[name]
	var s string
	switch {
	case !ok:
		o.bad.add("missing", "is required", "body", name)
		return uuid.Nil
	case value.Kind() != '"' || json.Unmarshal(value, &s) != nil:
		o.bad.add("uuid_type", "must be a UUID in a string", "body", name)
		return uuid.Nil
	}
	id, ok := parseUUID(s)
	switch {
	case !ok:
		o.bad.add("uuid_parsing", "must be a valid UUID", "body", name)
	case id.Version() != 4 || id.Variant() != uuid.RFC4122:
		o.bad.add("uuid_version", "must be a UUID of version 4", "body", name)
	}
	return id
}

// verdict returns all that is wrong with the object: what its readers noted,
// and what the domain's rules, applied to what they read, say of the rest.
func (o *object) verdict(rules error) error {
	var broken *domain.Error
	if errors.As(rules, &broken) {
		unreadable := o.bad
		for _, field := range broken.Fields {
			item := fieldItem(field)
			if !slices.ContainsFunc(unreadable, func(bad errorItem) bool { return contains(bad.Loc, item.Loc) }) {
				o.bad = append(o.bad, item)
			}
		}
	}
	return o.bad.asError()
}

// contains reports whether the inner place is the outer one or part of it.
func contains(outer, inner []any) bool {
	return len(outer) <= len(inner) && slices.Equal(outer, inner[:len(outer)])
}

// parseUUID takes the hyphenated form and the plain one of 32 digits, in any
// letter case; the braced and the urn form are not on the wire.
func parseUUID(s string) (uuid.UUID, bool) {
	if len(s) != 36 && len(s) != 32 {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(s)
	return id, err == nil
}

// pathUUID reads an identifier of any version from the path.
func (v *validationError) pathUUID(r *http.Request, name string) uuid.UUID {
	id, ok := parseUUID(mux.Vars(r)[name])
	if !ok {
		v.add("uuid_parsing", "must be a valid UUID", "path", name)
	}
	return id
}

// sessionID reads a session's identifier from the path; the route lets nothing
// else through.
func sessionID(r *http.Request) uuid.UUID {
	id, _ := parseUUID(mux.Vars(r)["session_id"])
	return id
}

// query is the query of a request, and what is wrong with it.
type query struct {
	values url.Values
	bad    validationError
}

func readQuery(r *http.Request) *query {
	q := &query{}
	var err error
	if q.values, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		q.bad.add("value_error", "must be well-formed: write % as %25 and ; as %3B", "query")
	}
	return q
}

// text reads a parameter that may be absent, which gives nil.
func (q *query) text(name string) *string {
	switch values := q.values[name]; len(values) {
	case 0:
		return nil
	case 1:
		return &values[0]
	}
	q.bad.add("value_error", "must be given once", "query", name)
	return nil
}

// uuid reads an identifier of any version that may be absent.
func (q *query) uuid(name string) uuid.NullUUID {
	s := q.text(name)
	if s == nil {
		return uuid.NullUUID{}
	}
	id, ok := parseUUID(*s)
	if !ok {
		q.bad.add("uuid_parsing", "must be a valid UUID", "query", name)
	}
	return uuid.NullUUID{UUID: id, Valid: ok}
}

// date reads a day, YYYY-MM-DD, that may be absent, as its midnight in UTC.
func (q *query) date(name string) *time.Time {
	s := q.text(name)
	if s == nil {
		return nil
	}
	day, err := time.Parse(time.DateOnly, *s)
	if err != nil || day.Year() == 0 {
		q.bad.add("date_parsing", "must be a date in the form YYYY-MM-DD", "query", name)
		return nil
	}
	return &day
}

// count reads a number from least that may be absent.
func (q *query) count(name string, absent, least int) int {
	s := q.text(name)
	if s == nil {
		return absent
	}
	n, err := strconv.Atoi(*s)
	switch {
	case err != nil:
		q.bad.add("int_parsing", "must be a whole number below 2^63", "query", name)
	case n < least:
		q.bad = append(q.bad, errorItem{Loc: []any{"query", name}, Type: "greater_than_equal",
			Msg: fmt.Sprintf("must be %d or more", least), Ctx: map[string]int{"ge": least}})
	}
	return n
}

// Limits of a page, in rows.
const (
	defaultPage = 100
	maxPage     = 1000
)

// page reads limit, and reports whether a page is asked for at all.
func (q *query) page() (limit int, asked bool) {
	_, limited := q.values["limit"]
	_, placed := q.values["cursor"]
	limit = q.count("limit", defaultPage, 1)
	if limit > maxPage {
		q.bad = append(q.bad, errorItem{Loc: []any{"query", "limit"}, Type: "less_than_equal",
			Msg: fmt.Sprintf("must be %d or less", maxPage), Ctx: map[string]int{"le": maxPage}})
	}
	return limit, limited || placed
}

// A cursor is a place in a list as a client carries it. What it is made of is
// nobody's business but ours.
func cursor(parts ...any) string {
	var text strings.Builder
	for i, part := range parts {
		if i > 0 {
			text.WriteByte(' ')
		}
		if t, ok := part.(time.Time); ok {
			part = t.UnixMicro()
		}
		fmt.Fprint(&text, part)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text.String()))
}

// sessionPlace reads the cursor of a list of sessions, nil if it is absent.
func (q *query) sessionPlace() *domain.SessionPlace {
	text := q.text("cursor")
	if text == nil {
		return nil
	}
	data, err := base64.RawURLEncoding.DecodeString(*text)
	parts := strings.Split(string(data), " ")
	if err == nil && len(parts) == 2 {
		micros, err := strconv.ParseInt(parts[0], 10, 64)
		id, ok := parseUUID(parts[1])
		if err == nil && ok {
			return &domain.SessionPlace{CreatedAt: time.UnixMicro(micros).UTC(), ID: id}
		}
	}
	q.bad.add("value_error", cursorRule, "query", "cursor")
	return nil
}

// messagePlace reads the cursor of a list of messages, nil if it is absent.
func (q *query) messagePlace() *domain.MessagePlace {
	text := q.text("cursor")
	if text == nil {
		return nil
	}
	data, err := base64.RawURLEncoding.DecodeString(*text)
	parts := strings.Split(string(data), " ")
	if err == nil && len(parts) == 3 {
		seq, seqErr := strconv.ParseInt(parts[0], 10, 32)
		micros, err := strconv.ParseInt(parts[1], 10, 64)
		id, ok := parseUUID(parts[2])
		if seqErr == nil && err == nil && ok {
			return &domain.MessagePlace{Seq: int(seq), CreatedAt: time.UnixMicro(micros).UTC(), ID: id}
		}
	}
	q.bad.add("value_error", cursorRule, "query", "cursor")
	return nil
}

const cursorRule = "must be that of a Link that this list answered with"

// linkNext says where the next page is (RFC 8288), by a relative reference,
// which holds behind any proxy.
func (q *query) linkNext(w http.ResponseWriter, r *http.Request, cursor string) {
	q.values.Set("cursor", cursor)
	w.Header().Set("Link", "<"+r.URL.Path+"?"+q.values.Encode()+`>; rel="next"`)
}
